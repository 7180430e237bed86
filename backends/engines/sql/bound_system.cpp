#include "backends/engines/sql/bound_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/granted_columns.hpp"
#include "backends/engines/sql/table_family.hpp"
#include "model/age.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/// Whether braces around `text` mean a table; `{8}` belongs to a regular expression, `{"a","b"}` to an array.
bool is_name(std::string_view text) {
  if (text.size() > 2 && text.front() == '"') {
    std::size_t end = 1;
    while (end < text.size() && (text[end] != '"' || text.substr(end).starts_with("\"\"")))
      end += text[end] == '"' ? 2 : 1;
    return end + 1 == text.size();
  }
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') && std::ranges::all_of(text, is_name_character);
}

/// The rules of a relation without those, and without the words, that the live table cannot have. A rule that asks for
/// a column of `refused` gives way where a later one tells the same state by the same word.
BoundStates bind_states(const SqlRelation& relation, const BoundSystem& bound, const std::string& native_field,
                        const LiveTable& refused) {
  const std::string column = bound.expand(relation.state);
  const LiveTable* labels = bound.schema.find(fmt::format(
      "{}#{}", relation.table, unquoted_name(column.substr(std::min(column.find('.') + 1, column.size())))));
  std::vector<BoundState> rules;
  for (const SqlStateRule& rule : relation.states) {
    if (!bound.schema.meets(rule.needs, relation.table, bound.variant)) continue;
    const bool has_other =
        std::any_of(&rule + 1, relation.states.data() + relation.states.size(), [&](const auto& one) {
          return one.state == rule.state && one.native == rule.native && one.words == rule.words;
        });
    if (has_other && names_column(rule.when, refused)) continue;
    BoundState state{rule.state,
                     state_words(rule.words),
                     rule.words.empty(),
                     bound.expand(rule.when),
                     std::string(rule.native),
                     bound.expand(rule.listed)};
    if (labels != nullptr)
      std::erase_if(state.words, [&](const StateWord& word) { return !labels->contains(word.text); });
    if (state.any_word || !state.words.empty()) rules.push_back(std::move(state));
  }
  const bool is_native = native_field.empty() || native_field == column || native_field == column + "::text";
  return {column, is_native, std::move(rules)};
}

/// The column that `document` reads, without quotes: the name behind its first dot.
std::string column_of(std::string_view document) {
  std::string_view name = document.substr(std::min(document.find('.') + 1, document.size()));
  std::size_t end = 0;
  for (bool quoted = false; end < name.size(); ++end) {
    if (name[end] == '"') quoted = !quoted;
    const bool plain = is_name_character(name[end]) || (name[end] >= 'A' && name[end] <= 'Z') || name[end] == '"';
    if (!quoted && !plain) break;
  }
  return unquoted_name(name.substr(0, end));
}

BoundCarrier bind_carrier(const SqlCarrier& carrier, const SqlRelation& relation, const BoundSystem& bound) {
  BoundCarrier out;
  out.description = &carrier;
  out.document = bound.expand(carrier.document);
  out.column = column_of(carrier.document);
  if (!carrier.table.empty()) out.table = qualified_name(bound.schema.name, carrier.table);
  const LiveTable* live = bound.schema.find(carrier.table.empty() ? relation.table : carrier.table);
  const auto column = live == nullptr ? LiveTable::const_iterator() : live->find(out.column);
  const bool as_text = std::ranges::any_of(
      carrier.places, [](const SqlCarrierPlace& place) { return !place.word.empty() || place.members.empty(); });
  out.is_jsonb = live != nullptr && column != live->end() && column->second == "jsonb" && !as_text;
  return out;
}

