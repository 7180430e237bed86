// Fetches a source's password from where the configuration says it is, only when the source is used.
#pragma once

#include "cli/config_file.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// Fills Source::password from password_file (docs/threats.md section 6.1), else password_command, else REDISCLI_AUTH
/// for a Redis URL without a password. Throws Error{usage} that names the source and never the password.
void fetch_password(Source& source, const Environment& environment);

}  // namespace queuetrace
