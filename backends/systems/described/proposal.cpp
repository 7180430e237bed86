// A description proposed from a live table: its columns by their names and types, its states by a sample of their
// words.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "backends/systems/described/live_table.hpp"
#include "backends/systems/described/system.hpp"
#include "backends/systems/described/table_sql.hpp"
#include "backends/systems/described/usual_names.hpp"
#include "model/error.hpp"
#include "model/letter_case.hpp"

namespace queuetrace::described {
namespace {

constexpr std::size_t most_rows = 10'000, most_words = 30;

class Proposer {
 public:
  Proposer(SqlConnection& connection, const Source& source, const TableDescription& named, LiveTableColumns live)
      : connection_(connection), source_(source), table_(named), live_(std::move(live)) {}

  SystemProposal propose() {
    table_.id = id();
    for (const std::string_view field : described_fields) add_field(std::string(field));
    add_units();
    add_traces();
    add_states();
    add_order();
    SystemDescription& out = proposal_.description;
    for (const char c : lower_case(table_.table))
      out.name += std::isalnum(static_cast<unsigned char>(c)) || c == '_' ? c : '-';
    if (out.name.empty() || !std::isalpha(static_cast<unsigned char>(out.name.front()))) out.name.insert(0, "table-");
    out.name.resize(std::min<std::size_t>(out.name.size(), 64));
    out.families = {connection_.flavour() == SqlFlavour::sqlite ? StorageFamily::sqlite : StorageFamily::postgresql};
    out.tables = {table_};
    return proposal_;
  }

 private:
  bool is_sqlite() const { return connection_.flavour() == SqlFlavour::sqlite; }

  /// The column of one of these names that nothing else uses; empty: there is none.
  std::string column_named(std::string_view names, bool (Proposer::*fits)(const LiveColumn&) const) const {
    for (const std::string_view name : words_of(names))
      for (const auto& [column, live] : live_.columns)
        if (lower_case(column) == name && column != table_.id && !is_taken(column) && (this->*fits)(live))
          return column;
    return {};
  }
  bool is_taken(const std::string& column) const {
    return std::ranges::any_of(table_.columns, [&](const auto& taken) { return taken.second == column; });
  }

  bool anything(const LiveColumn& column) const { return column.kind != ColumnKind::list; }
  bool holds_text(const LiveColumn& column) const {
    return column.kind == ColumnKind::text || column.kind == ColumnKind::label || is_sqlite();
  }
  bool holds_words(const LiveColumn& column) const { return holds_text(column) || column.kind == ColumnKind::integer; }
  bool holds_numbers(const LiveColumn& column) const { return column.kind == ColumnKind::integer || is_sqlite(); }
  bool holds_times(const LiveColumn& column) const {
    return column.kind == ColumnKind::zoned_time || column.kind == ColumnKind::time ||
           column.kind == ColumnKind::date || column.kind == ColumnKind::integer || is_sqlite();
  }
  bool holds_documents(const LiveColumn& column) const {
    return column.kind == ColumnKind::json || column.kind == ColumnKind::jsonb || column.kind == ColumnKind::text ||
           column.kind == ColumnKind::bytes || is_sqlite();
  }

  std::string id() const {
    for (const std::string_view name : {"id", "job_id", "message_id", "uuid"})
      for (const auto& [column, live] : live_.columns)
        if (lower_case(column) == name && live.is_unique && live.is_filled) return column;
    for (const auto& [column, live] : live_.columns)
      if (live.is_unique && live.is_filled) return column;
    throw Error(ErrorKind::not_found,
                fmt::format("no column of '{}' is unique and never NULL: nothing tells its rows apart", table_.table));
  }

  void add_field(const std::string& field) {
    auto fits = &Proposer::holds_text;
    if (is_time_field(field)) fits = &Proposer::holds_times;
    if (is_number_field(field) || field == "priority") fits = &Proposer::holds_numbers;
    if (field == "payload" || field == "result") fits = &Proposer::holds_documents;
    if (field == "tenant" || field == "parent" || field.ends_with("_id")) fits = &Proposer::anything;
    if (const std::string column = column_named(usual_columns(field), fits); !column.empty())
      table_.columns[field] = column;
  }

