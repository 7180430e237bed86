// Statement texts for a small system of our own: what reaches the server is constant text, all data is bound.
#include <doctest/doctest.h>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/cursor.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/identifier_conditions.hpp"
#include "backends/engines/sql/payload_reader.hpp"
#include "backends/engines/sql/select_builder.hpp"
#include "model/error.hpp"

using namespace queuetrace;

namespace {

constexpr std::array fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                            SqlFieldRule{SqlField::native_state, "j.state"},
                            SqlFieldRule{SqlField::error, "j.message", "message"},
                            SqlFieldRule{SqlField::error, "j.error"}};
constexpr std::array states{SqlStateRule{JobState::blocked, "'todo'", "j.held"},
                            SqlStateRule{JobState::pending, "'todo'"}, SqlStateRule{JobState::completed, "'done'"}};
constexpr std::array traces{SqlTraceRule{.expression = "j.trace"}};
constexpr std::array relations{SqlRelation{
    .name = "jobs", .table = "jobs", .fields = fields, .state = "j.state", .states = states, .traces = traces}};
constexpr std::array newest{SqlOrderKey{"j.created", SqlType::time, true}, SqlOrderKey{"j.id", SqlType::integer}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

constexpr SqlSystem make(SqlFlavour flavour) {
  SqlSystem system;
  system.info.name = "mine";
  system.info.title = "Mine";
  system.flavour = flavour;
  system.probe = "id queue state";
  system.relations = relations;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.newest = newest;
  system.storage = storage;
  return system;
}
constexpr SqlSystem on_postgresql = make(SqlFlavour::postgresql), on_sqlite = make(SqlFlavour::sqlite);
static_assert(consistent(on_postgresql));
static_assert(!consistent(SqlSystem{}));

BoundSystem bind(const SqlSystem& system) {
  LiveSchema schema{"main", 1, {{"jobs", {{"id", "int8"}, {"error", "text"}, {"tags", "_text"}}}}, {}};
  return bind_system(system, schema, "new");
}

}  // namespace

TEST_CASE("children are looked for in the parents and causation of a row, or by the rules that say where they are") {
  static constexpr std::array linked_fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::parents, "j.up"},
                                            SqlFieldRule{SqlField::causation_id, "j.cause"},
                                            SqlFieldRule{SqlField::batch_id, "j.batch"}};
  static constexpr std::array linked{SqlRelation{.name = "jobs", .table = "jobs", .fields = linked_fields}};
  static constexpr std::array rules{
      SqlTraceRule{.kind = SqlTraceRule::Kind::parent, .expression = "j.parents", .list = true}};
  static constexpr std::array ruled{
      SqlRelation{.name = "jobs", .table = "jobs", .fields = linked_fields, .traces = rules}};
  const auto text = [](SqlSystem system, std::span<const SqlRelation> relations_of_it, const JobFilter& filter) {
    system.relations = relations_of_it;
    const BoundSystem bound = bind(system);
    Parameters parameters;
    std::vector<std::string> unsupported;
    const Conditions conditions = make_conditions(filter, bound, bound.relations.front(), parameters, unsupported);
    CHECK(unsupported.empty());
    if (conditions.nothing) return std::string("nothing");
    return all_of(conditions.indexed.empty() ? conditions.scanned : conditions.indexed);
  };
  JobFilter filter;
  filter.parents = {"7", "it's"};
  CHECK(text(on_postgresql, linked, filter) ==
        "(EXISTS (SELECT 1 FROM jsonb_array_elements_text(CASE WHEN left((j.up)::text, 1) = '[' THEN "
        "(j.up)::text::jsonb END) member WHERE member = ANY($1::text[])) OR (j.cause)::text = ANY($1::text[]))");
  CHECK(text(on_sqlite, linked, filter) ==
        "(EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(j.up) THEN j.up END) member WHERE member.value IN "
        "(SELECT value FROM json_each($1))) OR j.cause IN (SELECT value FROM json_each($1)))");
  CHECK(text(on_postgresql, ruled, filter) == "j.parents && $1::bigint[]");
  filter.parents = {"it's"};
  CHECK(text(on_postgresql, ruled, filter) == "nothing");  // no number
  CHECK(text(on_postgresql, relations, filter) == "nothing");
  filter = {};
  filter.batches = {"b"};
  CHECK(text(on_postgresql, linked, filter) == "(j.batch)::text = ANY($1::text[])");
  CHECK(text(on_postgresql, relations, filter) == "nothing");
}

