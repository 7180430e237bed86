// What is told of a queue's states when there is no time to count its jobs: those to be done exactly, where an index
// holds them, and the others as the planner's statistics have them, marked as estimates.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

/// `status` of `j.status`; empty for an expression.
std::string column_name(std::string_view expression) {
  if (!expression.starts_with("j.")) return {};
  const std::string_view name = expression.substr(2);
  const bool plain =
      std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  return plain ? std::string(name) : std::string();
}

/// How often a column holds a value, of 1.
using Shares = std::vector<std::pair<std::string, double>>;

/// The rule that is most of a word: the one without a condition, else the first.
const SqlStateRule* usual_rule(std::span<const SqlStateRule> rules, std::string_view text) {
  const SqlStateRule* first = nullptr;
  for (const SqlStateRule& rule : rules) {
    const std::vector<StateWord> words = state_words(rule.words);
    if (!words.empty() && std::ranges::find(words, text, &StateWord::text) == words.end()) continue;
    if (rule.when.empty()) return &rule;
    if (first == nullptr) first = &rule;
  }
  return first;
}

/// Words of which at least one rule has jobs that may run again.
std::vector<StateWord> waiting_words(std::span<const SqlStateRule> rules) {
  std::vector<StateWord> found;
  for (const SqlStateRule& rule : rules)
    if (!is_finished(rule.state))
      for (StateWord& word : state_words(rule.words))
        if (std::ranges::find(found, word.text, &StateWord::text) == found.end()) found.push_back(std::move(word));
  return found;
}

constexpr std::string_view size_query =
    "SELECT c.reltuples, c.relpages, pg_relation_size(c.oid) / current_setting('block_size')::bigint FROM "
    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1::text AND "
    "c.relname = $2::text";
constexpr std::string_view shares_query =
    "SELECT s.attname, v.value, v.share FROM pg_catalog.pg_stats s CROSS JOIN LATERAL "
    "unnest(s.most_common_vals::text::text[], s.most_common_freqs) v(value, share) WHERE s.schemaname = $1::text AND "
    "s.tablename = $2::text AND s.attname = ANY($3::text[])";

double real(const SqlResult& rows, std::size_t row, std::size_t column) {
  return std::strtod(std::string(rows.cell(row, column).value_or("0")).c_str(), nullptr);
}

StateStatistics& state_entry(QueueStatistics& queue, JobState state) {
  const auto found = std::ranges::find(queue.states, state, &StateStatistics::state);
  if (found != queue.states.end()) return *found;
  queue.states.emplace_back().state = state;
  return queue.states.back();
}

}  // namespace

std::vector<SqlJobStore::EstimatedJobs> SqlJobStore::planned_states(const StatisticsQuery& query) {
  std::vector<EstimatedJobs> found;
  for (std::size_t index = 0; index < system_.relations.size(); ++index) {
    const BoundRelation& relation = system_.relations[index];
    const std::string table(relation.description->table);
    const std::string queue = column_name(relation.field(SqlField::queue));
    const std::string state = column_name(relation.states.column());
    if (relation.description->family != nullptr || queue.empty() || state.empty()) continue;
    const std::unique_ptr<SqlResult> size = run({std::string(size_query), {system_.schema.name, table}}, query.limits);
    if (size->rows() == 0 || real(*size, 0, 0) <= 0 || real(*size, 0, 1) <= 0) continue;
    const double rows_now = real(*size, 0, 0) / real(*size, 0, 1) * real(*size, 0, 2);
    const std::unique_ptr<SqlResult> shares =
        run({std::string(shares_query), {system_.schema.name, table, list_value(system_.flavour, {queue, state})}},
            query.limits);
    Shares queues, words;
    for (std::size_t row = 0; row < shares->rows(); ++row)
      (shares->cell(row, 0).value_or("") == queue ? queues : words)
          .emplace_back(std::string(shares->cell(row, 1).value_or("")), real(*shares, row, 2));
    for (const auto& [name, part] : queues) {
      const auto fits = [&name = name](const std::string& glob) { return matches_glob(glob, name); };
      if (!query.queues.empty() && std::ranges::none_of(query.queues, fits)) continue;
      for (const auto& [word, share] : words)
        if (const auto number = static_cast<std::uint64_t>(std::llround(rows_now * part * share)); number > 0)
          found.push_back({index, name, word, number});
    }
  }
  return found;
}

std::set<std::string, std::less<>> SqlJobStore::count_waiting(const StatisticsQuery& query, Statistics& out) {
  const BoundRelation& live = system_.relations.front();
  std::set<std::string, std::less<>> counted;
  std::string served;
  for (const StateWord& word : waiting_words(live.description->states)) {
    if (!live.states.knows(word.text)) continue;  // a label that the live enum lacks
    const std::string condition = fmt::format("{} = {}", live.states.column(), word.literal);
    const std::unique_ptr<SqlResult> plan =
        run({fmt::format("EXPLAIN SELECT 1 FROM {} j WHERE {}", live.table, condition), {}}, query.limits);
    if (reads_all(*plan)) continue;
    served += (served.empty() ? "" : ", ") + word.literal;
    counted.insert(word.text);
  }
  if (!served.empty()) count_states(query, out, fmt::format("{} IN ({})", live.states.column(), served));
  return counted;
}

bool SqlJobStore::estimate_states(const StatisticsQuery& query, Statistics& out) {
  if (system_.flavour != SqlFlavour::postgresql) return false;
  out.queues.clear();
  // What the planner knows takes a moment, and stands when there is no time for more.
  const std::vector<EstimatedJobs> planned = planned_states(query);
  std::set<std::string, std::less<>> counted;
  try {
    counted = count_waiting(query, out);
  } catch (const Error& error) {
    if (!is_time_out(error)) throw;
    out.queues.clear();
  }
  bool any = !counted.empty();
  for (const EstimatedJobs& jobs : planned) {
    if (jobs.relation == 0 && counted.contains(jobs.word)) continue;
    const SqlStateRule* rule = usual_rule(system_.relations[jobs.relation].description->states, jobs.word);
    StateStatistics& entry =
        state_entry(queue_entry(out, jobs.queue), rule == nullptr ? JobState::unknown : rule->state);
    entry.count.value += jobs.number;
    entry.count.exactness = Exactness::estimated;
    any = true;
  }
  return any;
}

}  // namespace queuetrace
