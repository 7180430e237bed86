// What a capture keeps so that questions need not look at every job: the same answers as without, for less reading.
#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "tests/support/sqlite_file.hpp"
#include "tests/unit/backends/capture_files.hpp"

using namespace queuetrace;
using namespace std::string_literals;
using namespace queuetrace::testing;

namespace {

constexpr std::array queue_names{"email", "payments", "p\xc3\xa4yments", ""};

/// Jobs of two sources, every state, with times around `now`, ties, staleness; places in the order of only one source.
void write_jobs(const std::filesystem::path& file, std::size_t jobs) {
  CaptureWriter writer(file);
  const Timestamp now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  for (std::size_t i = 0; i < jobs; ++i) {
    Job job = bare_job("id-" + std::to_string(i));
    job.ref.source = i % 3 == 0 ? "files" : "orders";
    if (i % 7 != 6) job.queue = Untrusted(queue_names[i % queue_names.size()]);
    job.state = all_job_states[i % all_job_states.size()];
    if (i % 11 != 0) job.created_at = now - std::chrono::minutes(i);
    if (i % 3 == 0) job.scheduled_at = now + std::chrono::minutes(i);
    if (i % 4 != 0) job.started_at = now - std::chrono::minutes(i / 2);
    if (i % 4 == 1) job.finished_at = now - std::chrono::minutes(i / 3);
    if (job.started_at) job.wait = Milliseconds(i * 10);
    if (job.finished_at) job.run = Milliseconds(i);
    if (i % 6 == 3) job.notes = {{"stale", "its lease ended"}};
    if (i > 1) job.parents = {Untrusted("id-" + std::to_string(i / 2)), Untrusted("\xff\0"s)};
    if (i < 12'000 && i % 4'000 == 7) job.error = Untrusted("took too long");
    if (i % 9 == 0) job.trace.causation_id = Untrusted("id-1");
    const bool has_place = job.state == JobState::pending && job.ref.source == "orders" && i % 20 == 0;
    writer.add(job, has_place ? std::optional(static_cast<std::int64_t>(i)) : std::nullopt);
  }
  writer.finish();
}

/// A file as format 1 had it.
void make_older(const std::filesystem::path& file) {
  test::SqliteFile older;
  std::filesystem::copy_file(file, older.path(), std::filesystem::copy_options::overwrite_existing);
  older.run(R"sql(
    DROP TABLE counts; DROP TABLE ties; DROP INDEX jobs_next; DROP INDEX jobs_stale; DROP INDEX jobs_started_at;
    DROP INDEX jobs_finished_at; ALTER TABLE jobs DROP COLUMN stale;
    UPDATE jobs SET peek_position = NULL WHERE source = 'files';
    UPDATE meta SET value = '1' WHERE key = 'format_version')sql");
  std::filesystem::copy_file(older.path(), file, std::filesystem::copy_options::overwrite_existing);
}

std::string ids_of(const std::vector<Job>& jobs) {
  std::string ids;
  for (const Job& job : jobs) ids += job.ref.id.raw() + ' ';
  return ids;
}

std::string words_of(const std::optional<Timestamp>& time) { return time ? to_rfc3339(*time) : "-"; }

std::string words_of(const Percentiles& times) {
  std::string out = std::to_string(times.samples);
  for (const Milliseconds ms : {times.p50, times.p95, times.p99, times.maximum})
    out += ' ' + std::to_string(ms.count());
  return out;
}

/// Everything statistics tell, a line for each state of each queue.
std::string words_of(const Statistics& statistics) {
  std::string out;
  for (const QueueStatistics& queue : statistics.queues) {
    out += queue.queue.raw() + ": stale " + std::to_string(queue.stale ? queue.stale->value : 0);
    if (queue.completed_per_minute) out += " completed " + std::to_string(*queue.completed_per_minute);
    if (queue.failed_per_minute) out += " failed " + std::to_string(*queue.failed_per_minute);
    if (queue.wait) out += " wait " + words_of(*queue.wait);
    if (queue.run) out += " run " + words_of(*queue.run);
    out += '\n';
    for (const StateStatistics& state : queue.states)
      out += "  " + std::string(to_word(state.state)) + ' ' + std::to_string(state.count.value) + ' ' +
             words_of(state.oldest) + ' ' + words_of(state.newest) + ' ' + words_of(state.due) + '\n';
  }
  return out;
}

std::string words_of(const PeekResult& result) {
  std::string out;
  for (const PeekQueue& queue : result.queues) {
    out += queue.queue.raw() + ": " + ids_of(queue.next);
    for (const Waiting& waiting : queue.waiting)
      out += waiting.reason + ' ' + std::to_string(waiting.count.value_or(0)) + ' ';
    out += '\n';
  }
  return out;
}

std::string answers_of(const std::filesystem::path& file) {
  const std::unique_ptr<JobStore> store = open_capture(file);
  std::string out;
  for (const Milliseconds window : {Milliseconds(0), Milliseconds(std::chrono::minutes(60))}) {
    StatisticsQuery query;
    query.window = window;
    out += words_of(store->statistics(query));
    query.queues = {"p*", "email"};
    out += words_of(store->statistics(query));
  }
  PeekQuery peek;
  peek.why = true;
  peek.count = 7;
  out += words_of(store->peek(peek));
  for (const Untrusted& queue : store->queues({})) out += queue.raw() + ' ';
  JobQuery children = everything();
  for (const char* parent : {"id-1", "id-40", "id-999999", "\xff"}) {
    children.filter.parents = {parent};
    out += "\nchildren of "s + parent + ": " + ids_of(store->list(children).jobs);
  }
  return out;
}

/// Bytes that this process has read from files so far.
std::uint64_t bytes_read() {
  std::ifstream counters("/proc/self/io");
  std::string name;
  std::uint64_t bytes = 0;
  counters >> name >> bytes;
  REQUIRE(name == "rchar:");
  return bytes;
}

/// What one question costs on a file of so many jobs.
template <typename Ask>
std::uint64_t cost_of(std::size_t jobs, Ask&& ask) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  write_jobs(file, jobs);
  const std::unique_ptr<JobStore> store = open_capture(file);
  const std::uint64_t before = bytes_read();
  ask(*store);
  return bytes_read() - before;
}

}  // namespace

