// Every system: what can be changed is planned without a trace, done at most once to jobs that are still as the plan
// saw them, and put back whole; what cannot be changed is refused with its reason.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "backends/systems/catalogue.hpp"
#include "tests/conformance/fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr std::array kinds{ActionKind::retry, ActionKind::cancel, ActionKind::erase, ActionKind::move};

/// Every action as one would ask for it, and with force.
std::vector<Action> all_actions() {
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

std::string described(const Action& action) { return std::string(to_word(action.kind)) + (action.force ? "!" : ""); }

std::vector<Target> plan_of(JobAdministration& administration, const Action& action, std::size_t page_size = 100) {
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

std::vector<Target> only(const std::vector<Target>& targets, const std::function<bool(const Target&)>& wanted) {
  std::vector<Target> out;
  std::ranges::copy_if(targets, std::back_inserter(out), wanted);
  return out;
}

bool acts(const Target& target) { return target.verdict == Verdict::act; }

std::vector<TargetReport> apply_all(JobAdministration& administration, const Action& action,
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
std::string told(const std::vector<TargetReport>& reports) {
  std::string text;
  for (const TargetReport& report : reports)
    text += report.id.raw() + " " + std::string(to_word(report.outcome)) + " " + report.reason + " " +
            report.cause.raw() + "\n";
  return text;
}

std::size_t count_with(const std::vector<TargetReport>& reports, Outcome outcome) {
  return static_cast<std::size_t>(std::ranges::count(reports, outcome, &TargetReport::outcome));
}

std::set<std::string> ids_with(const std::vector<TargetReport>& reports, Outcome outcome) {
  std::set<std::string> ids;
  for (const TargetReport& report : reports)
    if (report.outcome == outcome) ids.insert(report.id.raw());
  return ids;
}

/// Any name where queues need no creating; else that of the last job which waits.
std::string queue_to_move_to(LoadedFixture& loaded, JobAdministration& administration, const Action& move) {
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
/// little.
std::vector<Action> possible_actions(LoadedFixture& loaded) {
  JobAdministration& administration = loaded.writable().administration();
  std::vector<Action> possible;
  for (Action& action : all_actions()) {
    if (!administration.offer(action).possible) continue;
    if (action.kind == ActionKind::move) action.queue = queue_to_move_to(loaded, administration, action);
    possible.push_back(std::move(action));
  }
  CHECK(possible.size() >= 4);
  return possible;
}

/// Runs `check` for each possible action on a fixture of its own.
void for_each_possible_action(const std::function<void(LoadedFixture&, JobAdministration&, const Action&)>& check) {
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
std::map<std::string, std::size_t> numbers_of_ids(LoadedFixture& loaded) {
  std::map<std::string, std::size_t> numbers;
  JobQuery query;
  query.page_size = 1000;
  for (const Job& job : list_all(loaded.store(), query)) ++numbers[job.ref.id.raw()];
  return numbers;
}

/// The jobs by id, as they can be read now.
std::map<std::string, Job> jobs_of(LoadedFixture& loaded) {
  std::map<std::string, Job> jobs;
  JobQuery query;
  query.page_size = 1000;
  for (Job& job : list_all(loaded.store(), query)) jobs.emplace(job.ref.id.raw(), std::move(job));
  return jobs;
}

}  // namespace

TEST_CASE("each system of the catalogue that keeps jobs has a fixture to be changed") {
  std::set<std::string> found;
  for (const Fixture& fixture : all_fixtures()) found.insert(fixture.expected.at("system").get<std::string>());
  for (const SystemInfo* system : all_systems()) {
    CAPTURE(system->name);
    CHECK((found.contains(std::string(system->name)) || system->family == StorageFamily::sqlite));
  }
}

TEST_CASE("what cannot be done says why, and is refused") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    JobAdministration& administration = loaded.writable().administration();
    const std::string before = loaded.digest();
    for (const Action& action : all_actions()) {
      CAPTURE(described(action));
      const ActionOffer offer = administration.offer(action);
      CHECK(offer.effect.empty() != offer.possible);
      CHECK(offer.reason.empty() == offer.possible);
      if (offer.possible) continue;
      try {
        administration.plan(action, JobQuery{});
        FAIL_CHECK("it was planned");
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::refused);
        CHECK(error.what() == offer.reason);
        CHECK(error.hint() == offer.nearest);
      }
    }
    const ActionOffer pause = administration.offer_pause();
    CHECK(pause.effect.empty() != pause.possible);
    CHECK(pause.reason.empty() == pause.possible);
    if (!pause.possible) {
      CHECK_FALSE(pause.nearest.empty());
      try {
        administration.set_paused({"email", true, "", "test"});
        FAIL_CHECK("it was paused");
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::refused);
      }
    }
    CHECK(loaded.digest() == before);
  }
}

