#include "backends/systems/described/relation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backends/engines/sql/flavour.hpp"
#include "backends/systems/described/literal.hpp"
#include "backends/systems/described/traces.hpp"

namespace queuetrace::described {
namespace {

struct NamedField {
  std::string_view name;
  SqlField field;
};

constexpr std::array plain_fields{NamedField{"queue", SqlField::queue},
                                  NamedField{"kind", SqlField::kind},
                                  NamedField{"priority", SqlField::priority},
                                  NamedField{"attempts", SqlField::attempts},
                                  NamedField{"max_attempts", SqlField::max_attempts},
                                  NamedField{"created_at", SqlField::created_at},
                                  NamedField{"scheduled_at", SqlField::scheduled_at},
                                  NamedField{"started_at", SqlField::started_at},
                                  NamedField{"finished_at", SqlField::finished_at},
                                  NamedField{"worker", SqlField::worker},
                                  NamedField{"error", SqlField::error},
                                  NamedField{"span_id", SqlField::span_id},
                                  NamedField{"parent_span_id", SqlField::parent_span_id},
                                  NamedField{"correlation_id", SqlField::correlation_id},
                                  NamedField{"causation_id", SqlField::causation_id},
                                  NamedField{"tenant", SqlField::tenant},
                                  NamedField{"workflow_id", SqlField::workflow_id},
                                  NamedField{"batch_id", SqlField::batch_id}};

class Builder {
 public:
  Builder(SqlFlavour flavour, const FittedTable& table, const SharedColumns& shared, OwnedSystem& owned,
          std::vector<ConfigurationProblem>& problems)
      : flavour_(flavour),
        table_(*table.description),
        live_(table.live),
        shared_(shared),
        owned_(owned),
        problems_(problems),
        sql_(flavour, table_, table.live),
        parts_(owned.parts.emplace_back()) {}

  StateRules build() {
    SqlRelation relation{.name = owned_.keep(table_.table), .table = owned_.keep(table_.table), .fields = {}};
    add_id(relation);
    for (const NamedField& plain : plain_fields) add_field(plain);
    add_parent();
    add_document("payload", SqlField::payload, SqlField::payload_form, SqlField::payload_size);
    add_document("result", SqlField::result, SqlField::result_form, SqlField::result_size);
    StateRules rules = make_rules(table_, sql_, problems_);
    for (const StateRules::Rule& rule : rules.rules)
      parts_.states.push_back(
          {rule.state, owned_.keep(rule.words), owned_.keep(rule.when), {}, owned_.keep(rule.native)});
    relation.state = owned_.keep(rules.column);
    add_traces(flavour_, table_, sql_, owned_, parts_, problems_);
    add_timings(rules);
    add_stale(rules);
    relation.columns = owned_.keep(known_columns());
    relation.fields = parts_.fields;
    relation.states = parts_.states;
    relation.notes = parts_.notes;
    relation.traces = parts_.traces;
    relation.carriers = parts_.carriers;
    relation.wait = parts_.wait;
    relation.run = parts_.run;
    owned_.relations.push_back(relation);
    return rules;
  }

 private:
  template <typename Work>
  void collect_at(const std::string& what, const Work& work) {
    collect(problems_, table_.line, what, work);
  }

  void add(SqlField field, std::string expression, std::span<const std::string_view> members = {}) {
    parts_.fields.push_back({field, owned_.keep(std::move(expression)), {}, members});
  }

  /// Ids and creation times that several tables share get columns of their own.
  void add_id(SqlRelation& relation) {
    collect_at("id", [&] {
      const Reference id = sql_.reference(table_.id);
      if (!id.members.empty()) throw Error(ErrorKind::usage, "it must be a column, not a path into one");
      if (shared_.id.empty()) return add(SqlField::id, sql_.text(id));
      add(SqlField::id, "j." + quoted_name(shared_.id) + (flavour_ == SqlFlavour::postgresql ? "::text" : ""));
      TableSql inner(flavour_, table_, live_, "t");
      std::string value = is_uuid_kept() ? inner.column(id) : inner.text(id);
      if (!table_.prefix.empty()) value = fmt::format("{} || {}", quoted_text(flavour_, table_.prefix), value);
      std::string added = fmt::format("{} AS {}", value, quoted_name(shared_.id));
      if (!shared_.created.empty()) {
        const std::optional<std::string> created = inner.time("created_at");
        added += fmt::format(", coalesce({}, {}) AS {}", created.value_or(cast_to(flavour_, SqlType::time, "NULL")),
                             before_all(flavour_), quoted_name(shared_.created));
      }
      relation.added = owned_.keep(std::move(added));
    });
  }

  bool is_uuid_kept() const { return owned_.system.id_type == SqlType::uuid; }

  void add_field(const NamedField& plain) {
    const std::string name(plain.name);
    collect_at("columns." + name, [&] {
      if (std::optional<FieldSql> field = sql_.field(name))
        add(plain.field, std::move(field->expression), owned_.keep(field->members));
    });
    const SqlTraceRule::Kind kind =
        plain.field == SqlField::correlation_id ? SqlTraceRule::Kind::correlation : SqlTraceRule::Kind::span;
    if (plain.field == SqlField::span_id || plain.field == SqlField::parent_span_id ||
        plain.field == SqlField::correlation_id)
      if (!parts_.fields.empty() && parts_.fields.back().field == plain.field)
        parts_.traces.push_back({kind, parts_.fields.back().expression, Lookup::scanned});
  }

