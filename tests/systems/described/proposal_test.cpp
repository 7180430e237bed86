// Descriptions proposed from tables: they can be read back, and the jobs are read by them.
#include <algorithm>

#include "backends/proposal.hpp"
#include "commands/system/description_text.hpp"
#include "tests/systems/described/described_store.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using Kind = DescribedStore::Kind;

namespace {

std::string proposed(const DescribedStore& on, const std::string& table) {
  return description_text(propose_system(on.source(), table));
}

}  // namespace

TEST_CASE("columns are proposed by their names and types, states by a sample of their words") {
  const DescribedStore on(
      Kind::postgresql,
      "CREATE SCHEMA app; CREATE TABLE app.jobs (id bigint PRIMARY KEY, topic text, type text, status text, priority "
      "integer, created_at timestamptz, run_at timestamp, locked_at bigint, tries integer, headers jsonb, body bytea);"
      "INSERT INTO app.jobs (id, status, locked_at, headers) VALUES (1, 'NEW', 1767323045678, '{\"otel\": "
      "{\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}}'), (2, 'In-Progress', NULL, "
      "NULL), (3, 'sent', NULL, NULL), (4, 'sent', NULL, NULL), (5, 'weird', NULL, NULL)");
  CHECK(proposed(on, "app.jobs") ==
        "# Proposed from the table: names and types of its columns, words of 5 rows.\n"
        "# Read it through, paste it into the configuration, then run: queuetrace config check --source NAME\n"
        "# To decide: zone: its times name none; say which one the application writes them in\n"
        "# To decide: states: some words are not told by their names\n"
        "# To decide: order: how workers take jobs, and which priority is first, no table tells\n"
        "# No rule for the word \"weird\"\n"
        "[systems.jobs]\n"
        "family  = \"postgresql\"\n"
        "schema  = \"app\"\n"
        "table   = \"jobs\"\n"
        "id      = \"id\"\n"
        "zone    = \"UTC\"\n"
        "epoch   = \"ms\"\n"
        "states  = [\n"
        "  { name = \"sent\", state = \"completed\", when = { status = [\"sent\"] } },\n"
        "  { name = \"In-Progress\", state = \"running\", when = { status = [\"In-Progress\"] } },\n"
        "  { name = \"NEW\", state = \"scheduled\", when = { status = [\"NEW\"], scheduled_at = \"future\" } },\n"
        "  { name = \"NEW\", state = \"pending\", when = { status = [\"NEW\"] } },\n"
        "]\n"
        "trace   = [\"headers.otel.traceparent\"]\n"
        "order   = [\"run_at\", \"id\"]\n"
        "[systems.jobs.columns]\n"
        "queue = \"topic\"\n"
        "kind = \"type\"\n"
        "priority = \"priority\"\n"
        "attempts = \"tries\"\n"
        "created_at = \"created_at\"\n"
        "scheduled_at = \"run_at\"\n"
        "started_at = \"locked_at\"\n"
        "payload = \"body\"\n");
  const auto stores = on.open(proposed(on, "app.jobs"));
  CHECK(states_of(jobs_of(*stores.front())) ==
        "1 pending NEW, 2 running In-Progress, 3 completed sent, 4 completed sent, 5 unknown weird");
}

TEST_CASE("names and words of any kind are printed harmless, and read back as they are") {
  for (const Kind kind : {Kind::postgresql, Kind::sqlite}) {
    CAPTURE(static_cast<int>(kind));
    const DescribedStore on(
        kind,
        "CREATE TABLE \"t.\"\"\x1b[2Jx\" (\"id\" integer PRIMARY KEY, \"status\" text, \"Trace_ID\" "
        "text);INSERT INTO \"t.\"\"\x1b[2Jx\" VALUES (1, '\x1b]0;x\x07 \"]\nnew', NULL), (2, 'set', "
        "NULL), (3, '\xc3\xa4\xe2\x80\xae', NULL), (4, '', NULL), (5, 'done', NULL)");
    const std::string text = proposed(on, "t.\"\x1b[2Jx");
    CAPTURE(text);
    CHECK(std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
    CHECK(problems_in(text) == "");
    const auto stores = on.open(text);
    CHECK(jobs_of(*stores.front()).size() == 5);
    CHECK(jobs_of(*stores.front()).at("5").state == JobState::completed);
  }
}

TEST_CASE("without a column of states its times tell them") {
  const DescribedStore on(Kind::sqlite,
                          "CREATE TABLE t (id integer PRIMARY KEY, queue text, locked_at text, failed_at text, "
                          "finished_at text); INSERT INTO t VALUES (1, 'a', NULL, NULL, NULL), (2, 'a', '2026-01-02 "
                          "03:04:05', NULL, NULL), (3, 'a', '2026-01-02 03:04:05', '2026-01-02 03:04:05', NULL), (4, "
                          "'a', '2026-01-02 03:04:05', NULL, '2026-01-02 03:04:05')");
  const auto stores = on.open(proposed(on, "t"));
  CHECK(states_of(jobs_of(*stores.front())) ==
        "1 pending waiting, 2 running started, 3 dead failed, 4 completed finished");
}

TEST_CASE("a table that is not there, or whose rows nothing tells apart, is not described") {
  const DescribedStore on(Kind::postgresql, "CREATE TABLE t (a text)");
  for (const char* table : {"gone", "gone.t", "t", "t; DROP TABLE t"}) {
    CAPTURE(table);
    try {
      proposed(on, table);
      FAIL_CHECK("it was described");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::not_found);
    }
  }
  CHECK(on.database().ask("SELECT count(*) FROM t") == "0");
}
