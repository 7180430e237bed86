// Error replies of a server as our errors, by their error word.
#pragma once

#include <string>

#include "backends/drivers/redis/reply.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// The first word of an error reply (`WRONGTYPE`, `NOPERM`), empty for any other reply.
std::string_view error_word(Reply::View reply);

/// The error for an error reply: NOAUTH, WRONGPASS, NOPERM, DENIED are authentication; LOADING, MASTERDOWN,
/// CLUSTERDOWN, TRYAGAIN, BUSY unreachable; all others internal. `doing` says in our words what was asked.
Error error_from(Reply::View reply, const std::string& doing);

/// Throws error_from() for an error reply; otherwise nothing.
void require_success(Reply::View reply, const std::string& doing);

/// Throws error_from() where the user has no right to ask (NOPERM); other error replies are left to the caller.
void require_permission(Reply::View reply, const std::string& doing);

}  // namespace queuetrace
