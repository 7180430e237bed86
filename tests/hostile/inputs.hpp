// The hostile texts of inputs.txt and what may never be printed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace::test {

struct HostileInput {
  std::string name;  ///< D01, S05
  std::string bytes;
};

/// All inputs of the file, in its order. Throws when it cannot be read.
std::vector<HostileInput> hostile_inputs();

/// Whether the bytes are UTF-8 of scalar values; with `storable` also without NUL, as PostgreSQL keeps text.
bool is_utf8(std::string_view bytes, bool storable = false);

/// The first thing in `text` that could control a terminal or is no UTF-8, described with its place: control bytes but
/// line feeds (and tabs where allowed), DEL, C1 controls, direction controls. Absent: the text is harmless.
std::optional<std::string> forbidden(std::string_view text, bool tabs_allowed);

/// The bytes as a JSON string, quotes included: controls escaped, everything else raw, valid or not.
std::string json_string(std::string_view bytes);

}  // namespace queuetrace::test
