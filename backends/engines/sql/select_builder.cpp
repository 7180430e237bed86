#include "backends/engines/sql/select_builder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

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

/// Writes the column list of one relation; all relations of a statement get the same columns in the same order.
class Columns {
 public:
  /// `shared`: what is asked for twice is one column, which needs a statement of one relation.
  Columns(const BoundSystem& system, std::span<const SqlOrderKey> keys, RowDetail detail, Parameters& parameters,
          bool shared)
      : system_(system), keys_(keys), detail_(detail), parameters_(parameters), shared_(shared) {
    layout_.fields.fill(-1);
  }

  std::string of(std::size_t index) {
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
    if (detail_ != RowDetail::brief) add_carriers(relation);
    if (detail_ == RowDetail::all) add_extras(relation);
    return fmt::format("{}", fmt::join(columns_, ", "));
  }

  const RowLayout& layout() const { return layout_; }

 private:
  std::size_t add(std::string column) {
    columns_.push_back(std::move(column));
    return columns_.size() - 1;
  }
  int add_text(const std::string& expression) {
    if (const auto there = texts_.find(expression); shared_ && there != texts_.end()) return there->second;
    const auto column = static_cast<int>(
        add(expression.empty() ? std::string(null_text(system_.flavour)) : as_text(system_.flavour, expression)));
    texts_.emplace(expression, column);
    return column;
  }
  template <typename Has>
  bool anywhere(const Has& has) const {
    return std::ranges::any_of(system_.relations, has);
  }

  void add_fields(const BoundRelation& relation) {
    for (std::size_t i = 0; i < sql_field_count; ++i) {
      const SqlField field = static_cast<SqlField>(i);
      if (field == SqlField::payload_document || (detail_ != RowDetail::all && is_payload_field(field))) continue;
      if (detail_ == RowDetail::brief && !is_brief_field(field)) continue;
      if (!anywhere([&](const BoundRelation& r) { return !r.fields[i].empty(); })) continue;
      std::string expression = relation.fields[i];
      if (!expression.empty() && (field == SqlField::payload || field == SqlField::result))
        expression =
            fmt::format("substr({}, 1, CASE WHEN {} = 'hex' THEN {} ELSE {} END)", as_text(system_.flavour, expression),
                        form_of(relation, field), hex_limit, payload_limit);
      if ((field == SqlField::payload_size || field == SqlField::result_size) && expression.empty())
        expression = "NULL";
      layout_.fields[i] = add_text(expression);
    }
  }

  static std::string form_of(const BoundRelation& relation, SqlField field) {
    const std::string& form =
        relation.field(field == SqlField::payload ? SqlField::payload_form : SqlField::result_form);
    return form.empty() ? "'json'" : form;
  }

  void add_derived(const BoundRelation& relation) {
    if (anywhere([](const BoundRelation& r) { return !r.states.column().empty(); }))
      layout_.state_word = add_text(relation.states.column());
    layout_.state_number = add_text(relation.states.number());
    if (detail_ == RowDetail::brief) return;

    std::string notes;
    for (const BoundNote& note : relation.notes)
      notes += fmt::format("{}CASE WHEN {} THEN '1' ELSE '0' END", notes.empty() ? "" : " || ", note.predicate);
    layout_.notes = add_text(notes);

    add_timing(&BoundRelation::wait, relation, layout_.wait);
    add_timing(&BoundRelation::run, relation, layout_.run);
  }

