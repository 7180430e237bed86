#include "tests/faults/job_ledger.hpp"

#include <fmt/format.h>

namespace queuetrace::test {
namespace {

/// What is wrong with one job; empty: nothing.
std::string judge(const JobAccount& account, const std::vector<JobPlace>& places) {
  if (account.erasures > 1) return "erased more than once";
  if (account.erasures == 1) {
    if (!places.empty()) return "reported erased, and still there";
    if (!account.is_backed_up) return "erased and in no backup";
  } else if (places.empty()) {
    return "vanished";
  } else if (places.size() > 1) {
    return "in several places";
  }
  const int waits = account.erasures == 1 ? account.erased_waiting : (places.front().is_waiting ? 1 : 0);
  if (account.executions > 1 + account.given_back + account.retries) return "executed too often";
  if (account.executions + account.cancellations + waits != 1 + account.given_back + account.retries)
    return "its executions and our reports do not add up";
  return {};
}

}  // namespace

void JobLedger::change(const std::string& id, int JobAccount::*counter) {
  const std::scoped_lock lock(mutex_);
  ++(accounts_[id].*counter);
}

void JobLedger::back_up(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  accounts_[id].is_backed_up = true;
}

void JobLedger::enter(const Report& report) {
  if (report.outcome == Outcome::failed || report.outcome == Outcome::unknown)
    breach(fmt::format("{} of job {} {}: {}", to_word(report.action), report.id, to_word(report.outcome), report.why));
  if (report.outcome != Outcome::done) return;
  if (report.was == JobState::running) breach(fmt::format("job {} was running", report.id));
  const bool waited =
      report.was == JobState::pending || report.was == JobState::retrying || report.was == JobState::scheduled;
  const std::scoped_lock lock(mutex_);
  JobAccount& account = accounts_[report.id];
  if (report.action == ActionKind::retry) ++account.retries;
  if (report.action == ActionKind::cancel && !report.removes) ++account.cancellations;
  if (report.removes) ++account.erasures;
  if (report.removes && waited) ++account.erased_waiting;
}

void JobLedger::breach(std::string text) {
  const std::scoped_lock lock(mutex_);
  breaches_.push_back(std::move(text));
}

int JobLedger::executions(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = accounts_.find(id);
  return found == accounts_.end() ? 0 : found->second.executions;
}

JobAccount JobLedger::total() const {
  const std::scoped_lock lock(mutex_);
  JobAccount sum;
  for (const auto& [id, account] : accounts_)
    for (int JobAccount::*counter : {&JobAccount::executions, &JobAccount::given_back, &JobAccount::retries,
                                     &JobAccount::cancellations, &JobAccount::erasures, &JobAccount::erased_waiting})
      sum.*counter += account.*counter;
  return sum;
}

std::vector<std::string> JobLedger::settle(const std::vector<std::string>& ids,
                                           const std::unordered_map<std::string, std::vector<JobPlace>>& places) const {
  constexpr std::size_t shown = 20;
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> problems = breaches_;
  std::unordered_map<std::string, std::vector<JobPlace>> unknown = places;
  for (const std::string& id : ids) {
    const auto account = accounts_.find(id);
    const auto where = places.find(id);
    const JobAccount known = account == accounts_.end() ? JobAccount() : account->second;
    const std::vector<JobPlace> found = where == places.end() ? std::vector<JobPlace>() : where->second;
    unknown.erase(id);
    const std::string problem = judge(known, found);
    if (problem.empty()) continue;
    std::string names;
    for (const JobPlace& place : found) names += (names.empty() ? "" : ", ") + place.name;
    problems.push_back(fmt::format(
        "job {}: {} (executed {}, given back {}, retried {}, cancelled {}, erased {}, of these waiting {}; now in: {})",
        id, problem, known.executions, known.given_back, known.retries, known.cancellations, known.erasures,
        known.erased_waiting, names.empty() ? "nowhere" : names));
  }
  for (const auto& [id, found] : unknown)
    problems.push_back(fmt::format("job {}: nobody put it there: {}", id, found.front().name));
  if (problems.size() > shown) {
    const std::size_t all = problems.size();
    problems.resize(shown);
    problems.push_back(fmt::format("... {} in all", all));
  }
  return problems;
}

}  // namespace queuetrace::test
