#include "backends/systems/described.hpp"

#include <algorithm>

#include "backends/systems/described/system.hpp"

namespace queuetrace {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

}  // namespace

DescribedSystem::DescribedSystem(SystemDescription from) : description(std::move(from)) {
  for (const TableDescription& table : description.tables) {
    storage_ += (storage_.empty() ? "" : ", ") + (table.schema ? *table.schema + "." : "") + table.table;
    for (const std::string& place : table.trace)
      if (trace_.find(place) == std::string::npos) trace_ += (trace_.empty() ? "" : ", ") + place;
    for (const DescribedState& state : table.states)
      if (std::ranges::none_of(
              states_, [&](const StateMapping& one) { return one.native == state.name && one.state == state.state; }))
        states_.push_back({state.name, state.state, ""});
  }
  const std::vector<std::string>& order = description.tables.front().order;
  order_ = order.empty() ? "no order is described" : "in each queue by " + joined(order);
  if (trace_.empty()) trace_ = "no place is described";
  info.name = description.name;
  info.title = description.name;
  info.family = description.families.front();
  info.summary = "tables that the configuration describes";
  info.versions = "as described";
  info.storage = storage_;
  info.order = order_;
  info.trace = trace_;
  info.limits = "read as described; nothing can be changed";
  info.states = states_;
}

Catalogue catalogue_with(const std::vector<SystemDescription>& descriptions) {
  Catalogue catalogue = built_in_catalogue();
  for (const SystemDescription& description : descriptions)
    catalogue.described.push_back(std::make_shared<const DescribedSystem>(description));
  return catalogue;
}

std::vector<std::shared_ptr<const SqlSystem>> fit_described(const Catalogue& catalogue, SqlConnection& connection,
                                                            const Source& source) {
  const StorageFamily family =
      connection.flavour() == SqlFlavour::sqlite ? StorageFamily::sqlite : StorageFamily::postgresql;
  std::vector<std::shared_ptr<const SqlSystem>> systems;
  for (const std::shared_ptr<const DescribedSystem>& one : catalogue.described) {
    if (source.system && *source.system != one->description.name) continue;
    if (std::ranges::find(one->description.families, family) == one->description.families.end()) continue;
    if (std::shared_ptr<const SqlSystem> system = described::fit(one->description, one->info, connection, source))
      systems.push_back(std::move(system));
  }
  return systems;
}

std::optional<std::vector<ConfigurationProblem>> misfits_of(const DescribedSystem& system, SqlConnection& connection,
                                                            const Source& source) {
  described::Fitting fitting = described::compare(system.description, system.info, connection, source);
  if (fitting.system == nullptr && fitting.problems.empty()) return std::nullopt;
  return std::move(fitting.problems);
}

SystemProposal propose_from(SqlConnection& connection, const Source& source, const std::string& table) {
  return described::propose(connection, source, table);
}

}  // namespace queuetrace
