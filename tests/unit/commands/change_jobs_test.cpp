// The way of a change, against an administration in memory: which jobs it is about, and how it ends.
#include <doctest/doctest.h>

#include "commands/change/operation_journal.hpp"
#include "tests/unit/commands/change_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("nothing named is not everything") {
  Change change;
  CHECK(change.failure("purge", {"--yes"}) ==
        "usage: no jobs selected | give a filter: --state dead, --queue "
        "NAME, --older-than-days N; for every job: --queue '*'");
  CHECK(change.failure("job retry", {"--yes"}).starts_with("usage: no jobs selected"));
  CHECK(change.failure("job move", {"d1"}) == "usage: no target queue: --to is missing");
  CHECK(change.opened.empty());
}

TEST_CASE("a write needs exactly one source that may be written to") {
  Change change;
  change.add_source("other");
  CHECK(change.failure("job retry", {"d1"}) ==
        "usage: one command changes one source, but 2 are selected: prod, other | choose one with --source");
  CHECK(change.failure("job retry", {"prod/d1", "other/d1"}) ==
        "usage: one command changes one source, but these jobs belong to prod and other | run it once for each source");
  CHECK(change.run("job retry", {"prod/d1"}) == ExitCode::done);
  CHECK(change.opened == Names{"prod"});
  CHECK(Change().failure("job retry", {"nowhere/d1"}).starts_with("not_found: no job 'nowhere/d1'"));
}

TEST_CASE("a read_only source is refused before it is opened") {
  Change change;
  change.describe_last([](Source& source) {
    source.read_only = true;
    source.origin = "config.toml [sources.prod]";
  });
  CHECK(change.failure("purge", {"--dead", "--yes"}) ==
        "refused: source 'prod' is read_only in config.toml [sources.prod] | change it there, or use a source that may "
        "be written to");
  CHECK(change.opened.empty());
}

TEST_CASE("what the system cannot do is refused with the nearest thing") {
  Change change;
  change.administration->offer = {false, "", "jobs cannot be retried here", "queuetrace job move", {}};
  CHECK(change.failure("job retry", {"d1"}) == "refused: jobs cannot be retried here | queuetrace job move");
}

TEST_CASE("a queue that nobody knows takes no jobs, unless its name is meant as it is") {
  Change change;
  change.jobs->queue_names = {"email", "sms"};
  CHECK(change.failure("job move", {"d1", "--to", "emial"}) ==
        "not_found: no queue is called 'emial' in prod; nothing was changed | did you mean 'email'? --new-queue takes "
        "the name as it is");
  CHECK(change.administration->calls.empty());
  CHECK(change.run("job move", {"d1", "--to", "sms"}) == ExitCode::done);
  CHECK(change.jobs->jobs[0].queue == Untrusted("sms"));
  CHECK(change.run("job move", {"d2", "--to", "emial", "--new-queue"}) == ExitCode::done);
  CHECK(change.jobs->jobs[1].queue == Untrusted("emial"));
}

TEST_CASE("the plan of a move names its target, and counts jobs by queue") {
  Change change;
  change.jobs->jobs[1].queue = Untrusted("sms");
  change.can_ask = true;
  change.input = "n\n";
  CHECK(change.failure("job move", {"--dead", "--to", "late", "--new-queue"}).starts_with("refused: not confirmed"));
  CHECK(change.notices.asked.find("to         queue 'late' (NEW: named by --new-queue)") != std::string::npos);
  CHECK(change.notices.asked.find("\n\nQUEUE  JOBS\nemail     2\nsms       1\n\n") != std::string::npos);
  CHECK(change.notices.asked.ends_with("move 3 jobs to 'late' in prod? [y/N] "));
  change.closing = {"queues"};
  CHECK(change.run("job retry", {"--dead", "--dry-run"}) == ExitCode::done);
  CHECK(change.output.ends_with("end queues=[{queue=email jobs=2}, {queue=sms jobs=1}]\n"));
}

TEST_CASE("a plan whose pauses cannot be read says so") {
  Change change;
  change.administration->pauses_failure =
      Error(ErrorKind::authentication, "may not read hammerwork_queue_pause").because(Untrusted("denied\x1b"));
  change.closing = {"warnings"};
  CHECK(change.run("job retry", {"--dead", "--dry-run"}) == ExitCode::done);
  CHECK(
      change.output.ends_with("end warnings=[which queues are paused could not be read, and jobs of paused ones will "
                              "not run: may not read hammerwork_queue_pause: denied\\x1b]\n"));
}

