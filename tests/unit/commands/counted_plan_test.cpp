// Plans of many jobs: counted in one look, shown by samples, and done as they are read.
#include <doctest/doctest.h>

#include "tests/unit/commands/change_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

constexpr int many = 10'001;

/// A store of many dead jobs that can count a plan.
struct LargeChange : Change {
  LargeChange() : Change(many) {
    administration->counts_plans = true;
    administration->chunk = 500;
    fields = {"ref", "verdict", "reason"};
  }
  std::size_t listed() const {
    std::size_t rows = 0;
    for (std::size_t at = output.find("row "); at != std::string::npos; at = output.find("row ", at + 1)) ++rows;
    return rows;
  }
  std::size_t calls_of(std::string_view what) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(administration->calls, [&](const std::string& call) { return call.starts_with(what); }));
  }
};

}  // namespace

TEST_CASE("a plan of many jobs is counted, and listed only where the list is asked for") {
  LargeChange change;
  change.closing = {"counts", "queues", "samples_only"};
  CHECK(change.run("purge", {"--queue", "email", "--dry-run"}) == ExitCode::done);
  CHECK(change.output ==
        "begin queuetrace.targets/1 targets list\nrow ref=prod/d1 verdict=act\nrow ref=prod/d2 verdict=act\nrow "
        "ref=prod/d3 verdict=act\nrow ref=prod/d4 verdict=act\nrow ref=prod/d5 verdict=act\nend counts={act=10001 "
        "already=0 skip=1 may_force=0 with_effect=0} queues=[{queue=email jobs=10001}] samples_only=true\n");
  CHECK(change.calls_of("tally") == 1);
  CHECK(change.jobs->lists.size() == 2);  // the look, and a page of samples

  CHECK(change.run("purge", {"--queue", "email", "--dry-run", "--list-all"}) == ExitCode::done);
  CHECK(change.listed() == many + 1);
  CHECK(change.calls_of("tally") == 1);

  const std::string plan = (change.folder / "saved.plan").string();
  CHECK(change.run("purge", {"--queue", "email", "--save-plan", plan}) == ExitCode::done);
  CHECK(change.lines_of(plan).size() == many + 3);
}

TEST_CASE("a plan that is not long is listed as ever") {
  Change change;
  change.administration->counts_plans = true;
  change.fields = {"ref", "verdict"};
  change.closing = {"samples_only"};
  CHECK(change.run("purge", {"--dead", "--dry-run"}) == ExitCode::done);
  CHECK(change.output ==
        "begin queuetrace.targets/1 targets list\nrow ref=prod/d1 verdict=act\nrow ref=prod/d2 verdict=act\nrow "
        "ref=prod/d3 verdict=act\nend \n");
}

TEST_CASE("many jobs are changed as they are read: no list of them is kept") {
  LargeChange change;
  change.fields = {"ref"};
  std::size_t plans = 0;
  change.administration->before_apply = [&] { plans = std::max(plans, change.files("plans").size()); };
  CHECK(change.run("job retry", {"--dead", "--confirm=prod", "--max", "0"}) == ExitCode::done);
  CHECK(plans == 0);
  CHECK(change.calls_of("apply") > many / 500);  // in chunks
  CHECK(std::ranges::count(change.jobs->jobs, JobState::pending, &Job::state) == many);
  CHECK(
      change.output.ends_with("end counts={done=10001 already=0 changed=0 skipped=0 failed=0 unknown=0 not_tried=0} "
                              "result=done\n"));
  CHECK(change.files("operations").empty());
}

TEST_CASE("no more jobs are changed than were confirmed") {
  LargeChange change;
  bool came = false;
  change.administration->before_apply = [&] {
    if (!std::exchange(came, true)) change.jobs->jobs.push_back(test_job("late", JobState::dead));
  };
  CHECK(change.run("job retry", {"--dead", "--confirm=prod", "--max", "0"}) == ExitCode::done);
  CHECK(std::ranges::count(change.jobs->jobs, JobState::pending, &Job::state) == many);
  CHECK(change.jobs->jobs.back().state == JobState::dead);
  CHECK(std::ranges::any_of(change.notices.notes, [](const std::string& note) {
    return note.starts_with("more jobs match by now than were counted");
  }));
}

TEST_CASE("what is stopped goes on with the same command") {
  LargeChange change;
  change.typed = {"job", "retry", "--dead", "--confirm=prod", "--max", "0"};
  change.administration->lose_at_apply = 3;
  CHECK(change.run("job retry", {"--dead", "--confirm=prod", "--max", "0"}) == ExitCode::unreachable);
  CHECK(change.files("operations").size() == 1);
  CHECK(change.files("plans").empty());
  CHECK(std::ranges::any_of(change.notices.warnings, [](const std::string& warning) {
    return warning.find("Continue with: queuetrace job retry --dead --confirm=prod --max 0") != std::string::npos;
  }));
  change.administration->lose_at_apply.reset();
  CHECK(change.run("job retry", {"--dead", "--confirm=prod", "--max", "0"}) == ExitCode::done);
  CHECK(std::ranges::count(change.jobs->jobs, JobState::pending, &Job::state) == many);
  CHECK(change.files("operations").empty());  // completed, so nobody is told of it any more
}
