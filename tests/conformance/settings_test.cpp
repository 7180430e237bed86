// Every system in PostgreSQL: no setting of a database and no encoding of it changes what is answered.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/conformance/fixture.hpp"
#include "tests/support/postgres_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Settings that change how statements, texts and times are read or printed, or how transactions run.
constexpr const char* unusual_settings[] = {
    "standard_conforming_strings = off",
    "backslash_quote = off",
    "array_nulls = off",
    "transform_null_equals = on",
    "quote_all_identifiers = on",
    "DateStyle = 'German, DMY'",
    "IntervalStyle = 'sql_standard'",
    "TimeZone = 'Pacific/Chatham'",
    "bytea_output = 'escape'",
    "extra_float_digits = -15",
    "xmlbinary = 'hex'",
    "search_path = pg_catalog",
    "client_encoding = 'LATIN1'",
    "default_transaction_isolation = 'serializable'",
    "default_transaction_deferrable = on",
    "default_transaction_read_only = on",
    "row_security = on",
    "gin_fuzzy_search_limit = 1",
    "statement_timeout = '1s'",
    "lock_timeout = '1ms'",
    "idle_in_transaction_session_timeout = '1s'",
};

/// Times that a fixture takes from the server's clock when it is loaded, and ages: its own times lie in January 2026.
const std::regex told_by_clock("\"20(?!26-01)[0-9-]+T[0-9:.]+(Z|[+-][0-9:]+)\"|\"claim_age_ms\":-?[0-9]+");

/// What is said of each job, a line each, without what is measured against the clock.
std::string told(JobStore& store) {
  JobQuery query;
  query.page_size = 100;
  query.payload = true;
  std::vector<std::string> lines;
  for (const Job& job : list_all(store, query)) {
    nlohmann::json line = as_json(job);
    line.erase("run_ms");
    line.erase("wait_ms");
    line.erase("source");
    lines.push_back(std::regex_replace(line.dump(-1, ' ', true), told_by_clock, "\"\""));
  }
  return joined(sorted(lines));
}

/// Jobs that a filter finds; the text need not be one that the database can hold.
std::size_t found(JobStore& store, void (*fill)(JobFilter&, const std::string&), const std::string& text) {
  JobQuery query;
  fill(query.filter, text);
  return list_all(store, query).size();
}

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// Whether each character is one of the first 256, so that LATIN1 can hold it.
bool fits_latin1(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) > 0xc3; });
}

void queue(JobFilter& filter, const std::string& text) { filter.queues = {text}; }
void kind(JobFilter& filter, const std::string& text) { filter.kinds = {text}; }
void error(JobFilter& filter, const std::string& text) { filter.errors = {text}; }
void id(JobFilter& filter, const std::string& text) { filter.ids = {text}; }
void correlation(JobFilter& filter, const std::string& text) { filter.correlation_ids = {text}; }

}  // namespace

TEST_CASE("settings of a database change no answer") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    const std::string usual = told(loaded.store());
    const Statistics counted = loaded.store().statistics(StatisticsQuery{});
    std::string settings;  // at once: the first ones would change how the others are set
    for (const char* setting : unusual_settings)
      settings += "ALTER DATABASE " + loaded.database()->name() + " SET " + setting + "; ";
    loaded.database()->run(settings);
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again();
    REQUIRE(stores.size() == 1);
    CHECK(told(*stores.front()) == usual);
    CHECK(found(*stores.front(), queue, "App\\Mail") == 0);
    CHECK(stores.front()->statistics(StatisticsQuery{}).queues.size() == counted.queues.size());
  }
}

TEST_CASE("a database of another encoding gives the same answers, and texts that it cannot hold match nothing") {
  bool any_latin1 = false;
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const std::string usual = told(loaded.store());
    for (const char* encoding : {"SQL_ASCII", "LATIN1"}) {
      CAPTURE(encoding);
      if (std::string_view(encoding) == "LATIN1" && !fits_latin1(text_of(fixture.folder / "load.sql"))) continue;
      any_latin1 = any_latin1 || std::string_view(encoding) == "LATIN1";
      LoadedFixture other(fixture, encoding);
      REQUIRE(other.stores().size() == 1);
      CHECK(told(other.store()) == usual);
      for (const char* text : {"\xe6\x97\xa5\xe6\x9c\xac", "\xe2\x86\x92*", "\xff\xfe"})
        for (const auto fill : {queue, kind, error, id, correlation}) CHECK(found(other.store(), fill, text) == 0);
    }
  }
  // Systems in Redis have no encoding; of those in PostgreSQL one fixture at least is plain enough.
  const bool any_postgres =
      std::ranges::any_of(all_fixtures(), [](const Fixture& f) { return exists(f.folder / "load.sql"); });
  CHECK(any_latin1 == any_postgres);
}

TEST_CASE("a session that the server ended while nothing was asked is opened anew") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const std::string usual = told(loaded.store());
    const std::string ended = loaded.database()->ask(
        "SELECT bool_and(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity WHERE datname = current_database() "
        "AND "
        "pid <> pg_backend_pid()");
    REQUIRE(ended.starts_with("t"));
    CHECK(told(loaded.store()) == usual);
  }
}
