// The RusToK outbox on a real server, beyond what the conformance suite asks of every system: eras, notes, detection by
// content, the relay's order over all families, causation, findings.
#include <doctest/doctest.h>

#include <map>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/systems/rustok_outbox/system.hpp"
#include "model/error.hpp"
#include "tests/support/postgres_server.hpp"
#include "tracing/viewer.hpp"

using namespace queuetrace;

namespace {

using Words = std::vector<std::string>;
const SqlSystem* const systems[] = {&rustok_outbox::system};

std::string event(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "019b7c00-%04x-7000-8000-%012x", static_cast<unsigned>(number),
                static_cast<unsigned>(number));
  return text;
}

struct Outbox {
  test::PostgresDatabase database;
  Source source;
  std::unique_ptr<JobStore> store;

  explicit Outbox(const std::string& variant) : database("fixtures/" + variant + "/load.sql") {
    source = database.source();
    open();
  }
  void open(std::string_view user = "") {
    source.url = Secret(database.url(user));
    std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(connect_postgres(source), source, systems);
    REQUIRE(stores.size() == 1);
    store = std::move(stores.front());
  }
  Job job(int number) {
    JobQuery query;
    query.filter.ids = {event(number)};
    query.payload = true;
    Page page = store->list(query);
    REQUIRE(page.jobs.size() == 1);
    return std::move(page.jobs.front());
  }
  Words found(const JobFilter& filter) {
    JobQuery query;
    query.filter = filter;
    Words ids;
    for (const Job& one : store->list(query).jobs) ids.push_back(one.ref.id.raw());
    return ids;
  }
  /// Findings by subject; texts of the same subject joined.
  std::map<std::string, std::string> findings() {
    std::map<std::string, std::string> out;
    for (const Finding& finding : store->check({}).findings) {
      out[finding.subject] += finding.text;
      if (!finding.code.empty()) out[finding.code] = finding.text;
    }
    return out;
  }
};

Words codes(const Job& job) {
  Words out;
  for (const Note& note : job.notes) out.push_back(note.code);
  return out;
}

std::size_t stores_of(const test::PostgresDatabase& database) {
  const Source source = database.source();
  return open_sql_stores(connect_postgres(source), source, systems).size();
}

const std::string columns_of_outbox =
    "(id uuid PRIMARY KEY, event_type varchar(255), schema_version smallint, payload jsonb, status varchar(32), "
    "retry_count int, next_attempt_at timestamptz, last_error varchar(2048), claimed_by varchar(128), claimed_at "
    "timestamptz, created_at timestamptz, dispatched_at timestamptz)";

}  // namespace

TEST_CASE("rustok: a table named sys_events is the outbox only by its rows, or by its columns while it is empty") {
  test::PostgresDatabase database;
  database.run(
      "CREATE TABLE sys_events (id uuid, payload jsonb, status text, created_at timestamptz, dispatched_at "
      "timestamptz)");
  CHECK(stores_of(database) == 0);
  database.run("DROP TABLE sys_events; CREATE TABLE sys_events " + columns_of_outbox);
  CHECK(stores_of(database) == 1);
  database.run("INSERT INTO sys_events (id, payload, status) VALUES (gen_random_uuid(), '{\"user\": 1}', 'pending')");
  CHECK(stores_of(database) == 0);
  database.run("UPDATE sys_events SET payload = '{\"correlation_id\": null, \"tenant_id\": null}'");
  CHECK(stores_of(database) == 1);
  database.run("CREATE SCHEMA rustok_outbox_test_ab12; CREATE TABLE rustok_outbox_test_ab12.sys_events " +
               columns_of_outbox);
  CHECK(stores_of(database) == 1);  // the search path reaches one, so the others are not meant
  database.run("ALTER DATABASE " + database.name() + " SET search_path = public, rustok_outbox_test_ab12");
  CHECK(stores_of(database) == 2);
}

