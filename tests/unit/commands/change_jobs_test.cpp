// The way of a change, against an administration in memory: which jobs, what is asked, in which order things happen,
// and what is left behind.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "commands/apply_change.hpp"
#include "commands/doctor.hpp"
#include "commands/job_delete.hpp"
#include "commands/job_move.hpp"
#include "commands/job_restore.hpp"
#include "commands/job_retry.hpp"
#include "commands/operation_journal.hpp"
#include "commands/purge.hpp"
#include "model/error_signature.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Names = std::vector<std::string>;

/// A run with a state folder of its own, one source `prod`, and dead jobs in it.
struct Change : Run {
  explicit Change(int dead = 3) : jobs(add_source("prod")) {
    environment["XDG_STATE_HOME"] = folder.path().string();
    fields = {"ref", "outcome", "reason"};
    closing = {"counts", "result"};
    jobs->queue_names = {"email"};
    for (int i = 1; i <= dead; ++i) jobs->jobs.push_back(test_job("d" + std::to_string(i), JobState::dead));
    jobs->jobs.push_back(test_job("run1", JobState::running));
    administration->judge = [](const Job& job, Target& target) {
      if (job.state != JobState::running) return;
      target.verdict = Verdict::skip;
      target.reason = "it runs";
    };
  }

  std::filesystem::path state(const char* name) const { return folder.path() / "queuetrace" / name; }
  /// Files of a folder of the state, or nothing when it was not made.
  Names files(const char* name) const {
    Names names;
    if (std::filesystem::exists(state(name)))
      for (const auto& entry : std::filesystem::directory_iterator(state(name))) names.push_back(entry.path());
    return names;
  }
  std::vector<nlohmann::json> lines_of(const std::filesystem::path& path) const {
    std::vector<nlohmann::json> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }
  std::vector<nlohmann::json> audit() const { return lines_of(state("audit.jsonl")); }

  TemporaryFolder folder;
  std::shared_ptr<MemoryStoreData> jobs;
};

std::string counts(const std::string& text) { return "end counts={" + text + "} result=done\n"; }

}  // namespace

TEST_CASE("nothing named is not everything") {
  Change change;
  CHECK(change.failure(add_purge, {"--yes"}) ==
        "usage: which jobs? nothing was named, and nothing is not everything | give a filter: --state dead, --queue "
        "NAME, --older-than-days N; every job: --queue '*'");
  CHECK(change.failure(add_job_retry, {"--yes"}).starts_with("usage: which jobs?"));
  CHECK(change.failure(add_job_move, {"d1"}) == "usage: to which queue? --to is missing");
  CHECK(change.opened.empty());
}

TEST_CASE("a write needs exactly one source that may be written to") {
  Change change;
  change.add_source("other");
  CHECK(change.failure(add_job_retry, {"d1"}) ==
        "usage: one command changes one source, and 2 are selected: prod, other | choose one by --source");
  CHECK(change.failure(add_job_retry, {"prod/d1", "other/d1"}) ==
        "usage: one command changes one source, and these jobs are of prod and other | run it once for each source");
  CHECK(change.run(add_job_retry, {"prod/d1"}) == ExitCode::done);
  CHECK(change.opened == Names{"prod"});
  CHECK(Change().failure(add_job_retry, {"nowhere/d1"}).starts_with("not_found: no job 'nowhere/d1'"));
}

TEST_CASE("a read_only source is refused before it is opened") {
  Change change;
  change.describe_last([](Source& source) {
    source.read_only = true;
    source.origin = "config.toml [sources.prod]";
  });
  CHECK(change.failure(add_purge, {"--dead", "--yes"}) ==
        "refused: source 'prod' is read_only in config.toml [sources.prod] | change it there, or use a source that may "
        "be written to");
  CHECK(change.opened.empty());
}

TEST_CASE("what the system cannot do is refused with the nearest thing") {
  Change change;
  change.administration->offer = {false, "", "jobs cannot be retried here", "queuetrace job move", {}};
  CHECK(change.failure(add_job_retry, {"d1"}) == "refused: jobs cannot be retried here | queuetrace job move");
}

