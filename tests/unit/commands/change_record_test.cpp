// What a change leaves behind: backup, audit and journal, and what is made of them.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

#include "commands/change/backup_file.hpp"
#include "commands/change/operation_journal.hpp"
#include "tests/unit/commands/change_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("what is removed is on the disk before each chunk is touched") {
  Change change;
  change.administration->chunk = 2;
  const std::filesystem::path backup = change.folder / "b.jsonl";
  Names in_backup;
  change.administration->before_apply = [&] {
    in_backup.push_back(std::to_string(change.lines_of(backup).size() - 1));
  };
  CHECK(change.run("purge", {"--dead", "--yes", "--backup", backup.string()}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"back_up d1,d2", "apply d1,d2", "back_up d3", "apply d3"});
  CHECK(in_backup == Names{"2", "3"});
  CHECK(change.notices.notes.back() == "to undo it: queuetrace job restore " + backup.string() + " --source prod");
  CHECK(change.jobs->jobs.size() == 1);
  CHECK(change.failure("purge", {"--queue", "email", "--yes", "--backup", backup.string()}) == "no error");
  CHECK(change.failure("job retry", {"run1", "--backup", backup.string()}) == "no error");
  change.jobs->jobs.push_back(test_job("d9", JobState::dead));
  CHECK(change.failure("purge", {"--dead", "--yes", "--backup", backup.string()}) ==
        "refused: '" + backup.string() + "' already exists | choose another file; nothing is overwritten");
  CHECK(change.jobs->jobs.size() == 2);
  CHECK(change.files("operations").empty());
}

TEST_CASE("chunks are backed up together, more of them while it goes well") {
  Change change(6);
  change.administration->chunk = 1;
  CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"back_up d1", "apply d1", "back_up d2", "back_up d3", "apply d2",
                                              "apply d3", "back_up d4", "back_up d5", "back_up d6", "apply d4",
                                              "apply d5", "apply d6"});
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
  const ExitCode code = change.run("purge", {"--dead", "--yes"});
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  CHECK(code == ExitCode::runtime_error);
  CHECK(change.administration->calls == Names{"back_up d1", "apply d1", "back_up d2"});
  CHECK(change.jobs->jobs.size() == 3);
  CHECK(change.output.ends_with(
      "end counts={done=1 already=0 changed=0 skipped=0 failed=0 unknown=0 not_tried=2} result=failed\n"));
  CHECK(std::ranges::any_of(change.notices.warnings, [](const std::string& warning) {
    return warning.find("jobs are backed up first: these were not changed") != std::string::npos;
  }));
  const std::vector<UnfinishedOperation> left = unfinished_operations(change.environment);
  REQUIRE(left.size() == 1);
  CHECK(left.front().tried == 1);
}

TEST_CASE("a job that changed between backup and delete is left alone") {
  Change change;
  change.administration->before_apply = [&] { change.jobs->jobs[1].state = JobState::running; };
  CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::partial);
  CHECK(change.output.find("row ref=prod/d2 outcome=changed reason=it changed after the plan was made\n") !=
        std::string::npos);
  CHECK(change.jobs->jobs.size() == 2);
  Change gone;
  gone.administration->before_back_up = [&] { gone.jobs->jobs[0].state = JobState::running; };
  CHECK(gone.run("purge", {"--dead", "--yes"}) == ExitCode::partial);
  CHECK(gone.administration->calls == Names{"back_up d1,d2,d3", "apply d2,d3"});
  CHECK(gone.output.find("row ref=prod/d1 outcome=changed reason=it changed after the plan was made\n") !=
        std::string::npos);
}

TEST_CASE("a plan of deletes that is repeated finds them done") {
  Change change;
  const std::string plan = change.folder / "plan.jsonl";
  CHECK(change.run("purge", {"--dead", "--save-plan", plan}) == ExitCode::done);
  CHECK(change.run("purge", {"--plan", plan, "--yes"}) == ExitCode::done);
  CHECK(change.run("purge", {"--plan", plan, "--yes"}) == ExitCode::done);
  CHECK(change.output ==
        "begin queuetrace.report/1 jobs list\nrow ref=prod/d1 outcome=already reason=it is not there\n"
        "row ref=prod/d2 outcome=already reason=it is not there\n"
        "row ref=prod/d3 outcome=already reason=it is not there\n" +
            counts("done=0 already=3 changed=0 skipped=0 failed=0 unknown=0 not_tried=0"));
}

