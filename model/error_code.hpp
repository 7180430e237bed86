// Which words of an error message are codes: they tell one cause from another, so that they are never folded.
#pragma once

#include <cstddef>
#include <string_view>

namespace queuetrace {

/// How many bytes from `at` on are a code: the status of a reply of HTTP or SMTP (`503 Service Unavailable`,
/// `421 4.7.0`), what is named as one (`error 1062`, `SQLSTATE[23505]`, `status=404`, `exit code 137`, `signal 9`,
/// `[Errno 111]`), a number with the family of its errors (`ORA-00001`), a version of HTTP. 0 where none is there: the
/// numbers of ids, counts, ports and times. `at` begins a word, or a part of one behind a colon; `before` is the
/// message up to it with everything else folded already. Constant costs.
std::size_t error_code_at(std::string_view before, std::string_view text, std::size_t at);

/// Whether a member of JSON of this name holds such a code: `errno`, `statusCode`, `sqlstate`.
bool names_error_code(std::string_view name);

}  // namespace queuetrace
