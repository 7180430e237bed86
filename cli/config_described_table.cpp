#include "cli/config_described_table.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "commands/report/suggestion.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view state_words =
    "pending, scheduled, blocked, running, retrying, completed, failed, dead, "
    "cancelled";

std::size_t line_of(const toml::node& node) { return node.source().begin.line; }

/// A text, whole number, decimal number or truth; absent: something else, or what no column holds.
std::optional<DescribedLiteral> literal_in(const toml::node& node) {
  using Kind = DescribedLiteral::Kind;
  if (const auto text = node.value_exact<std::string>(); text && text->find('\0') == std::string::npos)
    return DescribedLiteral{Kind::text, *text};
  if (const auto number = node.value_exact<std::int64_t>())
    return DescribedLiteral{Kind::number, std::to_string(*number)};
  if (const auto truth = node.value_exact<bool>()) return DescribedLiteral{Kind::truth, *truth ? "true" : "false"};
  if (const auto number = node.value_exact<double>(); number && std::abs(*number) < 1e15) {
    std::string text = std::to_string(*number);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return DescribedLiteral{Kind::number, text};
  }
  return std::nullopt;
}

/// Reads one table of jobs.
class DescriptionReader {
 public:
  /// `shared`: [systems.NAME] where `own` is one of its tables.
  DescriptionReader(TableReader& own, TableReader* shared) : reader_(own), shared_(shared) {}

  TableDescription read() {
    TableDescription table;
    table.line = reader_.line(reader_.has("table") ? "table" : "");
    read_name(table);
    table.id = required("id");
    table.prefix = text("prefix").value_or("");
    table.zone = text("zone").value_or("");
    read_fields("columns", [&](const std::string& field, const toml::node& node) {
      if (const auto where = node.value_exact<std::string>(); where && !where->empty())
        table.columns[field] = *where;
      else
        problem(node, "columns", field + " must be the name of a column");
    });
    read_fields("default", [&](const std::string& field, const toml::node& node) {
      if (const auto value = node.value_exact<std::string>())
        table.defaults[field] = *value;
      else
        problem(node, "default", field + " must be a text");
    });
    read_fields("absent", [&](const std::string& field, const toml::node& node) {
      if (const auto value = literal_in(node))
        table.absent[field] = *value;
      else
        problem(node, "absent", field + " must be a text, a number, true or false");
      if (!table.columns.contains(field)) problem(node, "absent", "columns names no '" + field + "'");
    });
    read_epoch(table);
    read_states(table);
    table.trace = texts("trace");
    table.order = texts("order");
    return table;
  }

 private:
  TableReader& reader_for(std::string_view key) {
    reader_.node(key);
    return !reader_.has(key) && shared_ != nullptr && shared_->has(key) ? *shared_ : reader_;
  }
  std::optional<std::string> text(std::string_view key) { return reader_for(key).text(key); }
  std::vector<std::string> texts(std::string_view key) { return reader_for(key).texts(key); }
  const toml::node* node(std::string_view key) { return reader_for(key).node(key); }
  void problem(const toml::node& node, std::string_view key, const std::string& text, const std::string& hint = {}) {
    reader_.problem_at(node, key, text, hint);
  }

  std::string required(std::string_view key) {
    const std::optional<std::string> value = text(key);
    if (!value && node(key) == nullptr) reader_.problem(key, "is missing");
    if (value && value->empty()) reader_.problem(key, "is empty");
    return value.value_or("");
  }

  /// At its first dot, unless the schema is given by itself.
  void read_name(TableDescription& table) {
    table.schema = text("schema");
    table.table = required("table");
    const std::size_t dot = table.table.find('.');
    if (table.schema || dot == std::string::npos) return;
    table.schema = table.table.substr(0, dot);
    table.table.erase(0, dot + 1);
    if (table.table.empty() || table.schema->empty()) reader_.problem("table", "must be TABLE or SCHEMA.TABLE");
  }

  void read_fields(std::string_view key, const std::function<void(const std::string&, const toml::node&)>& take) {
    const toml::node* found = node(key);
    if (found == nullptr) return;
    const toml::table* table = found->as_table();
    if (table == nullptr) return reader_.problem(key, "must be a table");
    for (const auto& [name, value] : *table) {
      const std::string field(name.str());
      if (std::ranges::find(described_fields, field) == std::end(described_fields))
        problem(
            value, key, "there is no field '" + field + "'",
            did_you_mean(field, std::vector<std::string>(std::begin(described_fields), std::end(described_fields))));
      else
        take(field, value);
    }
  }

  void read_epoch(TableDescription& table) {
    const toml::node* found = node("epoch");
    if (found == nullptr) return;
    const auto add = [&](const std::string& field, const toml::node& value) {
      const auto unit = value.value_exact<std::string>();
      if (unit && (*unit == "s" || *unit == "ms" || *unit == "us" || *unit == "ns"))
        table.epoch[field] = *unit;
      else
        problem(value, "epoch", "must be \"s\", \"ms\", \"us\" or \"ns\"");
    };
    if (!found->is_table()) return add("", *found);
    read_fields("epoch", add);
  }