TEST_CASE("rustok: each row tells what is to be known about it") {
  Outbox outbox("current");
  CHECK(codes(outbox.job(1)) == Words{"max-attempts-estimated", "local-trace-number"});
  CHECK(codes(outbox.job(4)) == Words{"max-attempts-estimated", "times-out-of-order"});  // claimed in an hour
  const Job expired = outbox.job(5);
  CHECK(codes(expired) == Words{"claim-expired", "max-attempts-estimated"});
  CHECK(expired.notes[0].text ==
        "its claim is older than 60 s (and 5 s for clocks that differ): a relay will take it over");
  REQUIRE(expired.run);
  CHECK(*expired.run >= Milliseconds(3'600'000));
  CHECK(codes(outbox.job(6)) ==
        Words{"delivery-unverified", "wait-estimated", "max-attempts-estimated", "load-bearing"});
  CHECK(codes(outbox.job(13)) == Words{"contract-undeliverable", "failure-time-unknown", "max-attempts-estimated"});
  CHECK(codes(outbox.job(18)) ==
        Words{"delivery-unverified", "wait-estimated", "max-attempts-estimated", "platform-scope"});
  CHECK(codes(outbox.job(23)) == Words{"unknown-state", "max-attempts-estimated"});
  CHECK(codes(outbox.job(25)) == Words{"postponed", "max-attempts-estimated"});
  CHECK(codes(outbox.job(28)) == Words{"max-attempts-estimated", "envelope-differs"});
  const Job large = outbox.job(24);
  CHECK(large.payload->size == 1'048'576 + 12);
  CHECK(large.payload->text.size() == 1'048'576);
}

TEST_CASE("rustok: settings of the source") {
  Outbox outbox("current");
  outbox.source.keys = {{"claim_ttl", "7200"}, {"max_attempts", "12"}};
  outbox.open();
  const Job claimed = outbox.job(5);
  CHECK(codes(claimed).empty());
  CHECK(claimed.max_attempts == 12);
  PeekQuery peek;
  peek.why = true;
  const PeekResult result = outbox.store->peek(peek);
  REQUIRE(result.queues.size() == 1);
  REQUIRE(result.queues[0].waiting.size() == 4);
  CHECK(result.queues[0].waiting[2].reason == "claimed");
  CHECK(result.queues[0].waiting[2].count == 2);
  CHECK(result.queues[0].waiting[2].explanation == "a relay works on them; after 7200 s another may take them over");
  outbox.source.keys = {{"claim_ttl", "soon"}};
  CHECK_THROWS_WITH_AS(open_sql_stores(connect_postgres(outbox.source), outbox.source, systems),
                       "source 'test': claim_ttl must be a whole number from 1 to 86400", Error);
}

TEST_CASE("rustok: a claim of the seed era is stuck forever") {
  Outbox outbox("seed");
  const Job stuck = outbox.job(1);
  CHECK(codes(stuck) == Words{"claim-stuck", "max-attempts-estimated"});
  const Statistics statistics = outbox.store->statistics({});
  std::uint64_t stale = 0;
  for (const QueueStatistics& queue : statistics.queues) stale += queue.stale->value;
  CHECK(stale == 2);
  CHECK(outbox.store->check({}).version == "seed");
  const std::map<std::string, std::string> findings = outbox.findings();
  CHECK(findings.at("claim-stuck").ends_with("; by relay: relay-5e1a0000-0000-4000-8000-00000000000a (2)"));
  CHECK(findings.contains("upgraded-table"));
  CHECK(findings.at("dead-letters")
            .ends_with("; by type, version and kind of error: user.registered v1 Event dropped (2)"));
  // One table of the current release makes it the current era.
  outbox.database.run("CREATE TABLE event_delivery_settings (profile text)");
  outbox.open();
  CHECK(codes(outbox.job(1))[0] == "claim-expired");
}

TEST_CASE("rustok: the relay drains all families in one order; one family alone can be asked for") {
  Outbox outbox("current");
  PeekQuery peek;
  peek.queues = {"product"};
  PeekResult result = outbox.store->peek(peek);
  REQUIRE(result.queues.size() == 1);
  CHECK(result.queues[0].queue.raw() == "product");
  REQUIRE(result.queues[0].next.size() == 2);
  CHECK(result.queues[0].next[0].ref.id.raw() == event(3));
  CHECK(result.queues[0].next[1].ref.id.raw() == event(17));
  peek.queues = {};
  peek.count = 3;
  result = outbox.store->peek(peek);
  REQUIRE(result.queues.size() == 1);
  CHECK(result.queues[0].next.size() == 3);
  CHECK_FALSE(result.queues[0].exact);
  CHECK(result.queues[0].notes ==
        Words{"eligible next, oldest first: a relay claims up to 100 at once, takes over claims older than 60 s, and "
              "dispatches up to 8 side by side, so the order inside a batch is not certain"});
}

