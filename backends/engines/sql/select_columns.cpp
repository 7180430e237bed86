#include "backends/engines/sql/select_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "backends/engines/sql/carrier_text.hpp"
#include "backends/engines/sql/flavour.hpp"

namespace queuetrace {
namespace {

/// Longer payloads and results are cut here by the server (characters).
constexpr std::size_t payload_limit = 1 << 20;
/// Hex digits of archived payloads: two a byte of at most 4 MiB compressed.
constexpr std::size_t hex_limit = 8 << 20;

bool is_payload_field(SqlField field) {
  return field == SqlField::payload || field == SqlField::payload_form || field == SqlField::payload_size ||
         field == SqlField::result || field == SqlField::result_form || field == SqlField::result_size ||
         field == SqlField::extra;
}

bool is_brief_field(SqlField field) {
  return field == SqlField::id || field == SqlField::queue || field == SqlField::kind ||
         field == SqlField::native_state || field == SqlField::error || field == SqlField::system;
}

/// A JSON object of these columns; empty where there are none. In SQLite bytes stand in hex.
std::string as_object(SqlFlavour flavour, const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& name : columns) {
    const std::string column = "j." + quoted_identifier(name);
    if (flavour == SqlFlavour::postgresql)
      list += fmt::format("{}{}", list.empty() ? "" : ", ", column);
    else
      list += fmt::format(
          "{0} || json_quote({1}) || ':' || json_quote(CASE typeof({2}) WHEN 'blob' THEN hex({2}) ELSE "
          "{2} END)",
          list.empty() ? "'{'" : " || ','", quoted_literal(flavour, name), column);
  }
  if (list.empty()) return list;
  // Not jsonb, which refuses what json may hold (\u0000). A function of SQLite takes 100 values: hence no json_object.
  if (flavour == SqlFlavour::postgresql)
    return fmt::format("(SELECT row_to_json(further) FROM (SELECT {}) further)", list);
  return list + " || '}'";
}

std::string form_of(const BoundRelation& relation, SqlField field) {
  const std::string& form = relation.field(field == SqlField::payload ? SqlField::payload_form : SqlField::result_form);
  return form.empty() ? "'json'" : form;
}

}  // namespace

SelectColumns::SelectColumns(const BoundSystem& system, std::span<const SqlOrderKey> keys, RowDetail detail,
                             Parameters& parameters, bool shared)
    : system_(system), keys_(keys), detail_(detail), parameters_(parameters), shared_(shared) {
  layout_.fields.fill(-1);
}

std::string SelectColumns::of(std::size_t index) {
  const BoundRelation& relation = system_.relations[index];
  columns_.clear();
  texts_.clear();
  layout_ = {};
  layout_.fields.fill(-1);
  layout_.relation = add(fmt::format("{} AS relation", index));
  for (std::size_t i = 0; i < keys_.size(); ++i)
    layout_.keys.push_back(add(fmt::format("{} AS key{}", keys_[i].expression, i)));
  add_fields(relation);
  add_derived(relation);
  if (!is_brief()) add_carriers(relation);
  if (detail_ == RowDetail::all) add_extras(relation);
  return fmt::format("{}", fmt::join(columns_, ", "));
}

std::size_t SelectColumns::add(std::string column) {
  columns_.push_back(std::move(column));
  return columns_.size() - 1;
}

int SelectColumns::add_text(const std::string& expression) {
  if (const auto there = texts_.find(expression); shared_ && there != texts_.end()) return there->second;
  const auto column = static_cast<int>(
      add(expression.empty() ? std::string(null_text(system_.flavour)) : as_text(system_.flavour, expression)));
  texts_.emplace(expression, column);
  return column;
}

bool SelectColumns::anywhere(const std::function<bool(const BoundRelation&)>& has) const {
  return std::ranges::any_of(system_.relations, has);
}

