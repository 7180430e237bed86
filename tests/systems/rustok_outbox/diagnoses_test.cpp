// Every rule that `doctor` has for the RusToK outbox, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/rustok_outbox/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Columns = std::map<std::string, std::string>;

/// Healthy events have the numbers 1 to 9, those of the cases 10 and more.
std::string id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "019b7c00-%04d-7000-8000-%012d", number, number);
  return text;
}

std::string envelope(int number, const std::string& type = "node.created", const std::string& more = "") {
  return "'{\"id\": \"" + id(number) + "\", \"event_type\": \"" + type +
         "\", \"schema_version\": 1, \"correlation_id\": \"" + id(number) +
         "\", \"tenant_id\": \"7e000000-0000-4000-8000-000000000001\", \"event\": {\"type\": \"T\", \"data\": {}}" +
         more + "}'";
}

std::string event(int number, const Columns& given) {
  return insert("sys_events",
                {{"id", "'" + id(number) + "'"},
                 {"payload", envelope(number)},
                 {"event_type", "'node.created'"},
                 {"schema_version", "1"},
                 {"status", "'pending'"},
                 {"created_at", "now() - interval '1 minute'"}},
                given);
}

std::string first_event(int number, const std::string& status) {
  return "INSERT INTO sys_events (id, payload, status, created_at) VALUES ('" + id(number) + "', " + envelope(number) +
         ", '" + status + "', now());";
}

const Columns dispatched{{"status", "'dispatched'"}, {"dispatched_at", "now()"}};

Columns failed(const std::string& error) {
  return {{"status", "'failed'"}, {"retry_count", "10"}, {"last_error", error}};
}

Columns claimed(const std::string& since) { return {{"claimed_by", "'relay-1'"}, {"claimed_at", since}}; }

const std::string indexes = [] {
  std::string sql;
  for (const char* member : {"trace_id", "causation_id", "tenant_id"})
    sql += "CREATE INDEX ON sys_events ((payload ->> '" + std::string(member) + "'));";
  return sql;
}();

const std::string rows =
    "DELETE FROM sys_events;" + event(1, {}) + event(2, dispatched) + event(3, claimed("now()")) +
    event(6, {{"claimed_by", "'relay-1'"}, {"claimed_at", "now()"}, {"created_at", "now() - interval '1 hour'"}}) +
    event(4, {{"retry_count", "2"}, {"next_attempt_at", "now() + interval '30 seconds'"}}) +
    event(5, failed("'cancelled by operator anna'"));

const HealthyDatabases healthy{
    {"current",
     {"TRUNCATE module_artifact_event_deliveries, search_projection_inbox;" + rows +
          "INSERT INTO module_artifact_event_deliveries (id, source_event_id, status) VALUES ('" + id(2) + "', '" +
          id(2) + "', 'succeeded'); INSERT INTO search_projection_inbox (event_id, status) VALUES ('" + id(2) +
          "', 'completed');",
      {},
      indexes}},
    {"seed", {rows, {"claims-never-expire", "upgraded-table"}, indexes}},
    {"first",
     {"DELETE FROM sys_events;" + first_event(1, "pending") + first_event(2, "dispatched"),
      {"first-schema"},
      indexes}}};

const std::string current = "current";
const std::string hour_ago = "now() - interval '1 hour'";

const std::vector<DiagnosisCase> cases{
    {"first-schema", "first", "", {}, {}},
    {"claims-never-expire", "seed", "", {}, {}},
    {"half-migrated", current, "ALTER TABLE sys_events DROP COLUMN schema_version;", 1, {"schema_version"}},
    {"upgraded-table", current, "ALTER TABLE sys_events ALTER COLUMN event_type TYPE varchar(128);", 1, {"sys_events"}},
    {"hidden-rows",
     current,
     "ALTER TABLE module_artifact_event_deliveries ENABLE ROW LEVEL SECURITY; DO $$ BEGIN CREATE ROLE rls_reader "
     "LOGIN; "
     "EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT SELECT ON ALL TABLES IN SCHEMA public TO rls_reader;",
     1,
     {"module_artifact_event_deliveries"},
     {},
     "rls_reader"},

    {"claim-stuck", "seed", event(10, claimed("now() - interval '70 seconds'")), 1, {id(10)}},
    {"claim-expired",
     current,
     event(10, claimed("now() - interval '70 seconds'")) + event(11, claimed("now() - interval '62 seconds'")),
     1,
     {id(10)}},
    {"claim-repeated",
     current,
     event(10, {{"claimed_by", "'relay-1'"}, {"claimed_at", "now()"}, {"created_at", hour_ago}}) +
         event(11, {{"status", "'dispatched'"},
                    {"created_at", "now() - interval '11 minutes'"},
                    {"dispatched_at", "now() - interval '10 minutes'"}}),
     2,
     {id(6), id(10)}},

    {"overdue", current, event(10, {{"created_at", hour_ago}}), 1, {id(10)}},
    {"next-attempt-far", current, event(10, {{"next_attempt_at", "now() + interval '1 hour'"}}), 1, {id(10)}},
    {"beyond-retries", current, event(10, {{"retry_count", "10"}}) + event(11, {{"retry_count", "9"}}), 1, {id(10)}},
    {"envelope-differs", current, event(10, {{"payload", envelope(11)}}), 1, {id(10)}},
    {"unknown-type",
     current,
     event(10, {{"event_type", "'unknown'"}, {"payload", envelope(10, "unknown")}}),
     1,
     {id(10)}},
    {"future-times", current, event(10, {{"created_at", "now() + interval '1 hour'"}}), 1, {id(10)}},
    {"unknown-state",
     current,
     event(10, {{"status", "'Pending'"}}) + event(11, {{"status", "'queued'"}}) + event(12, {{"status", "''"}}) +
         event(13, {{"status", "'done'"}}) + event(14, {{"status", "'failed '"}}),
     5,
     {id(10), id(11), id(12)}},

    {"contract-undeliverable",
     current,
     event(10, failed("'External error: event transport does not support contract event `x`'")),
     1,
     {id(10)}},
    {"dead-letters", current, event(10, failed("'Cache error: gone'")), 1, {id(10)}},
    {"dead-without-error", current, event(10, failed("NULL")) + event(11, failed("''")), 2, {id(10), id(11)}},
    {"delivery-failed",
     current,
     "INSERT INTO module_artifact_event_deliveries (id, source_event_id, status) VALUES ('" + id(20) + "', '" + id(2) +
         "', 'dead_letter'), ('" + id(21) + "', '" + id(2) + "', 'dead_letter');",
     1,
     {id(2)}},
    {"search-failed", current, "UPDATE search_projection_inbox SET status = 'dead_letter';", 1, {id(2)}},
    {"local-trace-numbers",
     current,
     event(10, {{"payload", envelope(10, "node.created", ", \"trace_id\": \"2251799813685249\"")}}) +
         event(11, {{"payload", envelope(11, "node.created", ", \"trace_id\": \"0af7651916cd43dd8448eb211c80319c\"")}}),
     1,
     {id(10)}},

    // The engine's own.
    {"missing-index", current, "DROP INDEX idx_sys_events_pending_next_attempt;", {}, {}},
    {"parent-not-found",
     current,
     event(10, {{"payload", envelope(10, "node.created", ", \"causation_id\": \"" + id(99) + "\"")}}),
     1,
     {id(10)}},
};

}  // namespace

TEST_CASE("doctor on the RusToK outbox") { check_diagnoses(rustok_outbox::system, healthy, cases); }