  std::unique_ptr<SqlResult> ask(const std::string& text) {
    return connection_.query({text, {}}, source_.statement_timeout);
  }
  std::string name() const { return qualified_name(live_.schema, table_.table); }
  /// The newest rows where an index tells them, else any.
  std::string sample() const {
    const LiveColumn& key = live_.columns.at(table_.id);
    const bool ordered = key.kind == ColumnKind::integer || (is_sqlite() && key.type == "integer");
    return fmt::format("(SELECT * FROM {}{} LIMIT {}) s", name(),
                       ordered ? fmt::format(" ORDER BY {} DESC", quoted_identifier(table_.id)) : "", most_rows);
  }

  void add_units() {
    bool zoneless = false;
    for (const auto& [field, column] : table_.columns) {
      if (!is_time_field(field)) continue;
      const LiveColumn& live = live_.columns.at(column);
      zoneless = zoneless || live.kind == ColumnKind::time || live.kind == ColumnKind::date || is_sqlite();
      if (live.kind != ColumnKind::integer && !is_sqlite()) continue;
      const std::string value = quoted_identifier(column);
      const std::string number =
          is_sqlite() ? fmt::format("CASE WHEN typeof({0}) IN ('integer', 'real') THEN CAST({0} AS INTEGER) END", value)
                      : value;
      const std::unique_ptr<SqlResult> rows = ask(fmt::format("SELECT max({}) FROM {}", number, sample()));
      const std::string largest(rows->rows() == 0 ? "" : rows->cell(0, 0).value_or(""));
      if (largest.empty() && is_sqlite()) continue;
      table_.epoch[field] = largest.size() > 17 ? "ns" : largest.size() > 14 ? "us" : largest.size() > 11 ? "ms" : "s";
    }
    if (zoneless) {
      table_.zone = "UTC";
      proposal_.open.push_back("zone: its times name none; say which one the application writes them in");
    }
    const bool same = std::ranges::all_of(
        table_.epoch, [&](const auto& unit) { return unit.second == table_.epoch.begin()->second; });
    if (!table_.epoch.empty() && same) table_.epoch = {{"", table_.epoch.begin()->second}};
  }

  void add_traces() {
    for (const std::string_view known : words_of(usual_trace_columns))
      for (const auto& [column, live] : live_.columns)
        if (lower_case(column) == known && live.kind != ColumnKind::bytes && live.kind != ColumnKind::list)
          table_.trace.push_back(
              live.kind == ColumnKind::text && known == "tracingspancontext" ? column + "~traceparent" : column);
    for (const auto& [column, live] : live_.columns) {
      if (live.kind != ColumnKind::json && live.kind != ColumnKind::jsonb && live.kind != ColumnKind::text &&
          !is_sqlite())
        continue;
      if (std::ranges::find(table_.trace, column) != table_.trace.end()) continue;
      const std::string text = is_sqlite() ? quoted_identifier(column) : quoted_identifier(column) + "::text";
      const std::unique_ptr<SqlResult> rows = ask(fmt::format(
          "SELECT {0} FROM {1} WHERE {0} LIKE '%\"traceparent\"%' AND length({0}) <= 65536 LIMIT 1", text, sample()));
      if (rows->rows() > 0) add_path(column, rows->cell(0, 0).value_or(""));
    }
    if (table_.trace.empty())
      proposal_.open.push_back("trace: no column or text of the sample looks like trace context");
  }

  /// Where in this document the traceparent is.
  void add_path(const std::string& column, std::string_view document);

  void add_states() {
    const std::string column = column_named(usual_state_columns, &Proposer::holds_words);
    if (column.empty()) return add_states_by_times();
    const std::string value = quoted_identifier(column);
    const std::unique_ptr<SqlResult> rows =
        ask(fmt::format("SELECT CAST({} AS {}), count(*) FROM {} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {}", value,
                        is_sqlite() ? "TEXT" : "text", sample(), most_words));
    const bool later = table_.columns.contains("scheduled_at");
    std::vector<std::string> words;
    for (std::size_t row = 0; row < rows->rows(); ++row) {
      if (const auto word = rows->cell(row, 0); word && word->size() <= 100) words.emplace_back(*word);
      std::size_t number = 0;
      const std::string_view count = rows->cell(row, 1).value_or("0");
      std::from_chars(count.data(), count.data() + count.size(), number);
      proposal_.sampled += number;
    }
    for (const std::string& label : live_.columns.at(column).labels)
      if (std::ranges::find(words, label) == words.end()) words.push_back(label);
    for (const std::string& word : words) {
      const std::optional<JobState> state = usual_state(word);
      if (!state) {
        proposal_.unknown_words.emplace_back(word);
        continue;
      }
      DescribedState rule{
          word, *state, {{column, DescribedCondition::Kind::equal, {{DescribedLiteral::Kind::text, word}}}}};
      if (*state == JobState::pending && later) {
        DescribedState before = rule;
        before.state = JobState::scheduled;
        before.when.push_back({"scheduled_at", DescribedCondition::Kind::future});
        table_.states.push_back(std::move(before));
      }
      table_.states.push_back(std::move(rule));
    }
    if (!proposal_.unknown_words.empty()) proposal_.open.push_back("states: some words are not told by their names");
  }

