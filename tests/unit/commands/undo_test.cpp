// `undo` and `history`: which change is meant, what is looked at, done and recorded.
#include <doctest/doctest.h>

#include "commands/change/audit_history.hpp"
#include "commands/change/operation.hpp"
#include "tests/unit/commands/change_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

JobState state_of(const Change& change, const std::string& id) {
  for (const Job& job : change.jobs->jobs)
    if (job.ref.id.raw() == id) return job.state;
  return JobState::unknown;
}

std::vector<PastOperation> history_of(const Change& change) { return past_operations(change.environment); }

}  // namespace

TEST_CASE("the newest change is undone, from its last job to its first, after a look and an answer") {
  Change change;
  change.administration->chunk = 2;
  CHECK(change.run("job retry", {"--dead", "--yes"}) == ExitCode::done);
  CHECK(state_of(change, "d1") == JobState::pending);
  CHECK(change.files("undo").size() == 1);
  CHECK(change.failure("undo", {}).starts_with("refused: changing 3 jobs must be confirmed; nothing was changed"));
  change.administration->calls.clear();
  CHECK(change.run("undo", {"--dry-run"}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"look d3,d2", "look d1"});
  CHECK(change.notices.notes.back() == "nothing was changed (--dry-run); done: would be undone");
  change.administration->calls.clear();
  change.can_ask = true;
  change.input = "y\n";
  CHECK(change.run("undo", {}) == ExitCode::done);
  CHECK(change.administration->calls == Names{"look d3,d2", "look d1", "undo d3,d2", "undo d1"});
  CHECK(change.notices.asked.starts_with("Undo 3 jobs in prod\n"));
  CHECK(change.notices.asked.ends_with("undo 3 jobs in prod? [y/N] "));
  CHECK(change.output.ends_with(counts("done=3 already=0 changed=0 skipped=0 failed=0 unknown=0 not_tried=0")));
  CHECK(state_of(change, "d1") == JobState::dead);
  REQUIRE(history_of(change).size() == 2);
  CHECK(history_of(change)[1].undoes == history_of(change)[0].id);
  CHECK(history_of(change)[0].undone_by == history_of(change)[1].id);
  CHECK(change.failure("undo", {}).starts_with("not_found: there is no change of "));
  CHECK(change.run("undo", {history_of(change)[0].id}) == ExitCode::done);  // all as before: nothing to confirm
  CHECK(change.output.ends_with(counts("done=0 already=3 changed=0 skipped=0 failed=0 unknown=0 not_tried=0")));
}

TEST_CASE("jobs that have moved on are left alone") {
  Change change;
  CHECK(change.run("job retry", {"d1", "d2"}) == ExitCode::done);
  change.jobs->jobs[0].state = JobState::running;
  CHECK(change.run("undo", {"--yes"}) == ExitCode::partial);
  CHECK(change.output.find("row ref=prod/d1 outcome=changed reason=it is not as the change left it\n") !=
        std::string::npos);
  CHECK(state_of(change, "d1") == JobState::running);
  CHECK(state_of(change, "d2") == JobState::dead);
}

TEST_CASE("every change says how to undo it; an operation is named by its last digits") {
  Change change;
  change.machine = false;
  change.format_name = "table";
  CHECK(change.run("job cancel", {"d1"}) == ExitCode::done);
  const std::string hint = change.notices.notes.back();
  const std::string digits = short_operation(history_of(change).back().id);
  CHECK(digits.size() == 8);
  CHECK(hint == "to undo it: queuetrace undo " + digits + " --source prod");
  CHECK(change.run("undo", {digits.substr(0, 4), "--yes"}) == ExitCode::done);
  CHECK(state_of(change, "d1") == JobState::dead);
  CHECK(change.failure("undo", {"zzzz"}) ==
        "not_found: no operation 'zzzz' in the audit log | `queuetrace history` lists them");
}

TEST_CASE("what was removed comes back by its operation") {
  Change change;
  CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::done);
  CHECK(change.jobs->jobs.size() == 1);
  CHECK(change.run("undo", {"--yes"}) == ExitCode::done);
  CHECK(change.administration->calls.back() == "restore d1,d2,d3");
  CHECK(change.jobs->jobs.size() == 4);
}

