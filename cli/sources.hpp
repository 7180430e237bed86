// Which sources a command asks: --source, the environment or the configuration.
#pragma once

#include <string>
#include <vector>

#include "cli/config_file.hpp"
#include "commands/context.hpp"
#include "model/configuration.hpp"

namespace queuetrace {

/// The first of these that names any: `named` (--source: names, groups, URLs, SQLite files), QUEUETRACE_SOURCE (the
/// same, joined by commas), the configuration's `default`, its only source, DATABASE_URL and REDIS_URL, libpq's PGHOST,
/// PGHOSTADDR, PGDATABASE and PGSERVICE. Empty when none does. Each source once, in the order named; passwords are not
/// fetched yet. A URL of the place of a configured source with `protected` or `read_only` is so as that one is.
/// Throws Error{usage} for unknown names and schemes; warns of a password in `named`.
std::vector<Source> select_sources(const std::vector<std::string>& named, const Configuration& configuration,
                                   const Environment& environment, Notices& notices);

/// The other source of the configuration that has `protected` and names the same place (is_same_place()); null: none.
const Source* protected_twin(const Source& source, const Configuration& configuration);

/// Throws Error{usage} for a source whose `url = "${NAME}"` names a variable that is not set.
void check_variable(const Source& source);

/// A name for a source that was given as a URL: `localhost-5432-jobs`.
std::string name_of_url(const std::string& url);

}  // namespace queuetrace
