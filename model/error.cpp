#include "model/error.hpp"

namespace queuetrace {

std::string_view to_word(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::internal: return "internal";
    case ErrorKind::usage: return "usage";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::authentication: return "authentication";
    case ErrorKind::unreachable: return "unreachable";
    case ErrorKind::timed_out: return "timed_out";
    case ErrorKind::refused: return "refused";
  }
  return "internal";
}

Error&& Error::with_ways(std::vector<Way> ways) && {
  ways_ = std::move(ways);
  hint_.clear();
  for (const Way& way : ways_)
    hint_ += (hint_.empty() ? "" : "; ") + way.name + ": " + way.command +
             (way.remark.empty() ? "" : " (" + way.remark + ")");
  return std::move(*this);
}

}  // namespace queuetrace
