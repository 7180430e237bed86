// A job written into a capture and read back through the sql engine is the same job, field by field.
#include "backends/capture.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cmath>
#include <limits>

#include "model/error.hpp"
#include "tests/support/job_equality.hpp"
#include "tests/support/read_capture.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace std::string_literals;
using testing::differences;
using testing::open_capture;
using testing::TemporaryFolder;

namespace {

Timestamp at(std::int64_t microseconds) { return Timestamp(std::chrono::microseconds(microseconds)); }

JobQuery everything(JobOrder order = JobOrder::storage) {
  JobQuery query;
  query.page_size = 500;
  query.order = order;
  query.payload = true;
  return query;
}

Job bare_job(const std::string& id) {
  Job job;
  job.ref = {"orders", Untrusted(id)};
  job.system = "hammerwork";
  job.state = JobState::pending;
  return job;
}

Job full_job() {
  Job job = bare_job("b9c7\0\xff\x1b[31m"s);
  job.queue = Untrusted("p\xc3\xa4yments");
  job.kind = Untrusted("");
  job.state = JobState::dead;
  job.native_state = Untrusted("\"Dead\"");
  job.priority = std::int64_t{-4};
  job.attempts = 3;
  job.max_attempts = std::numeric_limits<std::int64_t>::max();
  job.created_at = at(1'700'000'000'123'456);
  job.scheduled_at = infinite_future;
  job.started_at = infinite_past;
  job.finished_at = at(-1);
  job.wait = Milliseconds(-5);
  job.run = Milliseconds(86'400'000);
  job.worker = Untrusted("worker \xfe");
  job.error = Untrusted("line\nline\0tail"s);
  job.payload = Payload{Payload::Form::json, Untrusted(R"({"order_id":"order-12345"})"), 26};
  job.result = Payload{Payload::Form::binary, Untrusted("\0\x01\xff\0"s), 4};
  job.trace.trace_id = Untrusted("0AF7651916CD43DD8448EB211C80319C");
  job.trace.span_id = Untrusted("b7ad6b7169203331");
  job.trace.parent_span_id = Untrusted("00f067aa0ba902b7");
  job.trace.correlation_id = Untrusted("order-12345");
  job.trace.causation_id = Untrusted("cause");
  job.trace.status = TraceStatus::w3c;
  job.tenant = Untrusted("acme");
  job.workflow_id = Untrusted("w");
  job.batch_id = Untrusted("b");
  job.parents = {Untrusted("p1"), Untrusted("\xff\0"s), Untrusted("")};
  job.notes = {{"quoted-state", "the state \"Dead\" is quoted"}, {"started-at-estimated", "from the heartbeat"}};
  job.extra = {{"text", Untrusted("t\xc3\xa4xt")},
               {"bytes", Untrusted("\xff\0"s)},
               {"own", "our own text"s},
               {"yes", true},
               {"number", std::numeric_limits<std::int64_t>::min()},
               {"real", 0.1},
               {"whole real", 3.0},
               {"nan", std::nan("")},
               {"minus", -HUGE_VAL},
               {"unknown", std::monostate{}},
               {"time", infinite_future},
               {"span", Milliseconds(-1)},
               {"json", JsonText{Untrusted("{\"a\": 1, }")}},
               {"list", Values{Value(std::int64_t{1}), Value(Values{}), Value(Untrusted("x"))}},
               {"nested", Fields{{"z", Untrusted("1")}, {"a", Fields{{"$time", Untrusted("not a time")}}}}},
               {"doubles", Fields{{"same", true}, {"same", false}, {"\xff", std::int64_t{1}}}}};
  return job;
}

}  // namespace

TEST_CASE("every field of a job reads back as it was captured") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  std::vector<Job> jobs{full_job(), bare_job("0001")};
  jobs.push_back(bare_job("0002"));
  jobs.back().priority = Untrusted("high");
  jobs.back().payload = Payload{Payload::Form::text, Untrusted("text\0with a zero \xff byte"s), 5'000'000'000};
  jobs.back().trace.trace_id = Untrusted("trace-1");
  jobs.back().trace.status = TraceStatus::placeholder;
  jobs.push_back(bare_job("0002"));  // the same id twice, as Redis lists may hold it
  jobs.back().payload = Payload{Payload::Form::encrypted, Untrusted(""), 12};
  jobs.back().trace.trace_id = Untrusted("abc123def456");
  jobs.back().trace.status = TraceStatus::opaque;
  jobs.back().state = JobState::unknown;
  jobs.back().system = "go-redis-work-queue";
  jobs.back().ref.source = "redis/go-redis-work-queue";
  {
    CaptureWriter writer(file);
    for (const Job& job : jobs) writer.add(job);
    CHECK(writer.finish() == jobs.size());
    CHECK(writer.bytes() == std::filesystem::file_size(file));
  }
  const std::unique_ptr<JobStore> store = open_capture(file);
  const Page page = store->list(everything());
  CHECK_FALSE(page.next);
  CHECK(page.warnings.empty());
  REQUIRE(page.jobs.size() == jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    CAPTURE(i);
    Job expected = jobs[i];
    expected.extra.insert(expected.extra.begin(), Field{"captured_source", Untrusted(expected.ref.source)});
    expected.ref.source = "held";
    CHECK(differences(page.jobs[i], expected) == "");
  }

  // A capture of a capture still names the first source.
  const std::filesystem::path copy = folder / "copy.db";
  CaptureWriter writer(copy);
  for (const Job& job : page.jobs) writer.add(job);
  writer.finish();
  const Page again = open_capture(copy)->list(everything());
  REQUIRE(again.jobs.size() == jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) CHECK(differences(again.jobs[i], page.jobs[i]) == "");
}

TEST_CASE("every state is kept and found by its word") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  for (const JobState state : all_job_states) {
    Job job = bare_job("id-" + std::string(to_word(state)));
    job.state = state;
    writer.add(job);
  }
  writer.finish();
  const std::unique_ptr<JobStore> store = open_capture(file);
  for (const JobState state : all_job_states) {
    JobQuery query = everything();
    query.filter.states = {StateSelector{state, std::string(to_word(state))}};
    const Page page = store->list(query);
    CAPTURE(to_word(state));
    REQUIRE(page.jobs.size() == 1);
    CHECK(page.jobs[0].state == state);
    CHECK(page.jobs[0].ref.id.raw() == "id-" + std::string(to_word(state)));
  }
}