  /// Columns of times, set or not.
  void add_states_by_times() {
    const auto add = [&](const char* word, JobState state, std::string subject, DescribedCondition::Kind kind) {
      table_.states.push_back({word, state, {{std::move(subject), kind}}});
    };
    const auto column = [&](const char* field) {
      const auto found = table_.columns.find(field);
      return found == table_.columns.end() ? std::string() : found->second;
    };
    if (const std::string failed = column_named("failed_at", &Proposer::holds_times); !failed.empty())
      add("failed", JobState::dead, failed, DescribedCondition::Kind::set);
    if (!column("finished_at").empty()) {
      const bool failed = lower_case(column("finished_at")) == "failed_at";
      add(failed ? "failed" : "finished", failed ? JobState::dead : JobState::completed, column("finished_at"),
          DescribedCondition::Kind::set);
    }
    if (!column("started_at").empty())
      add("started", JobState::running, column("started_at"), DescribedCondition::Kind::set);
    if (!column("scheduled_at").empty())
      add("scheduled", JobState::scheduled, "scheduled_at", DescribedCondition::Kind::future);
    table_.states.push_back({"waiting", JobState::pending});
    proposal_.open.push_back("states: there is no column of states; these rules go by which times are set");
  }

  void add_order() {
    if (table_.columns.contains("scheduled_at"))
      table_.order.push_back(table_.columns["scheduled_at"]);
    else if (table_.columns.contains("created_at"))
      table_.order.push_back(table_.columns["created_at"]);
    table_.order.push_back(table_.id);
    proposal_.open.push_back(table_.columns.contains("priority")
                                 ? "order: how workers take jobs, and which priority is first, no table tells"
                                 : "order: how workers take jobs no table tells");
  }

  SqlConnection& connection_;
  const Source& source_;
  TableDescription table_;
  LiveTableColumns live_;
  SystemProposal proposal_;
};

/// The way to the first member called traceparent, as a description writes it; empty: it is in none of these objects.
std::string path_to_context(const nlohmann::json& at, const std::string& before, int depth = 0) {
  if (!at.is_object() || depth > 5) return {};
  if (at.contains("traceparent")) return before + ".traceparent";
  for (const auto& [key, value] : at.items()) {
    const bool plain = !key.empty() && key.find_first_of(".\"~") == std::string::npos;
    if (std::string path = plain ? path_to_context(value, before + '.' + key, depth + 1) : ""; !path.empty())
      return path;
  }
  return {};
}

void Proposer::add_path(const std::string& column, std::string_view document) {
  const nlohmann::json parsed = nlohmann::json::parse(document.begin(), document.end(), nullptr, false);
  if (std::string path = path_to_context(parsed, column); !path.empty()) table_.trace.push_back(std::move(path));
}

}  // namespace

SystemProposal propose(SqlConnection& connection, const Source& source, const std::string& table) {
  TableDescription named;
  named.table = table;
  std::optional<LiveTableColumns> live = read_columns(connection, table, source.schema, source.statement_timeout);
  const std::size_t dot = table.find('.');
  if (live && dot != std::string::npos) named.schema = live->schema;
  if (!live && dot != std::string::npos) {
    named.schema = table.substr(0, dot);
    named.table = table.substr(dot + 1);
    live = read_columns(connection, named.table, named.schema, source.statement_timeout);
  }
  if (!live)
    throw Error(ErrorKind::not_found, fmt::format("source '{}' has no table '{}'", source.name, table))
        .with_hint("name it with its schema, SCHEMA.TABLE, where the search path does not reach it");
  return Proposer(connection, source, named, std::move(*live)).propose();
}

}  // namespace queuetrace::described
