// Hammerwork on a real server: the fixtures, row by row, and what only this system has.
#include <doctest/doctest.h>

#include "model/error.hpp"
#include "tests/systems/hammerwork/fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using Json = nlohmann::json;

namespace {

std::vector<std::string> all_ids(JobStore& store, JobQuery query) {
  std::vector<std::string> ids;
  for (int pages = 0; pages < 1000; ++pages) {
    const Page page = store.list(query);
    for (const std::string& id : ids_of(page.jobs)) ids.push_back(id);
    if (!page.next) return ids;
    query.after = page.next;
  }
  FAIL("the listing does not end");
  return ids;
}

Json text_or_null(const std::optional<Untrusted>& text) { return text ? Json(text->raw()) : Json(); }
Json time_or_null(const std::optional<Timestamp>& time) { return time ? Json(to_rfc3339(*time)) : Json(); }

Json value_of(const Job& job, const std::string& field) {
  if (field == "state") return std::string(to_word(job.state));
  if (field == "native_state") return text_or_null(job.native_state);
  if (field == "queue") return text_or_null(job.queue);
  if (field == "kind") return text_or_null(job.kind);
  if (field == "error") return text_or_null(job.error);
  if (field == "trace_id") return text_or_null(job.trace.trace_id);
  if (field == "correlation_id") return text_or_null(job.trace.correlation_id);
  if (field == "parent_span_id") return text_or_null(job.trace.parent_span_id);
  if (field == "workflow_id") return text_or_null(job.workflow_id);
  if (field == "attempts") return job.attempts ? Json(*job.attempts) : Json();
  if (field == "max_attempts") return job.max_attempts ? Json(*job.max_attempts) : Json();
  if (field == "created_at") return time_or_null(job.created_at);
  if (field == "started_at") return time_or_null(job.started_at);
  if (field == "finished_at") return time_or_null(job.finished_at);
  if (field == "wait_ms") return job.wait ? Json(job.wait->count()) : Json();
  if (field == "run_ms") return job.run ? Json(job.run->count()) : Json();
  if (field == "priority") return job.priority ? Json(std::get<std::int64_t>(*job.priority)) : Json();
  if (field == "trace_status")
    return job.trace.status == TraceStatus::w3c ? "w3c" : job.trace.status == TraceStatus::opaque ? "opaque" : "absent";
  if (field == "parents") {
    Json list;
    for (const Untrusted& parent : job.parents) list.push_back(parent.raw());
    return list;
  }
  return "no such field: " + field;
}

std::vector<std::string> note_codes(const Job& job) {
  std::vector<std::string> codes;
  for (const Note& note : job.notes) codes.push_back(note.code);
  return codes;
}

void check_fixture(const std::string& name) {
  Fixture fixture(name);
  JobQuery query;
  query.page_size = 4;
  query.payload = true;
  CHECK(all_ids(*fixture.store, query) == fixture.expected["newest_first"].get<std::vector<std::string>>());
  query.page_size = 100;
  const Page page = fixture.store->list(query);
  CHECK(page.warnings.empty());
  for (const auto& [id, fields] : fixture.expected["jobs"].items()) {
    const Job& job = find(page.jobs, id);
    for (const auto& [field, value] : fields.items()) {
      CAPTURE(id);
      CAPTURE(field);
      CHECK(value_of(job, field) == value);
    }
  }
  PeekQuery peek;
  peek.why = true;
  const PeekResult next = fixture.store->peek(peek);
  Json queues = Json::object(), reasons = Json::object();
  for (const PeekQueue& queue : next.queues) {
    queues[queue.queue.raw()] = ids_of(queue.next);
    for (const Waiting& waiting : queue.waiting) reasons[queue.queue.raw()][waiting.reason] = *waiting.count;
  }
  CHECK(queues == fixture.expected["peek"]);
  CHECK(reasons == fixture.expected["waiting"]);

  const Statistics statistics = fixture.store->statistics({});
  Json counts;
  for (const QueueStatistics& queue : statistics.queues)
    for (const StateStatistics& state : queue.states)
      counts[queue.queue.raw()][std::string(to_word(state.state))] = state.count.value;
  CHECK(counts == fixture.expected["counts"]);

  // Every state filter finds exactly the jobs that show this state.
  for (const JobState state : all_job_states) {
    std::vector<std::string> wanted;
    for (const Job& job : page.jobs)
      if (job.state == state) wanted.push_back(job.ref.id.raw());
    JobQuery filtered;
    filtered.filter.states = {{state, std::string(to_word(state))}};
    CAPTURE(to_word(state));
    CHECK(ids_of(fixture.store->list(filtered).jobs) == wanted);
  }
}

}  // namespace

TEST_CASE("hammerwork dialect A: quoted states, jsonb dependencies") { check_fixture("dialect_a"); }
TEST_CASE("hammerwork dialect B: the same job in jobs and archive is one job") { check_fixture("dialect_b"); }
TEST_CASE("hammerwork dialect C: leases and a moving archive") { check_fixture("dialect_c"); }

