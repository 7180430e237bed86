// Tables that a configuration describes: names and values of any kind, what does not fit, several tables, changes,
// lookups.
#include "tests/systems/described/described_store.hpp"

#include "model/time.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using Kind = DescribedStore::Kind;

namespace {

constexpr const char* odd_table = R"sql(
CREATE TABLE "My ""odd"".jobs; --" ("The 'id'" text PRIMARY KEY, "a.b" text, "Word" text, "x}" text);
INSERT INTO "My ""odd"".jobs; --" VALUES
  ('1', 'q', 'it''s', NULL), ('2', 'q', 'a\b', NULL), ('3', '{jobs}', '{"My jobs"}', NULL), ('4', 'q', 'a", DROP', NULL),
  ('5', 'q', NULL, NULL);
)sql";

/// `family` is put in.
std::string odd_description(const std::string& family, const std::string& more = "") {
  return "[systems.odd]\nfamily = \"" + family + "\"\nschema = \"" + (family == "sqlite" ? "main" : "public") + R"toml("
table = "My \"odd\".jobs; --"
id = "The 'id'"
columns = { queue = "a.b"}
states = [
  { name = "quote's", state = "pending", when = { Word = "it's" } },
  { name = "back\\slash", state = "running", when = { Word = "a\\b" } },
  { name = "{braces}", state = "completed", when = { Word = ["{\"My jobs\"}", "no such"] } },
  { name = "rest", state = "dead", when = { Word = "set", "a.b" = "q" } },
]
)toml" + more;
}

}  // namespace

TEST_CASE("names and values of any kind are quoted") {
  for (const Kind kind : {Kind::postgresql, Kind::sqlite}) {
    CAPTURE(static_cast<int>(kind));
    const DescribedStore on(kind, odd_table);
    const auto stores = on.open(odd_description(kind == Kind::sqlite ? "sqlite" : "postgresql"));
    REQUIRE(stores.size() == 1);
    JobStore& store = *stores.front();
    CHECK(states_of(jobs_of(store)) ==
          "1 pending quote's, 2 running back\\slash, 3 completed {braces}, 4 dead rest, 5 unknown -");
    JobFilter filter;
    filter.queues = {"{jobs}"};
    CHECK(states_of(jobs_of(store, filter)) == "3 completed {braces}");
    filter = {};
    filter.states = {{std::nullopt, "QUOTE'S"}};
    CHECK(states_of(jobs_of(store, filter)) == "1 pending quote's");
    filter.states = {{JobState::unknown, "unknown"}};
    CHECK(states_of(jobs_of(store, filter)) == "5 unknown -");
    std::string counted;
    for (const QueueStatistics& queue : store.statistics({}).queues) counted += queue.queue.raw() + ";";
    CHECK(counted == "q;{jobs};");
    bool told = false;
    for (const Finding& finding : store.check({}).findings) told = told || finding.code == "no-rule-fits";
    CHECK(told);
    CHECK_NOTHROW(store.diagnose({}));
    CHECK_NOTHROW(store.queues({}));
    CHECK_NOTHROW(store.peek({}));
  }
}

