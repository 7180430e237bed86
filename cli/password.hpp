// Fetches a source's password from where the configuration says it is, only when the source is used.
#pragma once

#include "cli/config_file.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// Fills Source::password from password_file (docs/threats.md section 6.1), else password_command, else REDISCLI_AUTH
/// for a Redis URL without a password. The command gets 60 s, or `limit` where that is less. Throws Error that names
/// the source and never the password: timed_out, usage.
void fetch_password(Source& source, const Environment& environment,
                    std::optional<std::chrono::milliseconds> limit = {});

}  // namespace queuetrace
