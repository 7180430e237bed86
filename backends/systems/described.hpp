// The systems that the configuration describes ([systems.NAME]), beside those that are built in.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/engines/sql/system.hpp"
#include "backends/systems/catalogue.hpp"
#include "model/configuration.hpp"
#include "model/error.hpp"
#include "model/source.hpp"
#include "model/store_check.hpp"
#include "model/system_description.hpp"
#include "model/system_proposal.hpp"

namespace queuetrace {

/// A description with what is known of it before any table is looked at. Neither copied nor moved: `info` points into
/// it.
struct DescribedSystem {
  explicit DescribedSystem(SystemDescription from);
  DescribedSystem(const DescribedSystem&) = delete;
  DescribedSystem& operator=(const DescribedSystem&) = delete;

  SystemDescription description;
  SystemInfo info;

 private:
  std::string storage_, order_, trace_;
  std::vector<StateMapping> states_;
};

/// What became of the catalogue's descriptions in a database.
struct FittedSystems {
  std::vector<std::shared_ptr<const SqlSystem>> systems;  ///< made to fit the tables (described/system.hpp)
  std::vector<Error> misfits;  ///< Error{usage} for each that does not: its notes are the problems
};

/// Looks for the described systems of the catalogue; only for the named one where Source::system names one. Throws
/// Error{usage}, its notes the problems, where the named one does not fit.
FittedSystems fit_described(const Catalogue& catalogue, SqlConnection& connection, const Source& source);

/// One of FittedSystems::misfits beside systems that are read: a note. The table may be another program's.
Finding misfit_note(const Error& misfit);

/// What of the description does not fit the tables of this database, each with its line; absent: none of them is there.
std::optional<std::vector<ConfigurationProblem>> misfits_of(const DescribedSystem& system, SqlConnection& connection,
                                                            const Source& source);

/// As propose_system() (backends/proposal.hpp), in this session.
SystemProposal propose_from(SqlConnection& connection, const Source& source, const std::string& table);

}  // namespace queuetrace
