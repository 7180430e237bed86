#include "model/job_reference.hpp"

#include "model/long_id.hpp"

namespace queuetrace {

std::string job_reference(std::string_view queue, std::string_view id) {
  std::string reference;
  for (const char c : queue) {
    if (c == ':')
      reference += "%3A";
    else if (c == '%')
      reference += "%25";
    else
      reference += c;
  }
  reference += ':';
  reference += id;
  return reference;
}

std::optional<QueuedId> parse_job_reference(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  QueuedId parts{{}, std::string(reference.substr(colon + 1))};
  for (std::size_t i = 0; i < colon; ++i) {
    if (reference[i] != '%') {
      parts.queue += reference[i];
      continue;
    }
    const std::string_view escape = reference.substr(i, 3);
    if (escape != "%3A" && escape != "%25") return std::nullopt;
    parts.queue += escape == "%3A" ? ':' : '%';
    i += 2;
  }
  return parts;
}

std::string_view own_id(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  return colon == std::string_view::npos ? reference : reference.substr(colon + 1);
}

bool means_reference(std::string_view typed, std::string_view reference) {
  constexpr std::size_t shortest_prefix = 4;
  const std::string_view own = own_id(reference);
  if (typed == reference || typed == own) return true;
  if (typed.find(':') == std::string_view::npos) return typed.size() >= shortest_prefix && own.starts_with(typed);
  const std::size_t start = start_of_long_id(reference);
  return start != std::string_view::npos && typed.size() >= start + shortest_part_of_long_id &&
         reference.starts_with(typed);
}

}  // namespace queuetrace
