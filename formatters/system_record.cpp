#include "formatters/system_record.hpp"

#include <array>

#include "formatters/store_check_record.hpp"
#include "formatters/table_view.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns_of_system{
    Column{.field = "name", .heading = "NAME"},
    Column{.field = "title", .heading = "TITLE", .where = Where::wide},
    Column{.field = "family", .heading = "FAMILY"},
    Column{.field = "versions", .heading = "VERSIONS", .shrinkable = true},
    Column{.field = "summary", .heading = "SUMMARY", .shrinkable = true},
    Column{.field = "storage", .heading = "STORAGE", .where = Where::wide, .shrinkable = true},
    Column{.field = "order", .heading = "ORDER", .where = Where::never, .shrinkable = true},
    Column{.field = "trace", .heading = "TRACE", .where = Where::never, .shrinkable = true},
    Column{.field = "limits", .heading = "LIMITS", .where = Where::never, .shrinkable = true},
    Column{.field = "states", .heading = "STATES", .where = Where::never, .wraps = true},
    Column{.field = "actions", .heading = "ACTIONS", .where = Where::never, .wraps = true},
    Column{.field = "refusals", .heading = "REFUSED", .where = Where::never, .wraps = true},
    Column{.field = "findings", .heading = "FINDINGS", .where = Where::never, .wraps = true}};

constexpr std::array table_of_systems{
    TableColumn{.field = "name", .heading = "NAME"}, TableColumn{.field = "family", .heading = "FAMILY"},
    TableColumn{.field = "summary", .heading = "SUMMARY", .kind = CellKind::text, .least = 24},
    TableColumn{.field = "versions", .heading = "VERSIONS", .kind = CellKind::text, .least = 24, .drop = 1}};
constexpr TableView view_of_systems{table_of_systems};

}  // namespace

const TableView& system_table() { return view_of_systems; }

Record system_record(const SystemInfo& system, std::span<const StorageFamily> families) {
  std::string kept;
  for (const StorageFamily family : families.empty() ? std::span(&system.family, 1) : families)
    kept += std::string(kept.empty() ? "" : ", ") + std::string(to_word(family));
  Values states;
  for (const StateMapping& mapping : system.states)
    states.emplace_back(Fields{{"native", std::string(mapping.native)},
                               {"state", std::string(to_word(mapping.state))},
                               {"when", text_or_nothing(mapping.when)}});
  return {{"name", std::string(system.name)},
          {"title", std::string(system.title)},
          {"family", kept},
          {"summary", text_or_nothing(system.summary)},
          {"versions", text_or_nothing(system.versions)},
          {"storage", text_or_nothing(system.storage)},
          {"order", text_or_nothing(system.order)},
          {"trace", text_or_nothing(system.trace)},
          {"limits", text_or_nothing(system.limits)},
          {"states", states.empty() ? Value() : Value(std::move(states))}};
}

namespace {

std::string word_of(const std::optional<ActionKind>& action) {
  return action ? std::string(to_word(*action)) : "pause";
}

}  // namespace

Fields behaviour_fields(const SystemBehaviour& behaviour, bool table) {
  Values actions, refusals, findings;
  for (const SystemBehaviour::Effect& effect : behaviour.actions) {
    Values reasons;
    for (const std::string& reason : effect.leaves_alone) reasons.emplace_back(reason);
    Fields fields{{"action", word_of(effect.action)}, {"effect", effect.effect}};
    if (!table) {
      fields.push_back({"warning", text_or_nothing(effect.warning)});
      fields.push_back({"leaves_alone", reasons.empty() ? Value() : Value(std::move(reasons))});
    }
    actions.emplace_back(std::move(fields));
  }
  for (const SystemBehaviour::Refusal& refusal : behaviour.refusals)
    refusals.emplace_back(Fields{{"action", word_of(refusal.action)},
                                 {"reason", refusal.reason},
                                 {"instead", text_or_nothing(refusal.nearest)}});
  for (const SystemBehaviour::Symptom& symptom : behaviour.symptoms)
    findings.emplace_back(Fields{{"code", symptom.code},
                                 {"severity", std::string(to_word(symptom.severity))},
                                 {"subject", symptom.subject},
                                 {"text", symptom.text},
                                 {"remedy", text_or_nothing(symptom.remedy)}});
  const auto list = [](Values& values) { return values.empty() ? Value() : Value(std::move(values)); };
  Fields fields{{"actions", list(actions)}, {"refusals", list(refusals)}};
  if (!table) fields.push_back({"findings", list(findings)});
  return fields;
}

std::span<const Column> system_columns() { return columns_of_system; }

}  // namespace queuetrace
