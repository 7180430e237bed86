// From the text of an option's value to the type it is kept in, and back for help.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace queuetrace {

/// A text that is no value of its option.
struct BadValue {
  std::string expected;  ///< `a duration such as 500ms, 10s or 2m`
};

/// Both ends belong to it.
struct NumberRange {
  std::uint64_t least = 0;
  std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();
};

/// A whole number in decimal digits. Throws BadValue.
std::uint64_t read_count(const std::string& text, const NumberRange& range);

void read_value(const std::string& text, bool& value, const NumberRange&);
void read_value(const std::string& text, double& value, const NumberRange&);
void read_value(const std::string& text, std::string& value, const NumberRange&);
void read_value(const std::string& text, std::filesystem::path& value, const NumberRange&);
/// `500ms`, `10s`, `2m`; more than none.
void read_value(const std::string& text, std::chrono::milliseconds& value, const NumberRange&);
/// One more each time.
void read_value(const std::string& text, std::vector<std::string>& value, const NumberRange&);

template <std::unsigned_integral Number>
void read_value(const std::string& text, Number& value, NumberRange range) {
  range.greatest = std::min<std::uint64_t>(range.greatest, std::numeric_limits<Number>::max());
  value = static_cast<Number>(read_count(text, range));
}

template <class Value>
void read_value(const std::string& text, std::optional<Value>& value, const NumberRange& range) {
  Value read{};
  read_value(text, read, range);
  value = std::move(read);
}

/// As help shows it; empty for what it does not show: flags, lists, what is absent.
template <class Value>
std::string value_text(const Value& value) {
  if constexpr (std::is_same_v<Value, std::string>) return value;
  if constexpr (std::unsigned_integral<Value> && !std::is_same_v<Value, bool>) return std::to_string(value);
  return {};
}

}  // namespace queuetrace
