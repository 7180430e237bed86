// Values out of JSON lines that may hold anything.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

/// The object of a line, or one inside it. What is not there, or is of another type, is absent.
class JsonObject {
 public:
  /// Absent when the line holds no object.
  static std::optional<JsonObject> parse(std::string_view line);

  bool has(std::string_view name) const;
  /// The bytes of a member that is a string, or {"base64":"..."} as strings that are not UTF-8 are written.
  std::optional<std::string> bytes(std::string_view name) const;
  /// The same; empty when absent.
  std::string text(std::string_view name) const;
  /// The same as bytes(), moved out of the object: for values as large as a job.
  std::optional<std::string> take_bytes(std::string_view name);
  /// A whole number of 0 or more.
  std::optional<std::uint64_t> number(std::string_view name) const;
  /// Whether the member is true.
  bool flag(std::string_view name) const;
  /// An object without members when absent.
  JsonObject object(std::string_view name) const;
  /// The strings of a list.
  std::vector<std::string> texts(std::string_view name) const;

 private:
  explicit JsonObject(std::shared_ptr<void> value) : value_(std::move(value)) {}

  std::shared_ptr<void> value_;  ///< the library's own, which only the .cpp file knows
};

}  // namespace queuetrace