TEST_CASE("named jobs are done without a question, others that begin alike are not touched") {
  Change change;
  change.jobs->jobs.push_back(test_job("job-1", JobState::dead));
  change.jobs->jobs.push_back(test_job("job-12", JobState::dead));
  CHECK(change.run(add_job_retry, {"job-1"}) == ExitCode::done);
  CHECK(change.output == "begin queuetrace.report/1 jobs list\nrow ref=prod/job-1 outcome=done\n" +
                             counts("done=1 already=0 changed=0 skipped=0 failed=0 unknown=0 not_tried=0"));
  CHECK(change.administration->calls == Names{"apply job-1"});
  CHECK(change.jobs->jobs.back().state == JobState::dead);
}

TEST_CASE("an id that means several jobs, or none, changes nothing") {
  Change change;
  change.jobs->jobs.push_back(test_job("job-1a", JobState::dead));
  change.jobs->jobs.push_back(test_job("job-1b", JobState::dead));
  CHECK(change.failure(add_job_retry, {"job-1"}) ==
        "not_found: 'job-1' fits 2 jobs | give more of the id: prod/job-1a, prod/job-1b");
  CHECK(change.run(add_job_retry, {"d1", "job-1"}) == ExitCode::not_found);
  CHECK(change.notices.warnings.back() == "nothing was changed");
  CHECK(change.administration->calls.empty());
  CHECK(change.audit().empty());
}

TEST_CASE("a named job that may not be touched is refused with its reason") {
  Change change;
  CHECK(change.run(add_job_retry, {"run1"}) == ExitCode::refused);
  CHECK(change.output.find("row ref=prod/run1 outcome=skipped reason=it runs\n") != std::string::npos);
  CHECK(change.run(add_job_retry, {"run1", "d1"}) == ExitCode::partial);
  CHECK(change.administration->calls == Names{"apply d1"});
  CHECK(change.run(add_job_retry, {"--queue", "email", "--yes"}) == ExitCode::done);  // a filter: the plan said so
}

TEST_CASE("a bulk change is confirmed") {
  Change change;
  SUBCASE("nobody to ask: the command that would work") {
    change.typed = {"job", "retry", "--dead", "-s", "postgresql://u:pw@h/db"};
    CHECK(change.failure(add_job_retry, {"--dead"}) ==
          "refused: changing 3 jobs must be confirmed; nothing was changed | look at it with "
          "--dry-run; this would work: queuetrace job retry --dead -s 'postgresql://u:***@h/db' --yes");
  }
  SUBCASE("the name of another source") {
    CHECK(change.failure(add_job_retry, {"--dead", "--confirm=staging"}) ==
          "refused: --confirm names 'staging', and the source is 'prod'; nothing was changed | write --confirm=prod "
          "when that is the one you mean");
  }
  SUBCASE("a protected source wants its name, for one named job, too") {
    change.describe_last([](Source& source) { source.is_protected = true; });
    for (const Names& words : {Names{"--dead", "--yes"}, Names{"d1"}}) {
      const std::string said = change.failure(add_job_retry, words);
      CHECK(said.starts_with("refused: source 'prod' is protected: its name must be given; nothing was changed"));
      CHECK(said.ends_with("--confirm=prod"));
    }
  }
  SUBCASE("declined") {
    change.can_ask = true;
    for (const char* answer : {"", "n\n", "\n", "prod\n", "yes please\n"}) {
      change.input = answer;
      CHECK(change.failure(add_job_retry, {"--dead"}) == "refused: not confirmed; nothing was changed");
    }
  }
  CHECK(change.administration->calls.empty());
  CHECK(change.files("plans").empty());
  CHECK(change.files("operations").empty());
  CHECK(change.audit().empty());
}

TEST_CASE("the question says source, filter, count, samples and what is left alone") {
  Change change;
  change.can_ask = true;
  change.input = "y\n";
  CHECK(change.run(add_purge, {"--queue", "email"}) == ExitCode::done);
  const std::string asked = change.notices.asked;
  CHECK(asked.starts_with("  purge      it is done to the job\n  source     prod, memory\n"));
  CHECK(asked.find("  jobs       queue email\n  count      3 jobs to purge; 1 left alone\n"
                   "               1 skip: it runs\n"
                   "  such as    prod/d1  dead  email\n             prod/d2  dead  email\n") != std::string::npos);
  CHECK(asked.find("  backup     " + change.state("backups").string() + "/20260102T030405Z-purge-prod-") !=
        std::string::npos);
  CHECK(asked.ends_with("purge 3 jobs in prod? [y/N] "));
}

