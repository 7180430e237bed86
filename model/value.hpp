// One printable value and a named list of them. Records for every format are made of these; so is what only one system
// has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/time.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

/// JSON text from a store: emitted as JSON by machine formats (rewritten to be safe and redacted), as text elsewhere.
/// The text need not be valid; a formatter falls back to a string when it is not.
struct JsonText {
  Untrusted text;
};

struct Field;
struct Value;
using Fields = std::vector<Field>;
using Values = std::vector<Value>;

/// A value of a record. std::string is trusted text; Untrusted is data. std::monostate is "unknown":
/// formatters leave the field out (JSON) or the cell empty.
struct Value : std::variant<std::monostate, bool, std::int64_t, double, std::string, Untrusted, Timestamp, Milliseconds,
                            JsonText, Values, Fields> {
  using variant::variant;
  using variant::operator=;
};

/// Names are trusted except in `extra`, where they may be column or key names of the store; formatters escape all
/// names.
struct Field {
  std::string name;
  Value value;
};

/// Trusted text as a value; "unknown" where it is empty.
inline Value text_or_nothing(std::string_view text) { return text.empty() ? Value{} : Value{std::string(text)}; }

/// What is known as a value, else "unknown".
template <class Known>
Value known_or_nothing(const std::optional<Known>& value) {
  return value ? Value{*value} : Value{};
}

/// One item of the output: a job, a queue's statistics, a source. Fields in printing order, each name once.
using Record = Fields;

}  // namespace queuetrace