TEST_CASE("rustok: causes, tenants and the payload are filters") {
  Outbox outbox("current");
  JobFilter filter;
  filter.parents = {event(15), event(255)};
  CHECK(outbox.found(filter) == Words{event(16), event(15)});
  filter = {};
  filter.tenants = {"00000000-0000-0000-0000-000000000000"};
  CHECK(outbox.found(filter) == Words{event(18)});
  filter = {};
  filter.where = {{{"listing_id"}, PayloadCondition::Comparison::equal, "l14"}};
  CHECK(outbox.found(filter) == Words{event(14)});
  CHECK(outbox.store->capabilities().links == Lookup::scanned);
}

TEST_CASE("rustok: dispatch latency, and no failure rate where failures have no time") {
  Outbox outbox("current");
  outbox.database.run(
      "UPDATE sys_events SET dispatched_at = now() - interval '1 s', created_at = now() - interval '4 s' WHERE id = '" +
      event(16) + "'");
  std::map<std::string, QueueStatistics> queues;
  for (QueueStatistics& queue : outbox.store->statistics({}).queues) queues[queue.queue.raw()] = std::move(queue);
  REQUIRE(queues["product"].wait);
  CHECK(queues["product"].wait->samples == 1);
  CHECK(queues["product"].wait->p50 == Milliseconds(3000));
  CHECK(*queues["product"].completed_per_minute == doctest::Approx(1.0 / 60));
  CHECK(queues["product"].failed_per_minute == 0.0);
  CHECK_FALSE(queues["user"].failed_per_minute);
  CHECK(queues["node"].coverage->opaque == 2);
  CHECK(queues["node"].coverage->w3c == 0);
}

TEST_CASE("rustok: what a check finds") {
  Outbox outbox("current");
  outbox.database.run(
      "CREATE INDEX x ON sys_events ((payload ->> 'trace_id')) WHERE payload ->> 'trace_id' IS NOT NULL");
  const std::map<std::string, std::string> findings = outbox.findings();
  CHECK(outbox.store->check({}).version == "migration m20260211_000002_create_sys_events, current");
  CHECK(findings.at("contract-undeliverable")
            .ends_with("by type and version: marketplace.listing.created v1 (2), forum.mention.user_added v1 (1)"));
  CHECK(findings.at("load-bearing-rows")
            .ends_with("by type: forum.mention.user_added (1), forum.topic.created (1), order.placed (1)"));
  CHECK(findings.at("claim-expired").ends_with("by relay: relay-dead (1)"));
  CHECK(findings.at("unknown-state").ends_with("by state: Pending (1)"));
  CHECK(findings.at("index on sys_events ((payload ->> 'trace_id'::text))") == "present");
  CHECK(findings.at("index on sys_events ((payload ->> 'causation_id'::text))").starts_with("missing"));
  CHECK_FALSE(findings.contains("claim-repeated"));
  // A relay that catches up claims old events for the first time; it has not dispatched younger ones before.
  outbox.database.run(
      "UPDATE sys_events SET dispatched_at = now() WHERE status = 'dispatched'; UPDATE sys_events SET "
      "claimed_at = now(), retry_count = 0 WHERE id = '" +
      event(5) + "'");
  CHECK_FALSE(outbox.findings().contains("claim-repeated"));
  outbox.database.run(
      "UPDATE sys_events SET created_at = now() - interval '10 minutes', dispatched_at = now() - "
      "interval '9 minutes' WHERE status = 'dispatched'");
  CHECK(outbox.findings().at("claim-repeated").ends_with("by type: node.updated (1)"));
}

TEST_CASE("rustok: a role that may read the outbox alone is served") {
  Outbox outbox("current");
  outbox.database.run(
      "DROP ROLE IF EXISTS outbox_reader; CREATE ROLE outbox_reader LOGIN; GRANT SELECT ON sys_events "
      "TO outbox_reader");
  outbox.open("outbox_reader");
  CHECK(outbox.job(21).payload);
  CHECK(outbox.store->check({}).version == "current");
}

TEST_CASE("rustok: a viewer is searched for event.id in the server's spans") {
  Outbox outbox("current");
  const Job job = outbox.job(6);
  CHECK(job.spans.attribute == "event.id");
  ViewerSettings settings;
  settings.name = "jaeger";
  settings.preset = "jaeger";
  settings.base = "http://j";
  const Viewer viewer(settings);
  const Viewer::Link link = viewer.search_link(job, *job.finished_at);
  REQUIRE(link.url);
  CHECK(link.url->starts_with("http://j/search?service=rustok-server&tags=%7B%22event.id%22%3A%22" + event(6) + "%22"));
}