TEST_CASE("every change leaves its line in the audit") {
  Change change;
  change.typed = {"purge", "--dead", "-s", "postgresql://u:pw@h/db", "--yes"};
  change.environment["TRACEPARENT"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::done);
  REQUIRE(change.audit().size() == 1);
  const nlohmann::json line = change.audit().front();
  CHECK(line["schema"] == "queuetrace.audit/1");
  CHECK(line["time"] == "2026-01-02T03:04:05.000Z");
  CHECK(line["action"] == "purge");
  CHECK(line["source"] == "prod");
  CHECK(line["system"] == "memory");
  CHECK(line["command"] == nlohmann::json{"purge", "--dead", "-s", "postgresql://u:***@h/db", "--yes"});
  CHECK(line["filter"] == "--state dead");
  CHECK(line["counts"]["done"] == 3);
  CHECK(line["result"] == "done");
  CHECK(line["trace_id"] == "0af7651916cd43dd8448eb211c80319c");
  CHECK_FALSE(line["user"].get<std::string>().empty());
  CHECK_FALSE(line["host"].get<std::string>().empty());
  CHECK(std::filesystem::exists(line["backup"].get<std::string>()));
  change.environment.erase("TRACEPARENT");
  CHECK(change.run("job retry", {"run1"}) == ExitCode::refused);
  CHECK(change.audit().size() == 1);  // nothing was changed
  change.environment.erase("XDG_STATE_HOME");
  change.jobs->jobs.push_back(test_job("d1", JobState::dead));
  CHECK(change.failure("job retry", {"d1"}).starts_with("refused: nowhere to record changes"));
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
    CHECK(lines.front()["undo"].get<std::string>().starts_with("queuetrace undo "));
  };
  CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::done);
  CHECK(seen == Names{"0", "1", "2"});
  CHECK(change.files("operations").empty());
  CHECK(change.files("plans").empty());
  CHECK(change.files("backups").size() == 1);
}

TEST_CASE("a backup is put back, once") {
  Change change;
  const std::string backup = (change.folder / "b.jsonl").string();
  CHECK(change.run("purge", {"--dead", "--yes", "--backup", backup}) == ExitCode::done);
  change.administration->calls.clear();
  CHECK(change.failure("job restore", {backup}).starts_with("refused: changing 3 jobs must be confirmed"));
  CHECK(change.run("job restore", {backup, "--dry-run"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"compare d1,d2,d3", "compare d1,d2,d3"});
  change.jobs->jobs.push_back(test_job("d2", JobState::dead));
  CHECK(change.run("job restore", {backup, "--yes"}) == ExitCode::done);
  CHECK(
      change.output ==
      "begin queuetrace.report/1 jobs list\nrow ref=prod/d1 outcome=done\nrow ref=prod/d2 outcome=already reason=it is "
      "there as it was\nrow ref=prod/d3 outcome=done\n" +
          counts("done=2 already=1 changed=0 skipped=0 failed=0 unknown=0 not_tried=0"));
  CHECK(change.run("job restore", {backup}) == ExitCode::done);  // all there: nothing to confirm
  CHECK(change.audit().back()["action"] == "restore");
  Change other;
  other.describe_last([](Source& source) { source.url = Secret("postgresql://elsewhere/db"); });
  CHECK(other.failure("job restore", {backup, "--yes"}).find("if that is intended, --force") != std::string::npos);
  CHECK(other.run("job restore", {backup, "--yes", "--force"}) == ExitCode::done);
  other.jobs->system_name = "another";
  CHECK(other.failure("job restore", {backup, "--yes"}).starts_with("usage: source 'prod' holds no 'memory'"));
}

TEST_CASE("a backup is named by the operation that wrote it") {
  Change change;
  CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::done);
  const std::string operation = std::filesystem::path(change.files("backups").front()).stem();
  const std::string id = operation.substr(operation.size() - 8);
  for (const std::string& named : {operation, id, id.substr(0, 4)}) {
    change.administration->calls.clear();
    CHECK(change.run("job restore", {named, "--dry-run"}) == ExitCode::done);
    CHECK(change.administration->calls == Names{"compare d1,d2,d3"});
  }
  CHECK(change.failure("job restore", {"beef0000"}) ==
        "not_found: no operation 'beef0000' in the audit log | `queuetrace history` lists them");
  CHECK(change.failure("job restore", {"beef0000.jsonl"}).find("no operation") == std::string::npos);
  change.jobs->jobs.push_back(test_job("d9", JobState::dead));
  CHECK(change.run("job retry", {"d9", "--yes"}) == ExitCode::done);
  const std::string kept = std::filesystem::path(change.files("undo").front()).stem();
  CHECK(change.failure("job restore", {kept}) == "usage: operation '" + kept +
                                                     "' removed no jobs, so that it has no backup | queuetrace undo " +
                                                     kept.substr(kept.size() - 8));
  change.can_ask = true;
  change.input = "y\n";
  CHECK(change.run("job restore", {id}) == ExitCode::done);
  CHECK(change.notices.asked.find(change.folder.path().string()) == std::string::npos);
  CHECK(change.notices.asked.find("  made by    " + operation + "\n") != std::string::npos);
}

