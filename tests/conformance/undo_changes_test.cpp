// Every system: what a retry, a cancel, a move, a pause or a resume replaced is put back byte for byte, once, and only
// where nobody has touched it since.
#include <cstdlib>

#include "tests/conformance/administered_fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// What the reports kept, from the last to the first.
std::vector<BackupRecord> kept_of(const std::vector<TargetReport>& reports) {
  std::vector<BackupRecord> records;
  for (auto report = reports.rbegin(); report != reports.rend(); ++report)
    if (!report->undo.empty()) records.push_back({report->id, report->undo});
  return records;
}

/// Changes that leave the job there.
bool keeps(JobAdministration& administration, const Action& action) {
  return action.kind != ActionKind::erase && !administration.offer(action).removes;
}

std::vector<Target> alone(const std::vector<Target>& targets) {
  return only(targets, [](const Target& target) { return acts(target) && target.effect.empty(); });
}

}  // namespace

TEST_CASE("what a change replaced is put back byte for byte, once") {
  for (const Fixture& fixture : all_fixtures_and_variations()) {
    CAPTURE(fixture.name);
    auto loaded = std::make_unique<LoadedFixture>(fixture);
    for (const Action& action : possible_actions(*loaded)) {
      if (!keeps(loaded->writable().administration(), action)) continue;
      CAPTURE(described(action));
      JobAdministration& administration = loaded->writable().administration();
      const std::string whole = loaded->digest();
      const std::vector<Target> targets = alone(plan_of(administration, action));
      const std::vector<TargetReport> changed = apply_all(administration, action, targets);
      INFO(told(changed));
      const std::vector<BackupRecord> records = kept_of(changed);
      CHECK(records.size() == count_with(changed, Outcome::done));
      if (records.empty()) continue;
      const std::string after = loaded->digest();
      CHECK(after != whole);

      const std::vector<TargetReport> dry = administration.undo(records, true, {});
      INFO(told(dry));
      CHECK(count_with(dry, Outcome::done) == records.size());
      CHECK(loaded->digest() == after);

      const std::vector<TargetReport> back = administration.undo(records, false, {});
      INFO(told(back));
      CHECK(count_with(back, Outcome::done) == records.size());
      CHECK(loaded->digest() == whole);

      const std::vector<TargetReport> again = administration.undo(records, false, {});
      INFO(told(again));
      CHECK(count_with(again, Outcome::already) == records.size());
      CHECK(loaded->digest() == whole);
      if (loaded->digest() != whole) loaded = std::make_unique<LoadedFixture>(fixture);
    }
  }
}

TEST_CASE("what changed together with other jobs is undone, or named with the reason why not") {
  bool any = false;
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    auto loaded = std::make_unique<LoadedFixture>(fixture);
    for (const Action& action : possible_actions(*loaded)) {
      if (!keeps(loaded->writable().administration(), action)) continue;
      CAPTURE(described(action));
      loaded = std::make_unique<LoadedFixture>(fixture);
      JobAdministration& administration = loaded->writable().administration();
      const std::string whole = loaded->digest();
      const std::vector<Target> targets = only(
          plan_of(administration, action), [](const Target& target) { return acts(target) && !target.effect.empty(); });
      const std::vector<TargetReport> changed = apply_all(administration, action, targets);
      const std::vector<BackupRecord> records = kept_of(changed);
      INFO(told(changed));
      CHECK(records.size() == count_with(changed, Outcome::done));
      if (records.empty()) continue;
      any = true;
      const std::string after = loaded->digest();
      for (const bool dry_run : {true, false}) {
        const std::vector<TargetReport> reports = administration.undo(records, dry_run, {});
        INFO(told(reports));
        for (const TargetReport& report : reports) CHECK((report.outcome == Outcome::done) == report.reason.empty());
        const std::size_t done = count_with(reports, Outcome::done);
        CHECK(done + count_with(reports, Outcome::skipped) == records.size());
        if (dry_run || done == 0) CHECK(loaded->digest() == after);
        if (!dry_run && done == records.size()) CHECK(loaded->digest() == whole);
      }
    }
  }
  CHECK((any || std::getenv("QUEUETRACE_CONFORMANCE") != nullptr));
}

TEST_CASE("a job that was changed once more is not undone") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    auto loaded = std::make_unique<LoadedFixture>(fixture);
    const std::vector<Action> actions = possible_actions(*loaded);
    for (const Action& first : actions) {
      for (const Action& second : actions) {
        if (!keeps(loaded->writable().administration(), first) || first.force || !second.force) continue;
        CAPTURE(described(first));
        CAPTURE(described(second));
        loaded = std::make_unique<LoadedFixture>(fixture);
        JobAdministration& administration = loaded->writable().administration();
        const std::map<std::string, std::size_t> numbers = numbers_of_ids(*loaded);
        const std::vector<BackupRecord> records =
            kept_of(apply_all(administration, first, alone(plan_of(administration, first))));
        const std::set<std::string> touched =
            ids_with(apply_all(administration, second, only(plan_of(administration, second), acts)), Outcome::done);
        std::vector<BackupRecord> touched_records;
        for (const BackupRecord& record : records)
          if (touched.contains(record.id.raw()) && numbers.at(record.id.raw()) == 1) touched_records.push_back(record);
        if (touched_records.empty()) continue;
        const std::string before = loaded->digest();
        for (const bool dry_run : {true, false}) {
          const std::vector<TargetReport> reports = administration.undo(touched_records, dry_run, {});
          INFO(told(reports));
          CHECK(count_with(reports, Outcome::done) == 0);
          CHECK(count_with(reports, Outcome::failed) == 0);
        }
        CHECK(loaded->digest() == before);
      }
    }
  }
}

TEST_CASE("pauses and resumes are undone") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    JobAdministration& administration = loaded.writable().administration();
    if (!administration.offer_pause().possible) continue;
    std::string queue;
    for (const Job& job : list_all(loaded.store(), JobQuery{}))
      if (job.state == JobState::pending && job.queue) queue = job.queue->raw();
    REQUIRE_FALSE(queue.empty());
    CAPTURE(queue);
    for (int i = 0; i < 2; ++i) {  // whatever it was, it is changed in both ways
      const std::string whole = loaded.digest();
      TargetReport report = administration.set_paused({queue, i == 0, "because", "me@here"});
      if (report.outcome == Outcome::already) report = administration.set_paused({queue, i != 0, "because", "me@here"});
      REQUIRE(report.outcome == Outcome::done);
      REQUIRE_FALSE(report.undo.empty());
      const std::string after = loaded.digest();
      CHECK(after != whole);
      const BackupRecord record{report.id, report.undo};
      CHECK(administration.undo({record}, true, {}).front().outcome == Outcome::done);
      CHECK(loaded.digest() == after);
      const std::vector<TargetReport> back = administration.undo({record}, false, {});
      INFO(told(back));
      CHECK(back.front().outcome == Outcome::done);
      CHECK(loaded.digest() == whole);
      CHECK(administration.undo({record}, false, {}).front().outcome != Outcome::done);
      CHECK(loaded.digest() == whole);
      administration.set_paused({queue, i == 0, "because", "me@here"});
    }
  }
}
