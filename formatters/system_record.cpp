#include "formatters/system_record.hpp"

#include <array>

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
    Column{.field = "states", .heading = "STATES", .where = Where::never, .shrinkable = true}};

}  // namespace

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

std::span<const Column> system_columns() { return columns_of_system; }

}  // namespace queuetrace
