// Every system in PostgreSQL: what a role sees that may not read every column.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "backends/engines/sql/system.hpp"
#include "backends/systems/catalogue.hpp"
#include "model/error.hpp"
#include "tests/conformance/job_view.hpp"
#include "tests/conformance/limited_roles.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Of the forms that are built in.
std::vector<SqlRelation> relations_of(const Fixture& fixture) {
  std::vector<SqlRelation> relations;
  for (const SqlSystem* system : sql_systems())
    if (system->info.name == fixture.expected.at("system").get<std::string>())
      relations.insert(relations.end(), system->relations.begin(), system->relations.end());
  return relations;
}

/// Lets the role column_reader read every column of the tables of jobs but these.
void grant_all_but(const std::set<std::string>& columns, const Fixture& fixture, const LoadedFixture& loaded) {
  std::string refused;
  for (const std::string& column : columns) refused += (refused.empty() ? "'" : ", '") + column + "'";
  loaded.database()->run(
      "DO $$ BEGIN CREATE ROLE column_reader LOGIN BYPASSRLS; EXCEPTION WHEN duplicate_object THEN NULL; END $$;" +
      in_every_schema("GRANT USAGE ON SCHEMA %I TO column_reader") +
      in_every_schema("GRANT SELECT ON ALL TABLES IN SCHEMA %I TO column_reader") +
      for_each_job_table(fixture, "REVOKE SELECT ON %s FROM column_reader"));
  loaded.database()->run(for_each_job_table(
      fixture,
      "GRANT SELECT (' || (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = one AND "
      "attnum > 0 AND NOT attisdropped AND attname NOT IN (" +
          refused + ")) || ') ON %s TO column_reader"));
}

/// The columns of the jobs' table that SQL names.
std::set<std::string> columns_in(std::string_view sql) {
  static const std::regex column("\\bj\\.([a-z_]+)");
  const std::string text(sql);
  std::set<std::string> names;
  for (std::sregex_iterator found(text.begin(), text.end(), column), end; found != end; ++found)
    names.insert((*found)[1]);
  return names;
}

/// The columns that the payload is read from.
std::set<std::string> payload_columns(const Fixture& fixture) {
  std::set<std::string> names;
  if (fixture.description) names.insert(fixture.description->tables.front().columns.at("payload"));
  for (const SqlRelation& relation : relations_of(fixture))
    for (const SqlFieldRule& rule : relation.fields)
      if (rule.field == SqlField::payload) names.merge(columns_in(rule.expression));
  return names;
}

/// The columns that workers order by, but for those that tell jobs apart, choose them or order every list.
std::set<std::string> order_columns(const Fixture& fixture) {
  std::set<std::string> names, needed;
  for (const SqlSystem* system : sql_systems()) {
    if (system->info.name != fixture.expected.at("system").get<std::string>()) continue;
    needed.merge(columns_in(system->id_expression));
    for (const std::span<const SqlOrderKey> keys : {system->newest, system->storage})
      for (const SqlOrderKey& key : keys) needed.merge(columns_in(key.expression));
    for (const SqlPeek& peek : system->peek) {
      names.merge(columns_in(peek.order));
      needed.merge(columns_in(peek.eligible));
    }
    for (const SqlRelation& relation : system->relations)
      for (const SqlFieldRule& rule : relation.fields)
        if (rule.field == SqlField::id || rule.field == SqlField::queue) needed.merge(columns_in(rule.expression));
  }
  for (const std::string& column : needed) names.erase(column);
  return names;
}

/// The columns that order lists by creation, but for those without which jobs cannot be told apart.
std::set<std::string> creation_columns(const Fixture& fixture) {
  std::set<std::string> names, needed;
  for (const SqlSystem* system : sql_systems()) {
    if (system->info.name != fixture.expected.at("system").get<std::string>()) continue;
    needed.merge(columns_in(system->id_expression));
    for (const SqlOrderKey& key : system->newest) names.merge(columns_in(key.expression));
    for (const SqlOrderKey& key : system->storage) needed.merge(columns_in(key.expression));
    for (const SqlRelation& relation : system->relations) {
      needed.merge(columns_in(relation.state));
      for (const SqlStateRule& rule : relation.states) needed.merge(columns_in(rule.when));
      for (const SqlFieldRule& rule : relation.fields)
        if (rule.field == SqlField::id || rule.field == SqlField::queue) needed.merge(columns_in(rule.expression));
    }
  }
  for (const std::string& column : needed) names.erase(column);
  return names;
}

/// Of lines of ids and states.
std::string ids_in(const std::string& told) { return std::regex_replace(told, std::regex(" [a-z]+(?=\\n|$)"), ""); }