TEST_CASE("pages follow each other newest first, jobs without a time last, equal ids apart") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  for (int i = 0; i < 25; ++i) {
    Job job = bare_job("id-" + std::to_string(i % 5));
    if (i % 6 != 0) job.created_at = at(1'000'000 * (i / 4));
    job.attempts = i;
    writer.add(job);
  }
  writer.finish();
  const std::unique_ptr<JobStore> store = open_capture(file);
  for (const JobOrder order : {JobOrder::newest, JobOrder::storage}) {
    JobQuery query = everything(order);
    query.page_size = 4;
    std::vector<Job> seen;
    for (int pages = 0; pages < 20; ++pages) {
      Page page = store->list(query);
      for (Job& job : page.jobs) seen.push_back(std::move(job));
      if (!page.next) break;
      query.after = page.next;
    }
    REQUIRE(seen.size() == 25);
    std::vector<bool> met(25);
    for (const Job& job : seen) met[static_cast<std::size_t>(*job.attempts)] = true;
    CHECK(std::find(met.begin(), met.end(), false) == met.end());
    for (std::size_t i = 1; i < seen.size(); ++i)
      if (order == JobOrder::newest)
        CHECK(seen[i - 1].created_at.value_or(infinite_past) >= seen[i].created_at.value_or(infinite_past));
      else
        CHECK(*seen[i - 1].attempts < *seen[i].attempts);
  }
}

TEST_CASE("a trace is found by every spelling, by an index") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  const std::vector<std::string> stored{"0af7651916cd43dd8448eb211c80319c", "0af76519-16cd-43dd-8448-eb211c80319c",
                                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                        "4bf92f3577b34da6a3ce929d0e0e4736"};
  for (const std::string& id : stored) {
    Job job = bare_job(id);
    job.trace.trace_id = Untrusted(id);
    job.trace.status = classify_trace_id(id);
    writer.add(job);
  }
  writer.finish();
  const std::unique_ptr<JobStore> store = open_capture(file);
  CHECK(store->capabilities().trace == Lookup::indexed);
  for (const char* typed : {"0af7651916cd43dd8448eb211c80319c", "0AF76519-16CD-43DD-8448-EB211C80319C",
                            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    CAPTURE(typed);
    JobQuery query = everything();
    query.filter.traces = {make_trace_query(typed)};
    const Page page = store->list(query);
    CHECK(page.jobs.size() == 3);
    for (const Job& job : page.jobs) CHECK(job.ref.id.raw() != stored[3]);
  }
}

TEST_CASE("a look at what is next gives the captured order first and says that it is frozen") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  const auto add = [&](const char* id, JobState state, std::optional<std::int64_t> position) {
    Job job = bare_job(id);
    job.queue = Untrusted("email");
    job.state = state;
    writer.add(job, position);
  };
  add("second", JobState::pending, 2);
  add("later-a", JobState::pending, std::nullopt);
  add("first", JobState::retrying, 1);
  add("later-b", JobState::pending, std::nullopt);
  add("blocked", JobState::blocked, std::nullopt);
  add("done", JobState::completed, std::nullopt);
  writer.finish();
  PeekQuery query;
  query.why = true;
  const PeekResult result = open_capture(file)->peek(query);
  REQUIRE(result.queues.size() == 1);
  const PeekQueue& queue = result.queues[0];
  std::string ids;
  for (const Job& job : queue.next) ids += job.ref.id.raw() + ' ';
  CHECK(ids == "first second ");
  CHECK_FALSE(queue.exact);
  CHECK_FALSE(queue.notes.empty());
  REQUIRE(queue.waiting.size() == 2);
  CHECK(queue.waiting[0].reason == "blocked");
  CHECK(queue.waiting[0].count == 1);
  CHECK(queue.waiting[1].reason == "not-next");
  CHECK(queue.waiting[1].count == 2);
}