TEST_CASE("needs are met by columns, types, tables and the variant") {
  const LiveSchema schema{"s", std::nullopt, {{"jobs", {{"id", "uuid"}}}, {"other", {{"at", "timestamptz"}}}}, {}};
  CHECK(schema.meets("", "jobs", ""));
  CHECK(schema.meets("id=uuid other.at other. !third. !id=int8 @x !@y", "jobs", "x"));
  CHECK_FALSE(schema.meets("id other.id", "jobs", ""));
  CHECK_FALSE(schema.meets("!id", "jobs", ""));
  CHECK_FALSE(schema.meets("id=text", "jobs", ""));
}

TEST_CASE("tables are qualified, patterns and empty arrays left alone") {
  CHECK(expand_names("FROM {jobs} WHERE a ~ '^x{8}$' AND b = '{}'", "my \"s\"", {}) ==
        "FROM \"my \"\"s\"\"\".\"jobs\" WHERE a ~ '^x{8}$' AND b = '{}'");
}

TEST_CASE("settings are whole numbers within their bounds") {
  static constexpr std::array settings{SqlSetting{"ttl", 60, 1, 3600}, SqlSetting{"most", 0, 0, 10}};
  SqlSystem system = on_postgresql;
  system.settings = settings;
  Source source;
  source.name = "mine";
  CHECK(read_settings(system, source) == SqlSettings{{"alert_age", 3600}, {"most", 0}, {"ttl", 60}});
  source.keys = {{"ttl", "90"}, {"other", "x"}};
  source.alert_age = std::chrono::minutes(150);
  const SqlSettings given = read_settings(system, source);
  CHECK(expand_names("a > {=ttl} AND b < {=most} AND c = '{=none}' AND d > {=alert_age}", "s", given) ==
        "a > 90 AND b < 0 AND c = '{=none}' AND d > 9000");
  CHECK(expand_names("due for over {~alert_age}, {~ttl} or {~none}", "s", given) ==
        "due for over 2h30m, 90s or {~none}");
  for (const char* bad : {"", "0", "3601", "6e1", " 60", "60; DROP TABLE jobs", "99999999999999999999"}) {
    CAPTURE(bad);
    source.keys = {{"ttl", bad}};
    CHECK_THROWS_WITH_AS(read_settings(system, source), "source 'mine': ttl must be a whole number from 1 to 3600",
                         Error);
  }
}

TEST_CASE("the first expression whose needs are met is used") {
  CHECK(bind(on_postgresql).relations.front().field(SqlField::error) == "j.error");
}

TEST_CASE("a listing: bound values, rows of the indexed condition first") {
  JobFilter filter;
  filter.traces.emplace_back().typed = "x'; DROP";
  filter.traces.back().spellings = {"x'; DROP", "y\"\\"};
  filter.queues = {"a*"};
  const JobSelect select =
      build_list(bind(on_postgresql), filter, JobOrder::newest, RowDetail::usual, {0, {"2026-01-01Z", "7"}}, 3);
  CHECK(select.statement.text.find("DROP") == std::string::npos);
  CHECK(select.statement.text.find("WITH found AS MATERIALIZED (SELECT j.* FROM \"main\".\"jobs\" j WHERE j.trace = "
                                   "ANY($1::text[])) SELECT j.* FROM found j WHERE j.queue LIKE $2::text AND "
                                   "(j.created <= $4::timestamptz AND (j.created < $4::timestamptz OR j.id > "
                                   "$3::bigint)) ORDER BY j.created DESC, j.id LIMIT 3) j") != std::string::npos);
  CHECK(select.statement.parameters ==
        std::vector<std::optional<std::string>>{R"({"x'; DROP","y\"\\"})", "a%", "7", "2026-01-01Z"});
  const JobSelect other = build_list(bind(on_sqlite), filter, JobOrder::newest, RowDetail::usual, {}, 3);
  CHECK(other.statement.text.find("j.trace IN (SELECT value FROM json_each($1))") != std::string::npos);
  CHECK(other.statement.parameters[0] == R"(["x'; DROP","y\"\\"])");
}

TEST_CASE("what a row's columns are made of is asked for once, and a time that may not count says so beside it") {
  static constexpr std::array timed_fields{
      SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::native_state, "j.state"},
      SqlFieldRule{SqlField::created_at, "j.made"}, SqlFieldRule{SqlField::started_at, "j.begun"}};
  static constexpr std::array waits{SqlTiming{"j.made", "j.begun", "j.state <> 'todo'"}};
  static constexpr std::array runs{SqlTiming{"j.begun", "now()", "j.state <> 'todo'"}};
  static constexpr std::array timed{SqlRelation{.name = "jobs",
                                                .table = "jobs",
                                                .fields = timed_fields,
                                                .state = "j.state",
                                                .states = states,
                                                .wait = waits,
                                                .run = runs}};
  SqlSystem system = on_postgresql;
  system.relations = timed;
  const JobSelect select = build_list(bind(system), {}, JobOrder::storage, RowDetail::usual, {}, 3);
  const auto times_named = [&](std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = select.statement.text.find(what, at)) != std::string::npos; ++at) ++count;
    return count;
  };
  CHECK(times_named("j.made") == 1);
  CHECK(times_named("j.begun") == 1);
  CHECK(times_named("(j.state)::text") == 1);
  CHECK(times_named("now()") == 1);
  CHECK(select.layout.wait.from == select.layout.fields[static_cast<std::size_t>(SqlField::created_at)]);
  CHECK(select.layout.wait.until == select.layout.run.from);
  CHECK(select.layout.wait.valid >= 0);
  CHECK(select.layout.wait.valid == select.layout.run.valid);
}