TEST_CASE("what was not kept is not undone, and said so") {
  Change change;
  CHECK(change.run("job retry", {"d1", "--no-backup"}) == ExitCode::done);
  CHECK(change.files("undo").empty());
  CHECK(change.failure("undo", {history_of(change).back().id}).starts_with("refused: nothing was kept of "));
  CHECK(change.run("job retry", {"d2"}) == ExitCode::done);
  const std::string file = change.files("undo").front();
  CHECK(change.failure("job restore", {file})
            .starts_with("usage: the file holds no jobs: it says what a change replaced | queuetrace undo "));
}

TEST_CASE("a pause is undone as one change, and asked about as such") {
  Change change;
  CHECK(change.run("queue pause", {"email"}) == ExitCode::done);
  CHECK(change.files("undo").size() == 1);
  CHECK(history_of(change).back().filter == "queue email");
  change.can_ask = true;
  change.input = "n\n";
  CHECK(change.failure("undo", {}).starts_with("refused: not confirmed"));
  CHECK(change.notices.asked.ends_with("undo the pause of queue email in prod? [y/N] "));
}

TEST_CASE("a change that was killed is known by what it kept") {
  Change change;
  CHECK(change.run("job retry", {"d1"}) == ExitCode::done);
  std::filesystem::remove(change.state("audit.jsonl"));
  REQUIRE(history_of(change).size() == 1);
  CHECK(history_of(change).front().result == "not finished");
  CHECK(change.run("undo", {short_operation(history_of(change).front().id), "--yes"}) == ExitCode::done);
  CHECK(state_of(change, "d1") == JobState::dead);
}

TEST_CASE("a change is undone where it was made, and nowhere else") {
  Change change;
  change.describe_last([](Source& source) { source.url = Secret("redis://here"); });
  CHECK(change.run("job retry", {"d1"}) == ExitCode::done);
  const std::string digits = short_operation(history_of(change).back().id);
  change.unselect_last();
  change.add_source("other");
  change.describe_last([](Source& source) { source.url = Secret("redis://elsewhere"); });
  CHECK(change.failure("undo", {}) == "not_found: there is no change of " + history_of(change).back().user +
                                          " in other that can be undone; the newest elsewhere is a retry in 'prod' | "
                                          "to undo that one: queuetrace undo " +
                                          digits + " -s prod");
  change.typed = {"undo", digits, "-s", "other"};
  CHECK(change.failure("undo", {digits, "--yes"}) ==
        "refused: the change was made in source 'prod', 'redis://here', not in other; nothing was changed | queuetrace "
        "undo " +
            history_of(change).back().id + " --source prod");
  CHECK(state_of(change, "d1") == JobState::pending);
  change.typed = {"undo", digits};
  CHECK(change.run("undo", {digits, "--yes"}) == ExitCode::done);
  CHECK(state_of(change, "d1") == JobState::dead);
}

TEST_CASE("history: the newest first, of every source, and whether it can be undone") {
  Change change;
  change.fields = {"action", "source", "done", "result", "undo", "filter"};
  change.closing = {};
  CHECK(change.run("history", {}) == ExitCode::done);
  CHECK(change.output == "begin queuetrace.history/1 operations list\nend \n");
  change.run("job retry", {"--dead", "--yes"});
  change.run("job cancel", {"d1", "--no-backup"});
  change.run("queue pause", {"email"});
  change.opened.clear();
  CHECK(change.run("history", {}) == ExitCode::done);
  CHECK(change.output ==
        "begin queuetrace.history/1 operations list\n"
        "row action=pause source=prod done=1 result=done undo=possible filter=queue email\n"
        "row action=cancel source=prod done=1 result=done undo=no filter=--id d1\n"
        "row action=retry source=prod done=3 result=done undo=possible filter=--state dead\nend \n");
  CHECK(change.opened.empty());
  CHECK(change.run("history", {"--limit", "1"}) == ExitCode::done);
  CHECK(std::ranges::count(change.output, '\n') == 3);
}