TEST_CASE("jobs that will not run yet are told of: their queue is paused") {
  Change change;
  QueueStatistics held;
  held.queue = Untrusted("email");
  held.paused = true;
  held.pause = QueuePause{test_now() - std::chrono::minutes(5), Untrusted("maria"), Untrusted("partner is \x1b down")};
  change.jobs->statistics.queues = {held};
  const std::string pause = "queue 'email' is paused 5m by maria: partner is \\x1b down; ";
  CHECK(change.run("job retry", {"--dead", "--dry-run"}) == ExitCode::done);
  CHECK(change.output.find(pause + "3 jobs will not run until it is resumed") == std::string::npos);
  change.closing = {"warnings"};
  CHECK(change.run("job retry", {"--dead", "--dry-run"}) == ExitCode::done);
  CHECK(change.output.ends_with("end warnings=[" + pause + "3 jobs will not run until it is resumed]\n"));
  CHECK(change.run("job move", {"d1", "--to", "email", "--dry-run"}) == ExitCode::done);
  CHECK(change.output.ends_with("end warnings=[" + pause + "1 job will not run until it is resumed]\n"));
  CHECK(change.run("job cancel", {"d1", "--dry-run"}) == ExitCode::done);
  CHECK(change.output.ends_with("end warnings=[]\n"));
}

TEST_CASE("named jobs are done without a question, others that begin alike are not touched") {
  Change change;
  change.jobs->jobs.push_back(test_job("job-1", JobState::dead));
  change.jobs->jobs.push_back(test_job("job-12", JobState::dead));
  CHECK(change.run("job retry", {"job-1"}) == ExitCode::done);
  CHECK(change.output == "begin queuetrace.report/1 jobs list\nrow ref=prod/job-1 outcome=done\n" +
                             counts("done=1 already=0 changed=0 skipped=0 failed=0 unknown=0 not_tried=0"));
  CHECK(change.administration->calls == Names{"apply job-1"});
  CHECK(change.jobs->jobs.back().state == JobState::dead);
}

