// Plans of changes: how they are confirmed, saved, read back and refused.
#include <doctest/doctest.h>

#include "model/error_signature.hpp"
#include "tests/unit/commands/change_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("a bulk change is confirmed") {
  Change change;
  SUBCASE("nobody to ask: the command that would work") {
    change.typed = {"job", "retry", "--dead", "-s", "postgresql://u:pw@h/db"};
    CHECK(change.failure("job retry", {"--dead"}) ==
          "refused: changing 3 jobs must be confirmed; nothing was changed | preview it with --dry-run; to apply it: "
          "queuetrace job retry --dead -s 'postgresql://u:***@h/db' --yes");
  }
  SUBCASE("the name of another source") {
    CHECK(change.failure("job retry", {"--dead", "--confirm=staging"}) ==
          "refused: --confirm names 'staging', but the source is 'prod'; nothing was changed | write --confirm=prod if "
          "that is the one you mean");
  }
  SUBCASE("a protected source wants its name, for one named job, too") {
    change.describe_last([](Source& source) { source.is_protected = true; });
    for (const Names& words : {Names{"--dead", "--yes"}, Names{"d1"}}) {
      const std::string said = change.failure("job retry", words);
      CHECK(said.starts_with("refused: source 'prod' is protected: its name must be given; nothing was changed"));
      CHECK(said.ends_with("--confirm=prod"));
    }
  }
  SUBCASE("declined") {
    change.can_ask = true;
    for (const char* answer : {"", "n\n", "\n", "prod\n", "yes please\n"}) {
      change.input = answer;
      CHECK(change.failure("job retry", {"--dead"}) == "refused: not confirmed; nothing was changed");
    }
  }
  CHECK(change.administration->calls.empty());
  CHECK(change.files("plans").empty());
  CHECK(change.files("operations").empty());
  CHECK(change.audit().empty());
}

TEST_CASE("the question says source, filter, count, samples and what is skipped") {
  Change change;
  change.can_ask = true;
  change.input = "y\n";
  CHECK(change.run("purge", {"--queue", "email"}) == ExitCode::done);
  const std::string asked = change.notices.asked;
  CHECK(asked.starts_with("Purge 3 jobs in prod (memory); 1 skipped\n"));
  CHECK(asked.find("  jobs       --queue email\n\nQUEUE  JOBS\nemail     3\n\n  what       it is done to the job\n"
                   "               1 skip: it runs\n"
                   "  namely     d1  dead  email\n             d2  dead  email\n") != std::string::npos);
  REQUIRE(change.files("backups").size() == 1);
  const std::string backup = std::filesystem::path(change.files("backups").front()).stem();
  CHECK_MESSAGE(asked.find("  backup     " + backup.substr(backup.size() - 8) + "\n") != std::string::npos, asked);
  CHECK(asked.ends_with("purge 3 jobs in prod? [y/N] "));
}

TEST_CASE("many jobs want the source's name, and --max bounds them") {
  Change change(1001);
  CHECK(change.failure("purge", {"--dead", "--yes"})
            .starts_with("refused: changing 1,001 jobs at once needs the source's name; nothing was changed"));
  CHECK(change.failure("purge", {"--dead", "--confirm=prod", "--max", "1000"}) ==
        "refused: this would change 1,001 jobs, more than --max 1000; nothing was changed | preview it with --dry-run; "
        "to apply it: queuetrace --dead --confirm=prod --max 1001");
  change.can_ask = true;
  change.input = "yes\n";
  CHECK(change.failure("purge", {"--dead"}) == "refused: not confirmed; nothing was changed");
  CHECK(change.notices.asked.ends_with("purge 1,001 jobs? Type the source's name (prod) to continue: "));
  change.input = "prod\n";
  CHECK(change.run("purge", {"--dead"}) == ExitCode::done);
  CHECK(change.jobs->jobs.size() == 1);
}

