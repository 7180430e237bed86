// A queue that has its tables to itself, as PGMQ's do: one relation over all of them, and ids that each queue counts.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/open.hpp"
#include "tests/support/postgres_server.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;

namespace {

constexpr std::array live_fields{SqlFieldRule{SqlField::id, "j.queue || '/' || j.msg_id"},
                                 SqlFieldRule{SqlField::queue, "j.queue"}, SqlFieldRule{SqlField::created_at, "j.at"}};
constexpr std::array live_states{SqlStateRule{JobState::scheduled, "", "j.vt > now() AND j.reads = 0", "", "delayed"},
                                 SqlStateRule{JobState::running, "", "j.vt > now()", "", "leased"},
                                 SqlStateRule{JobState::pending, "", "", "", "visible"}};
constexpr std::array archive_states{SqlStateRule{JobState::completed, "", "", "", "archived"}};
constexpr std::array carriers{SqlCarrier{.document = "j.headers"}};
constexpr SqlTableFamily queues{"SELECT m.queue_name, 'q_' || lower(m.queue_name) FROM {family_meta} m ORDER BY 1",
                                "msg_id=int8 reads=int4 at=timestamptz vt=timestamptz headers=jsonb"};
constexpr SqlTableFamily archives{"SELECT m.queue_name, 'a_' || lower(m.queue_name) FROM {family_meta} m ORDER BY 1",
                                  "msg_id=int8 reads=int4 at=timestamptz vt=timestamptz headers=jsonb"};
constexpr std::array relations{SqlRelation{.name = "queues",
                                           .table = "q_",
                                           .family = &queues,
                                           .fields = live_fields,
                                           .states = live_states,
                                           .carriers = carriers},
                               SqlRelation{.name = "archives",
                                           .table = "a_",
                                           .family = &archives,
                                           .fields = live_fields,
                                           .states = archive_states,
                                           .carriers = carriers}};
constexpr std::array<std::string_view, 1> tables{"family_meta"};
constexpr std::array newest{SqlOrderKey{"j.at", SqlType::time, true}, SqlOrderKey{"j.queue"},
                            SqlOrderKey{"j.msg_id", SqlType::integer}};
constexpr std::array storage{SqlOrderKey{"j.queue"}, SqlOrderKey{"j.msg_id", SqlType::integer}};

constexpr SqlSystem make() {
  SqlSystem system;
  system.info.name = "families";
  system.info.title = "Families";
  system.probe = "family_meta.queue_name";
  system.tables = tables;
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.ids_by_queue = true;
  system.id_expression = "j.msg_id";
  system.newest = newest;
  system.storage = storage;
  return system;
}
constexpr SqlSystem families = make();
static_assert(consistent(families));

/// Three queues: one of an older shape without headers, one whose tables are gone, and names that need care.
constexpr const char* rows =
    "CREATE TABLE family_meta (queue_name text);"
    "INSERT INTO family_meta VALUES ('old'), ('It''s \"a\\b\"'), ('gone');"
    "CREATE TABLE q_old (msg_id bigint PRIMARY KEY, reads int, at timestamptz, vt timestamptz);"
    "CREATE TABLE a_old (msg_id bigint PRIMARY KEY, reads int, at timestamptz, vt timestamptz);"
    "CREATE TABLE \"q_it's \"\"a\\b\"\"\" (msg_id bigint PRIMARY KEY, headers jsonb, reads int, at timestamptz, vt "
    "timestamptz);"
    "CREATE TABLE \"a_it's \"\"a\\b\"\"\" (msg_id bigint PRIMARY KEY, headers jsonb, reads int, at timestamptz, vt "
    "timestamptz);"
    "CREATE TABLE q_none_of_ours (msg_id bigint);"
    "INSERT INTO q_old SELECT i, i % 2, '2026-01-01Z'::timestamptz + i * interval '1 s', CASE WHEN i <= 2 THEN now() + "
    "interval '1 hour' ELSE '2026-01-01Z' END FROM generate_series(1, 5) i;"
    "INSERT INTO a_old VALUES (6, 1, '2026-01-01Z', '2026-01-01Z');"
    "INSERT INTO \"q_it's \"\"a\\b\"\"\" VALUES (1, '{\"traceparent\": "
    "\"00-11111111111111111111111111111111-b7ad6b7169203331-01\"}', 0, '2026-01-02Z', '2026-01-01Z'), (3, NULL, 0, "
    "'2026-01-03Z', '2026-01-01Z')";

std::vector<std::string> ids(const std::vector<Job>& jobs) {
  std::vector<std::string> out;
  for (const Job& job : jobs) out.push_back(job.ref.id.raw());
  return out;
}

}  // namespace

