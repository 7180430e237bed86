// JSON as a worker written in Go reads it with encoding/json (Go 1.26, checked against json.Unmarshal): what it
// forgives, what it refuses, and which member of an object fills a field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace::go_redis_work_queue {

/// One member of the outermost object; views into the text it was read from.
struct GoMember {
  std::string_view name;   ///< between its quotes, escapes as written
  std::string_view value;  ///< without blanks around it
};

struct GoJson {
  /// `refused`: Unmarshal fails before it fills anything. `other`: JSON, but neither an object nor null, which
  /// Unmarshal does not take for a structure.
  enum class Kind { refused, other, null, object };
  Kind kind = Kind::refused;
  std::vector<GoMember> members;  ///< in the order of the text, repeated names included
  bool replaced = false;          ///< bytes that are not UTF-8, or halves of surrogate pairs, are read as U+FFFD

  /// Whether Unmarshal takes it for a structure; null fills nothing.
  bool is_structure() const { return kind == Kind::null || kind == Kind::object; }
};

/// Cost linear in the text, whatever its depth; nesting beyond 10,000 is refused, as by Go.
GoJson parse_as_go(std::string_view text);

/// Whether a member fills the field `name` (lower-case ASCII): Go compares names with simple Unicode folding, so `ID`
/// and a long s in `ſpan_id` are such names as well.
bool names_field(const GoMember& member, std::string_view name);

/// Fields of a structure as Unmarshal fills them: each member of the name in turn, so the last one stays; null leaves
/// what was there before.
struct GoFields {
  const GoJson& document;
  bool rejected = false;  ///< some member had a type that makes Unmarshal fail

  bool has(std::string_view name) const;       ///< some member of the name is not null
  std::string text(std::string_view name);     ///< empty when absent or rejected
  std::int64_t number(std::string_view name);  ///< an int64; 0 when absent or rejected
};

}  // namespace queuetrace::go_redis_work_queue