void SelectColumns::add_fields(const BoundRelation& relation) {
  for (std::size_t i = 0; i < sql_field_count; ++i) {
    const SqlField field = static_cast<SqlField>(i);
    if (field == SqlField::payload_document || (detail_ != RowDetail::all && is_payload_field(field))) continue;
    if (is_brief() && !is_brief_field(field) && !(detail_ == RowDetail::ends && field == SqlField::finished_at))
      continue;
    if (!anywhere([&](const BoundRelation& r) { return !r.fields[i].empty(); })) continue;
    std::string expression = relation.fields[i];
    if (!expression.empty() && (field == SqlField::payload || field == SqlField::result))
      expression =
          fmt::format("substr({}, 1, CASE WHEN {} = 'hex' THEN {} ELSE {} END)", as_text(system_.flavour, expression),
                      form_of(relation, field), hex_limit, payload_limit);
    if ((field == SqlField::payload_size || field == SqlField::result_size) && expression.empty()) expression = "NULL";
    layout_.fields[i] = add_text(expression);
  }
}

void SelectColumns::add_derived(const BoundRelation& relation) {
  if (anywhere([](const BoundRelation& r) { return !r.states.column().empty(); }))
    layout_.state_word = add_text(relation.states.column());
  layout_.state_number = add_text(relation.states.number());
  if (is_brief()) return;

  std::string notes;
  for (const BoundNote& note : relation.notes)
    notes += fmt::format("{}CASE WHEN {} THEN '1' ELSE '0' END", notes.empty() ? "" : " || ", note.predicate);
  layout_.notes = add_text(notes);

  add_timing(&BoundRelation::wait, relation, layout_.wait);
  add_timing(&BoundRelation::run, relation, layout_.run);
}

/// The texts a trace context is read from: what may be one, and the paths the engine does not know.
void SelectColumns::add_carriers(const BoundRelation& relation) {
  std::vector<std::string> texts;
  for (const BoundCarrier& carrier : relation.carriers) {
    texts.push_back(carrier_document(system_, carrier));
    for (const CarrierPath& path : paths_to_read(carrier))
      texts.push_back(
          text_at_path(system_.flavour, carrier.document, parameters_.add(path_value(system_.flavour, path.members))));
  }
  std::size_t most = 0;
  for (const BoundRelation& other : system_.relations) {
    std::size_t count = 0;
    for (const BoundCarrier& carrier : other.carriers) count += 1 + paths_to_read(carrier).size();
    most = std::max(most, count);
  }
  texts.resize(most);
  for (const std::string& text : texts) layout_.carriers.push_back(add_text(text));
}

void SelectColumns::add_timing(std::optional<BoundTiming> BoundRelation::*which, const BoundRelation& relation,
                               RowLayout::Timing& columns) {
  if (!anywhere([&](const BoundRelation& r) { return (r.*which).has_value(); })) return;
  const BoundTiming timing = (relation.*which).value_or(BoundTiming());
  bool is_there = false;
  const auto column_of = [&](const std::string& time) {
    if (timing.valid.empty()) return add_text(time);
    if (shared_ && texts_.contains(time)) {
      is_there = true;
      return add_text(time);
    }
    return add_text(fmt::format("CASE WHEN {} THEN {} END", timing.valid, time));
  };
  columns.from = column_of(timing.from);
  columns.until = column_of(timing.until);
  if (is_there) columns.valid = add_text(fmt::format("CASE WHEN {} THEN '1' END", timing.valid));
}

void SelectColumns::add_extras(const BoundRelation& relation) {
  std::vector<std::pair<std::string_view, SqlExtra::Form>> names;
  for (const BoundRelation& other : system_.relations)
    for (const BoundExtra& extra : other.extras)
      if (std::ranges::none_of(names, [&](const auto& name) { return name.first == extra.name; }))
        names.emplace_back(extra.name, extra.form);
  for (const auto& [name, form] : names) {
    const auto own = std::ranges::find(relation.extras, name, &BoundExtra::name);
    layout_.extras.push_back(
        {name, form, static_cast<std::size_t>(add_text(own == relation.extras.end() ? "" : own->expression))});
  }
  if (!anywhere([](const BoundRelation& r) { return !r.further_columns.empty(); })) return;
  layout_.further_columns = add_text(as_object(system_.flavour, relation.further_columns));
}

}  // namespace queuetrace
