// `capture` over stores in memory: what is in the file afterwards, what is printed, and when nothing is written.

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/read_capture.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using testing::captured_jobs;
using testing::captured_value;
using testing::Run;
using testing::TemporaryFolder;
using testing::test_job;
using testing::traced_job;

namespace {

std::string ids_of(const std::vector<Job>& jobs) {
  std::string ids;
  for (const Job& job : jobs) ids += (ids.empty() ? "" : " ") + job.ref.id.raw();
  return ids;
}

Run captured_run() {
  Run run;
  run.fields = {"jobs", "filter", "captured"};
  return run;
}

Job with_payload(Job job, const std::string& payload) {
  job.payload = Payload{Payload::Form::json, Untrusted(payload), payload.size()};
  job.extra = {{"filepath", Untrusted("/srv/a.pdf")}};
  return job;
}

}  // namespace

TEST_CASE("jobs of all sources are in the file, with their source, and the summary counts them") {
  const TemporaryFolder folder;
  const std::string file = (folder / "out.db").string();
  Run run = captured_run();
  run.add_source("orders")->jobs = {with_payload(test_job("a1"), R"({"x":1})"), test_job("a2")};
  run.add_source("files")->jobs = {test_job("b1", JobState::dead)};
  CHECK(run.run("capture", {"--output", file}) == ExitCode::done);
  CHECK(run.output ==
        "begin queuetrace.capture/1 captures detail\n"
        "row jobs=3 captured=[{address=orders system=memory jobs=2}, {address=files system=memory jobs=1}]\n"
        "end truncated=false\n");
  const std::vector<Job> jobs = captured_jobs(file);
  CHECK(ids_of(jobs) == "a1 a2 b1");
  REQUIRE(jobs[0].payload);
  CHECK(jobs[0].payload->text.raw() == R"({"x":1})");
  CHECK(std::get<Untrusted>(jobs[2].extra.at(0).value).raw() == "files");
  CHECK(captured_value(file, "SELECT value FROM meta WHERE key = 'created_at'") == "2026-01-02T03:04:05.000Z");
  CHECK(captured_value(file, "SELECT value FROM meta WHERE key = 'jobs'") == "3");
}

TEST_CASE("filters, a limit and leaving payloads out") {
  const TemporaryFolder folder;
  const std::string file = (folder / "out.db").string();
  Run run = captured_run();
  run.add_source("orders")->jobs = {with_payload(traced_job("a1", "7c1e9d54b8a24f0f9e3d6a1b52c8704d"), "{}"),
                                    traced_job("a2", "7c1e9d54b8a24f0f9e3d6a1b52c8704d"), test_job("a3")};
  CHECK(run.run("capture", {"--output", file, "--trace-id", "7C1E9D54B8A24F0F9E3D6A1B52C8704D", "--limit", "1",
                            "--no-payload"}) == ExitCode::done);
  const std::vector<Job> jobs = captured_jobs(file);
  CHECK(ids_of(jobs) == "a1");
  CHECK_FALSE(jobs[0].payload);
  REQUIRE(jobs[0].extra.size() == 2);
  CHECK(jobs[0].extra[1].name == "filepath");
  CHECK(captured_value(file, "SELECT value FROM meta WHERE key = 'filter'") ==
        "--trace-id 7C1E9D54B8A24F0F9E3D6A1B52C8704D");
}

TEST_CASE("what workers take next is kept with the jobs") {
  const TemporaryFolder folder;
  const std::string file = (folder / "out.db").string();
  Run run = captured_run();
  const auto data = run.add_source("orders");
  data->jobs = {test_job("a1"), test_job("a2"), test_job("a3", JobState::completed)};
  PeekQueue queue;
  queue.queue = Untrusted("email");
  for (const char* id : {"a2", "a1"}) {
    queue.next.push_back(test_job(id));
    queue.next.back().ref.source = "orders";
  }
  data->peek.queues = {queue};
  CHECK(run.run("capture", {"--output", file}) == ExitCode::done);
  const PeekResult result = testing::open_capture(file)->peek({});
  REQUIRE(result.queues.size() == 1);
  CHECK(ids_of(result.queues[0].next) == "a2 a1");
}

TEST_CASE("a source that failed or was cut short makes the run partial, and the file says so") {
  const TemporaryFolder folder;
  const std::string file = (folder / "out.db").string();
  Run run = captured_run();
  const auto data = run.add_source("orders");
  data->jobs = {test_job("a1"), test_job("a2")};
  data->give_up = 1;
  run.add_failing_source("files", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(run.run("capture", {"--output", file}) == ExitCode::partial);
  CHECK(ids_of(captured_jobs(file)) == "a1");
  CHECK(captured_value(file, "SELECT truncated FROM sources WHERE address = 'orders'") == "stopped after 1 entries");
  CHECK(captured_value(file, "SELECT error FROM sources WHERE address = 'files'") == "cannot connect");
}

TEST_CASE("nothing is written when nobody answers, on an interrupt, or when the file is there") {
  const TemporaryFolder folder;
  const std::string file = (folder / "out.db").string();
  {
    Run run = captured_run();
    run.add_failing_source("a", Error(ErrorKind::unreachable, "cannot connect"));
    run.add_failing_source("b", Error(ErrorKind::unreachable, "cannot connect"));
    CHECK(run.run("capture", {"--output", file}) == ExitCode::unreachable);
    CHECK(run.output.empty());
  }
  {
    Run run = captured_run();
    run.add_failing_source("a", Error(ErrorKind::authentication, "no"));
    CHECK(run.failure("capture", {"--output", file}) == "authentication: no");
  }
  {
    Run run = captured_run();
    run.add_source("a")->jobs = {test_job("a1")};
    run.stop.request_stop();
    CHECK(run.run("capture", {"--output", file}) == ExitCode::interrupted);
  }
  CHECK(folder.entries() == 0);
  std::ofstream(file) << "mine";
  Run run = captured_run();
  run.add_source("a")->jobs = {test_job("a1")};
  CHECK(run.failure("capture", {"--output", file}) == "refused: file exists: " + file + " | --force replaces it");
  CHECK(run.opened.empty());
  CHECK(run.run("capture", {"--output", file, "--force"}) == ExitCode::done);
  CHECK(ids_of(captured_jobs(file)) == "a1");
  CHECK(folder.entries() == 1);
}