TEST_CASE("where no places were recorded the pending jobs come in captured order") {
  const TemporaryFolder folder;
  CaptureWriter writer(folder / "jobs.db");
  for (const char* id : {"b", "a"}) {
    Job job = bare_job(id);
    job.queue = Untrusted("email");
    job.state = JobState::pending;
    writer.add(job);
  }
  writer.finish();
  const PeekResult result = open_capture(folder / "jobs.db")->peek({});
  REQUIRE(result.queues.size() == 1);
  REQUIRE(result.queues[0].next.size() == 2);
  CHECK(result.queues[0].next[0].ref.id.raw() == "b");
}

TEST_CASE("statistics, queues and the check work on a capture") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  for (int i = 0; i < 3; ++i) {
    Job job = bare_job("id-" + std::to_string(i));
    job.queue = Untrusted(i == 0 ? "email" : "payments");
    job.state = i == 2 ? JobState::running : JobState::pending;
    if (i == 2) job.notes = {{"stale", "its lease ended"}};
    writer.add(job);
  }
  CaptureFacts facts;
  facts.sources = {{"orders", "hammerwork", 3, "stopped after 3 entries", std::nullopt}};
  writer.finish(facts);
  const std::unique_ptr<JobStore> store = open_capture(file);
  CHECK(store->queues({}) == std::vector{Untrusted("email"), Untrusted("payments")});
  const Statistics statistics = store->statistics({});
  REQUIRE(statistics.queues.size() == 2);
  CHECK(statistics.queues[1].queue.raw() == "payments");
  REQUIRE(statistics.queues[1].states.size() == 2);
  CHECK(statistics.queues[1].states[0].count.value == 1);
  REQUIRE(statistics.queues[1].stale);
  CHECK(statistics.queues[1].stale->value == 1);
  const StoreCheck check = store->check({});
  CHECK(check.version.find("capture format 1") != std::string::npos);
  CHECK(std::any_of(check.findings.begin(), check.findings.end(),
                    [](const Finding& finding) { return finding.subject == "captured sources"; }));
}

TEST_CASE("a filter on the payload survives payloads that are no JSON") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  for (const std::string& payload : {R"({"order_id":"order-12345"})"s, "{broken"s, "\0"s, ""s, R"({"order_id":7})"s}) {
    Job job = bare_job("id");
    job.payload = Payload{Payload::Form::json, Untrusted(payload), payload.size()};
    writer.add(job);
  }
  writer.finish();
  JobQuery query = everything();
  query.filter.where = {PayloadCondition{{"order_id"}, PayloadCondition::Comparison::equal, "order-12345"}};
  CHECK(open_capture(file)->list(query).jobs.size() == 1);
}

TEST_CASE("a capture that a stranger changed cannot pass its words off as ours") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  writer.add(bare_job("id"));
  writer.add(bare_job("deep"));
  writer.finish();
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database,
                       "UPDATE jobs SET system = 'x' || char(27) || '[31m', state = 'strange',"
                       " notes = '[{\"code\":\"a\\u001b\",\"text\":\"b\\u202e\"}]',"
                       " extra = '{\"x\":{\"$own\":\"\\u001b[31m\"}}', created_at = 'soon' WHERE id = 'id';"
                       "UPDATE jobs SET extra = '{\"x\":' || replace(hex(zeroblob(50000)), '00', '[') || '}',"
                       " parents = '7', notes = 'no' WHERE id = 'deep'",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  const Page page = open_capture(file)->list(everything());
  REQUIRE(page.jobs.size() == 2);
  const Job& job = page.jobs[0];
  CHECK(job.system == "capture");
  CHECK(job.state == JobState::unknown);
  CHECK_FALSE(job.created_at);
  REQUIRE(job.notes.size() == 2);
  REQUIRE(job.extra.size() == 2);
  CHECK(std::get<Untrusted>(job.extra[1].value).raw() == "\x1b[31m");
  for (const Note& note : job.notes)
    for (const char byte : note.code + note.text) CHECK((byte >= 0x20 && byte < 0x7f));
  CHECK(page.jobs[1].ref.id.raw() == "deep");
  CHECK(page.jobs[1].extra.size() == 1);
}

TEST_CASE("the file is its owner's, and other files stay") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  { CaptureWriter unfinished(file); }
  CHECK(folder.entries() == 0);
  CaptureWriter(file).finish();
  struct stat facts {};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777) == 0600);
  CHECK_THROWS_AS(CaptureWriter{file}, Error);
  CaptureWriter(file, true).finish();
  CHECK(open_capture(file)->list(everything()).jobs.empty());
}