TEST_CASE("hammerwork: payloads, encryption, extra") {
  Fixture fixture("dialect_c");
  fixture.database.run("ALTER TABLE hammerwork_jobs ADD COLUMN shard int; UPDATE hammerwork_jobs SET shard = 5");
  fixture.open();
  JobQuery query;
  query.payload = true;
  const Page page = fixture.store->list(query);
  const Job& encrypted = find(page.jobs, job_id(22));
  REQUIRE(encrypted.payload);
  CHECK(encrypted.payload->form == Payload::Form::encrypted);
  CHECK(encrypted.payload->text.raw() == "encrypted (key main, AES256GCM), 10 bytes");
  CHECK(find(page.jobs, job_id(20)).payload->text.raw() == R"({"archived": true, "n": 20})");
  CHECK(find(page.jobs, job_id(20)).payload->size == 27);
  CHECK(find(page.jobs, job_id(21)).payload->text.raw() == R"({"n": 21})");
  const Job& first = find(page.jobs, job_id(1));
  CHECK(first.payload->text.raw() == R"({"n": 1})");
  CHECK(first.payload->size == 8);
  bool has_shard = false, has_context = false;
  for (const Field& field : first.extra) {
    if (field.name == "shard") has_shard = std::get<std::int64_t>(field.value) == 5;
    if (field.name == "span_context")
      has_context = std::get<Untrusted>(field.value).raw() == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  }
  CHECK(has_shard);
  CHECK(has_context);
  query.payload = false;
  CHECK_FALSE(fixture.store->list(query).jobs.front().payload);
  CHECK(note_codes(find(page.jobs, job_id(8))) == std::vector<std::string>{"quoted-state"});
  CHECK(note_codes(find(page.jobs, job_id(10))) == std::vector<std::string>{"stale"});
  CHECK(note_codes(find(page.jobs, job_id(18))) == std::vector<std::string>{"queue-paused"});
  CHECK(note_codes(find(page.jobs, job_id(20))) == std::vector<std::string>{"archived"});
}

TEST_CASE("hammerwork: statistics") {
  Fixture fixture("dialect_c");
  fixture.database.run(
      "UPDATE hammerwork_jobs SET started_at = now() - interval '10 s', completed_at = now() - "
      "interval '7 s', created_at = now() - interval '12 s', scheduled_at = now() - interval '11 s' "
      "WHERE id = '" +
      job_id(11) + "'");
  const Statistics statistics = fixture.store->statistics({});
  REQUIRE(statistics.queues.size() == 4);
  CHECK(statistics.queues[0].queue.raw() == "email");
  CHECK(statistics.queues[0].paused == false);
  CHECK(statistics.queues[0].stale->value == 1);
  CHECK(statistics.queues[0].run->samples == 1);
  CHECK(statistics.queues[0].run->p99 == Milliseconds(3000));
  CHECK(statistics.queues[0].wait->samples == 1);
  CHECK(statistics.queues[0].wait->maximum == Milliseconds(1000));
  CHECK(*statistics.queues[0].completed_per_minute == doctest::Approx(1.0 / 60));
  CHECK(statistics.queues[0].coverage->w3c == 1);
  CHECK(statistics.queues[0].coverage->opaque == 2);
  CHECK(statistics.queues[1].queue.raw() == "empty and paused");
  CHECK(statistics.queues[1].paused == true);
  CHECK(statistics.queues[1].states.empty());
}

TEST_CASE("hammerwork: peek --why names queues in which every job waits, and paused ones without jobs") {
  Fixture fixture("dialect_c");
  fixture.database.run(
      "DELETE FROM hammerwork_jobs WHERE queue_name <> 'email';"
      "UPDATE hammerwork_jobs SET queue_name = 'later', status = 'Pending', attempts = 0, cron_schedule = NULL, "
      "dependency_status = 'none', scheduled_at = now() + interval '1 hour';"
      "DELETE FROM hammerwork_queue_pause;"
      "INSERT INTO hammerwork_queue_pause (queue_name, paused_by) VALUES ('empty', 'cli')");
  const auto names = [](const PeekResult& result) {
    std::string text;
    for (const PeekQueue& queue : result.queues) text += queue.queue.raw() + " ";
    return text;
  };
  PeekQuery query;
  CHECK(names(fixture.store->peek(query)) == "");
  query.why = true;
  const PeekResult why = fixture.store->peek(query);
  CHECK(names(why) == "empty later ");
  REQUIRE(why.queues.size() == 2);
  REQUIRE(why.queues[1].waiting.size() == 1);
  CHECK(why.queues[1].waiting[0].reason == "scheduled");
}

TEST_CASE("hammerwork: check") {
  Fixture fixture("dialect_c");
  fixture.database.run("DROP INDEX idx_hammerwork_jobs_trace_id");
  const StoreCheck check = fixture.store->check({});
  CHECK(check.server.starts_with("PostgreSQL "));
  CHECK(check.version == "schema 021, dialect C");
  CHECK(check.capabilities.trace == Lookup::indexed);
  bool missing = false, quoted = false;
  for (const Finding& finding : check.findings) {
    if (finding.subject == "index on hammerwork_jobs (trace_id)")
      missing = finding.remedy ==
                "CREATE INDEX CONCURRENTLY idx_hammerwork_jobs_trace_id ON "
                "\"public\".\"hammerwork_jobs\" (trace_id) WHERE trace_id IS NOT NULL";
    if (finding.code == "quoted-state") quoted = finding.severity == Finding::Severity::problem;
  }
  CHECK(missing);
  CHECK(quoted);
}
