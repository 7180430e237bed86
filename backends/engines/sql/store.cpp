#include "backends/engines/sql/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/carrier_search.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/system_presence.hpp"
#include "backends/engines/sql/table_family.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// A look for trace context that takes longer is given up.
constexpr std::chrono::milliseconds probe_timeout{1'000};

std::string variant_of(const SqlSystem& system, const LiveSchema& schema, SqlConnection& connection) {
  for (const SqlVariant& variant : system.variants)
    if (schema.meets(variant.needs, system.relations.front().table, "") &&
        (variant.probe.empty() || answer_of(connection, variant.probe, schema.name, Presence::none) == Presence::there))
      return std::string(variant.name);
  return {};
}

/// The schemas to open: those the search path reaches when one of them holds the system, else all that hold it.
/// `named`: a schema was asked for.
std::vector<const LiveSchema*> chosen(const std::vector<const LiveSchema*>& present, bool named) {
  const bool reached = std::ranges::any_of(present, [](const LiveSchema* s) { return s->path_position.has_value(); });
  std::vector<const LiveSchema*> out;
  for (const LiveSchema* schema : present)
    if (named || !reached || schema->path_position) out.push_back(schema);
  return out;
}

}  // namespace

std::vector<std::unique_ptr<JobStore>> open_sql_stores(std::shared_ptr<SqlConnection> connection, const Source& source,
                                                       std::span<const SqlSystem* const> systems,
                                                       std::vector<Finding> beside) {
  std::vector<const SqlSystem*> wanted;
  for (const SqlSystem* system : systems)
    if (system->flavour == connection->flavour()) wanted.push_back(system);
  std::vector<std::unique_ptr<JobStore>> stores;
  if (wanted.empty()) return stores;
  const std::vector<LiveSchema> schemas = read_live_schemas(*connection, wanted, source.statement_timeout);

  std::vector<std::string> schema_of_store;
  std::map<std::string_view, std::size_t> found_of_system;
  std::map<const SqlSystem*, std::vector<const LiveSchema*>> present_of_system;
  std::optional<WithheldSystem> withheld;
  const std::size_t given = beside.size();
  for (const SqlSystem* system : wanted)
    for (const LiveSchema& schema : schemas) {
      if (source.schema && schema.name != *source.schema) continue;
      if (!system->schema.empty() && schema.name != system->schema) continue;
      const Presence presence = presence_of(*system, schema, *connection);
      if (presence == Presence::there) present_of_system[system].push_back(&schema);
      if (presence != Presence::withheld) continue;
      if (!withheld) withheld = withheld_in(*system, schema);
      beside.push_back(withheld_finding(withheld_in(*system, schema)));
    }
  if (present_of_system.empty() && withheld) {
    Error error = withheld_error(*withheld, source.name);
    for (std::size_t i = 0; i < given; ++i) error.while_doing(beside[i].text);
    throw error;
  }
  for (const SqlSystem* system : wanted) {
    const std::vector<const LiveSchema*>& present = present_of_system[system];
    const std::vector<const LiveSchema*> read = chosen(present, source.schema || !system->schema.empty());
    std::vector<std::string> unread;
    for (const LiveSchema* schema : present)
      if (std::ranges::find(read, schema) == read.end()) unread.push_back(schema->name);
    for (const LiveSchema* schema : read) {
      LiveSchema live = *schema;
      read_families(*connection, *system, live, source.statement_timeout);
      BoundSystem bound =
          bind_system(*system, live, variant_of(*system, live, *connection), read_settings(*system, source));
      bound.unread_schemas = std::exchange(unread, {});  // told once
      bound.beside = std::exchange(beside, {});
      bind_carriers(*connection, bound, source.keys, probe_timeout);
      stores.push_back(std::make_unique<SqlJobStore>(connection, std::move(bound)));
      schema_of_store.push_back(schema->name);
      ++found_of_system[system->info.name];
    }
  }
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const std::string_view name = stores[i]->system().name;
    std::string address = source.name;
    if (stores.size() > 1) address += fmt::format("/{}", name);
    if (found_of_system[name] > 1) address += fmt::format(".{}", schema_of_store[i]);
    stores[i]->set_address(std::move(address));
  }
  return stores;
}

}  // namespace queuetrace
