// What `doctor` finds in SQL tables: missing indexes, the clock, facts of the schema, and the system's own rules over
// the rows, each counted up to a bound.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "backends/sql/flavour.hpp"
#include "backends/sql/sql_job_store.hpp"
#include "backends/sql/statement_limits.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Rows counted for one finding; with more the count is `at least` this.
constexpr std::uint64_t most_counted = 10'000;
constexpr std::size_t most_named = 3;
/// Times of two machines that differ by more mislead whoever compares them.
constexpr std::int64_t most_skew = 2'000;

Finding not_answered(std::string_view code, std::string_view subject) {
  Finding finding{Finding::Severity::note, std::string(subject),
                  "not looked at: it takes longer than the time there is", "queuetrace doctor -s <source> --full",
                  std::string(code)};
  finding.unanswered = true;
  return finding;
}

}  // namespace

std::optional<Finding> SqlJobStore::apply(const SqlDiagnosisRule& rule, const ReadLimits& limits) {
  Finding finding{rule.severity, std::string(rule.subject), std::string(rule.text), system_.expand(rule.remedy),
                  std::string(rule.code)};
  if (rule.predicate.empty() && rule.rows.empty()) return finding;
  std::string found;
  if (!rule.rows.empty()) {
    found = fmt::format("SELECT found FROM ({}) r", system_.expand(rule.rows));
  } else {
    const BoundRelation& live = system_.relations.front();
    const std::string predicate = system_.expand(rule.predicate);
    found = fmt::format("SELECT {} AS found FROM {} j{} WHERE {}", live.field(SqlField::id), live.table,
                        live.joins_for(predicate + live.field(SqlField::id)), predicate);
  }
  const std::string text = fmt::format("SELECT {}, count(*) OVER () FROM ({} LIMIT {}) f ORDER BY 1 LIMIT {}",
                                       as_text(system_.flavour, "found"), found, most_counted + 1, most_named);
  const std::unique_ptr<SqlResult> rows = run({text, {}}, limits);
  if (rows->rows() == 0) return std::nullopt;
  const std::uint64_t count = std::strtoull(std::string(rows->cell(0, 1).value_or("0")).c_str(), nullptr, 10);
  finding.count = Count{std::min(count, most_counted), count > most_counted ? Exactness::at_least : Exactness::exact};
  std::vector<Untrusted>& named = rule.of_jobs ? finding.samples : finding.names;
  for (std::size_t row = 0; row < rows->rows(); ++row)
    if (const auto name = rows->cell(row, 0)) named.emplace_back(std::string(*name));
  return finding;
}

std::vector<Finding> SqlJobStore::diagnose(const ReadLimits& limits) {
  StoreCheck checked = check(limits);
  std::vector<Finding> out;
  for (Finding& finding : checked.findings) {
    if (finding.severity == Finding::Severity::good || finding.subject == "clock") continue;
    const bool by_rows = std::ranges::any_of(system_.system->findings, [&](const SqlFindingRule& rule) {
      return !rule.query.empty() && rule.subject == finding.subject;
    });
    if (by_rows && !system_.system->diagnoses.empty()) continue;
    if (finding.code.empty()) finding.code = finding_code(finding.subject);
    out.push_back(std::move(finding));
  }
  if (checked.clock_skew && std::abs(checked.clock_skew->count()) > most_skew)
    out.push_back({Finding::Severity::warning, "clock",
                   fmt::format("the server's clock is {} from ours: times of its jobs and of others do not compare",
                               to_human(*checked.clock_skew)),
                   "synchronise the clocks of both machines", "clock-skew"});
  for (const SqlDiagnosisRule& rule : system_.system->diagnoses) {
    if (!system_.meets(rule.needs)) continue;
    if (is_over(limits)) {
      out.push_back(not_answered(rule.code, rule.subject));
      continue;
    }
    try {
      if (std::optional<Finding> finding = apply(rule, limits)) out.push_back(std::move(*finding));
    } catch (const Error& error) {
      if (!is_time_out(error)) throw;
      out.push_back(not_answered(rule.code, rule.subject));
    }
  }
  return out;
}

}  // namespace queuetrace
