#include "commands/option_value.hpp"

#include <charconv>

#include "model/time.hpp"

namespace queuetrace {
namespace {

std::string number_words(const NumberRange& range) {
  if (range.greatest == std::numeric_limits<std::uint64_t>::max())
    return "a number of " + std::to_string(range.least) + " or more";
  return "a number from " + std::to_string(range.least) + " to " + std::to_string(range.greatest);
}

/// The whole text is a number.
template <class Number>
bool read_whole(const std::string& text, Number& value) {
  const char* const end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, value);
  return problem == std::errc() && stopped == end;
}

}  // namespace

std::uint64_t read_count(const std::string& text, const NumberRange& range) {
  std::uint64_t value = 0;
  if (!read_whole(text, value) || value < range.least || value > range.greatest) throw BadValue{number_words(range)};
  return value;
}

void read_value(const std::string& text, bool& value, const NumberRange&) { value = text == "true"; }

void read_value(const std::string& text, double& value, const NumberRange&) {
  if (!read_whole(text, value)) throw BadValue{"a number"};
}

void read_value(const std::string& text, std::string& value, const NumberRange&) { value = text; }

void read_value(const std::string& text, std::filesystem::path& value, const NumberRange&) { value = text; }

void read_value(const std::string& text, std::chrono::milliseconds& value, const NumberRange&) {
  const std::optional<Milliseconds> duration = parse_duration(text);
  if (!duration || duration->count() <= 0) throw BadValue{"a duration such as 500ms, 10s or 2m"};
  value = *duration;
}

void read_value(const std::string& text, std::vector<std::string>& value, const NumberRange&) { value.push_back(text); }

}  // namespace queuetrace