TEST_CASE("many jobs want the source's name, and --max bounds them") {
  Change change(1001);
  CHECK(change.failure(add_purge, {"--dead", "--yes"})
            .starts_with("refused: changing 1,001 jobs at once needs the source's name; nothing was changed"));
  CHECK(change.failure(add_purge, {"--dead", "--confirm=prod", "--max", "1000"}) ==
        "refused: this would change 1,001 jobs, more than --max 1000; nothing was changed | look at it with --dry-run; "
        "this would work: queuetrace --dead --confirm=prod --max 1000 --max 1001");
  change.can_ask = true;
  change.input = "yes\n";
  CHECK(change.failure(add_purge, {"--dead"}) == "refused: not confirmed; nothing was changed");
  CHECK(change.notices.asked.ends_with("purge 1,001 jobs? Type the source's name (prod) to go on: "));
  change.input = "prod\n";
  CHECK(change.run(add_purge, {"--dead"}) == ExitCode::done);
  CHECK(change.jobs->jobs.size() == 1);
}

TEST_CASE("what is removed is on the disk before each chunk is touched") {
  Change change;
  change.administration->chunk = 2;
  const std::filesystem::path backup = change.folder / "b.jsonl";
  Names in_backup;
  change.administration->before_apply = [&] {
    in_backup.push_back(std::to_string(change.lines_of(backup).size() - 1));
  };
  CHECK(change.run(add_purge, {"--dead", "--yes", "--backup", backup.string()}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"back_up d1,d2", "apply d1,d2", "back_up d3", "apply d3"});
  CHECK(in_backup == Names{"2", "3"});
  CHECK(change.notices.notes.back() ==
        "put back what was there: queuetrace job restore " + backup.string() + " --source prod");
  CHECK(change.jobs->jobs.size() == 1);
  CHECK(change.failure(add_purge, {"--queue", "email", "--yes", "--backup", backup.string()}) == "no error");
  CHECK(change.failure(add_job_retry, {"run1", "--backup", backup.string()}) == "no error");
  change.jobs->jobs.push_back(test_job("d9", JobState::dead));
  CHECK(change.failure(add_purge, {"--dead", "--yes", "--backup", backup.string()}) ==
        "refused: '" + backup.string() + "' is there already | name another file; nothing is overwritten");
  CHECK(change.jobs->jobs.size() == 2);
  CHECK(change.files("operations").empty());
}

TEST_CASE("a full disk under the backup stops before the delete") {
  Change change;
  change.administration->chunk = 1;
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  int chunk = 0;
  change.administration->before_back_up = [&] {
    if (++chunk < 2) return;
    const struct rlimit none { 10, before.rlim_max };
    ::setrlimit(RLIMIT_FSIZE, &none);
  };
  const ExitCode code = change.run(add_purge, {"--dead", "--yes"});
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  CHECK(code == ExitCode::runtime_error);
  CHECK(change.administration->calls == Names{"back_up d1", "apply d1", "back_up d2"});
  CHECK(change.jobs->jobs.size() == 3);
  CHECK(change.output.ends_with(
      "end counts={done=1 already=0 changed=0 skipped=0 failed=0 unknown=0 not_tried=2} result=failed\n"));
  CHECK(std::ranges::any_of(change.notices.warnings, [](const std::string& warning) {
    return warning.find("the backup comes first: these jobs were not touched") != std::string::npos;
  }));
}

TEST_CASE("a job that changed between backup and delete is left alone") {
  Change change;
  change.administration->before_apply = [&] { change.jobs->jobs[1].state = JobState::running; };
  CHECK(change.run(add_purge, {"--dead", "--yes"}) == ExitCode::partial);
  CHECK(change.output.find("row ref=prod/d2 outcome=changed reason=it changed after the plan was made\n") !=
        std::string::npos);
  CHECK(change.jobs->jobs.size() == 2);
  Change gone;
  gone.administration->before_back_up = [&] { gone.jobs->jobs[0].state = JobState::running; };
  CHECK(gone.run(add_purge, {"--dead", "--yes"}) == ExitCode::partial);
  CHECK(gone.administration->calls == Names{"back_up d1,d2,d3", "apply d2,d3"});
}