TEST_CASE("planning and backing up change nothing, and a plan tells every job") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    JobAdministration& administration = loaded.writable().administration();
    const std::string before = loaded.digest();
    JobQuery query;
    query.page_size = 1000;
    const std::string listed = joined(sorted(ids_of(list_all(loaded.store(), query))));
    for (const Action& action : possible_actions(loaded)) {
      CAPTURE(described(action));
      const std::vector<Target> targets = plan_of(administration, action, 3);
      std::vector<std::string> planned;
      for (const Target& target : targets) {
        CAPTURE(target.job.ref.id.raw());
        planned.push_back(target.job.ref.id.raw());
        CHECK(target.reason.empty() == acts(target));
        CHECK((!acts(target) || !target.locator.empty()));
        CHECK((!target.may_force || (!acts(target) && !action.force)));
        CHECK_FALSE(target.job.payload.has_value());
      }
      CHECK(joined(sorted(planned)) == listed);
      const std::vector<Target> acting = only(targets, acts);
      const std::vector<BackupRecord> records = administration.back_up(acting, {});
      CHECK(records.size() == acting.size());
      for (const TargetReport& report : administration.restore(records, true, {}))
        // What a dead worker still holds can be retried, and is never put back into its list.
        CHECK((report.outcome == Outcome::already ||
               (report.outcome == Outcome::skipped && report.reason.find("running jobs") != std::string::npos)));
    }
    CHECK(loaded.digest() == before);
  }
}

TEST_CASE("applying does it once") {
  std::map<std::string, std::size_t> done_of_system;  // not every fixture has a job for each action, every system has
  for_each_possible_action([&](LoadedFixture& loaded, JobAdministration& administration, const Action& action) {
    const std::map<std::string, Job> before = jobs_of(loaded);
    const std::map<std::string, std::size_t> jobs_before = numbers_of_ids(loaded);
    const std::vector<Target> targets = plan_of(administration, action);
    const std::vector<TargetReport> reports = apply_all(administration, action, targets);
    REQUIRE(reports.size() == targets.size());
    INFO(told(reports));
    const std::map<std::string, Job> after = jobs_of(loaded);
    const std::map<std::string, std::size_t> jobs_after = numbers_of_ids(loaded);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const std::string id = targets[i].job.ref.id.raw();
      CAPTURE(id);
      CHECK(reports[i].id.raw() == id);
      if (acts(targets[i]))
        // Another target of the same plan may have changed it, as a cancelled job does to those that wait for it.
        CHECK((reports[i].outcome == Outcome::done || reports[i].outcome == Outcome::changed ||
               reports[i].outcome == Outcome::already));
      else
        CHECK(reports[i].outcome == (targets[i].verdict == Verdict::already ? Outcome::already : Outcome::skipped));
      CHECK(reports[i].reason.empty() == (reports[i].outcome == Outcome::done));
      if (reports[i].outcome != Outcome::done) continue;
      const auto job = after.find(id);
      if (administration.offer(action).removes) {
        // An id may stand in several lists: then one of them went.
        CHECK((job == after.end() || jobs_before.at(id) > jobs_after.at(id)));
        continue;
      }
      REQUIRE(job != after.end());
      const JobState state = job->second.state;
      const bool waits = state == JobState::pending || state == JobState::retrying || state == JobState::scheduled ||
                         state == JobState::blocked;
      CAPTURE(to_word(state));
      if (action.kind == ActionKind::move) CHECK(job->second.queue->raw() == action.queue);
      if (action.kind == ActionKind::retry) CHECK(waits);
      // A running job that was asked to end runs until its worker hears of it.
      if (action.kind == ActionKind::cancel)
        CHECK((state == JobState::cancelled || state == JobState::failed || state == JobState::dead ||
               (state == JobState::running && before.at(id).state == JobState::running)));
    }
    if (std::ranges::any_of(targets, acts)) CHECK(ids_with(reports, Outcome::done).size() > 0);
    done_of_system[std::string(loaded.store().system().name) + " " + described(action)] +=
        ids_with(reports, Outcome::done).size();

    const std::string digest = loaded.digest();
    const std::vector<TargetReport> again = apply_all(administration, action, targets);
    INFO(told(again));
    CHECK(ids_with(again, Outcome::done).empty());
    CHECK(ids_with(again, Outcome::failed).empty());
    CHECK(loaded.digest() == digest);
  });
  for (const auto& [what, done] : done_of_system) CHECK_MESSAGE(done > 0, what);
}