TEST_CASE("what does not fit the tables is told at once, each with its line") {
  const DescribedStore on(
      Kind::postgresql,
      "CREATE TYPE word AS ENUM ('new', 'done'); CREATE TABLE t (id bigint PRIMARY KEY, queue text, "
      "state word, n integer, j json, w text, at text, \"x}\" text);"
      "CREATE TABLE u (id bigint PRIMARY KEY)");
  const auto told = [&](const std::string& body) { return on.refusal("[systems.mine]\n" + body); };
  const std::string head = "[systems.mine] does not fit the tables of source 'store': ";
  const std::string one = head + "1 problem\n";
  const std::string plain = "family = \"postgresql\"\ntable = \"t\"\nid = \"id\"\n";
  const std::string rest = "states = [ { name = \"all\", state = \"pending\" } ]\n";
  CHECK(told(plain + rest) == "");
  CHECK(told("family = \"postgresql\"\ntable = \"t\"\nid = \"key\"\n" + rest) ==
        one + "line 3: id: the table has no column for 'key'");
  CHECK(told(plain + rest +
             "columns = { queue = \"topic\", created_at = \"n\", scheduled_at = \"at\", kind = \"x}\" }\n") ==
        head +
            "4 problems\n"
            "line 3: columns.queue: the table has no column for 'topic'\n"
            "line 3: columns.kind: 'x}': names with braces cannot be read\n"
            "line 3: columns.created_at: it holds numbers (say what they count since 1970: epoch = \"s\", \"ms\", "
            "\"us\" or \"ns\")\n"
            "line 3: columns.scheduled_at: a column of type text holds no times");
  CHECK(told(plain + "states = [\n{ name = \"a\", state = \"pending\", when = { state = \"gone\" } },\n"
                     "{ name = \"b\", state = \"pending\", when = { n = \"two\" } },\n"
                     "{ name = \"c\", state = \"dead\", when = { \"j.x\" = \"y\" } },\n"
                     "{ name = \"d\", state = \"dead\", when = { w = \"over 3\" } },\n"
                     "{ name = \"e\", state = \"running\", again_after = \"1m\", when = { n = 5 } },\n]\n") ==
        head +
            "4 problems\n"
            "line 6: states, rule 1 ('a'), state: 'gone' is not one of its labels: the column is of type word\n"
            "line 7: states, rule 2 ('b'), n: 'two' is not a whole number: the column is of type int4\n"
            "line 8: states, rule 3 ('c'), j.x: a path into a column of type json cannot tell states\n"
            "line 9: states, rule 4 ('d'), w: a column of type text holds no numbers");
  CHECK(told(plain + "states = [ { name = \"e\", state = \"running\", again_after = \"1m\", when = { n = 5 } } ]\n") ==
        one + "line 3: states: again_after needs columns.started_at: the time from which it counts");
  CHECK(told(plain + "states = [\n{ name = \"all\", state = \"pending\" },\n{ name = \"b\", state = \"dead\" } ]\n") ==
        one +
            "line 6: states, rule 1 ('all'): it fits every row, so the rules below it are never reached (move it to "
            "the end, or give it a condition)");
  CHECK(told(plain + rest + "trace = [\"gone.traceparent\"]\norder = [\"-n\", \"gone\"]\n") ==
        head +
            "2 problems\n"
            "line 3: trace 'gone.traceparent': the table has no column for 'gone.traceparent'\n"
            "line 3: order: the table has no column for 'gone'");
  CHECK(told(plain + rest + "order = [\"-n\", \"gone\"]\n") ==
        one + "line 3: order: the table has no column for 'gone'");
  CHECK(told("family = \"postgresql\"\nid = \"id\"\n" + rest +
             "[[systems.mine.tables]]\ntable = \"t\"\n[[systems.mine.tables]]\ntable = \"u\"\n") ==
        one +
            "line 8: ids of 't' and 'u' are both numbers, so that two jobs may share one (give one of them a prefix, "
            "such as prefix = \"failed-\")");
  CHECK(told(plain + rest + "zone = \"U'C\"\n") == one + "line 3: zone 'U'C' is not known here");
}

TEST_CASE("a description that is of no table here is passed over") {
  const DescribedStore on(Kind::postgresql, "CREATE TABLE t (id bigint PRIMARY KEY)");
  CHECK_THROWS_AS(on.open("[systems.mine]\nfamily = \"postgresql\"\ntable = \"elsewhere\"\nid = \"id\"\nstates = [ { "
                          "name = \"all\", state = \"pending\" } ]\n"),
                  Error);
}

