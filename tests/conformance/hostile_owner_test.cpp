// Every system in PostgreSQL: whoever may create functions and operators in a schema of the search path has none of
// them run by a session of ours, and code of another role that a change runs is said with its plan.
#include <regex>

#include "backends/engines/sql/flavour.hpp"
#include "tests/conformance/administered_fixture.hpp"
#include "tests/support/postgres_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Functions and operators that raise, in a schema that the database puts in front of pg_catalog. The first ones have
/// the very types of the server's own; those of `closer` fit columns of type varchar better.
std::string hostile_code(const std::string& database, const std::string& schema, bool closer) {
  std::string sql = R"sql(CREATE SCHEMA IF NOT EXISTS hostile;
DO $$ DECLARE one text; BEGIN
  FOREACH one IN ARRAY ARRAY['now() RETURNS timestamptz', 'clock_timestamp() RETURNS timestamptz',
      'lower(text) RETURNS text', 'length(text) RETURNS integer', 'octet_length(text) RETURNS integer',
      'jsonb_typeof(jsonb) RETURNS text', 'current_setting(text) RETURNS text', 'left(text, integer) RETURNS text',
      'set_config(text, text, boolean) RETURNS text', 'current_schemas(boolean) RETURNS name[]',
      'pg_is_in_recovery() RETURNS boolean',
      'same_text(text, text) RETURNS boolean', 'same_bigint(bigint, bigint) RETURNS boolean',
      'same_uuid(uuid, uuid) RETURNS boolean', 'same_time(timestamptz, timestamptz) RETURNS boolean',
      'joined(text, text) RETURNS text' CLOSER] LOOP
    EXECUTE 'CREATE FUNCTION hostile.' || one || ' LANGUAGE plpgsql AS ''BEGIN RAISE EXCEPTION ''''hijacked''''; END''';
  END LOOP;
END $$;
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = hostile.same_text);
CREATE OPERATOR hostile.= (LEFTARG = bigint, RIGHTARG = bigint, PROCEDURE = hostile.same_bigint);
CREATE OPERATOR hostile.= (LEFTARG = uuid, RIGHTARG = uuid, PROCEDURE = hostile.same_uuid);
CREATE OPERATOR hostile.< (LEFTARG = timestamptz, RIGHTARG = timestamptz, PROCEDURE = hostile.same_time);
CREATE OPERATOR hostile.|| (LEFTARG = text, RIGHTARG = text, PROCEDURE = hostile.joined);
)sql";
  std::string functions;
  if (closer) {
    functions = R"sql(, 'lower(varchar) RETURNS text', 'length(varchar) RETURNS integer',
      'array_position(name[], name) RETURNS integer', 'octet_length(varchar) RETURNS integer',
      'same_varchar(varchar, varchar) RETURNS boolean', 'same_varchar_text(varchar, text) RETURNS boolean',
      'joined(varchar, text) RETURNS text')sql";
    sql += R"sql(CREATE OPERATOR hostile.= (LEFTARG = varchar, RIGHTARG = varchar, PROCEDURE = hostile.same_varchar);
CREATE OPERATOR hostile.= (LEFTARG = varchar, RIGHTARG = text, PROCEDURE = hostile.same_varchar_text);
CREATE OPERATOR hostile.|| (LEFTARG = varchar, RIGHTARG = text, PROCEDURE = hostile.joined);
)sql";
  }
  sql.replace(sql.find(" CLOSER"), 7, functions);
  sql += "ALTER DATABASE " + database + " SET search_path = hostile, public, pg_catalog;";
  return std::regex_replace(sql, std::regex("hostile"), schema);
}

/// Where the fixture's tables are.
std::string schema_of(const Fixture& fixture, const LoadedFixture& loaded) {
  const std::string schema = live_table(fixture, loaded).schema;
  return schema.empty() || schema.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != std::string::npos ? "hostile"
                                                                                                        : schema;
}

std::string told(JobStore& store) {
  JobQuery query;
  query.page_size = 100;
  query.payload = true;
  std::vector<std::string> lines;
  for (const Job& job : list_all(store, query))
    lines.push_back(job.ref.id.raw() + " " + std::string(to_word(job.state)));
  return joined(sorted(lines));
}

}  // namespace

TEST_CASE("functions and operators in the search path are not run by questions") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.database() == nullptr) continue;
    const std::string usual = told(loaded.store());
    loaded.database()->run(hostile_code(loaded.database()->name(), schema_of(fixture, loaded), true));
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again();
    REQUIRE(stores.size() == 1);
    JobStore& store = *stores.front();
    CHECK(told(store) == usual);
    CHECK_FALSE(store.statistics(StatisticsQuery{}).queues.empty());
    PeekQuery peek;
    peek.why = true;
    CHECK_NOTHROW(store.peek(peek));
    CHECK_NOTHROW(store.check({}));
    CHECK_NOTHROW(store.diagnose({}));
    JobQuery query;
    query.filter.queues = {"none*"};
    query.filter.errors = {"none"};
    CHECK_NOTHROW(store.list(query));
  }
}

