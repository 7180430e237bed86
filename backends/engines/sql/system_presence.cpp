#include "backends/engines/sql/system_presence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/flavour.hpp"

namespace queuetrace {
namespace {

/// A probe that takes longer is answered with no.
constexpr std::chrono::milliseconds answer_timeout{1'000};

bool tables_fit(const SqlSystem& system, const LiveSchema& schema) {
  // Of a family the tables are not known yet: the probe names what stands beside them.
  const std::string_view table = system.relations.front().table;
  const bool may_be = system.relations.front().family != nullptr || schema.find(table) != nullptr;
  return may_be && schema.meets(system.probe, table, "");
}

/// The schema as the catalogue shows it, whatever this role may read.
LiveSchema shown(LiveSchema schema) {
  for (const auto& [table, columns] : schema.withheld) schema.tables[table] = columns;
  return schema;
}

std::string grant(const WithheldSystem& withheld) {
  return fmt::format("GRANT USAGE ON SCHEMA {} TO this_role; GRANT SELECT ON {} TO this_role",
                     quoted_identifier(withheld.schema), fmt::join(withheld.tables, ", "));
}

}  // namespace

Presence answer_of(SqlConnection& connection, std::string_view probe, const std::string& schema, Presence refused) {
  try {
    const std::unique_ptr<SqlResult> rows = connection.query({expand_names(probe, schema, {}), {}}, answer_timeout);
    const std::string_view answer = rows->rows() == 0 ? "" : rows->cell(0, 0).value_or("");
    return answer == "t" || answer == "true" || answer == "1" ? Presence::there : Presence::none;
  } catch (const Error& error) {
    // Anything but a lost connection is an answer: the table cannot be what we look for, or is too large to tell.
    if (error.kind() == ErrorKind::unreachable) throw;
    return error.kind() == ErrorKind::authentication ? refused : Presence::none;
  }
}

Presence presence_of(const SqlSystem& system, const LiveSchema& schema, SqlConnection& connection) {
  if (!tables_fit(system, schema))
    return !schema.withheld.empty() && tables_fit(system, shown(schema)) ? Presence::withheld : Presence::none;
  if (system.confirmation.empty()) return Presence::there;
  // Where some columns may be read and not those that it asks, the table's own columns must do.
  const bool partly = schema.is_partly_refused(system.relations.front().table);
  return answer_of(connection, system.confirmation, schema.name, partly ? Presence::there : Presence::withheld);
}

WithheldSystem withheld_in(const SqlSystem& system, const LiveSchema& schema) {
  WithheldSystem out{&system, schema.name, {}};
  for (const std::string_view word : words_of(system.probe)) {
    const std::string table = unquoted_name(word.substr(0, word.find('.')));
    const std::string name = qualified_name(schema.name, table);
    if (schema.withheld.contains(table) && std::ranges::find(out.tables, name) == out.tables.end())
      out.tables.push_back(name);
  }
  if (out.tables.empty()) out.tables.push_back(qualified_name(schema.name, system.relations.front().table));
  return out;
}

Error withheld_error(const WithheldSystem& withheld, const std::string& source) {
  return Error(ErrorKind::authentication,
               fmt::format("source '{}' seems to hold {}, but this role may not read {}, without which it is not seen",
                           source, withheld.system->info.title, fmt::join(withheld.tables, ", ")))
      .with_hint(grant(withheld));
}

Finding withheld_finding(const WithheldSystem& withheld) {
  return {Finding::Severity::warning, "permissions",
          fmt::format("{} seems to be here, too, but this role may not read {}, without which it is not seen",
                      withheld.system->info.title, fmt::join(withheld.tables, ", ")),
          grant(withheld), "unreadable-system"};
}

}  // namespace queuetrace
