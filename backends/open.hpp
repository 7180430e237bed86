// From a source to its open stores: connect, detect, probe.
#pragma once

#include <memory>
#include <vector>

#include "backends/job_store.hpp"

namespace queuetrace {

/// Connects to the source and opens one store for each system found there (exactly the named one when Source::system is
/// set), each with its address. The stores share one connection. Throws Error: usage (scheme, unknown system),
/// unreachable, authentication, not_found (nothing we know is there; the hint names what was looked for).
///
/// `access`: with `read`, nothing that the stores do can write. With `write` JobStore::administration() works; reading
/// is still done in read-only transactions.
std::vector<std::unique_ptr<JobStore>> open_stores(const Source& source, Access access = Access::read);

/// Writes the scheme's family, or throws Error{usage} with the list of schemes.
StorageFamily family_of(const Source& source);

}  // namespace queuetrace
