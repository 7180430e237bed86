// The text handed to libpq: the source's own with what it leaves out filled in. It holds the password: never print it.
#pragma once

#include <string>
#include <string_view>

#include "model/secret.hpp"
#include "model/source.hpp"

namespace queuetrace {

Secret connection_string(const Source& source);

/// Whether the text (URL or keywords) sets `keyword`.
bool sets_keyword(std::string_view text, std::string_view keyword);

}  // namespace queuetrace