TEST_CASE("functions and operators in the search path are not run by changes") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    for (const Action& action : all_actions()) {
      LoadedFixture loaded(fixture);
      if (loaded.database() == nullptr || loaded.only_read() || loaded.is_described()) break;
      if (action.force) continue;
      CAPTURE(described(action));
      loaded.database()->run(hostile_code(loaded.database()->name(), schema_of(fixture, loaded), false));
      JobAdministration& administration = loaded.writable().administration();
      if (!administration.offer(action).possible) continue;
      std::vector<Target> targets =
          only(plan_of(administration, action), [](const Target& target) { return target.verdict == Verdict::act; });
      if (targets.size() > administration.largest_chunk()) targets.resize(administration.largest_chunk());
      const std::vector<BackupRecord> records = administration.back_up(targets, {});
      for (const TargetReport& report : administration.apply(action, targets, {})) {
        CAPTURE(report.id.raw());
        CHECK(report.cause.raw().find("hijacked") == std::string::npos);
        CHECK(report.outcome != Outcome::failed);
      }
      if (!administration.offer(action).removes) continue;
      for (const TargetReport& report : administration.restore(records, false, {}))
        CHECK(report.outcome != Outcome::failed);
    }
  }
}

TEST_CASE("code of another role that a change runs is said with the plan, our own is not") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.database() == nullptr || loaded.only_read() || loaded.is_described()) continue;
    const JobTable table = live_table(fixture, loaded);
    if (table.name.empty()) continue;
    const auto warnings = [&] {
      for (const Action& action : all_actions())
        if (const ActionOffer offer = loaded.open_again(Access::write).front()->administration().offer(action);
            offer.possible)
          return joined(offer.warnings);
      return std::string();
    };
    CHECK(warnings().find("runs code of role") == std::string::npos);
    loaded.database()->run(
        "DO $$ BEGIN CREATE ROLE jobs_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$; "
        "CREATE FUNCTION public.audited() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
        "ALTER FUNCTION public.audited() OWNER TO jobs_owner; CREATE TRIGGER audit AFTER UPDATE OR DELETE ON " +
        qualified_name(table.schema, table.name) + " FOR EACH ROW EXECUTE FUNCTION public.audited()");
    const std::string said = warnings();
    CHECK(said.find("runs code of role jobs_owner with the rights of yours: audit") != std::string::npos);
  }
}

TEST_CASE("code of another role in casts, operators, domains and generated columns is said with the plan") {
  struct Case {
    const char* code;  ///< what the plan must name
    std::string change;
  };
  const auto made = [&](const std::string& name, const std::string& returns, const std::string& body) {
    return "CREATE FUNCTION public." + name + " RETURNS " + returns + " LANGUAGE sql IMMUTABLE AS 'SELECT " + body +
           "'; ALTER FUNCTION public." + name + " OWNER TO jobs_owner; ";
  };
  const std::vector<Case> cases{
      {"default_code", made("default_code()", "integer", "1") + "ALTER TABLE TABLE_ ADD qt_a integer DEFAULT "
                                                                "public.default_code()"},
      {"generated_code", made("generated_code(integer)", "integer", "$1") +
                             "ALTER TABLE TABLE_ ADD qt_b integer, ADD qt_c integer GENERATED ALWAYS AS "
                             "(public.generated_code(qt_b)) STORED"},
      {"operator_code", made("operator_code(integer, integer)", "integer", "$1") +
                            "CREATE OPERATOR public.@@@ (LEFTARG = integer, RIGHTARG = integer, PROCEDURE = "
                            "public.operator_code); ALTER TABLE TABLE_ ADD qt_d integer CHECK ((qt_d "
                            "OPERATOR(public.@@@) 1) >= 0)"},
      {"index_code", made("index_code(integer)", "integer", "$1") +
                         "ALTER TABLE TABLE_ ADD qt_e integer; CREATE INDEX ON TABLE_ (public.index_code(qt_e))"},
      {"domain_code",
       made("domain_code(integer)", "boolean", "true") +
           "CREATE DOMAIN public.inner_domain AS integer CHECK (public.domain_code(VALUE)); CREATE DOMAIN "
           "public.outer_domain AS public.inner_domain; ALTER TABLE TABLE_ ADD qt_f public.outer_domain"},
      {"cast_code",
       "CREATE TYPE public.mood AS ENUM ('fine'); " + made("cast_code(public.mood)", "text", "''fine''") +
           "CREATE CAST (public.mood AS text) WITH FUNCTION public.cast_code(public.mood); ALTER TABLE TABLE_ "
           "ADD qt_g public.mood"}};
  std::set<std::string> seen;  // one fixture a system
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (seen.contains(fixture.expected.at("system").get<std::string>())) continue;
    LoadedFixture loaded(fixture);
    if (loaded.database() == nullptr || loaded.only_read() || loaded.is_described()) continue;
    const JobTable table = live_table(fixture, loaded);
    if (table.name.empty()) continue;
    seen.insert(fixture.expected.at("system").get<std::string>());
    loaded.database()->run("DO $$ BEGIN CREATE ROLE jobs_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    const std::string name = qualified_name(table.schema, table.name);
    for (const Case& one : cases) {
      CAPTURE(one.code);
      std::string sql = one.change;
      for (std::size_t at = 0; (at = sql.find("TABLE_", at)) != std::string::npos; at += name.size())
        sql.replace(at, 6, name);
      loaded.database()->run(sql);
      std::string said;
      for (const Action& action : all_actions())
        if (const ActionOffer offer = loaded.open_again(Access::write).front()->administration().offer(action);
            offer.possible)
          said = joined(offer.warnings);
      CHECK(said.find("runs code of role jobs_owner with the rights of yours: " + std::string(one.code)) !=
            std::string::npos);
      loaded.database()->run("REASSIGN OWNED BY jobs_owner TO CURRENT_USER");
    }
  }
}