std::map<std::string, std::vector<std::string>> next_by_queue(const PeekResult& peeked) {
  std::map<std::string, std::vector<std::string>> next;
  for (const PeekQueue& queue : peeked.queues) next[queue.queue.raw()] = sorted(ids_of(queue.next));
  return next;
}

/// The warnings of all pages that columns are missing.
std::vector<std::string> missing_columns(JobStore& store, JobQuery query) {
  std::vector<std::string> told;
  do {
    const Page page = store.list(query);
    for (const std::string& warning : page.warnings)
      if (warning.find(" miss what this role may not read: ") != std::string::npos) told.push_back(warning);
    query.after = page.next;
  } while (query.after);
  return told;
}

}  // namespace

TEST_CASE(
    "a role that may not read what workers order by sees what they take, and is told that the order is not known") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    const std::set<std::string> columns = order_columns(fixture);
    if (!fixture.in_postgres() || columns.empty()) continue;
    LoadedFixture loaded(fixture);
    grant_all_but(columns, fixture, loaded);
    PeekQuery query;
    query.count = 1'000;
    query.why = true;
    const PeekResult all = loaded.store().peek(query);
    const PeekResult part = loaded.open_again(Access::read, "column_reader").front()->peek(query);
    CHECK(next_by_queue(part) == next_by_queue(all));
    REQUIRE_FALSE(part.warnings.empty());
    CHECK(part.warnings.front().find("is not known: this role may not read every column") != std::string::npos);
    CHECK(std::ranges::none_of(part.queues, &PeekQueue::exact));
  }
}

TEST_CASE("a role that may read every column but the payload lists every job") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    const std::set<std::string> payload = payload_columns(fixture);
    REQUIRE_FALSE(payload.empty());
    grant_all_but(payload, fixture, loaded);
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again(Access::read, "column_reader");
    JobStore& store = *stores.front();
    CHECK(told_of_jobs(store) == told_of_jobs(loaded.store()));
    CHECK(texts_of(store.unseen()) == "");  // every job is seen
    CHECK(any_of_code(store.check({}).findings, "unread-columns"));
    CHECK(any_of_code(store.diagnose({}), "unread-columns"));
    CHECK_FALSE(store.statistics(StatisticsQuery{}).queues.empty());
  }
}

TEST_CASE("where whole jobs are read, the columns that a role may not read are named once") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    const std::set<std::string> payload = payload_columns(fixture);
    grant_all_but(payload, fixture, loaded);
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again(Access::read, "column_reader");
    // As `capture` and `job show` ask.
    for (const JobOrder order : {JobOrder::storage, JobOrder::newest}) {
      JobQuery query;
      query.order = order;
      query.page_size = 1;
      CHECK(missing_columns(*stores.front(), query).empty());
      query.payload = true;
      const std::vector<std::string> told = missing_columns(*stores.front(), query);
      REQUIRE(told.size() == 1);
      for (const std::string& column : payload) CHECK(told.front().find("." + column) != std::string::npos);
      CHECK(missing_columns(loaded.store(), query).empty());
    }
  }
}

TEST_CASE("a role that may not read when jobs were made lists them by id, and says so") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.database() == nullptr) continue;
    const std::set<std::string> columns = creation_columns(fixture);
    if (columns.empty() || live_table(fixture, loaded).name.empty()) continue;
    grant_all_but(columns, fixture, loaded);
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again(Access::read, "column_reader");
    JobStore& store = *stores.front();
    CHECK(ids_in(told_of_jobs(store)) == ids_in(told_of_jobs(loaded.store())));
    CHECK_FALSE(store.capabilities().ordered);
    JobQuery query;
    query.page_size = 2;
    const Page page = store.list(query);
    REQUIRE_FALSE(page.warnings.empty());
    CHECK(page.warnings.front() ==
          "not newest first but by id: this role may not read the column that tells when jobs were made");
    CHECK_FALSE(store.statistics(StatisticsQuery{}).queues.empty());
  }
}

TEST_CASE("a role that may not read the ids of jobs is told which column to grant") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.database() == nullptr || live_table(fixture, loaded).name.empty()) continue;
    std::set<std::string> columns;
    for (const SqlSystem* system : sql_systems())
      if (system->info.name == fixture.expected.at("system").get<std::string>())
        columns.merge(columns_in(system->id_expression));
    if (columns.empty()) continue;
    grant_all_but(columns, fixture, loaded);
    try {
      loaded.open_again(Access::read, "column_reader");
      FAIL("opened without its ids");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::authentication);
      CHECK(std::string(error.what()).find(*columns.begin()) != std::string::npos);
      CHECK(error.hint().starts_with("GRANT SELECT (\"" + *columns.begin() + "\""));
    }
  }
}
