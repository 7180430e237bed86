// The one way from untrusted bytes to a terminal (docs/threats.md section 3). The same bytes always print the same
// way, and nothing printed can drive the terminal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/untrusted.hpp"

namespace queuetrace {

/// `ident`: ids, queue names, keys, host names. `text`: payload text and messages, where joiners and emoji selectors
/// keep their place.
enum class Profile { ident, text };

struct TextLimits {
  std::size_t bytes = 0;   ///< cut before escaping at this many bytes of input, marked `… (+N bytes)`; 0: no limit
  bool multiline = false;  ///< LF ends a line, and the next one starts with `│ `; otherwise LF is `\n`
};

inline constexpr TextLimits table_cell{256, false};
inline constexpr TextLimits shown_field{64 * 1024, true};

/// Printable UTF-8 from which the bytes can be read back: `\xHH` for bytes that are no UTF-8 and for control bytes,
/// `\n`, `\r`, `\t`, `\\`, and `\u{h}` for characters that are invisible or change how others are drawn.
std::string terminal_text(std::string_view bytes, Profile profile, const TextLimits& limits = {});
std::string terminal_text(const Untrusted& text, Profile profile, const TextLimits& limits = {});

/// As terminal_text, onto the end of `out`.
void append_terminal_text(std::string& out, std::string_view bytes, Profile profile, const TextLimits& limits = {});

/// The bytes that terminal_text() shows as `printed`, when it was given all of them; absent when `printed` holds a
/// backslash that begins no escape of it.
std::optional<std::string> bytes_of_terminal_text(std::string_view printed);

/// Printable text for where only ASCII can be shown: other characters as `\u{h}`, our own marks of cut text and of
/// further lines in ASCII.
std::string ascii_text(std::string_view printable);

/// Whether Latin letters stand beside Cyrillic, Greek or Armenian ones, as in names that pose as others.
bool has_mixed_scripts(std::string_view text);

/// What is shown after such a name.
inline constexpr std::string_view mixed_scripts_mark = " (mixed scripts)";

}  // namespace queuetrace