TEST_CASE("wait --operation: until the jobs of the change have ended, with what became of them") {
  Change change;
  change.fields = {"outcome", "matching", "matching_exactness", "ended", "samples", "looks"};
  CHECK(change.run("job retry", {"--dead", "--yes"}) == ExitCode::done);
  const std::string digits = short_operation(history_of(change).back().id);
  change.timeout = Milliseconds(300);
  CHECK(change.run("wait", {"--operation", digits}) == ExitCode::condition_not_met);
  CHECK(change.output.find("row outcome=time_limit matching=3 matching_exactness=exact samples=[") !=
        std::string::npos);
  change.jobs->jobs[0].state = JobState::completed;
  change.jobs->jobs[1].state = JobState::running;
  CHECK(change.run("wait", {"--operation", digits}) == ExitCode::condition_not_met);
  CHECK(change.output.find("matching=2 matching_exactness=exact ended={completed=1} samples=[") != std::string::npos);
  change.jobs->jobs[1].state = JobState::dead;
  std::erase_if(change.jobs->jobs, [](const Job& job) { return job.ref.id.raw() == "d3"; });
  CHECK(change.run("wait", {"--operation", digits}) == ExitCode::done);
  CHECK(change.output.find("row outcome=met matching=0 matching_exactness=exact ended={completed=1 dead=1 gone=1} "
                           "looks=1\n") != std::string::npos);
  change.format_name = "table";
  change.fields.clear();
  CHECK(change.run("wait", {"--operation", digits}) == ExitCode::done);
  CHECK(change.output.starts_with("The jobs of the retry " + digits + " have ended after "));
  CHECK(change.output.ends_with(": 1 completed, 1 dead, 1 is there no longer.\n"));
}

TEST_CASE("wait --operation: many jobs are asked for in chunks, or picked out of one walk where ids are not indexed") {
  Change change;
  change.fields = {"outcome", "matching", "ended"};
  change.jobs->jobs.clear();
  for (int number = 0; number < 1100; ++number)
    change.jobs->jobs.push_back(test_job("x" + std::to_string(number), JobState::dead));
  CHECK(change.run("job retry", {"--dead", "--confirm=prod"}) == ExitCode::done);
  const std::string digits = short_operation(history_of(change).back().id);
  for (Job& job : change.jobs->jobs) job.state = JobState::completed;
  change.jobs->jobs.push_back(test_job("x99999", JobState::running));  // its id only begins as one of theirs
  change.jobs->lists.clear();
  CHECK(change.run("wait", {"--operation", digits}) == ExitCode::done);
  CHECK(change.output.find("row outcome=met matching=0 ended={completed=1100}\n") != std::string::npos);
  for (const JobQuery& query : change.jobs->lists) {
    CHECK(query.filter.ids.size() <= 500);
    CHECK(!query.filter.ids.empty());
    CHECK(query.brief);
  }
  change.jobs->capabilities.id = Lookup::scanned;
  change.jobs->lists.clear();
  CHECK(change.run("wait", {"--operation", digits}) == ExitCode::done);
  CHECK(change.output.find("row outcome=met matching=0 ended={completed=1100}\n") != std::string::npos);
  CHECK(change.jobs->lists.size() == 3);  // pages of one walk
  for (const JobQuery& query : change.jobs->lists) CHECK(query.filter.ids.empty());
}

TEST_CASE("wait --operation: what is cut short decides nothing") {
  Change change;
  change.fields = {"outcome", "matching", "matching_exactness"};
  CHECK(change.run("job retry", {"--dead", "--yes"}) == ExitCode::done);
  const std::string digits = short_operation(history_of(change).back().id);
  change.timeout = Milliseconds(300);
  change.jobs->give_up = 0;
  CHECK(change.run("wait", {"--operation", digits}) == ExitCode::partial);
  CHECK(change.output.find("row outcome=unknown matching=3 matching_exactness=at_least\n") != std::string::npos);
}

TEST_CASE("wait --operation: what has no jobs to wait for, and what is no operation") {
  Change change;
  CHECK(change.run("purge", {"--dead", "--yes"}) == ExitCode::done);
  const std::string purged = short_operation(history_of(change).back().id);
  CHECK(change.failure("wait", {"--operation", purged}) ==
        "refused: the purge " + purged +
            " removed its jobs: there is nothing to wait for | queuetrace undo puts them "
            "back");
  CHECK(change.run("undo", {purged, "--yes"}) == ExitCode::done);
  CHECK(change.run("wait", {"--operation", short_operation(history_of(change).back().id)}) == ExitCode::done);
  CHECK(change.failure("wait", {"--operation", "zzzz"}) ==
        "not_found: no operation 'zzzz' in the audit log | `queuetrace history` lists them");
  CHECK(change.failure("wait", {"--operation", purged, "--queue", "email"}) ==
        "usage: --operation names its jobs and cannot be combined with filters | leave the filters out, or give them "
        "with --count N");
}
