// What `doctor` finds in SQL tables: missing indexes, the clock, facts of the schema, and the system's own rules over
// the rows, each counted up to a bound.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "model/age_limits.hpp"
#include "model/error.hpp"
#include "model/job_filter.hpp"
#include "model/long_pauses.hpp"

namespace queuetrace {
namespace {

/// Rows counted for one finding; with more the count is `at least` this.
constexpr std::uint64_t most_counted = 10'000;
constexpr std::size_t most_named = 3;
/// Times of two machines that differ by more mislead whoever compares them.
constexpr std::int64_t most_skew = 2'000;

void mark_unanswered(Finding& finding) {
  finding.severity = Finding::Severity::note;
  finding.text = "not checked: it takes longer than the time allowed";
  finding.remedy = "queuetrace doctor -s <source> --full";
  finding.unanswered = true;
}

}  // namespace

Finding SqlJobStore::finding_of(const SqlDiagnosisRule& rule) const {
  return {rule.severity, std::string(rule.subject), system_.expand(rule.text), system_.expand(rule.remedy),
          std::string(rule.code)};
}

bool SqlJobStore::may_apply(const SqlDiagnosisRule& rule) const {
  return system_.meets(rule.needs) && system_.may_ask(system_.expand(rule.predicate)) &&
         system_.may_ask(system_.expand(rule.rows)) && system_.may_ask(system_.expand(rule.groups.expression));
}

/// Rows of `found`, and of `queue` where a condition tells jobs that are in one.
std::string SqlJobStore::select_of(const SqlDiagnosisRule& rule) const {
  if (!rule.rows.empty()) return fmt::format("SELECT found FROM ({}) r", system_.expand(rule.rows));
  const BoundRelation& live = system_.relations.front();
  const std::string predicate = system_.expand(rule.predicate);
  const std::string columns = live.field(SqlField::id) + live.field(SqlField::queue);
  return fmt::format("SELECT {} AS found, {} AS queue FROM {} j{} WHERE {}", live.field(SqlField::id),
                     tells_queues(rule) ? live.field(SqlField::queue) : std::string(null_text(system_.flavour)),
                     live.table, live.joins_for(predicate + columns), predicate);
}

bool SqlJobStore::tells_queues(const SqlDiagnosisRule& rule) const {
  return rule.rows.empty() && !system_.relations.front().field(SqlField::queue).empty();
}

std::optional<Finding> SqlJobStore::apply(const SqlDiagnosisRule& rule, const ReadLimits& limits) {
  Finding finding = finding_of(rule);
  if (rule.predicate.empty() && rule.rows.empty()) return finding;
  std::string text = fmt::format(
      "WITH f AS ({} LIMIT {}) SELECT name, jobs, what FROM (SELECT {} AS name, count(*) OVER () AS jobs, "
      "'found' AS what FROM f ORDER BY 1 LIMIT {}) s",
      select_of(rule), most_counted + 1, as_text(system_.flavour, "found"), most_named);
  if (tells_queues(rule))
    text += fmt::format(
        " UNION ALL SELECT name, jobs, what FROM (SELECT {} AS name, count(*) AS jobs, 'queue' AS what "
        "FROM f WHERE queue IS NOT NULL GROUP BY queue ORDER BY 2 DESC, 1 LIMIT {}) q",
        as_text(system_.flavour, "queue"), largest_queues_kept);
  const std::unique_ptr<SqlResult> rows = run({text, {}}, limits);
  if (rows->rows() == 0) return std::nullopt;
  std::uint64_t count = 0;
  std::map<Untrusted, std::uint64_t> queues;
  std::vector<Untrusted>& named = rule.of_jobs ? finding.samples : finding.names;
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    const Untrusted name(std::string(rows->cell(row, 0).value_or("")));
    const std::uint64_t jobs = std::strtoull(std::string(rows->cell(row, 1).value_or("0")).c_str(), nullptr, 10);
    if (rows->cell(row, 2) == "queue") {
      queues[name] = jobs;
      continue;
    }
    count = jobs;
    if (rows->cell(row, 0)) named.push_back(name);
  }
  std::ranges::sort(named);
  finding.count = Count{std::min(count, most_counted), count > most_counted ? Exactness::at_least : Exactness::exact};
  finding.queues = largest_queues(queues);
  return finding;
}

