// Changes rows that are still as the plan saw them: lock and ask again, change, commit.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "backends/engines/sql/administration.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr const char* held = "the rows or the table are held by another session, or the server is too slow";

/// Once something was held, only what is held for this long is passed over: enough for a worker's own transactions.
constexpr std::chrono::milliseconds short_wait{100};

std::set<std::string> ids_in(const SqlResult& rows) {
  std::set<std::string> ids;
  for (std::size_t row = 0; row < rows.rows(); ++row) ids.emplace(rows.cell(row, 0).value_or(""));
  return ids;
}

void report_gone(TargetReport& report, const Action& action) {
  report.set(action.kind == ActionKind::erase ? Outcome::already : Outcome::changed, "it is not there");
}

constexpr const char* changed_since = "it changed after the plan was made";

}  // namespace

std::unique_ptr<SqlTransaction> SqlAdministration::begin_write(const ReadLimits& limits,
                                                               const Progress& progress) const {
  const std::chrono::milliseconds time = time_for_write(limits, connection_);
  std::unique_ptr<SqlTransaction> transaction =
      progress.timed_out ? connection_.begin_write(std::min(time, progress.patience), short_wait)
                         : connection_.begin_write(time);
  if (system_.system->bare_names || owners_code_.has_triggers)
    transaction->run({"SELECT pg_catalog.set_config('search_path', $1, true)",
                      {"pg_catalog, " + quoted_identifier(system_.schema.name) + ", pg_temp"}});
  return transaction;
}

void SqlAdministration::apply_together(const SqlActionRule& rule, const Action& action,
                                       std::span<const Target* const> targets, std::span<TargetReport* const> reports,
                                       const ReadLimits& limits, const Progress& progress) {
  std::vector<std::string> ids;
  for (const Target* target : targets) ids.push_back(target->job.ref.id.raw());
  const TableJobs jobs = by_table(*system_.system, ids).front();
  const std::optional<std::string> table = system_.table_of(relation_of(rule).description->table, jobs.queue);
  if (!table) {  // the queue went with all its jobs
    for (TargetReport* one : reports) report_gone(*one, action);
    return;
  }
  const std::unique_ptr<SqlTransaction> transaction = begin_write(limits, progress);
  const Run writing = [&](const SqlStatement& statement) { return transaction->run(statement); };

  const JudgedRows judged = judge(rule, action, ids, Look::locks, writing);
  std::vector<std::string> others;
  std::ranges::copy_if(ids, std::back_inserter(others), [&](const std::string& one) { return !judged.contains(one); });
  const JudgedRows held_elsewhere = others.empty() ? JudgedRows() : judge(rule, action, others, Look::sees, writing);
  std::vector<std::string> chosen, undoable;
  std::vector<TargetReport*> chosen_reports;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto mine = judged.find(ids[i]);
    const auto theirs = held_elsewhere.find(ids[i]);
    if (mine == judged.end() && theirs == held_elsewhere.end()) {
      report_gone(*reports[i], action);
      continue;
    }
    const JudgedRow& row = mine != judged.end() ? mine->second : theirs->second;
    const bool same = row.version == read_locator(targets[i]->locator).version;
    if (row.skip != nullptr && row.skip->verdict == Verdict::already)
      reports[i]->set(Outcome::already, system_.expand(row.skip->reason));
    else if (!same)
      reports[i]->set(Outcome::changed, changed_since);
    else if (row.skip != nullptr)
      reports[i]->set(Outcome::skipped, system_.expand(row.skip->reason));
    else if (mine == judged.end())
      reports[i]->set(Outcome::skipped, "another session is changing it");
    else {
      chosen.push_back(jobs.rows[i]);
      chosen_reports.push_back(reports[i]);
      if (action.kind != ActionKind::erase) undoable.push_back(ids[i]);
    }
  }
  if (chosen.empty()) return;

  ActionValues values = values_of(action, jobs, rule.resets_attempts);
  values.ids = chosen;
  const Others beside = others_of(rule, values, jobs, writing);
  if (beside.kept)
    for (const auto& [id, with_it] : beside.of) undoable.insert(undoable.end(), with_it.begin(), with_it.end());
  const auto before = rows_by_owner(undoable, writing);
  std::optional<std::set<std::string>> done;
  for (const SqlActionStatement& statement : rule.statements) {
    if (!meets(rule, statement.needs)) continue;
    const std::unique_ptr<SqlResult> rows =
        writing(bind_values(system_, system_.expand(statement.text, jobs.queue), values));
    if (!done && !statement.prepares) done = ids_in(*rows);
  }
  // A trigger or a row policy kept some of them: nothing of them may change, so nothing of this transaction does.
  if (!done || !std::ranges::all_of(chosen, [&](const std::string& one) { return done->contains(one); }))
    throw Error(ErrorKind::refused, "the server changed nothing, though it could");
  const auto after = rows_by_owner(undoable, writing);
  const auto is_shared = [&](std::string_view name) { return kept_table(name)->shared; };
  try {
    transaction->commit();
    for (TargetReport* one : chosen_reports) {
      one->set(Outcome::done);
      if (action.kind != ActionKind::erase)
        one->undo = undo_content(rule, one->id.raw(), beside, before, after, is_shared);
    }
  } catch (const Error& error) {
    if (!is_unanswered(error.kind())) throw;
    for (TargetReport* one : chosen_reports)
      one->set(Outcome::unknown, "the connection was lost before the server answered", error.cause());
  }
}

