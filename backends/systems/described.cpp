#include "backends/systems/described.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/systems/described/system.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_told = 3;  ///< problems of a misfit in one sentence

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

Error misfit_of(const SystemDescription& description, const Source& source,
                const std::vector<ConfigurationProblem>& problems) {
  Error error(ErrorKind::usage, fmt::format("[systems.{}] does not fit the tables of source '{}': {}", description.name,
                                            source.name, count_words(problems.size(), "problem")));
  for (const ConfigurationProblem& problem : problems)
    error.while_doing(fmt::format("line {}: {}{}", problem.line, problem.text,
                                  problem.hint.empty() ? "" : " (" + problem.hint + ")"));
  error.with_hint(fmt::format("queuetrace config check --source {} compares them", source.name));
  return error;
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

FittedSystems fit_described(const Catalogue& catalogue, SqlConnection& connection, const Source& source) {
  const StorageFamily family =
      connection.flavour() == SqlFlavour::sqlite ? StorageFamily::sqlite : StorageFamily::postgresql;
  FittedSystems out;
  for (const std::shared_ptr<const DescribedSystem>& one : catalogue.described) {
    if (source.system && *source.system != one->description.name) continue;
    if (std::ranges::find(one->description.families, family) == one->description.families.end()) continue;
    described::Fitting fitting = described::compare(one->description, one->info, connection, source);
    if (fitting.system != nullptr) out.systems.push_back(std::move(fitting.system));
    if (fitting.problems.empty()) continue;
    out.misfits.push_back(misfit_of(one->description, source, fitting.problems));
    if (source.system) throw out.misfits.back();
  }
  return out;
}

Finding misfit_note(const Error& misfit) {
  std::string text = misfit.what();
  for (std::size_t i = 0; i < std::min(misfit.notes().size(), most_told); ++i)
    text += (i == 0 ? ": " : ", ") + misfit.notes()[i];
  if (misfit.notes().size() > most_told) text += fmt::format(" and {} more", misfit.notes().size() - most_told);
  return {Finding::Severity::note, "descriptions", text + "; it is not read here",
          "queuetrace config check -s <source>", "unfit-description"};
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