std::optional<std::vector<Finding>> SqlJobStore::apply_together(std::span<const SqlDiagnosisRule* const> rules,
                                                                const ReadLimits& limits) {
  const BoundRelation& live = system_.relations.front();
  const std::string queue = live.field(SqlField::queue).empty() ? std::string(null_text(system_.flavour))
                                                                : as_text(system_.flavour, live.field(SqlField::queue));
  std::vector<std::string> predicates, columns{queue};
  for (const SqlDiagnosisRule* rule : rules) {
    predicates.push_back('(' + system_.expand(rule->predicate) + ')');
    columns.push_back(fmt::format("CASE WHEN {} THEN 1 ELSE 0 END", predicates.back()));
  }
  const std::string any = fmt::format("{}", fmt::join(predicates, " OR "));
  const std::string text =
      fmt::format("SELECT {}, {} FROM {} j{} WHERE {} LIMIT {}", as_text(system_.flavour, live.field(SqlField::id)),
                  fmt::join(columns, ", "), live.table, live.joins_for(any + queue + live.field(SqlField::id)), any,
                  most_counted + 1);
  const std::unique_ptr<SqlResult> rows = run({text, {}}, limits);
  if (rows->rows() > most_counted) return std::nullopt;
  std::vector<Finding> findings;
  for (std::size_t rule = 0; rule < rules.size(); ++rule) {
    std::vector<std::string> ids;
    std::map<Untrusted, std::uint64_t> queues;
    for (std::size_t row = 0; row < rows->rows(); ++row) {
      if (rows->cell(row, rule + 2).value_or("") != "1") continue;
      ids.emplace_back(rows->cell(row, 0).value_or(""));
      if (const auto name = rows->cell(row, 1)) ++queues[Untrusted(std::string(*name))];
    }
    if (ids.empty()) continue;
    std::ranges::sort(ids);
    Finding finding = finding_of(*rules[rule]);
    finding.count = Count{ids.size(), Exactness::exact};
    finding.queues = largest_queues(queues);
    ids.resize(std::min(ids.size(), most_named));
    for (std::string& id : ids) finding.samples.emplace_back(std::move(id));
    findings.push_back(std::move(finding));
  }
  return findings;
}

bool SqlJobStore::looks_for_pauses() const {
  return !system_.system->pauses.empty() &&
         std::ranges::find(system_.system->diagnoses, paused_queue_code, &SqlDiagnosisRule::code) ==
             system_.system->diagnoses.end();
}

std::optional<Finding> SqlJobStore::find_long_pauses(const ReadLimits& limits) {
  StatisticsQuery query;
  query.window = Milliseconds(0);
  query.limits = limits;
  Statistics paused;
  add_paused(query, paused);
  for (const QueueStatistics& queue : paused.queues)
    if (queue.paused.value_or(false)) query.queues.push_back(queuetrace::quoted_glob(queue.queue.raw()));
  if (query.queues.empty()) return std::nullopt;
  const SqlPausing* pausing = system_.system->pausing;
  const auto longest = system_.settings.find("alert_age");
  return long_pauses(statistics(query),
                     longest == system_.settings.end() ? AgeLimits().alert : std::chrono::seconds(longest->second),
                     pausing != nullptr && system_.meets(pausing->needs));
}

std::size_t SqlJobStore::checks() const {
  const std::size_t rules = static_cast<std::size_t>(std::ranges::count_if(
      system_.system->diagnoses, [&](const SqlDiagnosisRule& rule) { return rule.in_doctor && may_apply(rule); }));
  return rules + system_.system->indexes.size() + 1 + (looks_for_pauses() ? 1 : 0);  // the clock
}

std::vector<Finding> SqlJobStore::diagnose(const ReadLimits& limits) {
  StoreCheck checked = check_schema(limits);
  std::vector<Finding> out;
  for (Finding& finding : checked.findings) {
    if (finding.severity == Finding::Severity::good || finding.subject == "clock") continue;
    if (finding.code.empty()) finding.code = finding_code(finding.subject);
    out.push_back(std::move(finding));
  }
  if (checked.clock_skew && std::abs(checked.clock_skew->count()) > most_skew)
    out.push_back({Finding::Severity::warning, "clock",
                   fmt::format("the server's clock is {} from ours: times of its jobs and of others do not compare",
                               to_human(*checked.clock_skew)),
                   "synchronise the clocks of both machines", "clock-skew"});

  const auto not_answered = [&](const SqlDiagnosisRule& rule) {
    out.push_back(finding_of(rule));
    mark_unanswered(out.back());
  };
  // Ends with what could not be answered in the time there is.
  const auto unless_late = [&](const SqlDiagnosisRule& rule, auto&& look) {
    try {
      if (!is_over(limits)) return look();
    } catch (const Error& error) {
      if (!is_time_out(error)) throw;
    }
    not_answered(rule);
  };
  const auto apply_one = [&](const SqlDiagnosisRule& rule) {
    unless_late(rule, [&] {
      if (std::optional<Finding> finding = apply(rule, limits)) out.push_back(std::move(*finding));
    });
  };
  if (looks_for_pauses()) {
    static constexpr SqlDiagnosisRule of_pauses{.code = paused_queue_code, .subject = "paused queues", .text = ""};
    unless_late(of_pauses, [&] {
      if (std::optional<Finding> finding = find_long_pauses(limits)) out.push_back(std::move(*finding));
    });
  }
  std::vector<const SqlDiagnosisRule*> scanned;
  for (const SqlDiagnosisRule& rule : system_.system->diagnoses) {
    if (!rule.in_doctor || !may_apply(rule)) continue;
    if (rule.scanned)
      scanned.push_back(&rule);
    else
      apply_one(rule);
  }
  if (scanned.empty()) return out;
  std::optional<std::vector<Finding>> together;
  bool late = is_over(limits);
  try {
    if (!late) together = apply_together(scanned, limits);
  } catch (const Error& error) {
    if (!is_time_out(error)) throw;
    late = true;
  }
  if (together) {
    for (Finding& finding : *together) out.push_back(std::move(finding));
    return out;
  }
  for (const SqlDiagnosisRule* rule : scanned)
    if (late)
      not_answered(*rule);
    else
      apply_one(*rule);
  return out;
}

}  // namespace queuetrace