void SqlAdministration::apply_chunk(const SqlActionRule& rule, const Action& action,
                                    std::span<const Target* const> targets, std::span<TargetReport* const> reports,
                                    const ReadLimits& limits, Progress& progress) {
  using std::chrono::steady_clock;
  const auto report_all = [&](Outcome outcome, const std::string& reason, const Untrusted& cause) {
    for (TargetReport* one : reports) one->set(outcome, reason, cause);
  };
  const auto apply_in_parts = [&](std::size_t size) {
    for (std::size_t at = 0; at < targets.size(); at += size) {
      const std::size_t count = std::min(size, targets.size() - at);
      apply_chunk(rule, action, targets.subspan(at, count), reports.subspan(at, count), limits, progress);
    }
  };
  if (progress.gave_up()) return report_all(Outcome::skipped, held, {});
  const steady_clock::time_point began = steady_clock::now();
  try {
    apply_together(rule, action, targets, reports, limits, progress);
    progress.changed = progress.changed || std::ranges::any_of(reports, [](const TargetReport* one) {
                         return one->outcome == Outcome::done || one->outcome == Outcome::unknown;
                       });
  } catch (const Error& error) {
    const bool lost = is_unanswered(error.kind()) || error.kind() == ErrorKind::authentication;
    if (is_time_out(error)) {
      if (progress.timed_out)
        progress.patience -= std::chrono::ceil<std::chrono::milliseconds>(steady_clock::now() - began);
      progress.timed_out = true;
      if (targets.size() == 1 || progress.gave_up())
        report_all(Outcome::skipped, held, error.cause());
      else
        apply_in_parts((targets.size() + 1) / 2);
    } else if (lost) {
      if (!progress.changed) throw;
      report_all(Outcome::failed, error.what(), error.cause());
    } else if (targets.size() == 1) {
      report_all(Outcome::failed, error.what(), error.cause());
    } else {
      apply_in_parts(1);
    }
  }
}

