#include "backends/engines/redis/job_hash.hpp"

namespace queuetrace {

std::optional<std::string_view> JobHash::field(std::string_view name) const {
  if (reply_ == nullptr) return std::nullopt;
  const std::size_t step = names_.empty() ? 2 : 1;
  for (std::size_t i = 0; i + step <= reply_->size(); i += step) {
    const bool found = names_.empty() ? (*reply_)[i].text() == name : i < names_.size() && names_[i] == name;
    if (!found) continue;
    const Reply::View value = (*reply_)[names_.empty() ? i + 1 : i];
    if (!value.is(Reply::Type::string)) return std::nullopt;
    return value.text();
  }
  return std::nullopt;
}

std::optional<std::string_view> JobHash::filled(std::string_view name) const {
  const std::optional<std::string_view> value = field(name);
  return value && value->empty() ? std::nullopt : value;
}

bool JobHash::exists() const {
  if (reply_ == nullptr) return false;
  for (std::size_t i = 0; i < reply_->size(); ++i)
    if ((*reply_)[i].is(Reply::Type::string)) return true;
  return false;
}

}  // namespace queuetrace