TEST_CASE("several tables are one system, and their ids never meet") {
  for (const Kind kind : {Kind::postgresql, Kind::sqlite}) {
    CAPTURE(static_cast<int>(kind));
    const DescribedStore on(
        kind,
        "CREATE TABLE jobs (id integer PRIMARY KEY, queue text, queuetrace_id text, at integer); CREATE TABLE failed "
        "(id "
        "integer PRIMARY KEY, queue text, trace text, at integer); INSERT INTO jobs VALUES (1, 'a', 'x', 1767322860), "
        "(2, 'b', 'y', 1767322980); INSERT INTO failed VALUES (1, 'a', '11111111111111111111111111111111', "
        "1767322920), "
        "(3, 'b', NULL, NULL)");
    const auto stores = on.open(
        "[systems.mine]\nfamily = [\"postgresql\", \"sqlite\"]\nid = \"id\"\nepoch = \"s\"\ncolumns = { queue = "
        "\"queue\", created_at = \"at\" }\n[[systems.mine.tables]]\ntable = \"failed\"\nprefix = \"failed-\"\ntrace = "
        "[\"trace\"]\nstates = [ { name = \"failed\", state = \"dead\" } ]\n[[systems.mine.tables]]\ntable = "
        "\"jobs\"\nstates = [ { name = \"waiting\", state = \"pending\" } ]\norder = [\"id\"]\n");
    JobStore& store = *stores.front();
    CHECK(states_of(jobs_of(store)) ==
          "1 pending waiting, 2 pending waiting, failed-1 dead failed, failed-3 dead failed");
    JobQuery query;
    query.page_size = 1;
    std::string order;
    for (int page = 0; page < 10; ++page) {
      const Page one = store.list(query);
      for (const Job& job : one.jobs) order += job.ref.id.raw() + " ";
      if (!one.next) break;
      query.after = one.next;
    }
    CHECK(order == "2 failed-1 1 failed-3 ");
    JobFilter filter;
    filter.ids = {"failed-1"};
    CHECK(states_of(jobs_of(store, filter)) == "failed-1 dead failed");
    filter = {};
    filter.traces = {make_trace_query("11111111111111111111111111111111")};
    CHECK(states_of(jobs_of(store, filter)) == "failed-1 dead failed");
    filter = {};
    filter.queues = {"b"};
    CHECK(states_of(jobs_of(store, filter)) == "2 pending waiting, failed-3 dead failed");
  }
}

TEST_CASE("changes are refused with the reason") {
  const DescribedStore on(Kind::postgresql, "CREATE TABLE t (id bigint PRIMARY KEY)");
  const auto stores =
      on.open("[systems.mine]\n" + state_of("[ { name = \"all\", state = \"pending\" } ]"), Access::write);
  JobAdministration& administration = stores.front()->administration();
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel, ActionKind::erase, ActionKind::move}) {
    Action action;
    action.kind = kind;
    const ActionOffer offer = administration.offer(action);
    CHECK_FALSE(offer.possible);
    CHECK(offer.reason ==
          "jobs of 'mine' are read as the configuration describes them: how its workers expect changes is not known");
    CHECK(offer.nearest == "change them with the application's own means");
  }
  CHECK_FALSE(administration.offer_pause().possible);
}

TEST_CASE("a file whose rules call JSON functions is read, and not opened for changes") {
  const DescribedStore on(Kind::sqlite,
                          "PRAGMA trusted_schema = ON; CREATE TABLE t (id integer PRIMARY KEY, doc text CHECK "
                          "(json_valid(doc))); INSERT INTO t VALUES (1, '{}')");
  const std::string description = "[systems.mine]\n" + state_of("[ { name = \"all\", state = \"pending\" } ]");
  CHECK(states_of(jobs_of(*on.open(description).front())) == "1 pending all");
  try {
    on.open(description, Access::write).front()->administration();
    FAIL_CHECK("it was opened");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::refused);
  }
}

TEST_CASE("further columns are shown, whatever their values are") {
  const DescribedStore on(Kind::sqlite,
                          "CREATE TABLE t (id integer PRIMARY KEY, \"a'\"\"b\" text, n, x, y); INSERT INTO t VALUES "
                          "(1, 'it''s \"so\"', 2.5, x'00ff', NULL)");
  const auto stores = on.open("[systems.mine]\n" + state_of("[ { name = \"all\", state = \"pending\" } ]"));
  const std::map<std::string, Job> jobs = jobs_of(*stores.front());
  std::string told;
  for (const Field& field : jobs.at("1").extra) {
    told += field.name + " ";
    if (const auto* text = std::get_if<Untrusted>(&field.value)) told += text->raw();
    if (const auto* json = std::get_if<JsonText>(&field.value)) told += json->text.raw();
    told += ";";
  }
  CHECK(told == "a'\"b it's \"so\";n 2.5;x 00FF;");
}