std::vector<TargetReport> SqlAdministration::apply(const Action& action, std::span<const Target> targets,
                                                   const ReadLimits& limits) {
  struct Group {
    const SqlActionRule* rule = nullptr;
    std::vector<const Target*> targets;
    std::vector<TargetReport*> reports;
  };
  std::vector<TargetReport> reports(targets.size());
  std::map<std::pair<std::size_t, std::string>, Group> groups;  // by relation and, in a family, queue
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Target& target = targets[i];
    reports[i].id = target.job.ref.id;
    if (target.verdict != Verdict::act) {
      reports[i].set(target.verdict == Verdict::already ? Outcome::already : Outcome::skipped, target.reason);
      continue;
    }
    const std::size_t relation = read_locator(target.locator).relation;
    if (relation >= system_.relations.size()) throw unreadable_target();
    Group& group = groups[{relation, by_table(*system_.system, {target.job.ref.id.raw()}).front().queue}];
    group.rule = rule_for(action, relation);
    if (group.rule == nullptr) {
      const ActionOffer offered = refused(action.kind, fmt::format("{} jobs", to_word(action.kind)));
      throw Error(ErrorKind::refused, offered.reason).with_hint(offered.nearest);
    }
    group.targets.push_back(&target);
    group.reports.push_back(&reports[i]);
  }
  Progress progress;
  for (const auto& [table, group] : groups)
    apply_chunk(*group.rule, action, group.targets, group.reports, limits, progress);
  return reports;
}

std::vector<TargetReport> SqlAdministration::report_left_out(const Action& action, std::span<const Target> targets,
                                                             const ReadLimits& limits) {
  std::vector<std::string> ids;
  for (const Target& target : targets) ids.push_back(target.job.ref.id.raw());
  const Run reading = [&](const SqlStatement& statement) {
    return connection_.query(statement, time_for_statement(limits, connection_));
  };
  std::set<std::string> there;
  for (std::size_t relation = 0; relation < system_.relations.size() && !ids.empty(); ++relation)
    if (const SqlActionRule* rule = rule_for(action, relation))
      for (const auto& [id, row] : judge(*rule, action, ids, Look::sees, reading)) there.insert(id);
  std::vector<TargetReport> reports(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    reports[i].id = targets[i].job.ref.id;
    if (there.contains(ids[i]))
      reports[i].set(Outcome::changed, changed_since);
    else
      report_gone(reports[i], action);
  }
  return reports;
}

std::vector<QueueStatistics> SqlAdministration::paused_among(const std::vector<std::string>& queues,
                                                             const ReadLimits& limits) {
  if (queues.empty()) return {};
  StatisticsQuery query;
  for (const std::string& queue : queues) query.queues.push_back(quoted_glob(queue));
  query.limits = limits;
  Statistics paused;
  store_.add_paused(query, paused);
  return std::move(paused.queues);
}

TargetReport SqlAdministration::set_paused(const PauseChange& change) {
  const ActionOffer offered = offer_pause();
  if (!offered.possible) throw Error(ErrorKind::refused, offered.reason).with_hint(offered.nearest);
  ActionValues values;
  values.queue = change.queue;
  values.message = change.reason;
  values.by = change.by;
  const SqlPausing& pausing = *system_.system->pausing;
  const std::unique_ptr<SqlTransaction> transaction = begin_write({}, {});
  const Run writing = [&](const SqlStatement& statement) { return transaction->run(statement); };
  const std::vector<TableJobs> kept{{change.queue, {}, {}, {}}};
  const bool keeps = !pausing.kept.table.empty();
  const std::vector<StoredRow> before = keeps ? stored_rows(pausing.kept, kept, writing) : std::vector<StoredRow>();
  const std::unique_ptr<SqlResult> rows =
      writing(bind_values(system_, system_.expand(change.paused ? pausing.pause : pausing.resume), values));
  const std::vector<StoredRow> after = keeps ? stored_rows(pausing.kept, kept, writing) : std::vector<StoredRow>();
  transaction->commit();
  TargetReport out;
  out.id = Untrusted(change.queue);
  if (rows->rows() > 0) out.undo = changes_content(row_changes(before, after));
  if (rows->rows() == 0) out.set(Outcome::already, change.paused ? "it is paused" : "it is not paused");
  return out;
}

}  // namespace queuetrace