TEST_CASE("what a capture keeps about its jobs gives the answers that looking at all of them gives") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  write_jobs(file, 400);
  const std::string now = answers_of(file);
  make_older(file);
  CHECK(answers_of(file) == now);
  CHECK(now.find("completed ") != std::string::npos);
  CHECK(now.find("not-next ") != std::string::npos);
  CHECK(now.find("children of id-40: id-80 id-81 ") != std::string::npos);
}

TEST_CASE("questions to a capture of four times as many jobs read little more") {
  const auto grows_little = [](const char* question, auto&& ask) {
    CAPTURE(question);
    const std::uint64_t small = cost_of(12'000, ask), large = cost_of(48'000, ask);
    CAPTURE(small);
    CAPTURE(large);
    CHECK(2 * large < 3 * small + 65'536);
  };
  grows_little("how many", [](JobStore& store) { store.statistics({}); });
  grows_little("what happened lately", [](JobStore& store) {
    StatisticsQuery query;
    query.window = std::chrono::minutes(60);
    store.statistics(query);
  });
  grows_little("which queues", [](JobStore& store) { store.queues({}); });
  grows_little("what is next", [](JobStore& store) {
    PeekQuery query;
    query.count = 5;
    store.peek(query);
  });
  grows_little("whose parent", [](JobStore& store) {
    JobQuery query = everything(JobOrder::newest);
    query.filter.parents = {"id-40"};
    store.list(query);
  });
  grows_little("by id", [](JobStore& store) {
    JobQuery query = everything(JobOrder::newest);
    query.filter.ids = {"id-7777"};
    store.list(query);
  });
  grows_little("whose error says", [](JobStore& store) {
    JobQuery query = everything(JobOrder::newest);
    query.filter.errors = {"too long"};
    CHECK(store.list(query).jobs.size() >= 3);
  });
}

TEST_CASE("jobs are counted right however many queues there are") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  constexpr std::size_t queues = 5'000;  // more than are counted in memory
  for (std::size_t i = 0; i < 3 * queues; ++i) {
    Job job = bare_job("id-" + std::to_string(i));
    job.queue = Untrusted("queue-" + std::to_string(i % queues));
    job.created_at = at(1'700'000'000'000'000 + static_cast<std::int64_t>(i));
    if (i / queues == 1) job.state = JobState::failed;
    writer.add(job);
  }
  writer.finish();
  const Statistics statistics = open_capture(file)->statistics({});
  REQUIRE(statistics.queues.size() == queues);
  for (const QueueStatistics& queue : statistics.queues) {
    REQUIRE(queue.states.size() == 2);
    CHECK(queue.states[0].state == JobState::pending);
    CHECK(queue.states[0].count.value == 2);
    CHECK(*queue.states[0].newest - *queue.states[0].oldest == std::chrono::microseconds(2 * queues));
    CHECK(queue.states[1].state == JobState::failed);
    CHECK(queue.states[1].count.value == 1);
  }
}

TEST_CASE("an index over a column that no job fills is there, and one that a late job fills is whole") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  for (std::size_t i = 0; i < 3'000; ++i) {
    Job job = bare_job("id-" + std::to_string(i));
    if (i % 1'000 == 999) job.workflow_id = Untrusted("nightly");
    writer.add(job);
  }
  writer.finish();
  const test::SqliteFile copy;
  std::filesystem::copy_file(file, copy.path(), std::filesystem::copy_options::overwrite_existing);
  // INDEXED BY fails where the index is not there.
  copy.run(R"sql(
    CREATE TABLE told (late INTEGER CHECK (late = 3), none INTEGER CHECK (none = 0));
    INSERT INTO told SELECT (SELECT count(*) FROM jobs INDEXED BY jobs_workflow_id WHERE workflow_id IS NOT NULL),
      (SELECT count(*) FROM jobs INDEXED BY jobs_batch_id WHERE batch_id IS NOT NULL);
    CREATE TABLE whole (result TEXT CHECK (result = 'ok')); INSERT INTO whole SELECT * FROM pragma_integrity_check)sql");
}
