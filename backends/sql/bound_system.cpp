#include "backends/sql/bound_system.hpp"

#include <algorithm>

#include "backends/sql/flavour.hpp"

namespace queuetrace {
namespace {

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/// Whether braces around `text` mean a table; `{8}` belongs to a regular expression.
bool is_name(std::string_view text) {
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') && std::ranges::all_of(text, is_name_character);
}

BoundRelation bind_relation(const SqlRelation& relation, const BoundSystem& bound) {
  const auto meets = [&](std::string_view needs) { return bound.schema.meets(needs, relation.table, bound.variant); };
  BoundRelation out;
  out.description = &relation;
  out.table = qualified_name(bound.schema.name, relation.table);
  for (const SqlFieldRule& rule : relation.fields) {
    std::string& place = out.fields[static_cast<std::size_t>(rule.field)];
    if (place.empty() && meets(rule.needs)) place = bound.expand(rule.expression);
  }
  for (const SqlExtra& extra : relation.extras) {
    const bool taken = std::ranges::any_of(out.extras, [&](const BoundExtra& e) { return e.name == extra.name; });
    if (!taken && meets(extra.needs)) out.extras.push_back({extra.name, bound.expand(extra.expression), extra.form});
  }
  for (const SqlStateRule& rule : relation.states)
    if (meets(rule.needs)) out.states.push_back({rule.state, bound.expand(rule.predicate)});
  for (const SqlNoteRule& rule : relation.notes)
    if (meets(rule.needs)) out.notes.push_back({rule.code, rule.text, bound.expand(rule.predicate)});
  for (const SqlTraceRule& rule : relation.traces)
    if (meets(rule.needs)) out.traces.push_back({&rule, bound.expand(rule.expression)});
  const auto timing = [&](std::span<const SqlTiming> rules) -> std::optional<BoundTiming> {
    for (const SqlTiming& rule : rules)
      if (meets(rule.needs))
        return BoundTiming{bound.expand(rule.from), bound.expand(rule.until), bound.expand(rule.valid)};
    return std::nullopt;
  };
  out.wait = timing(relation.wait);
  out.run = timing(relation.run);
  for (const SqlJoin& join : relation.joins)
    if (meets(join.needs)) out.joins.push_back({join.alias, bound.expand(join.text)});

  const std::vector<std::string_view> known = words_of(relation.columns);
  const LiveTable* live = bound.schema.find(relation.table);
  const bool has_unknown = !known.empty() && live != nullptr && std::ranges::any_of(*live, [&](const auto& column) {
    return std::ranges::find(known, std::string_view(column.first)) == known.end();
  });
  if (has_unknown) out.known_columns.assign(known.begin(), known.end());
  return out;
}

}  // namespace

std::string BoundRelation::joins_for(std::string_view sql) const {
  std::string out;
  for (const BoundJoin& join : joins) {
    const std::string reference = std::string(join.alias) + '.';
    for (std::size_t at = sql.find(reference); at != std::string_view::npos; at = sql.find(reference, at + 1)) {
      const char before = at == 0 ? ' ' : sql[at - 1];
      if (is_name_character(before) || before == '.' || before == '"') continue;
      out += ' ' + join.text;
      break;
    }
  }
  return out;
}

std::string expand_tables(std::string_view sql, std::string_view schema) {
  std::string out;
  while (true) {
    const std::size_t open = sql.find('{');
    out += sql.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = sql.find('}', open);
    const std::string_view name =
        close == std::string_view::npos ? std::string_view{} : sql.substr(open + 1, close - open - 1);
    if (is_name(name)) {
      out += qualified_name(schema, name);
      sql.remove_prefix(close + 1);
    } else {
      out += '{';
      sql.remove_prefix(open + 1);
    }
  }
}

bool BoundSystem::meets(std::string_view needs) const {
  return schema.meets(needs, system->relations.front().table, variant);
}

std::string BoundSystem::expand(std::string_view sql) const { return expand_tables(sql, schema.name); }

BoundSystem bind_system(const SqlSystem& system, const LiveSchema& schema, std::string variant) {
  BoundSystem bound;
  bound.system = &system;
  bound.flavour = system.flavour;
  bound.schema = schema;
  bound.variant = std::move(variant);
  for (const SqlRelation& relation : system.relations)
    if (schema.find(relation.table) != nullptr && schema.meets(relation.needs, relation.table, bound.variant))
      bound.relations.push_back(bind_relation(relation, bound));
  if (system.carrier != nullptr) {
    bound.carrier.emplace();
    bound.carrier->description = system.carrier;
    bound.carrier->text = bound.expand(system.carrier->text);
  }
  return bound;
}

}  // namespace queuetrace