TEST_CASE("tables of many queues are one relation; each queue has its own ids") {
  test::PostgresDatabase database;
  database.run(rows);
  const std::vector<std::unique_ptr<JobStore>> stores =
      open_stores(database.source(), Access::read, Catalogue{{&families}, {}});
  REQUIRE(stores.size() == 1);
  JobStore& store = *stores.front();
  const auto list = [&](const JobFilter& filter, JobOrder order = JobOrder::newest) {
    JobQuery query;
    query.filter = filter;
    query.order = order;
    query.page_size = 2;
    std::vector<Job> jobs;
    do {
      Page page = store.list(query);
      for (Job& job : page.jobs) jobs.push_back(std::move(job));
      query.after = page.next;
    } while (query.after);
    return jobs;
  };
  using Ids = std::vector<std::string>;
  const std::string quoted = "It's \"a\\b\"";
  CHECK(ids(list({})) == Ids{quoted + "/3", quoted + "/1", "old/5", "old/4", "old/3", "old/2", "old/1", "old/6"});
  CHECK(list({}, JobOrder::storage).size() == 8);
  JobFilter filter;
  filter.ids = {quoted + "/1"};
  CHECK(ids(list(filter)) == Ids{quoted + "/1"});
  filter.ids = {"3"};
  CHECK(ids(list(filter)) == Ids{quoted + "/3", "old/3"});
  filter = {};
  filter.queues = {"old"};
  filter.states = {{JobState::running, "running"}};
  CHECK(ids(list(filter)) == Ids{"old/1"});
  filter.states = {{std::nullopt, "delayed"}};
  CHECK(ids(list(filter)) == Ids{"old/2"});
  filter = {};
  filter.traces = {make_trace_query("11111111111111111111111111111111")};
  CHECK(ids(list(filter)) == Ids{quoted + "/1"});

  StatisticsQuery query;
  query.window = Milliseconds(0);
  std::string counts;
  for (const QueueStatistics& queue : store.statistics(query).queues)
    for (const StateStatistics& state : queue.states)
      counts +=
          queue.queue.raw() + " " + std::string(to_word(state.state)) + " " + std::to_string(state.count.value) + "; ";
  CHECK(counts == quoted + " pending 2; old pending 3; old scheduled 1; old running 1; old completed 1; ");
}

TEST_CASE("a family without tables is empty") {
  test::PostgresDatabase database;
  database.run("CREATE TABLE family_meta (queue_name text)");
  const std::vector<std::unique_ptr<JobStore>> stores =
      open_stores(database.source(), Access::read, Catalogue{{&families}, {}});
  REQUIRE(stores.size() == 1);
  CHECK(stores.front()->list({}).jobs.empty());
}

TEST_CASE("names that need quotes are read in braces and in needs") {
  const LiveSchema schema{
      "s", std::nullopt, {{"My \"own\" jobs", {{"created at", "timestamptz"}, {"a.b", "text"}}}}, {}};
  CHECK(schema.meets("\"My \"\"own\"\" jobs\".\"created at\"=timestamptz \"My \"\"own\"\" jobs\".", "x", ""));
  CHECK(schema.meets("\"a.b\"=text !\"a b\"", "My \"own\" jobs", ""));
  CHECK_FALSE(schema.meets("\"created at\"=text", "My \"own\" jobs", ""));
  CHECK(expand_names("FROM {\"My \"\"own\"\" jobs\"} WHERE x = '{\"a\",\"b\"}' AND y = '{\"k\": 1}'", "s", {}) ==
        "FROM \"s\".\"My \"\"own\"\" jobs\" WHERE x = '{\"a\",\"b\"}' AND y = '{\"k\": 1}'");
  CHECK(quoted_literal(SqlFlavour::postgresql, "it's \\") == "E'it''s \\\\'::text");
  CHECK(quoted_literal(SqlFlavour::sqlite, "it's \\") == "'it''s \\'");
}
