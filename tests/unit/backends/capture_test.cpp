// A job written into a capture and read back through the sql engine is the same job, field by field.
#include <doctest/doctest.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include "model/plausible_time.hpp"
#include "tests/unit/backends/capture_files.hpp"

using namespace queuetrace;
using namespace std::string_literals;
using namespace queuetrace::testing;

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
    note_impossible_times(expected);  // the full job ended before 1970
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