BoundRelation bind_relation(const SqlRelation& relation, const BoundSystem& bound) {
  const auto meets = [&](std::string_view needs) { return bound.schema.meets(needs, relation.table, bound.variant); };
  BoundRelation out;
  out.description = &relation;
  out.table = relation.family == nullptr ? granted_rows(bound.schema, relation.table)
                                         : family_rows(bound.flavour, bound.schema, relation);
  if (!relation.added.empty()) out.table = fmt::format("(SELECT t.*, {} FROM {} t)", relation.added, out.table);
  if (!relation.summary.empty() && bound.schema.find(relation.summary) != nullptr)
    out.summary = qualified_name(bound.schema.name, relation.summary);
  if (relation.family == nullptr && bound.schema.is_partly_refused(relation.table))
    out.refused = bound.schema.refused(relation.table);
  // Of pieces that serve one purpose the first still counts: the others are for tables without the column.
  const auto may_ask = [&](const std::string& sql) { return !names_column(sql, out.refused); };
  std::array<bool, sql_field_count> decided{};
  if (const LiveTable* heap = bound.schema.find(fmt::format("{}:heap", relation.table));
      relation.family == nullptr && relation.added.empty())
    if (heap != nullptr && heap->contains("ctid")) out.heap_version = std::atoi(heap->find("ctid")->second.c_str());
  for (const SqlFieldRule& rule : relation.fields) {
    const auto field = static_cast<std::size_t>(rule.field);
    if (decided[field] || !meets(rule.needs)) continue;
    decided[field] = true;
    if (const std::string expression = bound.expand(rule.expression); may_ask(expression)) {
      out.fields[field] = expression;
      out.members[field] = rule.members;
    }
  }
  for (const SqlExtra& extra : relation.extras) {
    const bool taken = std::ranges::any_of(out.extras, [&](const BoundExtra& e) { return e.name == extra.name; });
    if (!taken && meets(extra.needs)) out.extras.push_back({extra.name, bound.expand(extra.expression), extra.form});
  }
  std::erase_if(out.extras, [&](const BoundExtra& extra) { return !may_ask(extra.expression); });
  out.states = bind_states(relation, bound, out.field(SqlField::native_state), out.refused);
  for (const SqlNoteRule& rule : relation.notes)
    if (meets(rule.needs) && may_ask(bound.expand(rule.predicate)))
      out.notes.push_back({rule.code, bound.expand(rule.text), bound.expand(rule.predicate)});
  for (const SqlTraceRule& rule : relation.traces)
    if (meets(rule.needs) && may_ask(bound.expand(rule.expression)))
      out.traces.push_back({&rule, bound.expand(rule.expression)});
  for (const SqlCarrier& carrier : relation.carriers)
    if (meets(carrier.needs) && (!carrier.table.empty() || may_ask(bound.expand(carrier.document))))
      out.carriers.push_back(bind_carrier(carrier, relation, bound));
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

  std::vector<std::string> known;
  for (const std::string_view column : words_of(relation.columns)) known.push_back(unquoted_name(column));
  const LiveTable* live = bound.schema.find(relation.table);
  if (!known.empty() && live != nullptr && relation.family == nullptr)
    for (const auto& column : *live)
      if (std::ranges::find(known, column.first) == known.end()) out.further_columns.push_back(column.first);
  return out;
}

std::string text_of(std::span<const SqlOrderKey> keys) {
  std::string text;
  for (const SqlOrderKey& key : keys) text += ' ' + std::string(key.expression);
  return text;
}

/// What tells a job from another, its state and its place in the order of the key.
std::string telling(const BoundRelation& relation, const SqlSystem& system) {
  return fmt::format("{} {} {}{}", system.id_expression, relation.states.column(), relation.states.number(),
                     text_of(system.storage));
}

