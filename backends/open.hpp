// From a source to its open stores: connect, detect, probe.
#pragma once

#include <memory>
#include <vector>

#include "backends/fan_out.hpp"
#include "backends/job_store.hpp"
#include "backends/systems/catalogue.hpp"

namespace queuetrace {

/// Connects to the source and opens one store for each system found there (exactly the named one when Source::system is
/// set) of those in the catalogue, each with its address. The stores share one connection. Throws Error: usage (scheme,
/// unknown system), unreachable, authentication, not_found (nothing we know is there; the hint names what was looked
/// for).
///
/// `access`: with `read`, nothing that the stores do can write. With `write` JobStore::administration() works; reading
/// is still done in read-only transactions.
std::vector<std::unique_ptr<JobStore>> open_stores(const Source& source, Access access = Access::read,
                                                   const Catalogue& catalogue = built_in_catalogue());

/// open_sources() and open_for_writing() (fan_out.hpp) for the systems of another catalogue than the built-in one.
std::vector<OpenedSource> open_sources(const std::vector<Source>& sources, const Catalogue& catalogue);
OpenedSource open_for_writing(const Source& source, const Catalogue& catalogue);

/// Writes the scheme's family, or throws Error{usage} with the list of schemes.
StorageFamily family_of(const Source& source);

}  // namespace queuetrace
