// Every action of every system on a fixture of its own, and what became of the jobs.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "backends/open.hpp"
#include "backends/systems/catalogue.hpp"
#include "tests/conformance/fixture.hpp"

namespace queuetrace::test {

inline constexpr std::array kinds{ActionKind::retry, ActionKind::cancel, ActionKind::erase, ActionKind::move};

/// Every action as one would ask for it, and with force.
inline std::vector<Action> all_actions() {
  std::vector<Action> actions;
  for (const bool force : {false, true})
    for (const ActionKind kind : kinds) {
      Action action;
      action.kind = kind;
      action.force = force;
      if (kind == ActionKind::move) action.queue = "elsewhere";
      if (kind == ActionKind::cancel) action.message = "cancelled by a test";
      actions.push_back(action);
    }
  return actions;
}

inline std::string described(const Action& action) {
  return std::string(to_word(action.kind)) + (action.force ? "!" : "");
}

inline std::vector<Target> plan_of(JobAdministration& administration, const Action& action,
                                   std::size_t page_size = 100) {
  std::vector<Target> targets;
  JobQuery query;
  query.page_size = page_size;
  query.order = JobOrder::storage;
  for (int pages = 0; pages < 10'000; ++pages) {
    TargetPage page = administration.plan(action, query);
    for (Target& target : page.targets) targets.push_back(std::move(target));
    if (!page.next) return targets;
    query.after = page.next;
  }
  throw std::runtime_error("a plan does not end");
}

inline std::vector<Target> only(const std::vector<Target>& targets, const std::function<bool(const Target&)>& wanted) {
  std::vector<Target> out;
  std::ranges::copy_if(targets, std::back_inserter(out), wanted);
  return out;
}

inline bool acts(const Target& target) { return target.verdict == Verdict::act; }

inline std::vector<TargetReport> apply_all(JobAdministration& administration, const Action& action,
                                           const std::vector<Target>& targets) {
  std::vector<TargetReport> reports;
  for (std::size_t at = 0; at < targets.size(); at += administration.largest_chunk()) {
    const std::size_t size = std::min(administration.largest_chunk(), targets.size() - at);
    for (TargetReport& report : administration.apply(action, std::span(targets).subspan(at, size), {}))
      reports.push_back(std::move(report));
  }
  return reports;
}

/// One line a report, for messages and comparisons.
inline std::string told(const std::vector<TargetReport>& reports) {
  std::string text;
  for (const TargetReport& report : reports)
    text += report.id.raw() + " " + std::string(to_word(report.outcome)) + " " + report.reason + " " +
            report.cause.raw() + "\n";
  return text;
}

inline std::size_t count_with(const std::vector<TargetReport>& reports, Outcome outcome) {
  return static_cast<std::size_t>(std::ranges::count(reports, outcome, &TargetReport::outcome));
}

inline std::set<std::string> ids_with(const std::vector<TargetReport>& reports, Outcome outcome) {
  std::set<std::string> ids;
  for (const TargetReport& report : reports)
    if (report.outcome == outcome) ids.insert(report.id.raw());
  return ids;
}

/// Any name where queues need no creating; else that of the last job which waits.
inline std::string queue_to_move_to(LoadedFixture& loaded, JobAdministration& administration, const Action& move) {
  try {
    administration.plan(move, JobQuery{});
    return move.queue;
  } catch (const Error& error) {
    CHECK(error.kind() != ErrorKind::internal);
  }
  std::string queue;
  for (const Job& job : list_all(loaded.store(), JobQuery{}))
    if (job.state == JobState::pending && job.queue) queue = job.queue->raw();
  REQUIRE_FALSE(queue.empty());
  return queue;
}

/// The actions of `all_actions()` that the fixture's system can do. At least four, else a check over them proves
/// little; fewer where the system offers no more, none where the fixture says that its system is only read.
inline std::vector<Action> possible_actions(LoadedFixture& loaded) {
  JobAdministration& administration = loaded.writable().administration();
  std::vector<Action> possible;
  for (Action& action : all_actions()) {
    if (!administration.offer(action).possible) continue;
    if (action.kind == ActionKind::move) action.queue = queue_to_move_to(loaded, administration, action);
    possible.push_back(std::move(action));
  }
  if (loaded.only_read() || loaded.is_described())
    CHECK(possible.empty());
  else
    CHECK(possible.size() >= loaded.least_actions());
  return possible;
}

/// Runs `check` for each possible action on a fixture of its own.
inline void for_each_possible_action(
    const std::function<void(LoadedFixture&, JobAdministration&, const Action&)>& check) {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    auto loaded = std::make_unique<LoadedFixture>(fixture);
    for (const Action& action : possible_actions(*loaded)) {
      CAPTURE(described(action));
      if (!loaded) loaded = std::make_unique<LoadedFixture>(fixture);
      check(*loaded, loaded->writable().administration(), action);
      loaded.reset();
    }
  }
}

/// How many jobs there are of each id.
inline std::map<std::string, std::size_t> numbers_of_ids(LoadedFixture& loaded) {
  std::map<std::string, std::size_t> numbers;
  JobQuery query;
  query.page_size = 1000;
  for (const Job& job : list_all(loaded.store(), query)) ++numbers[job.ref.id.raw()];
  return numbers;
}

/// The jobs by id, as who comes now reads them: a store in Redis that was open before may keep the names of queues for
/// a while.
inline std::map<std::string, Job> jobs_of(LoadedFixture& loaded) {
  std::map<std::string, Job> jobs;
  JobQuery query;
  query.page_size = 1000;
  std::vector<std::unique_ptr<JobStore>> stores;
  if (loaded.redis() != nullptr) {
    Source source = loaded.source();
    source.system = std::string(loaded.store().system().name);  // when nothing is left, nothing shows it
    stores = open_stores(source);
  }
  for (Job& job : list_all(stores.empty() ? loaded.store() : *stores.front(), query))
    jobs.emplace(job.ref.id.raw(), std::move(job));
  return jobs;
}

}  // namespace queuetrace::test