TEST_CASE("the indexes that are advised serve lookups") {
  const DescribedStore on(Kind::postgresql,
                          "CREATE TABLE \"my {jobs\" (id bigint PRIMARY KEY); CREATE TABLE \"my \"\"jobs\" (id bigint, "
                          "\"Trace ID\" text, doc jsonb); INSERT INTO \"my \"\"jobs\" SELECT i, md5(i::text), "
                          "jsonb_build_object('otel', jsonb_build_object('traceparent', '00-' || md5((-i)::text) || "
                          "'-b7ad6b7169203331-01')) FROM generate_series(1, 50) i");
  const std::string description = R"toml([systems.mine]
family = "postgresql"
table = "my \"jobs"
id = "id"
states = [ { name = "all", state = "pending" } ]
trace = ["Trace ID", "doc.otel.traceparent"]
)toml";
  const auto told = [&] {
    std::string out;
    for (const Finding& finding : on.open(description).front()->check({}).findings)
      if (!finding.remedy.empty()) out += finding.code + ": " + finding.remedy + "\n";
    return out;
  };
  CHECK(on.open(description).front()->capabilities().trace == Lookup::scanned);
  CHECK(told() ==
        "missing-index: CREATE INDEX CONCURRENTLY ON \"public\".\"my \"\"jobs\" (\"Trace ID\")\n"
        "missing-trace-index: CREATE INDEX CONCURRENTLY \"my \"\"jobs_trace_id_idx\" ON \"public\".\"my \"\"jobs\" "
        "(substr((doc #>> '{otel,traceparent}'), 4, 32)); ANALYZE \"public\".\"my \"\"jobs\"\n"
        "id-not-unique: describe a column that is the primary key, or has a unique index\n");
  on.database().run("CREATE INDEX ON \"my \"\"jobs\" (\"Trace ID\")");
  on.database().run("CREATE INDEX ON \"my \"\"jobs\" (substr(doc #>> '{otel,traceparent}', 4, 32))");
  on.database().run("ALTER TABLE \"my \"\"jobs\" ADD PRIMARY KEY (id)");
  CHECK(told() == "");
  const auto stores = on.open(description);
  CHECK(stores.front()->capabilities().trace == Lookup::indexed);
  for (const char* number : {"7", "-7"}) {
    JobFilter filter;
    filter.traces = {make_trace_query(on.database().ask(std::string("SELECT md5('") + number + "')"))};
    CHECK(states_of(jobs_of(*stores.front(), filter)) == "7 pending all");
  }
}

TEST_CASE("traces in columns, documents and texts are found") {
  const std::string rows = R"sql(
INSERT INTO t VALUES
  (1, '11111111111111111111111111111111', '{}', NULL),
  (2, NULL, '{"a": [{"traceparent": "00-22222222222222222222222222222222-b7ad6b7169203331-01"}]}', NULL),
  (3, NULL, '{}', 's:11:"traceparent";s:55:"00-33333333333333333333333333333333-b7ad6b7169203331-01";'),
  (4, NULL, '{"note": "00-44444444444444444444444444444444-b7ad6b7169203331-01"}', '44444444444444444444444444444444'),
  (5, NULL, '{"a": "[{\"traceparent\": \"00-55555555555555555555555555555555-b7ad6b7169203331-01\"}]"}', 'traceparent');
)sql";
  for (const std::string type : {"jsonb", "text", "json", ""}) {
    CAPTURE(type);
    const Kind kind = type.empty() ? Kind::sqlite : Kind::postgresql;
    const DescribedStore on(kind,
                            "CREATE TABLE t (id bigint PRIMARY KEY, trace text, doc " + type + ", body text);" + rows);
    const auto stores = on.open("[systems.mine]\n" + state_of("[ { name = \"all\", state = \"pending\" } ]") +
                                "trace = [\"trace\", \"doc.a.0.traceparent\", \"body~traceparent\"]\n");
    JobStore& store = *stores.front();
    std::string found;
    for (const char digit : {'1', '2', '3', '4', '5'}) {
      JobFilter filter;
      filter.traces = {make_trace_query(std::string(32, digit))};
      for (const auto& [id, job] : jobs_of(store, filter)) found += digit + (" in " + id) + ";";
    }
    // A text inside a document is JSON, too, where we read it; not where the server does.
    CHECK(found == std::string("1 in 1;2 in 2;3 in 3;") + (type == "jsonb" ? "" : "5 in 5;"));
  }
}
