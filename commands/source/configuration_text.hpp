// The configuration file (TOML) as text that is changed in one place, while every other byte of it stays as it is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace queuetrace {

/// One statement of a TOML text, or a run of blank lines and comments. What a text means is not looked at: that is for
/// whoever reads it as a whole.
struct TomlStatement {
  enum class Kind { nothing, table, value };
  Kind kind = Kind::nothing;
  std::size_t begin = 0;          ///< of its first line
  std::size_t end = 0;            ///< behind the line feed of its last line
  std::vector<std::string> path;  ///< of a table's name or a key, `sources`, `prod`
  std::size_t value_begin = 0;    ///< of a value, behind the equals sign and its blanks
  std::size_t value_end = 0;      ///< behind its last character, before a comment
};

/// The statements of a text that is valid TOML, in its order and without gaps.
std::vector<TomlStatement> toml_statements(std::string_view text);

/// The text as a TOML string with its quotes.
std::string toml_string(std::string_view text);

/// The text with a table `[sources.NAME]` at its end. Values are TOML already.
std::string with_source(const std::string& text, const std::string& name,
                        const std::vector<std::pair<std::string, std::string>>& values);

/// The text without `[sources.NAME]` and its inner tables; comments between its lines go, those around it stay. Absent
/// when no such table is written out, as where sources are inline tables or dotted keys.
std::optional<std::string> without_source(const std::string& text, const std::string& name);

/// The text with `default = VALUE`, in place of the value that is there or above the first table.
std::string with_default(const std::string& text, const std::string& value);

/// The text without the line of `default`, if there is one.
std::string without_default(const std::string& text);

}  // namespace queuetrace
