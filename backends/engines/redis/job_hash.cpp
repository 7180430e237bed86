#include "backends/engines/redis/job_hash.hpp"

#include <charconv>

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

std::optional<Untrusted> text_of(const JobHash& hash, std::string_view field) {
  const std::optional<std::string_view> text = hash.filled(field);
  return text ? std::optional(Untrusted(std::string(*text))) : std::nullopt;
}

std::optional<std::int64_t> number_of(const JobHash& hash, std::string_view field) {
  const std::optional<std::string_view> text = hash.filled(field);
  std::int64_t number = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc{} && end == text->data() + text->size() ? std::optional(number) : std::nullopt;
}

}  // namespace queuetrace
