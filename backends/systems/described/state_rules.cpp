#include "backends/systems/described/state_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "backends/engines/sql/flavour.hpp"
#include "backends/systems/described/literal.hpp"

namespace queuetrace::described {
namespace {

/// As a literal among SqlStateRule::words; empty where it cannot be one.
std::string word_of(const LiveColumn& column, const DescribedLiteral& literal) {
  const std::string& text = literal.text;
  const bool digits = !text.empty() && text.size() < 18 && text.find_first_not_of("0123456789") == std::string::npos;
  if (column.kind == ColumnKind::integer) return digits ? text : "";
  if (column.kind == ColumnKind::dynamic && literal.kind != DescribedLiteral::Kind::text)
    return literal.kind == DescribedLiteral::Kind::number && digits ? text : "";
  if (text.find_first_of("\\{}") != std::string::npos) return {};
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("''") : std::string(1, c);
  return word + "'";
}

bool has_words(ColumnKind kind) {
  return kind == ColumnKind::text || kind == ColumnKind::label || kind == ColumnKind::integer ||
         kind == ColumnKind::dynamic;
}

/// The column of a condition that says one of its words; absent: it is no column, or says something else.
std::optional<Reference> column_of_words(const DescribedCondition& condition, TableSql& sql) {
  if (condition.kind != DescribedCondition::Kind::equal) return std::nullopt;
  try {
    Reference value = sql.reference(condition.subject);
    if (!value.members.empty() || value.is_count || !has_words(value.live->kind)) return std::nullopt;
    for (const DescribedLiteral& literal : condition.values)
      if (word_of(*value.live, literal).empty()) return std::nullopt;
    return value;
  } catch (const Error&) {
    return std::nullopt;  // told when the condition is written
  }
}

/// The column that most rules name words of; empty: none does.
std::string common_column(const TableDescription& table, TableSql& sql) {
  std::map<std::string, int> counts;
  std::string most;
  for (const DescribedState& state : table.states)
    for (const DescribedCondition& condition : state.when)
      if (const std::optional<Reference> value = column_of_words(condition, sql)) {
        const int count = ++counts[value->column];
        if (most.empty() || count > counts[most]) most = value->column;
      }
  return most;
}

}  // namespace

BoundStates StateRules::bound() const {
  std::vector<BoundState> states;
  for (const Rule& rule : rules)
    states.push_back({rule.state, state_words(rule.words), rule.words.empty(), rule.when, rule.native});
  return {column, false, std::move(states)};
}

StateRules make_rules(const TableDescription& table, TableSql& sql, std::vector<ConfigurationProblem>& problems) {
  StateRules out;
  const std::string common = common_column(table, sql);
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    const DescribedState& state = table.states[i];
    StateRules::Rule rule{state.state, "", "", state.name};
    for (const DescribedCondition& condition : state.when) {
      const std::string what = fmt::format("states, rule {} ('{}'), {}", i + 1, state.name, condition.subject);
      collect(problems, state.line, what, [&] {
        const std::string asked = sql.condition(condition);
        const std::optional<Reference> value = rule.words.empty() ? column_of_words(condition, sql) : std::nullopt;
        if (value && value->column == common) {
          out.column = sql.column(*value);
          for (const DescribedLiteral& literal : condition.values)
            rule.words += (rule.words.empty() ? "" : ", ") + word_of(*value->live, literal);
        } else {
          rule.when += (rule.when.empty() ? "" : " AND ") + asked;
        }
      });
    }
    if (state.when.empty() && i + 1 < table.states.size())
      problems.push_back(
          {state.line,
           fmt::format("states, rule {} ('{}'): it fits every row, so the rules below it are never reached", i + 1,
                       state.name),
           "move it to the end, or give it a condition"});
    out.rules.push_back(std::move(rule));
  }
  return out;
}

std::string taken_again(const TableDescription& table, const StateRules& rules, TableSql& sql, SqlFlavour flavour) {
  std::vector<std::string> choices;
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    const DescribedState& state = table.states[i];
    if (!state.again_after) continue;
    const std::optional<std::string> started = sql.time("started_at");
    if (!started) throw Error(ErrorKind::usage, "again_after needs columns.started_at: the time from which it counts");
    const std::int64_t milliseconds = state.again_after->count();
    const std::string limit = flavour == SqlFlavour::postgresql
                                  ? fmt::format("now() - {} * interval '1 millisecond'", milliseconds)
                                  : fmt::format("{} - {}", current_time(flavour), milliseconds * 1000);
    std::vector<std::string> terms{fmt::format("{} <= {}", *started, limit)};
    const StateRules::Rule& rule = rules.rules.at(i);
    if (!rule.words.empty()) terms.push_back(fmt::format("{} IN ({})", rules.column, rule.words));
    if (!rule.when.empty()) terms.push_back(rule.when);
    choices.push_back(fmt::format("({})", fmt::join(terms, " AND ")));
  }
  if (choices.empty()) return {};
  return fmt::format("({} AND ({}))", rules.bound().condition(JobState::running), fmt::join(choices, " OR "));
}

}  // namespace queuetrace::described