TEST_CASE("who puts an older backup of lists back is told of the newer ones") {
  for (const StorageFamily family : {StorageFamily::redis, StorageFamily::postgresql}) {
    Change change;
    change.jobs->family = family;
    CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::done);
    const Names backups = change.files("backups");
    REQUIRE(backups.size() == 1);
    const std::string newer = change.state("backups") / "20990101T000000Z-purge-prod-00000000.jsonl";
    std::ofstream later(newer);
    for (nlohmann::json& line : change.lines_of(backups.front())) {
      if (line.contains("operation")) line["operation"] = std::filesystem::path(newer).stem();
      later << line.dump() << '\n';
    }
    later.close();
    std::ofstream(change.state("backups") / "20990101T000000Z-purge-prod-ffffffff.jsonl") << "no backup\n";
    CHECK(change.run("job restore", {newer, "--dry-run"}) == ExitCode::done);
    CHECK(change.notices.warnings.empty());
    CHECK(change.run("job restore", {backups.front(), "--yes"}) == ExitCode::done);
    if (family == StorageFamily::redis)
      CHECK(change.notices.warnings ==
            Names{"jobs return to their places in lists only if the newest backup is restored first; this source has a "
                  "newer one, unless restored already: 00000000"});
    else
      CHECK(change.notices.warnings.empty());
    CHECK(change.run("job restore", {backups.front()}) == ExitCode::done);  // all there again
    CHECK(change.notices.warnings.empty());
  }
}

TEST_CASE("a restore that was stopped says the command that goes on, with --max where it needs it") {
  Change change;
  const std::string small = (change.folder / "small.jsonl").string();
  CHECK(change.run("purge", {"--dead", "--yes", "--backup", small}) == ExitCode::done);
  const BackupReader made(small);
  KeptHeader header;
  header.operation = made.operation();
  header.source = made.source();
  header.target = made.target();
  header.system = made.system();
  std::vector<BackupRecord> records;
  for (int i = 0; i < 10'001; ++i) records.push_back({Untrusted("d" + std::to_string(i)), R"({"state":"dead"})"});
  const std::string backup = (change.folder / "b.jsonl").string();
  BackupWriter large(backup, header);
  large.add(records);
  large.finish();
  change.administration->before_restore = [&] { change.stop.request_stop(); };
  CHECK(change.run("job restore", {backup, "--confirm=prod", "--max", "0"}) == ExitCode::interrupted);
  CHECK(change.notices.warnings.back() == "interrupted, 9,901 jobs not tried. Continue with: queuetrace job restore " +
                                              backup + " --source prod --confirm=prod --max 10001");
}

TEST_CASE("doctor tells of changes that a crash cut short, until they are completed") {
  Change change;
  change.fields = {"severity", "source", "code", "text", "remedy"};
  change.closing = {"problems"};
  const std::string plan = (change.folder / "saved.plan").string();
  CHECK(change.run("purge", {"--dead", "--save-plan", plan}) == ExitCode::done);
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
      "row severity=warning source=prod code=unfinished-operation text=purge of 3 jobs, started "
      "2026-01-02T03:04:05.000Z, was never finished; at least 2 were tried remedy=complete it: queuetrace purge --plan "
      "P --yes";
  CHECK(change.run("doctor", {}) == ExitCode::done);
  CHECK(change.output.find(found + "; or forget it: rm " + file + "\n") != std::string::npos);
  std::ofstream(operation.backup) << "{}";
  CHECK(change.run("doctor", {}) == ExitCode::done);
  CHECK(change.output.find(found + "; or undo it: queuetrace job restore B; or forget it: rm " + file + "\n") !=
        std::string::npos);
  CHECK(change.run("purge", {"--plan", plan, "--yes", "--no-backup"}) == ExitCode::done);
  CHECK(change.run("doctor", {}) == ExitCode::done);
  CHECK(change.output.find("unfinished-operation") == std::string::npos);
}