  void read_states(TableDescription& table) {
    const toml::node* found = node("states");
    const std::optional<std::string> column = text("state");
    if (found == nullptr)
      return reader_.problem("states", "is missing", "a list of rules, or state = \"column\" with a table");
    if (const toml::array* rules = found->as_array()) {
      if (column)
        reader_.problem("state", "goes with states = { pending = [...] }", "rules name their columns in when");
      for (const toml::node& rule : *rules) read_rule(rule, table);
    } else if (const toml::table* words = found->as_table()) {
      if (!column) reader_.problem("state", "is missing: the column that holds these words");
      for (const auto& [name, value] : *words) read_words(std::string(name.str()), value, column.value_or(""), table);
    } else {
      reader_.problem("states", "must be a list of rules or a table");
    }
    if (table.states.empty()) reader_.problem("states", "has no rule");
  }

  std::optional<JobState> state_of(const std::string& word, const toml::node& node) {
    std::optional<JobState> state = parse_job_state(word);
    if (state && *state == JobState::unknown) state.reset();
    if (!state) problem(node, "states", "there is no state '" + word + "'", "one of " + std::string(state_words));
    return state;
  }

  /// `pending = ["new"]`: a rule for each word.
  void read_words(const std::string& name, const toml::node& node, const std::string& column, TableDescription& table) {
    const std::optional<JobState> state = state_of(name, node);
    if (!state) return;
    const auto add = [&](const toml::node& word) {
      if (const auto literal = literal_in(word))
        table.states.push_back(
            {literal->text, *state, {{column, DescribedCondition::Kind::equal, {*literal}}}, {}, line_of(word)});
      else
        problem(word, "states", "words are texts, numbers, true or false");
    };
    if (const toml::array* list = node.as_array())
      for (const toml::node& word : *list) add(word);
    else
      add(node);
  }

  void read_rule(const toml::node& node, TableDescription& table) {
    const toml::table* written = node.as_table();
    if (written == nullptr) return problem(node, "states", "a rule is a table: { name, state, when }");
    TableReader rule(*written, reader_.name() + " states", reader_.problems());
    DescribedState state;
    state.line = line_of(node);
    state.name = rule.text("name").value_or("");
    if (state.name.empty()) rule.problem("name", "is missing: the application's own word");
    const std::string word = rule.text("state").value_or("");
    if (const std::optional<JobState> known = state_of(word, node)) state.state = *known;
    state.again_after = rule.duration("again_after");
    if (state.again_after && state.state != JobState::running)
      rule.problem("again_after", "only running jobs are taken again");
    if (const toml::table* when = rule.table("when")) {
      for (const auto& [subject, value] : *when) read_condition(std::string(subject.str()), value, state);
      if (when->empty()) rule.problem("when", "is empty", "leave it out in the rule for all other rows");
    }
    rule.finish();
    table.states.push_back(std::move(state));
  }

  void read_condition(const std::string& subject, const toml::node& node, DescribedState& state) {
    using Kind = DescribedCondition::Kind;
    DescribedCondition condition{subject, Kind::equal, {}};
    const auto bad = [&] {
      problem(node, "states",
              "'" + subject +
                  "' must be a value, a list of values, \"set\", \"null\", \"past\", "
                  "\"future\", \"over N\" or \"under N\"");
    };
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& value : *list)
        if (const auto literal = literal_in(value)) condition.values.push_back(*literal);
      if (condition.values.size() != list->size() || list->empty()) return bad();
    } else if (const auto literal = literal_in(node)) {
      const std::string& text = literal->text;
      const bool is_text = literal->kind == DescribedLiteral::Kind::text;
      if (is_text && text == "set")
        condition.kind = Kind::set;
      else if (is_text && text == "null")
        condition.kind = Kind::null;
      else if (is_text && text == "past")
        condition.kind = Kind::past;
      else if (is_text && text == "future")
        condition.kind = Kind::future;
      else if (is_text && text.starts_with("over "))
        condition = {subject, Kind::over, {{DescribedLiteral::Kind::number, text.substr(5)}}};
      else if (is_text && text.starts_with("under "))
        condition = {subject, Kind::under, {{DescribedLiteral::Kind::number, text.substr(6)}}};
      else
        condition.values.push_back(*literal);
    } else {
      return bad();
    }
    state.when.push_back(std::move(condition));
  }

  TableReader& reader_;
  TableReader* shared_;
};

}  // namespace

TableDescription read_described_table(TableReader& own, TableReader* shared) {
  return DescriptionReader(own, shared).read();
}

}  // namespace queuetrace