TEST_CASE("the first stop lets the chunk finish and says how to go on") {
  Change change;
  change.administration->chunk = 1;
  change.administration->before_apply = [&] { change.stop.request_stop(); };
  CHECK(change.run(add_purge, {"--dead", "--yes", "--no-backup"}) == ExitCode::interrupted);
  CHECK(change.administration->calls == Names{"apply d1"});
  const Names plans = change.files("plans");
  REQUIRE(plans.size() == 1);
  CHECK(change.notices.warnings.back() ==
        "interrupted, 2 jobs not tried; nothing is half done. Go on: queuetrace purge "
        "--plan " +
            plans.front() + " --source prod --yes --no-backup");
  CHECK(change.audit().back()["result"] == "interrupted");
  CHECK(change.files("operations").empty());
  change.stop = std::stop_source();
  change.administration->before_apply = [] {};
  CHECK(change.run(add_purge, {"--plan", plans.front(), "--yes", "--no-backup"}) == ExitCode::partial);  // d1 is gone
  CHECK(change.jobs->jobs.size() == 1);
}

TEST_CASE("a lost connection is told, with what is in doubt, and the plan is kept") {
  Change change;
  change.administration->chunk = 1;
  change.administration->lose_at_apply = 2;
  CHECK(change.run(add_job_retry, {"--dead", "--yes"}) == ExitCode::unreachable);
  CHECK(change.output.ends_with(
      "row ref=prod/d1 outcome=done\nrow ref=prod/d2 outcome=unknown reason=the connection was lost before the server "
      "answered\nend counts={done=1 already=0 changed=0 skipped=0 failed=0 unknown=1 not_tried=1} result=lost "
      "connection\n"));
  CHECK(change.files("plans").size() == 1);
  CHECK(change.audit().back()["result"] == "lost connection");
}