  void add_parent() {
    const auto where = table_.columns.find("parent");
    if (where == table_.columns.end()) return;
    collect_at("columns.parent", [&] {
      const Reference value = sql_.reference(where->second);
      const std::string text = sql_.text(value);
      if (text.empty()) throw Error(ErrorKind::usage, "it must be a column, or a path into one of type jsonb");
      const std::string_view list =
          flavour_ == SqlFlavour::postgresql ? "json_build_array({0})::text" : "json_array({0})";
      add(SqlField::parents,
          fmt::format(fmt::runtime("CASE WHEN {0} IS NOT NULL THEN " + std::string(list) + " END"), text));
      parts_.traces.push_back({SqlTraceRule::Kind::parent, owned_.keep(text),
                               value.live->is_indexed && value.members.empty() ? Lookup::indexed : Lookup::scanned});
    });
  }

  void add_document(const std::string& name, SqlField bytes, SqlField form, SqlField size) {
    const auto where = table_.columns.find(name);
    if (where == table_.columns.end()) return;
    collect_at("columns." + name, [&] {
      const Reference value = sql_.reference(where->second);
      const std::string text = sql_.text(value);
      if (text.empty()) throw Error(ErrorKind::usage, "it must be a column, or a path into one of type jsonb");
      const bool is_payload = name == "payload";
      if (flavour_ == SqlFlavour::sqlite) {
        const std::string column = sql_.column(value);
        if (!value.members.empty()) {
          add(bytes, text);
          return add(form, "'json'");
        }
        add(bytes, fmt::format("CASE typeof({0}) WHEN 'blob' THEN hex({0}) ELSE {0} END", column));
        add(form, fmt::format("CASE WHEN typeof({0}) = 'blob' THEN 'hex' WHEN json_valid({0}) THEN 'json' ELSE 'text' "
                              "END",
                              column));
        add(size, fmt::format("length(CAST({} AS BLOB))", column));
        if (is_payload)
          add(SqlField::payload_document,
              fmt::format("CASE WHEN typeof({0}) = 'text' AND json_valid({0}) THEN {0} END", column));
      } else if (value.live->kind == ColumnKind::bytes && value.members.empty()) {
        add(bytes, fmt::format("encode({}, 'hex')", sql_.column(value)));
        add(form, "'hex'");
        add(size, fmt::format("octet_length({})", sql_.column(value)));
      } else {
        add(bytes, text);
        add(size, fmt::format("octet_length({})", text));
        if (value.live->kind != ColumnKind::jsonb && value.live->kind != ColumnKind::json)
          add(form, fmt::format("CASE WHEN left(ltrim({}), 1) IN ('[', E'\\x7B') THEN 'json' ELSE 'text' END", text));
        if (is_payload && value.live->kind == ColumnKind::jsonb && value.members.empty())
          add(SqlField::payload_document, sql_.column(value));
      }
    });
  }

  /// What is asked for later is looked at while other parts say what does not fit.
  std::string time(const std::string& field) {
    try {
      return sql_.time(field).value_or("");
    } catch (const Error&) {
      return {};
    }
  }

  void add_timings(const StateRules& rules) {
    const std::string created = time("created_at"), scheduled = time("scheduled_at"), started = time("started_at"),
                      finished = time("finished_at");
    const BoundStates states = rules.bound();
    const std::string running = states.condition(JobState::running);
    if (started.empty()) return;
    std::string runnable = created.empty() ? scheduled : created;
    if (!created.empty() && !scheduled.empty())
      runnable = flavour_ == SqlFlavour::postgresql
                     ? fmt::format("greatest({}, {})", created, scheduled)
                     : fmt::format("max(coalesce({0}, {1}), coalesce({1}, {0}))", created, scheduled);
    if (!runnable.empty())
      parts_.wait.push_back(
          {owned_.keep(runnable), owned_.keep(started), owned_.keep(fmt::format("{} <= {}", runnable, started))});
    if (!finished.empty())
      parts_.run.push_back(
          {owned_.keep(started),
           owned_.keep(running.empty() ? finished
                                       : fmt::format("CASE WHEN {} THEN {} ELSE {} END", running,
                                                     current_time(flavour_), finished)),
           owned_.keep(running.empty() ? fmt::format("{} <= {}", started, finished)
                                       : fmt::format("({} OR {} <= {})", running, started, finished))});
    else if (!running.empty())
      parts_.run.push_back({owned_.keep(started), current_time(flavour_), owned_.keep(running)});
  }

  void add_stale(const StateRules& rules) {
    if (!problems_.empty()) return;
    collect_at("states", [&] {
      const std::string again = taken_again(table_, rules, sql_, flavour_);
      if (again.empty()) return;
      const std::string_view predicate = owned_.keep(again);
      parts_.notes.push_back(
          {"stale", "it was started longer ago than again_after: a worker takes it again", predicate});
      if (owned_.relations.empty()) owned_.stale.push_back({"stale", "taken again by a worker", predicate});
    });
  }

  std::string known_columns() const {
    std::string words;
    for (const std::string& column : sql_.used()) words += (words.empty() ? "" : " ") + quoted_identifier(column);
    return words;
  }

  SqlFlavour flavour_;
  const TableDescription& table_;
  const LiveTableColumns& live_;
  const SharedColumns& shared_;
  OwnedSystem& owned_;
  std::vector<ConfigurationProblem>& problems_;
  TableSql sql_;
  OwnedRelation& parts_;
};

}  // namespace

std::string_view before_all(SqlFlavour flavour) {
  return flavour == SqlFlavour::postgresql ? "'-infinity'::timestamptz" : "-62135596800000000";
}

StateRules add_relation(SqlFlavour flavour, const FittedTable& table, const SharedColumns& shared, OwnedSystem& owned,
                        std::vector<ConfigurationProblem>& problems) {
  return Builder(flavour, table, shared, owned, problems).build();
}

}  // namespace queuetrace::described