  /// The texts a trace context is read from: what may be one, and the paths the engine does not know.
  void add_carriers(const BoundRelation& relation) {
    std::vector<std::string> texts;
    for (const BoundCarrier& carrier : relation.carriers) {
      texts.push_back(carrier_document(system_, carrier));
      for (const CarrierPath& path : paths_to_read(carrier))
        texts.push_back(text_at_path(system_.flavour, carrier.document,
                                     parameters_.add(path_value(system_.flavour, path.members))));
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

  void add_timing(std::optional<BoundTiming> BoundRelation::*which, const BoundRelation& relation,
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

  void add_extras(const BoundRelation& relation) {
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

  const BoundSystem& system_;
  std::span<const SqlOrderKey> keys_;
  RowDetail detail_;
  Parameters& parameters_;
  bool shared_;
  std::vector<std::string> columns_;
  std::map<std::string, int, std::less<>> texts_;  ///< columns by their expressions
  RowLayout layout_;
};

/// Rows behind `values` in the order of `keys`. The first key alone bounds the range, so that an index on it is used.
std::string behind(SqlFlavour flavour, std::span<const SqlOrderKey> keys, const std::vector<std::string>& values,
                   Parameters& parameters) {
  std::string out;
  for (std::size_t i = keys.size(); i-- > 0;) {
    const std::string value = cast_to(flavour, keys[i].type, parameters.add(values[i]));
    const std::string_view sign = keys[i].descending ? "<" : ">";
    if (out.empty())
      out = fmt::format("{} {} {}", keys[i].expression, sign, value);
    else
      out = fmt::format("({0} {1}= {2} AND ({0} {1} {2} OR {3}))", keys[i].expression, sign, value, out);
  }
  return out;
}

std::string order_by(std::span<const SqlOrderKey> keys, bool outer) {
  std::string out;
  for (std::size_t i = 0; i < keys.size(); ++i)
    out += fmt::format("{}{}{}", i == 0 ? "" : ", ", outer ? fmt::format("key{}", i) : std::string(keys[i].expression),
                       keys[i].descending ? " DESC" : "");
  return out;
}

/// The rows of one relation, filtered, ordered and cut, as a table expression named `j`. Where an index finds few rows
/// they are found first and for themselves: the planner must not walk a newest-first index instead and filter.
/// `by_place`: where no index serves the order, what is sorted are the places of rows and not the rows.
std::string rows_of(const BoundRelation& relation, const Conditions& conditions, const std::string& order,
                    std::size_t limit, bool by_place) {
  const std::string tail = order.empty() ? "" : " ORDER BY " + order;
  const std::string all = conditions.scanned.empty() ? "" : all_of(conditions.scanned);
  if (conditions.indexed.empty() && by_place && relation.heap_version > 0)
    return fmt::format(
        "(SELECT j.* FROM {0} j WHERE j.ctid = ANY(ARRAY(SELECT j.ctid FROM {0} j{1}{2}{3} LIMIT {4}))) j",
        relation.table, relation.joins_for(all + tail), all.empty() ? "" : " WHERE " + all, tail, limit);
  if (conditions.indexed.empty())
    return fmt::format("(SELECT j.* FROM {} j{}{}{} LIMIT {}) j", relation.table, relation.joins_for(all + tail),
                       all.empty() ? "" : " WHERE " + all, tail, limit);
  const std::string few = all_of(conditions.indexed);
  return fmt::format(
      "(WITH found AS MATERIALIZED (SELECT j.* FROM {} j{} WHERE {}) SELECT j.* FROM found j{}{}{} LIMIT {}) j",
      relation.table, relation.joins_for(few), few, relation.joins_for(all + tail), all.empty() ? "" : " WHERE " + all,
      tail, limit);
}

}  // namespace

RowDetail detail_of(const JobQuery& query) {
  if (query.payload) return RowDetail::all;
  const bool searches = !query.filter.traces.empty() || !query.filter.span_ids.empty() || !query.filter.any_of.empty();
  return query.brief && !searches ? RowDetail::brief : RowDetail::usual;
}

std::string without_doubles(const BoundSystem& system, std::size_t relation) {
  if (relation == 0 || system.system->ids_by_queue) return {};  // a queue's tables share one count of ids
  std::string other(system.system->id_expression);
  if (other.starts_with("j.")) other.replace(0, 2, "live.");
  return fmt::format("NOT EXISTS (SELECT 1 FROM {} live WHERE {} = {})", system.relations.front().table, other,
                     system.system->id_expression);
}

JobSelect build_list(const BoundSystem& system, const JobFilter& filter, JobOrder order, RowDetail detail,
                     const Position& from, std::size_t limit, SearchDepth depth) {
  const bool newest = order == JobOrder::newest && !system.newest.empty();
  const std::span<const SqlOrderKey> keys = newest ? system.newest : system.system->storage;
  const std::string inner_order = order_by(keys, false);
  Parameters parameters;
  Columns columns(system, keys, detail, parameters, !newest || system.relations.size() == 1);
  JobSelect out;
  std::vector<std::string> arms;
  for (std::size_t i = 0; i < system.relations.size(); ++i) {
    if (!newest && i != from.relation) continue;
    const BoundRelation& relation = system.relations[i];
    Parameters before = parameters;
    Conditions conditions = make_conditions(filter, system, relation, parameters, out.unsupported);
    if (conditions.nothing) {
      parameters = std::move(before);  // placeholders of an arm that is left out would have no type
      continue;
    }
    if (depth == SearchDepth::recent && i == 0)
      conditions.indexed.push_back(fmt::format("{0} > (SELECT max({0}) - {1} FROM {2} j)", system.system->recent,
                                               recent_window, relation.table));
    if (!from.keys.empty()) conditions.scanned.push_back(behind(system.flavour, keys, from.keys, parameters));
    if (const std::string once = without_doubles(system, i); !once.empty()) conditions.scanned.push_back(once);
    const std::string list = columns.of(i);
    arms.push_back(fmt::format("SELECT {} FROM {}{}", list, rows_of(relation, conditions, inner_order, limit, newest),
                               relation.joins_for(list)));
  }
  if (arms.empty()) return out;
  out.layout = columns.layout();
  std::string& text = out.statement.text;
  if (arms.size() == 1)
    text = fmt::format("{} ORDER BY {}", arms.front(), order_by(keys, true));
  else
    text = fmt::format("SELECT * FROM ({}) jobs ORDER BY {} LIMIT {}", fmt::join(arms, " UNION ALL "),
                       order_by(keys, true), limit);
  out.statement.parameters = parameters.take();
  return out;
}

JobSelect build_stored(const BoundSystem& system, const JobFilter& filter, RowDetail detail, std::size_t index,
                       const std::function<std::string(Parameters&)>& where, std::optional<std::size_t> limit) {
  static constexpr std::array place{SqlOrderKey{"j.ctid"}}, kept_place{SqlOrderKey{"j.\"qt:place\""}};
  const BoundRelation& relation = system.relations.at(index);
  Parameters parameters;
  JobSelect out;
  Conditions conditions = make_conditions(filter, system, relation, parameters, out.unsupported);
  if (conditions.nothing) return out;
  std::vector<std::string> terms = std::move(conditions.indexed);
  std::ranges::move(conditions.scanned, std::back_inserter(terms));
  if (std::string chosen = where(parameters); !chosen.empty()) terms.push_back(std::move(chosen));
  if (std::string once = without_doubles(system, index); !once.empty()) terms.push_back(std::move(once));
  const std::string condition = terms.empty() ? "" : " WHERE " + all_of(terms);
  Columns columns(system, limit ? kept_place : place, detail, parameters, true);
  const std::string list = columns.of(index);
  out.layout = columns.layout();
  if (limit)  // sorted first: the columns of large rows are costly, and needed for the first rows only
    out.statement.text = fmt::format(
        "SELECT {} FROM (SELECT j.*, j.ctid AS \"qt:place\" FROM {} j{}{} ORDER BY j.ctid LIMIT {}) j{} ORDER "
        "BY key0",
        list, relation.table, relation.joins_for(condition), condition, *limit, relation.joins_for(list));
  else
    out.statement.text =
        fmt::format("SELECT {} FROM {} j{}{}", list, relation.table, relation.joins_for(list + condition), condition);
  out.statement.parameters = parameters.take();
  return out;
}

JobSelect build_rows(const BoundSystem& system, const std::string& condition, const std::string& order,
                     RowDetail detail, Parameters parameters, std::size_t limit) {
  Columns columns(system, system.system->storage, detail, parameters, true);
  const BoundRelation& relation = system.relations.front();
  JobSelect out;
  const std::string list = columns.of(0);
  Conditions conditions;
  conditions.scanned.push_back(condition);
  out.statement.text =
      fmt::format("SELECT {} FROM {}{} ORDER BY {}", list, rows_of(relation, conditions, order, limit, false),
                  relation.joins_for(list + order), order);
  out.layout = columns.layout();
  out.statement.parameters = parameters.take();
  return out;
}

}  // namespace queuetrace