TEST_CASE("--dry-run and --save-plan change nothing, --plan does what was saved") {
  Change change;
  change.fields = {"ref", "verdict", "reason"};
  change.closing = {"counts", "effect"};
  const std::string rows =
      "begin queuetrace.targets/1 targets list\nrow ref=prod/d1 verdict=act\nrow ref=prod/d2 verdict=act\nrow "
      "ref=prod/d3 verdict=act\nrow ref=prod/run1 verdict=skip reason=it runs\nend counts={act=3 already=0 skip=1 "
      "may_force=0 with_effect=0} effect=it is done to the job\n";
  CHECK(change.run("purge", {"--queue", "email", "--dry-run"}) == ExitCode::done);
  CHECK(change.output == rows);
  const std::string plan = (change.folder / "saved.plan").string();
  CHECK(change.run("purge", {"--queue", "email", "--save-plan", plan}) == ExitCode::done);
  CHECK(change.notices.notes.back() ==
        "plan written; apply it: queuetrace purge --plan " + plan + " --source prod --yes");
  CHECK(change.administration->calls.empty());
  CHECK_FALSE(std::filesystem::exists(change.state("audit.jsonl")));
  CHECK(change.failure("purge", {"--queue", "email", "--save-plan", plan}).starts_with("refused: "));
  CHECK(change.failure("purge", {"--plan", plan, "--dead", "--yes"}) ==
        "usage: --plan already says which jobs to change, and how | leave out --plan, or the IDs, filters and options "
        "of the action");
  CHECK(change.failure("job retry", {"--plan", plan, "--yes"}) ==
        "usage: this is a plan to delete jobs | apply it with queuetrace purge --plan, or job delete --plan");
  CHECK(change.failure("purge", {"--plan", plan}).starts_with("refused: changing 3 jobs"));
  change.jobs->jobs.push_back(test_job("d4", JobState::dead));  // not in the plan
  CHECK(change.run("purge", {"--plan", plan, "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls.back() == "apply d1,d2,d3");
  CHECK(change.jobs->jobs.size() == 2);
  CHECK(std::filesystem::exists(plan));
}

TEST_CASE("a plan of another source, database or system is refused") {
  Change change;
  const std::string plan = (change.folder / "saved.plan").string();
  CHECK(change.run("purge", {"--dead", "--save-plan", plan}) == ExitCode::done);
  Change other;
  other.describe_last([](Source& source) { source.url = Secret("postgresql://u:pw@elsewhere/db"); });
  CHECK(other.failure("purge", {"--plan", plan, "--yes"})
            .find("not for 'postgresql://u:***@elsewhere/db'; nothing was changed") != std::string::npos);
  other.jobs->system_name = "another";
  other.describe_last([](Source& source) { source.url = Secret(); });
  CHECK(other.failure("purge", {"--plan", plan, "--yes"}).starts_with("usage: source 'prod' holds no 'memory'"));
  Run third;
  third.add_source("staging");
  CHECK(third.failure("purge", {"--plan", plan, "--yes"}) ==
        "refused: the plan was made for the source 'prod', not for 'staging'; nothing was changed | make a plan for "
        "this one with --save-plan");
  CHECK(change.administration->calls.empty());
}

TEST_CASE("a plan that was cut short is refused unless that is accepted") {
  Change change;
  change.jobs->give_up = 2;
  CHECK(change.failure("purge", {"--dead", "--yes"}) ==
        "refused: not every matching job was found (stopped after 2 entries); nothing was changed | narrow the filter, "
        "read further (--full, a longer --timeout), or continue with what was found (--accept-truncated)");
  CHECK(change.run("purge", {"--dead", "--dry-run"}) == ExitCode::partial);
  CHECK(change.administration->calls.empty());
  CHECK(change.run("purge", {"--dead", "--yes", "--accept-truncated", "--no-backup"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"apply d1,d2"});
}

TEST_CASE("error groups choose jobs") {
  Change change;
  change.jobs->jobs[0].error = Untrusted("smtp 1 failed");
  change.jobs->jobs[1].error = Untrusted("disk full");
  change.jobs->jobs[2].error = Untrusted("smtp 22 failed");
  CHECK(change.run("job retry", {"--error-group", "00000000", "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls.empty());
  const std::string group = error_group(error_signature("smtp 1 failed"));
  CHECK(change.run("job retry", {"--error-group", group, "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"apply d1,d3"});
}