Error missing_columns(const BoundRelation& relation, const BoundSystem& bound) {
  std::string columns;
  const std::string needed = telling(relation, *bound.system);
  for (const auto& [column, type] : relation.refused)
    if (names_column(needed, {{column, type}})) columns += (columns.empty() ? "" : ", ") + quoted_identifier(column);
  const std::string table = qualified_name(bound.schema.name, relation.description->table);
  return Error(ErrorKind::authentication,
               fmt::format("this role may not read columns of {} without which its jobs cannot be told apart: {}",
                           table, columns))
      .with_hint(fmt::format("GRANT SELECT ({}) ON {} TO this_role", columns, table));
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

std::string expand_names(std::string_view sql, std::string_view schema, const SqlSettings& settings) {
  std::string out;
  while (true) {
    const std::size_t open = sql.find('{');
    out += sql.substr(0, open);
    if (open == std::string_view::npos) return out;
    std::size_t close = open + 1;
    for (bool quoted = false; close < sql.size() && (quoted || sql[close] != '}'); ++close)
      if (sql[close] == '"') quoted = !quoted;
    const std::string_view name = close < sql.size() ? sql.substr(open + 1, close - open - 1) : std::string_view();
    if (is_name(name)) {
      out += qualified_name(schema, unquoted_name(name));
      sql.remove_prefix(close + 1);
    } else if (name.starts_with('=') && settings.contains(name.substr(1))) {
      out += std::to_string(settings.find(name.substr(1))->second);
      sql.remove_prefix(close + 1);
    } else if (name.starts_with('~') && settings.contains(name.substr(1))) {
      out += to_age(std::chrono::seconds(settings.find(name.substr(1))->second));
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

bool BoundSystem::may_ask(std::string_view sql) const {
  return relations.empty() || !names_column(sql, relations.front().refused);
}

std::string BoundSystem::expand(std::string_view sql) const { return expand_names(sql, schema.name, settings); }

std::optional<std::string> BoundSystem::table_of(std::string_view table, std::string_view queue) const {
  const auto family = schema.families.find(table);
  if (family == schema.families.end()) return std::string(table);
  const auto member = std::ranges::find(family->second, queue, &FamilyMember::queue);
  return member == family->second.end() ? std::nullopt : std::optional(member->table);
}

std::string BoundSystem::expand(std::string_view sql, std::string_view queue) const {
  std::string text(sql);
  for (const auto& [family, members] : schema.families) {
    const std::string name = fmt::format("{{{}}}", family);
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      const std::optional<std::string> table = table_of(family, queue);
      if (!table) throw Error(ErrorKind::refused, fmt::format("the queue has no table of those called {}...", family));
      const std::string own = fmt::format("{{{}}}", quoted_identifier(*table));
      text.replace(at, name.size(), own);
      at += own.size();
    }
  }
  return expand(text);
}

SqlSettings read_settings(const SqlSystem& system, const Source& source) {
  SqlSettings out{{"alert_age", std::chrono::ceil<std::chrono::seconds>(source.alert_age).count()}};
  for (const SqlSetting& setting : system.settings) {
    std::int64_t value = setting.standard;
    if (const auto given = source.keys.find(std::string(setting.name)); given != source.keys.end()) {
      const std::string& text = given->second;
      const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (problem != std::errc() || rest != text.data() + text.size() || value < setting.least || value > setting.most)
        throw Error(ErrorKind::usage, fmt::format("source '{}': {} must be a whole number from {} to {}", source.name,
                                                  setting.name, setting.least, setting.most));
    }
    out.emplace(setting.name, value);
  }
  return out;
}

BoundSystem bind_system(const SqlSystem& system, const LiveSchema& schema, std::string variant, SqlSettings settings) {
  BoundSystem bound;
  bound.system = &system;
  bound.flavour = system.flavour;
  bound.schema = schema;
  bound.variant = std::move(variant);
  bound.settings = std::move(settings);
  for (const SqlRelation& relation : system.relations) {
    const LiveTable* live = schema.find(relation.table);
    if (live == nullptr || !schema.meets(relation.needs, relation.table, bound.variant)) continue;
    const bool is_first = bound.relations.empty();
    BoundRelation one = bind_relation(relation, bound);
    const bool nothing = !live->empty() && schema.refused(relation.table).size() == live->size();
    const bool tells = !one.field(SqlField::id).empty() && !names_column(telling(one, system), one.refused);
    if (!nothing && tells) {
      bound.relations.push_back(std::move(one));
    } else if (!is_first) {
      bound.unreadable.push_back(&relation);
    } else if (!nothing && !one.refused.empty()) {
      throw missing_columns(one, bound);
    } else {
      // Asked as it is, so that the server says what is missing.
      bound.schema.tables.erase(std::string(relation.table) + ":refused");
      bound.relations.push_back(bind_relation(relation, bound));
    }
  }
  const std::string order = text_of(system.newest);
  if (std::ranges::none_of(bound.relations, [&](const BoundRelation& one) { return names_column(order, one.refused); }))
    bound.newest = system.newest;
  return bound;
}

}  // namespace queuetrace
