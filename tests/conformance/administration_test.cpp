// Every system: what can be changed is planned without a trace and done at most once; what cannot be changed is refused
// with its reason.
#include "tests/conformance/administered_fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

TEST_CASE("each system of the catalogue that keeps jobs has a fixture to be changed") {
  const std::set<std::string> found = systems_of(fixtures_of_every_system());
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
      if (const std::optional<PlanTally> tally = administration.tally(action, {}, {})) {
        std::map<std::tuple<std::optional<Untrusted>, Verdict, std::string, bool>, std::uint64_t> one_by_one, together;
        for (const Target& target : targets)
          ++one_by_one[{target.job.queue, target.verdict, target.reason, target.may_force}];
        for (const PlanTally::Part& part : tally->parts)
          together[{part.queue, part.verdict, part.reason, part.may_force}] += part.jobs;
        CHECK(together == one_by_one);
      }
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

TEST_CASE("a store opened for reading hands out no administration") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    try {
      loaded.store().administration();
      FAIL_CHECK("it was handed out");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::internal);
    }
  }
}