TEST_CASE("a fact that no table has matches nothing") {
  JobFilter filter;
  filter.workers = {"w"};
  const JobSelect select = build_list(bind(on_postgresql), filter, JobOrder::newest, RowDetail::usual, {}, 3);
  CHECK(select.statement.text.empty());
  REQUIRE(select.unsupported.size() == 1);
  CHECK(select.unsupported.front() == "Mine has no workers in its jobs table (jobs): nothing there can match");
}

TEST_CASE("globs, paths and times as parameters of each flavour") {
  using enum SqlFlavour;
  CHECK(pattern_value(postgresql, R"(a*b?c%_[*]\x)") == R"(a%b_c\%\_*\\x)");
  CHECK(pattern_value(sqlite, R"(a*b?[[*]\)") == R"(a*b?[[][*]\)");
  CHECK(path_value(postgresql, {"a.b", "0"}) == R"({"a.b","0"})");
  CHECK(path_value(sqlite, {"a\"b", "0"}) == R"($."a\"b"[0])");
  CHECK(time_value(postgresql, *parse_timestamp("2026-01-02T03:04:05.678901Z")) == "2026-01-02T03:04:05.678901Z");
  CHECK(time_value(postgresql, *parse_timestamp("1969-12-31T23:59:59.999999Z")) == "1969-12-31T23:59:59.999999Z");
  CHECK(time_value(postgresql, infinite_future) == "infinity");
  CHECK(time_value(postgresql, infinite_past) == "-infinity");
  const std::chrono::sys_days first = std::chrono::year(1) / 1 / 1, earliest = std::chrono::year(-4713) / 11 / 24;
  CHECK(time_value(postgresql, first) == "0001-01-01T00:00:00.000000Z");
  CHECK(time_value(postgresql, first - std::chrono::microseconds(1)) == "0001-12-31 23:59:59.999999+00 BC");
  CHECK(time_value(postgresql, earliest) == "4714-11-24 00:00:00.000000+00 BC");
  CHECK(time_value(postgresql, earliest - std::chrono::microseconds(1)) == "-infinity");
  CHECK(time_value(sqlite, *parse_timestamp("1970-01-01T00:00:01Z")) == "1000000");
}

TEST_CASE("prefixes of a UUID are ranges") {
  const auto [first, last] = uuid_range("0AF7-65");
  CHECK(first == "0af76500-0000-0000-0000-000000000000");
  CHECK(last == "0af765ff-ffff-ffff-ffff-ffffffffffff");
  CHECK(uuid_range("0af").first.empty());
  CHECK(uuid_range("order-1").first.empty());
}

TEST_CASE("cursors survive any text and refuse what is none") {
  const Position position = read_cursor(write_cursor({1, {"2026-01-01 00:00:00.000001+00", "a\"b"}}), 2, 2);
  CHECK(position.relation == 1);
  CHECK(position.keys == std::vector<std::string>{"2026-01-01 00:00:00.000001+00", "a\"b"});
  for (const char* text : {"", "x", "[]", "[2]", "[-1]", "[0,1,2]", "[0,\"a\"]", "{}", "[0,\"a\",\"b\",\"c\"]"})
    CHECK_THROWS_AS(read_cursor(text, 2, 2), Error);
}

TEST_CASE("payloads: raw and damaged packed bytes") {
  std::optional<std::string> problem;
  CHECK(read_payload("7b7d", "hex", std::nullopt, problem).text.raw() == "{}");
  CHECK_FALSE(problem);
  CHECK(read_payload("1f8b08", "hex", 10, problem).text.raw().empty());
  CHECK(problem);
  CHECK(read_payload("\xff", "binary", std::nullopt, problem).form == Payload::Form::binary);
}
