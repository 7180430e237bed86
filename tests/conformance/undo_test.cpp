// Every system: jobs that changed after the plan was made are left as they are, and what was deleted is put back whole.
#include "tests/conformance/administered_fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

TEST_CASE("a job that changed after the plan was made is left as it is") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    // By action: jobs the fixture has for it, and those that were refused because they changed, so that no script goes
    // without such a case. (A hostile fixture has the schema of another one; SQL statements: statement_test.cpp.)
    std::map<std::string, std::size_t> planned, refused;
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
        planned[described(action)] = targets.size();
        const std::vector<TargetReport> reports =
            apply_all(administration, action, only(targets, [&](const Target& target) {
                        const std::string& id = target.job.ref.id.raw();
                        return touched.contains(id) && jobs_before.at(id) == 1;
                      }));
        INFO(told(reports));
        for (const TargetReport& report : reports)
          CHECK((report.outcome == Outcome::changed || report.outcome == Outcome::already ||
                 report.outcome == Outcome::skipped));
        refused[described(action)] += count_with(reports, Outcome::changed);
        CHECK(loaded.digest() == before);
      }
    }
    for (const auto& [action, jobs] : planned) {
      CAPTURE(action);
      // What can only be deleted is not changed by anything else.
      CHECK((jobs == 0 || refused[action] > 0 || planned.size() == 1 || fixture.name.ends_with("/hostile")));
    }
  }
}

TEST_CASE("what was deleted is put back byte for byte, once") {
  for (const Fixture& fixture : all_fixtures_and_variations()) {
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
      CHECK(administration.back_up(targets, {}).empty());
      const std::vector<TargetReport> left_out = administration.report_left_out(action, targets, {});
      INFO(told(left_out));
      REQUIRE(left_out.size() == targets.size());
      for (const TargetReport& report : left_out)
        // Who took an element out of a list of waiting jobs cannot be known.
        CHECK((report.outcome == Outcome::already || report.reason.find("a worker took it") != std::string::npos));

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
