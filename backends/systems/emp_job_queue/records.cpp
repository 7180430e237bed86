#include "backends/systems/emp_job_queue/records.hpp"

#include <charconv>

namespace queuetrace::emp_job_queue {

Phase phase_of(std::string_view status) {
  if (status == "pending" || status == "queued" || status == "unworkable") return Phase::waiting;
  if (status == "assigned" || status == "accepted") return Phase::claimed;
  if (status == "in_progress") return Phase::started;
  if (status == "completed") return Phase::completed;
  if (status == "failed" || status == "timeout") return Phase::failed;
  return status == "cancelled" ? Phase::cancelled : Phase::unknown;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Timestamp> parse_time(std::string_view text) {
  const std::size_t dot = text.find('.');
  const std::string_view digits = text.substr(0, dot);
  if (digits.size() >= 9 && digits.size() <= 11 && digits.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t micros = *parse_number(digits) * 1'000'000;
    std::int64_t unit = 100'000;
    if (dot != std::string_view::npos)
      for (const char c : text.substr(dot + 1)) {
        if (c < '0' || c > '9') return std::nullopt;
        micros += (c - '0') * unit;
        unit /= 10;
      }
    return Timestamp(std::chrono::microseconds(micros));
  }
  return parse_timestamp(text);
}

}  // namespace queuetrace::emp_job_queue
