// Stored JSON on its way out: checked, made safe, redacted, never parsed into a tree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formatters/redaction.hpp"

namespace queuetrace {

/// How the document is laid out again. Numbers, the order of keys and repeated keys are always kept as they are.
enum class JsonLayout {
  safe,     ///< one line without blanks; characters that could do harm as `\uXXXX`: for machine formats
  compact,  ///< one line without blanks, characters as stored: still to go through terminal_text or CSV quoting
  pretty,   ///< indented by two, otherwise as `safe`: may be shown as it is, and copied
  stored    ///< blanks and characters as stored
};

struct JsonRewrite {
  enum class Status {
    json,
    not_utf8,  ///< JSON but for bytes inside strings that are no UTF-8: `out` holds them as they are
    invalid,   ///< not JSON (RFC 8259): nothing was appended
    too_deep   ///< nested deeper than 256: nothing was appended
  };
  Status status = Status::json;
  std::uint64_t hidden = 0;        ///< values replaced by `***`
  bool mixed_script_keys = false;  ///< a key mixes Latin with look-alike letters
};

/// Appends the document to `out`. One pass over the text, no allocation per token; strings inside strings are looked
/// into one level deep for redaction.
JsonRewrite rewrite_json(std::string_view document, const Redaction& redaction, std::string& out,
                         JsonLayout layout = JsonLayout::safe);

/// Appends one JSON value whatever `text` is: the document rewritten; a string when it is no JSON; {"base64":"..."} of
/// it when it is not UTF-8. Returns how many values were hidden.
std::uint64_t append_json_document(std::string& out, std::string_view text, const Redaction& redaction);

}  // namespace queuetrace
