#include "backends/description_check.hpp"

#include <algorithm>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/drivers/sqlite/connection.hpp"
#include "backends/open.hpp"
#include "backends/systems/described.hpp"

namespace queuetrace {
namespace {

/// What `source check` finds of the description itself: rows that no rule fits, ids that nothing makes unique.
void add_findings(const DescribedSystem& system, Source source, const Catalogue& catalogue, DescriptionCheck& out) {
  source.system = system.description.name;
  for (const std::unique_ptr<JobStore>& store : open_stores(source, Access::read, catalogue))
    for (const Finding& finding : store->check({}).findings)
      if (finding.code == "no-rule-fits" || finding.code == "id-not-unique")
        out.problems.push_back({system.description.tables.front().line,
                                "[systems." + system.description.name + "] " + finding.subject + ": " + finding.text,
                                finding.remedy});
}

}  // namespace

DescriptionCheck check_descriptions(const Source& source, const Catalogue& catalogue) {
  DescriptionCheck out;
  const StorageFamily family = family_of(source);
  if (family == StorageFamily::redis) return out;
  const std::shared_ptr<SqlConnection> connection =
      family == StorageFamily::sqlite ? connect_sqlite(source, Access::read) : connect_postgres(source, Access::read);
  for (const std::shared_ptr<const DescribedSystem>& system : catalogue.described) {
    const std::string& name = system->description.name;
    const std::vector<StorageFamily>& families = system->description.families;
    if (std::ranges::find(families, family) == families.end() || (source.system && *source.system != name)) continue;
    std::optional<std::vector<ConfigurationProblem>> misfits = misfits_of(*system, *connection, source);
    if (!misfits) continue;
    out.found.push_back(name);
    for (ConfigurationProblem& problem : *misfits)
      out.problems.push_back({problem.line, "[systems." + name + "] " + problem.text, std::move(problem.hint)});
    if (misfits->empty()) add_findings(*system, source, catalogue, out);
  }
  return out;
}

}  // namespace queuetrace