TEST_CASE("--dry-run and --save-plan change nothing, --plan does what was saved") {
  Change change;
  change.fields = {"ref", "verdict", "reason"};
  change.closing = {"counts", "effect"};
  const std::string rows =
      "begin queuetrace.targets/1 targets list\nrow ref=prod/d1 verdict=act\nrow ref=prod/d2 verdict=act\nrow "
      "ref=prod/d3 verdict=act\nrow ref=prod/run1 verdict=skip reason=it runs\nend counts={act=3 already=0 skip=1 "
      "may_force=0 with_effect=0} effect=it is done to the job\n";
  CHECK(change.run(add_purge, {"--queue", "email", "--dry-run"}) == ExitCode::done);
  CHECK(change.output == rows);
  const std::string plan = (change.folder / "saved.plan").string();
  CHECK(change.run(add_purge, {"--queue", "email", "--save-plan", plan}) == ExitCode::done);
  CHECK(change.notices.notes.back() ==
        "plan written; apply it: queuetrace purge --plan " + plan + " --source prod --yes");
  CHECK(change.administration->calls.empty());
  CHECK_FALSE(std::filesystem::exists(change.state("audit.jsonl")));
  CHECK(change.failure(add_purge, {"--queue", "email", "--save-plan", plan}).starts_with("refused: "));
  CHECK(
      change.failure(add_purge, {"--plan", plan, "--dead", "--yes"}) ==
      "usage: --plan says already which jobs, and what | leave ids, filters and options of the action out, or --plan");
  CHECK(change.failure(add_job_retry, {"--plan", plan, "--yes"}) ==
        "usage: the plan is one to delete jobs | apply it with the command it was made by");
  CHECK(change.failure(add_purge, {"--plan", plan}).starts_with("refused: changing 3 jobs"));
  change.jobs->jobs.push_back(test_job("d4", JobState::dead));  // not in the plan
  CHECK(change.run(add_purge, {"--plan", plan, "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls.back() == "apply d1,d2,d3");
  CHECK(change.jobs->jobs.size() == 2);
  CHECK(std::filesystem::exists(plan));
}

TEST_CASE("a plan of another source, database or system is refused") {
  Change change;
  const std::string plan = (change.folder / "saved.plan").string();
  CHECK(change.run(add_purge, {"--dead", "--save-plan", plan}) == ExitCode::done);
  Change other;
  other.describe_last([](Source& source) { source.url = Secret("postgresql://u:pw@elsewhere/db"); });
  CHECK(other.failure(add_purge, {"--plan", plan, "--yes"})
            .find("and this is 'postgresql://u:***@elsewhere/db'; nothing was changed") != std::string::npos);
  other.jobs->system_name = "another";
  other.describe_last([](Source& source) { source.url = Secret(); });
  CHECK(other.failure(add_purge, {"--plan", plan, "--yes"}).starts_with("usage: source 'prod' holds no 'memory'"));
  Run third;
  third.add_source("staging");
  CHECK(
      third.failure(add_purge, {"--plan", plan, "--yes"}) ==
      "refused: the plan was made for the source 'prod', and this is 'staging'; nothing was changed | make a plan for "
      "this one with --save-plan");
  CHECK(change.administration->calls.empty());
}

TEST_CASE("a plan that was cut short is refused unless that is accepted") {
  Change change;
  change.jobs->give_up = 2;
  CHECK(change.failure(add_purge, {"--dead", "--yes"}) ==
        "refused: not every job that matches was found (stopped after 2 entries); nothing was changed | narrow the "
        "filter, lift the bound with --full, or take what was found with --accept-truncated");
  CHECK(change.run(add_purge, {"--dead", "--dry-run"}) == ExitCode::partial);
  CHECK(change.administration->calls.empty());
  CHECK(change.run(add_purge, {"--dead", "--yes", "--accept-truncated", "--no-backup"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"apply d1,d2"});
}

TEST_CASE("error groups choose jobs") {
  Change change;
  change.jobs->jobs[0].error = Untrusted("smtp 1 failed");
  change.jobs->jobs[1].error = Untrusted("disk full");
  change.jobs->jobs[2].error = Untrusted("smtp 22 failed");
  CHECK(change.run(add_job_retry, {"--error-group", "00000000", "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls.empty());
  const std::string group = error_group(error_signature("smtp 1 failed"));
  CHECK(change.run(add_job_retry, {"--error-group", group, "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"apply d1,d3"});
}

TEST_CASE("every change leaves its line in the audit") {
  Change change;
  change.typed = {"purge", "--dead", "-s", "postgresql://u:pw@h/db", "--yes"};
  change.environment["TRACEPARENT"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  CHECK(change.run(add_purge, {"--dead", "--yes"}) == ExitCode::done);
  REQUIRE(change.audit().size() == 1);
  const nlohmann::json line = change.audit().front();
  CHECK(line["schema"] == "queuetrace.audit/1");
  CHECK(line["time"] == "2026-01-02T03:04:05.000Z");
  CHECK(line["action"] == "purge");
  CHECK(line["source"] == "prod");
  CHECK(line["system"] == "memory");
  CHECK(line["command"] == nlohmann::json{"purge", "--dead", "-s", "postgresql://u:***@h/db", "--yes"});
  CHECK(line["filter"] == "state dead");
  CHECK(line["counts"]["done"] == 3);
  CHECK(line["result"] == "done");
  CHECK(line["trace_id"] == "0af7651916cd43dd8448eb211c80319c");
  CHECK_FALSE(line["user"].get<std::string>().empty());
  CHECK_FALSE(line["host"].get<std::string>().empty());
  CHECK(std::filesystem::exists(line["backup"].get<std::string>()));
  change.environment.erase("TRACEPARENT");
  CHECK(change.run(add_job_retry, {"run1"}) == ExitCode::refused);
  CHECK(change.audit().size() == 1);  // nothing was changed
  change.environment.erase("XDG_STATE_HOME");
  change.jobs->jobs.push_back(test_job("d1", JobState::dead));
  CHECK(change.failure(add_job_retry, {"d1"}).starts_with("refused: nowhere to record changes"));
}

TEST_CASE("the process dies in the middle: the journal tells how to complete and how to undo") {
  Change change;
  change.administration->chunk = 1;
  Names seen;
  change.administration->before_apply = [&] {
    const Names journals = change.files("operations");
    REQUIRE(journals.size() == 1);
    const std::vector<nlohmann::json> lines = change.lines_of(journals.front());
    seen.push_back(std::to_string(lines.back().value("tried", 0)));
    CHECK(lines.front()["jobs"] == 3);
    CHECK(std::filesystem::exists(lines.front()["plan"].get<std::string>()));
    CHECK(std::filesystem::exists(lines.front()["backup"].get<std::string>()));
    CHECK(lines.front()["complete"].get<std::string>().starts_with("queuetrace purge --plan /"));
    CHECK(lines.front()["undo"].get<std::string>().starts_with("queuetrace job restore /"));
  };
  CHECK(change.run(add_purge, {"--dead", "--yes"}) == ExitCode::done);
  CHECK(seen == Names{"0", "1", "2"});
  CHECK(change.files("operations").empty());
  CHECK(change.files("plans").empty());
  CHECK(change.files("backups").size() == 1);
}

TEST_CASE("a backup is put back, once") {
  Change change;
  const std::string backup = (change.folder / "b.jsonl").string();
  CHECK(change.run(add_purge, {"--dead", "--yes", "--backup", backup}) == ExitCode::done);
  change.administration->calls.clear();
  CHECK(change.failure(add_job_restore, {backup}).starts_with("refused: changing 3 jobs must be confirmed"));
  CHECK(change.run(add_job_restore, {backup, "--dry-run"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"compare d1,d2,d3", "compare d1,d2,d3"});
  change.jobs->jobs.push_back(test_job("d2", JobState::dead));
  CHECK(change.run(add_job_restore, {backup, "--yes"}) == ExitCode::done);
  CHECK(
      change.output ==
      "begin queuetrace.report/1 jobs list\nrow ref=prod/d1 outcome=done\nrow ref=prod/d2 outcome=already reason=it is "
      "there as it was\nrow ref=prod/d3 outcome=done\n" +
          counts("done=2 already=1 changed=0 skipped=0 failed=0 unknown=0 not_tried=0"));
  CHECK(change.run(add_job_restore, {backup}) == ExitCode::done);  // all there: nothing to confirm
  CHECK(change.audit().back()["action"] == "restore");
  Change other;
  other.describe_last([](Source& source) { source.url = Secret("postgresql://elsewhere/db"); });
  CHECK(other.failure(add_job_restore, {backup, "--yes"}).find("where that is meant, --force") != std::string::npos);
  CHECK(other.run(add_job_restore, {backup, "--yes", "--force"}) == ExitCode::done);
  other.jobs->system_name = "another";
  CHECK(other.failure(add_job_restore, {backup, "--yes"}).starts_with("usage: source 'prod' holds no 'memory'"));
}

TEST_CASE("doctor tells of changes that a crash cut short, until they are completed") {
  Change change;
  change.fields = {"severity", "source", "code", "text", "remedy"};
  change.closing = {"problems"};
  const std::string plan = (change.folder / "saved.plan").string();
  CHECK(change.run(add_purge, {"--dead", "--save-plan", plan}) == ExitCode::done);
  Operation operation;
  operation.id = "20260102T030405Z-purge-prod-0a";
  operation.verb = "purge";
  operation.source = "prod";
  operation.plan = plan;
  operation.backup = (change.folder / "b.jsonl").string();
  operation.started = test_now();
  OperationJournal(operation, 3, "queuetrace purge --plan P --yes", "queuetrace job restore B", change.environment)
      .progress(2);
  const std::string file = (change.state("operations") / (operation.id + ".jsonl")).string();
  const std::string found =
      "row severity=warning source=prod code=unfinished-operation text=purge of 3 jobs, begun "
      "2026-01-02T03:04:05.000Z, "
      "never came to its end; at least 2 were tried remedy=complete it: queuetrace purge --plan P --yes";
  CHECK(change.run(add_doctor, {}) == ExitCode::done);
  CHECK(change.output.find(found + "; or forget it: rm " + file + "\n") != std::string::npos);
  std::ofstream(operation.backup) << "{}";
  CHECK(change.run(add_doctor, {}) == ExitCode::done);
  CHECK(change.output.find(found + "; or undo it: queuetrace job restore B; or forget it: rm " + file + "\n") !=
        std::string::npos);
  CHECK(change.run(add_purge, {"--plan", plan, "--yes", "--no-backup"}) == ExitCode::done);
  CHECK(change.run(add_doctor, {}) == ExitCode::done);
  CHECK(change.output.find("unfinished-operation") == std::string::npos);
}
