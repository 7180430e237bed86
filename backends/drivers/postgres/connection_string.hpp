// The text handed to libpq: the source's own with what it leaves out filled in. It holds the password: never print it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/secret.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// Keywords in libpq's own form (`host='db' dbname='jobs'`), whether the source has a URL or keywords. A text that
/// libpq cannot read is handed back as it is, for libpq to say why.
Secret connection_string(const Source& source);

/// What the text (URL or keywords) sets, as libpq reads it; absent when it cannot.
std::optional<std::map<std::string, std::string>> keywords_of(const std::string& text);

}  // namespace queuetrace