TEST_CASE("with --ask a named job is asked about, too, and left alone where nobody answers") {
  Change change;
  change.can_ask = true;
  change.input = "n\n";
  CHECK(change.failure("job retry", {"--ask", "d1"}).starts_with("refused: not confirmed"));
  CHECK(change.notices.asked.ends_with("retry 1 job in prod? [y/N] "));
  CHECK(change.administration->calls.empty());
  change.input = "y\n";
  CHECK(change.run("job retry", {"--ask", "d1"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"apply d1"});
  Change silent;
  CHECK(silent.failure("job retry", {"--ask", "d1"}).starts_with("refused: changing 1 job must be confirmed"));
  CHECK(silent.administration->calls.empty());
  CHECK(silent.failure("job retry", {"--ask", "--yes", "d1"}).starts_with("usage: "));
}

TEST_CASE("what the store could not look at is said, by the question or without one") {
  Change change;
  change.jobs->warnings = {"jobs:x is not a list: skipped"};
  CHECK(change.run("job retry", {"--failed", "--yes"}) == ExitCode::done);
  CHECK(change.notices.warnings == Names{"jobs:x is not a list: skipped"});
  CHECK(change.run("job retry", {"--dead", "--yes"}) == ExitCode::done);
  CHECK(change.notices.warnings == Names{"jobs:x is not a list: skipped"});
  Change asked;
  asked.jobs->warnings = change.jobs->warnings;
  asked.can_ask = true;
  asked.input = "y\n";
  CHECK(asked.run("job retry", {"--dead"}) == ExitCode::done);
  CHECK(asked.notices.warnings.empty());
  CHECK(asked.notices.asked.find("jobs:x is not a list: skipped") != std::string::npos);
}

TEST_CASE("an id that means several jobs, or none, changes nothing") {
  Change change;
  change.jobs->jobs.push_back(test_job("job-1a", JobState::dead));
  change.jobs->jobs.push_back(test_job("job-1b", JobState::dead));
  CHECK(change.failure("job retry", {"job-1"}) ==
        "not_found: 'job-1' matches 2 jobs | give more of the ID: prod/job-1a, prod/job-1b");
  CHECK(change.run("job retry", {"d1", "job-1"}) == ExitCode::not_found);
  CHECK(change.notices.warnings.back() == "nothing was changed");
  CHECK(change.administration->calls.empty());
  CHECK(change.audit().empty());
}

TEST_CASE("the beginning of an id is for people who confirm; what is repeated names whole IDs") {
  Change change;
  change.jobs->jobs.push_back(test_job("bench-17", JobState::dead));
  CHECK(change.failure("job retry", {"bench-1", "--yes"}) ==
        "not_found: no job 'bench-1' | what is confirmed beforehand (--yes, --confirm) names whole IDs; these begin "
        "with it: "
        "prod/bench-17");
  CHECK(change.failure("job retry", {"bench-1", "--confirm=prod"}).starts_with("not_found: no job 'bench-1' | what"));
  CHECK(change.failure("job retry", {"bench-1"}) ==
        "refused: changing 1 job must be confirmed; nothing was changed | preview it with --dry-run; to apply it: "
        "queuetrace prod/bench-17 --yes");
  CHECK(change.run("job retry", {"bench-1", "--dry-run"}) == ExitCode::done);
  CHECK(change.run("job retry", {"--id", "bench-1", "--yes"}) == ExitCode::done);
  CHECK(change.notices.warnings.back() == "--id: what is confirmed beforehand (--yes, --confirm) names whole IDs");
  CHECK(change.administration->calls.empty());
  Change asked;
  asked.jobs->jobs.push_back(test_job("bench-17", JobState::dead));
  asked.can_ask = true;
  asked.input = "y\n";
  CHECK(asked.run("job retry", {"bench-1"}) == ExitCode::done);
  CHECK(asked.administration->calls == Names{"apply bench-17"});
  CHECK(asked.run("job retry", {"--id", "bench-17", "--yes"}) == ExitCode::done);
}

TEST_CASE("ids come one a line; a blank belongs to its id") {
  Change change;
  change.jobs->jobs.push_back(test_job("batch 20261128", JobState::dead));
  change.jobs->jobs.push_back(test_job("20261128-keep-me", JobState::dead));
  change.input = "prod/batch 20261128\r\n\nd1\n";
  CHECK(change.run("job retry", {"-", "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"apply d1,batch 20261128"});
}

TEST_CASE("blanks and quotes around an id belong to it: a script names whole IDs") {
  const Names all{" e1", "e1 ", "\"e1\"", "e1"};
  for (const std::string& id : all)
    for (const bool piped : {false, true})
      for (const char* source : {"", "prod/"}) {
        Change change;
        for (const std::string& one : all) change.jobs->jobs.push_back(test_job(one, JobState::dead));
        const std::string typed = source + id;
        CAPTURE(typed);
        change.input = typed + "\r\n";
        CHECK(change.run("job retry", {piped ? "-" : typed, "--yes"}) == ExitCode::done);
        CHECK(change.administration->calls == Names{"apply " + id});
      }
  for (const std::string typed : {" e1", "e1 ", "'e1'", "prod/e1 ", "e1,"}) {
    CAPTURE(typed);
    Change change;
    change.jobs->jobs.push_back(test_job("e1", JobState::dead));
    CHECK(change.failure("job retry", {typed, "--yes"}).ends_with("names whole IDs, each byte of them: prod/e1"));
    change.input = typed + "\n";
    CHECK(change.failure("job retry", {"-", "--yes"}).ends_with("names whole IDs, each byte of them: prod/e1"));
    CHECK(change.run("job retry", {typed, "--dry-run"}) == ExitCode::done);
    CHECK(change.administration->calls.empty());
  }
}

TEST_CASE("an id is taken as it is stored and as it is printed, and never as two jobs") {
  Change change;
  for (const char* id : {"C:\\jobs\\7", "a\tb", "x\\ny"}) change.jobs->jobs.push_back(test_job(id, JobState::dead));
  for (const char* typed : {"C:\\jobs\\7", "C:\\\\jobs\\\\7", "prod/a\\tb", "a\tb", "x\\\\ny", "x\\ny"})
    CHECK(change.run("job retry", {typed, "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls.size() == 6);
  change.jobs->jobs.push_back(test_job("x\ny", JobState::dead));
  CHECK(change.failure("job retry", {"x\\ny", "--yes"}).starts_with("not_found: 'x\\\\ny' matches 2 jobs"));
}

TEST_CASE("a named job that may not be touched is refused with its reason") {
  Change change;
  CHECK(change.run("job retry", {"run1"}) == ExitCode::refused);
  CHECK(change.output.find("row ref=prod/run1 outcome=skipped reason=it runs\n") != std::string::npos);
  CHECK(change.run("job retry", {"run1", "d1"}) == ExitCode::partial);
  CHECK(change.administration->calls == Names{"apply d1"});
  CHECK(change.run("job retry", {"--queue", "email", "--yes"}) == ExitCode::done);  // a filter: the plan said so
}

TEST_CASE("the first stop lets the chunk finish and says how to go on") {
  Change change;
  change.administration->chunk = 1;
  change.administration->before_apply = [&] { change.stop.request_stop(); };
  CHECK(change.run("purge", {"--dead", "--yes", "--no-backup"}) == ExitCode::interrupted);
  CHECK(change.administration->calls == Names{"apply d1"});
  const Names plans = change.files("plans");
  REQUIRE(plans.size() == 1);
  CHECK(change.notices.warnings.back() ==
        "interrupted, 2 jobs not tried; nothing is half done. Continue with: queuetrace purge "
        "--plan " +
            plans.front() + " --source prod --yes --no-backup");
  CHECK(change.audit().back()["result"] == "interrupted");
  CHECK(change.files("operations").empty());
  change.stop = std::stop_source();
  change.administration->before_apply = [] {};
  CHECK(change.run("purge", {"--plan", plans.front(), "--yes", "--no-backup"}) == ExitCode::done);
  CHECK(change.output ==
        "begin queuetrace.report/1 jobs list\nrow ref=prod/d2 outcome=done\nrow ref=prod/d3 outcome=done\n" +
            counts("done=2 already=0 changed=0 skipped=0 failed=0 unknown=0 not_tried=0"));
  CHECK(change.jobs->jobs.size() == 1);
  CHECK(change.files("plans").empty());
}

TEST_CASE("a stopped plan of the user stays, and what is left of it is a plan of its own") {
  Change change;
  const std::filesystem::path saved = change.folder.path() / "dead.plan";
  CHECK(change.run("purge", {"--dead", "--save-plan", saved}) == ExitCode::done);
  change.administration->chunk = 2;
  change.administration->before_apply = [&] { change.stop.request_stop(); };
  CHECK(change.run("purge", {"--plan", saved, "--yes"}) == ExitCode::interrupted);
  CHECK(std::filesystem::exists(saved));
  const Names plans = change.files("plans");
  REQUIRE(plans.size() == 1);
  CHECK(change.audit().back()["plan"] == plans.front());
  CHECK(change.notices.warnings.back() ==
        "interrupted, 1 job not tried; nothing is half done. Continue with: queuetrace purge --plan " + plans.front() +
            " --source prod --yes");
  CHECK(change.notices.notes.back().starts_with("to undo it: queuetrace undo "));
}

TEST_CASE("a stop before anything was done keeps the plan, and has nothing to put back") {
  Change change;
  change.administration->before_back_up = [] { throw Error(ErrorKind::authentication, "permission denied"); };
  CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::authentication);
  CHECK(change.files("plans").size() == 1);
  CHECK(change.notices.notes.empty());
}

TEST_CASE("a lost connection is told, with what is in doubt, and the plan is kept") {
  Change change;
  change.administration->chunk = 1;
  change.administration->lose_at_apply = 2;
  CHECK(change.run("job retry", {"--dead", "--yes"}) == ExitCode::unreachable);
  CHECK(change.output.ends_with(
      "row ref=prod/d1 outcome=done\nrow ref=prod/d2 outcome=unknown reason=the connection was lost before the server "
      "answered\nend counts={done=1 already=0 changed=0 skipped=0 failed=0 unknown=1 not_tried=1} result=lost "
      "connection\n"));
  const Names plans = change.files("plans");
  REQUIRE(plans.size() == 1);
  CHECK(change.audit().back()["result"] == "lost connection");
  const std::vector<UnfinishedOperation> told = unfinished_operations(change.environment);
  REQUIRE(told.size() == 1);  // doctor tells of it, with what is left to be done
  CHECK(told.front().plan == plans.front());
  CHECK(told.front().complete == "queuetrace job retry --plan " + plans.front() + " --source prod --yes");
  change.administration->lose_at_apply.reset();
  CHECK(change.run("job retry", {"--plan", plans.front(), "--yes"}) == ExitCode::done);
  CHECK(change.output ==
        "begin queuetrace.report/1 jobs list\nrow ref=prod/d2 outcome=done\nrow ref=prod/d3 outcome=done\n" +
            counts("done=2 already=0 changed=0 skipped=0 failed=0 unknown=0 not_tried=0"));
  CHECK(change.files("operations").empty());
  CHECK(change.files("plans").empty());
}
