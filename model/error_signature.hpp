// What the error messages of many jobs have in common: the message with everything that varies from job to job folded.
#pragma once

#include <string>
#include <string_view>

#include "model/untrusted.hpp"

namespace queuetrace {

/// The longest signature, in bytes.
inline constexpr std::size_t longest_signature = 240;

/// The message on one line, with numbers as `<n>`, UUIDs, hex and other generated ids as `<id>`, quoted text as
/// `<text>`, times as `<time>`, network addresses as `<addr>`, `<url>`, `<email>` and file paths as `<path>`. Codes
/// that tell one cause from another stay (error_code.hpp). Keys of JSON stay, and so do values of the keys that name
/// the kind of an error: code, type, error, class, exception, name, status, reason, kind, and names of codes. Of a
/// Python traceback the exception's line is taken; stack frames are left out. Cut with `...`; looks at the first 64 KiB
/// only. Linear; the same for the same bytes on every machine; idempotent. Still untrusted: it contains words of the
/// message.
Untrusted error_signature(std::string_view message);

/// The name of all messages with this signature: 8 hex digits. Stable between runs and sources; two signatures share
/// one by chance in about 1 of 4 billion pairs.
std::string error_group(const Untrusted& signature);

}  // namespace queuetrace