TEST_CASE("a job that changed after the plan was made is left as it is") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    std::size_t tried = 0;
    for (const ActionKind between : kinds) {
      CAPTURE(to_word(between));
      LoadedFixture loaded(fixture);
      JobAdministration& administration = loaded.writable().administration();
      std::vector<std::pair<Action, std::vector<Target>>> plans;
      std::set<std::string> touched;
      const std::map<std::string, std::size_t> jobs_before = numbers_of_ids(loaded);
      for (const Action& action : possible_actions(loaded))
        if (action.force) plans.emplace_back(action, only(plan_of(administration, action), acts));
      for (const auto& [action, targets] : plans)
        if (action.kind == between) touched = ids_with(apply_all(administration, action, targets), Outcome::done);
      const std::string before = loaded.digest();
      for (const auto& [action, targets] : plans) {
        CAPTURE(described(action));
        const std::vector<TargetReport> reports =
            apply_all(administration, action, only(targets, [&](const Target& target) {
                        const std::string& id = target.job.ref.id.raw();
                        return touched.contains(id) && jobs_before.at(id) == 1;
                      }));
        INFO(told(reports));
        for (const TargetReport& report : reports) {
          ++tried;
          CHECK((report.outcome == Outcome::changed || report.outcome == Outcome::already ||
                 report.outcome == Outcome::skipped));
        }
        CHECK(loaded.digest() == before);
      }
    }
    CHECK(tried > 0);
  }
}

TEST_CASE("what was deleted is put back byte for byte, once") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    JobAdministration& administration = loaded.writable().administration();
    for (const Action& action : possible_actions(loaded)) {
      if (action.kind != ActionKind::erase) continue;
      CAPTURE(described(action));
      const std::string whole = loaded.digest();
      const std::vector<Target> targets = only(plan_of(administration, action), acts);
      const std::vector<BackupRecord> records = administration.back_up(targets, {});
      CHECK(records.size() == targets.size());
      const std::vector<TargetReport> gone = apply_all(administration, action, targets);
      INFO(told(gone));
      CHECK(count_with(gone, Outcome::done) == targets.size());
      const std::string without = loaded.digest();
      CHECK(without != whole);

      const std::vector<TargetReport> dry = administration.restore(records, true, {});
      INFO(told(dry));
      CHECK(count_with(dry, Outcome::done) == records.size());
      CHECK(loaded.digest() == without);

      const std::vector<TargetReport> back = administration.restore(records, false, {});
      INFO(told(back));
      CHECK(count_with(back, Outcome::done) == records.size());
      CHECK(loaded.digest() == whole);

      const std::vector<TargetReport> again = administration.restore(records, false, {});
      INFO(told(again));
      CHECK(count_with(again, Outcome::already) == records.size());
      CHECK(loaded.digest() == whole);
    }
  }
}

TEST_CASE("a store opened for reading hands out no administration") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    try {
      loaded.store().administration();
      FAIL_CHECK("it was handed out");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::internal);
    }
  }
}
