#include "backends/drivers/redis/reply.hpp"

namespace queuetrace {

std::string_view Reply::View::text() const {
  if (!is(Type::string) && !is(Type::status) && !is(Type::error)) return {};
  return std::string_view(reply_->bytes).substr(static_cast<std::size_t>(node().number), node().size);
}

}  // namespace queuetrace
