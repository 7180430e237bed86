// RusToK's transactional outbox: events in `sys_events`, handed to a transport by a relay inside the server. Facts:
// docs/systems/rustok-outbox.md.
//  - Two eras: in the current one a claim older than its time to live (60 s) is taken over; in the seed era it never
//    is. Which one it is shows in tables that came with the current one (variants).
//  - The relay compares with its own clock, we with the server's: a claim counts as expired 5 s later. The peek rule
//    is the relay's own, without that margin.
//  - Settings of a source: `claim_ttl`, and `max_attempts` of the server (10, or 5 with its dead letter queue off).
#include "backends/systems/rustok_outbox/system.hpp"

#include <array>

#include "backends/systems/rustok_outbox/actions.hpp"
#include "backends/systems/rustok_outbox/diagnoses.hpp"
#include "backends/systems/rustok_outbox/fields.hpp"

namespace queuetrace::rustok_outbox {
namespace {

constexpr std::array state_words{
    StateMapping{"pending", JobState::running, "a relay has claimed it"},
    StateMapping{"pending", JobState::retrying, "an earlier attempt failed"},
    StateMapping{"pending", JobState::scheduled, "an operator postponed it"},
    StateMapping{"pending", JobState::pending},
    StateMapping{"dispatched", JobState::completed, "the transport accepted it; consumers may still fail"},
    StateMapping{"failed", JobState::cancelled, "its error says that an operator cancelled it"},
    StateMapping{"failed", JobState::dead, "the dead letter queue"},
};

constexpr std::array states{
    SqlStateRule{JobState::completed, "'dispatched'"},
    SqlStateRule{JobState::cancelled, "'failed'", "j.last_error LIKE 'cancelled by operator%'", "last_error"},
    SqlStateRule{JobState::dead, "'failed'"},
    SqlStateRule{JobState::running, "'pending'", "j.claimed_at IS NOT NULL", "claimed_at"},
    SqlStateRule{JobState::retrying, "'pending'", "j.retry_count > 0", "retry_count"},
    SqlStateRule{JobState::scheduled, "'pending'", "j.next_attempt_at > now()", "next_attempt_at"},
    SqlStateRule{JobState::pending, "'pending'"},
};

constexpr std::array notes{
    SqlNoteRule{"claim-expired",
                "its claim is older than {=claim_ttl} s (and 5 s for clocks that differ): a relay will take it over",
                claim_expired, "claimed_at @current"},
    SqlNoteRule{
        "claim-stuck",
        "its claim is older than {=claim_ttl} s, and this release never takes a claim back: it is stuck forever",
        claim_expired, "claimed_at !@current"},
    SqlNoteRule{"postponed", "an operator postponed it: the relay sets a time only after a failed attempt",
                "j.status = 'pending' AND j.claimed_at IS NULL AND j.retry_count = 0 AND j.next_attempt_at > now()",
                "claimed_at retry_count next_attempt_at"},
    SqlNoteRule{"delivery-unverified", "the transport accepted it; whether its consumers did is not recorded here",
                "j.status = 'dispatched'"},
    SqlNoteRule{"wait-estimated",
                "the claim is not kept: the wait is the time until dispatch, failed attempts included",
                "j.status = 'dispatched' AND j.dispatched_at IS NOT NULL"},
    SqlNoteRule{"contract-undeliverable",
                "the server's transport takes no contract events: a replay will fail again until it is fixed",
                contract_error, "last_error"},
    SqlNoteRule{"failure-time-unknown", "the outbox does not record when the last attempt failed",
                "j.status = 'failed'"},
    SqlNoteRule{"unknown-state",
                "no release writes this state: relays and admin pages fail as soon as they load such a row",
                "j.status NOT IN ('pending', 'dispatched', 'failed')"},
    SqlNoteRule{"max-attempts-estimated",
                "the limit is a setting of the server; shown is the most that a dead letter had. Set `max_attempts` "
                "in the source's keys",
                "{=max_attempts} = 0 AND (SELECT max(f.retry_count) FROM {sys_events} f WHERE f.status = 'failed') > "
                "0",
                "retry_count"},
    SqlNoteRule{"local-trace-number",
                "the trace id is a span number of one process, used again later: equal numbers prove nothing",
                "j.payload ->> 'trace_id' ~ '^[0-9]{1,20}$'"},
    SqlNoteRule{"envelope-differs",
                "id, type or version differ between row and envelope: the relay sends such an event to the dead "
                "letter queue",
                envelope_differs, "event_type schema_version"},
    SqlNoteRule{"platform-scope", "an event of the whole platform: its tenant is all zeros",
                "j.payload ->> 'tenant_id' = '00000000-0000-0000-0000-000000000000'"},
    SqlNoteRule{"load-bearing", "the server reads this row as a record of what happened: deleting it loses data",
                load_bearing, "event_type"},
};

constexpr std::array traces{
    SqlTraceRule{SqlTraceRule::Kind::trace, "(j.payload ->> 'trace_id')", Lookup::scanned},
    SqlTraceRule{SqlTraceRule::Kind::correlation, "(j.payload ->> 'correlation_id')", Lookup::scanned},
    SqlTraceRule{SqlTraceRule::Kind::parent, "(j.payload ->> 'causation_id')", Lookup::scanned},
};

/// The claim is cleared when the attempt ends, so what is known of finished events is the whole way to dispatch.
constexpr std::array waits{
    SqlTiming{"j.created_at", "coalesce(j.dispatched_at, j.claimed_at)",
              "j.status = 'dispatched' OR (j.status = 'pending' AND j.claimed_at IS NOT NULL AND j.retry_count = 0)",
              "claimed_at retry_count"},
    SqlTiming{"j.created_at", "j.dispatched_at", "j.status = 'dispatched'"}};
constexpr std::array runs{SqlTiming{"j.claimed_at", "now()", "j.status = 'pending'", "claimed_at"}};

constexpr std::array relations{SqlRelation{.name = "events",
                                           .table = "sys_events",
                                           .fields = fields,
                                           .extras = extras,
                                           .state = "j.status",
                                           .states = states,
                                           .notes = notes,
                                           .traces = traces,
                                           .wait = waits,
                                           .run = runs,
                                           .columns = columns}};

constexpr std::array<std::string_view, 8> tables{"event_delivery_settings",
                                                 "owner_operation_receipts",
                                                 "notification_outbox_intake_receipts",
                                                 "notification_outbox_intake_rejections",
                                                 "module_artifact_event_deliveries",
                                                 "module_artifact_schedule_deliveries",
                                                 "search_projection_inbox",
                                                 "seaql_migrations"};

/// Seconds after which a claim may be taken over, and the limit of attempts (0: not known).
constexpr std::array settings{SqlSetting{"claim_ttl", 60, 1, 86'400}, SqlSetting{"max_attempts", 0, 0, 1'000'000}};

/// Any of the three tables came with or after claims that expire.
constexpr std::array variants{
    SqlVariant{"current", "claimed_at event_delivery_settings."},
    SqlVariant{"current", "claimed_at owner_operation_receipts."},
    SqlVariant{"current", "claimed_at notification_outbox_intake_receipts."},
    SqlVariant{"seed", "claimed_at"},
    SqlVariant{"first"},
};

constexpr std::array newest{SqlOrderKey{"j.created_at", SqlType::time, true}, SqlOrderKey{"j.id", SqlType::uuid}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::uuid}};

/// docs/systems/rustok-outbox.md section 4. The relay has no tie-breaker; the id makes ours the same each time.
constexpr std::string_view relay_order = "j.created_at, j.id";
constexpr std::array peeks{
    SqlPeek{"j.status = 'pending' AND (j.next_attempt_at IS NULL OR j.next_attempt_at <= now()) AND (j.claimed_at IS "
            "NULL OR j.claimed_at <= now() - make_interval(secs => {=claim_ttl}))",
            relay_order, "@current next_attempt_at",
            "eligible next, oldest first: a relay claims up to 100 at once, takes over claims older than "
            "{=claim_ttl} s, and dispatches up to 8 side by side, so the order inside a batch is not certain"},
    SqlPeek{"j.status = 'pending' AND (j.next_attempt_at IS NULL OR j.next_attempt_at <= now()) AND j.claimed_at IS "
            "NULL",
            relay_order, "claimed_at next_attempt_at",
            "eligible next, oldest first: none of the current release's tables is here, so claims are taken to last "
            "forever; a relay claims up to 100 at once"},
    SqlPeek{"j.status = 'pending'", relay_order, "", "eligible next, oldest first; claims are not recorded here"},
};

constexpr std::array waiting{
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   "j.status = 'pending' AND j.claimed_at IS NULL AND j.next_attempt_at > now() AND j.retry_count > 0",
                   "j.next_attempt_at", "claimed_at next_attempt_at retry_count"},
    SqlWaitingRule{"postponed", "an operator postponed them; clearing next_attempt_at releases them",
                   "j.status = 'pending' AND j.claimed_at IS NULL AND j.next_attempt_at > now() AND j.retry_count = 0",
                   "j.next_attempt_at", "claimed_at next_attempt_at retry_count"},
    SqlWaitingRule{"claimed", "a relay works on them; after {=claim_ttl} s another may take them over",
                   "j.status = 'pending' AND j.claimed_at > now() - make_interval(secs => {=claim_ttl})",
                   "j.claimed_at + make_interval(secs => {=claim_ttl})", "claimed_at @current"},
    SqlWaitingRule{"claim-expired",
                   "their claim has expired: they are among the next above, and a relay takes them over when due",
                   "j.status = 'pending' AND j.claimed_at <= now() - make_interval(secs => {=claim_ttl})", "",
                   "claimed_at @current"},
    SqlWaitingRule{"claimed", "a relay works on them, or died with them: claims never expire in this release",
                   "j.status = 'pending' AND j.claimed_at > now() - make_interval(secs => {=claim_ttl} + 5)", "",
                   "claimed_at !@current"},
    SqlWaitingRule{"claim-stuck",
                   "claimed more than {=claim_ttl} s ago, and no relay of this release takes a claim back: stuck "
                   "forever until the claim is released by hand",
                   claim_expired, "", "claimed_at !@current"},
    SqlWaitingRule{"unknown-state", "no relay takes an event in this state",
                   "j.status NOT IN ('pending', 'dispatched', 'failed')"},
};

constexpr std::array stale{SqlNoteRule{"stale", "", claim_expired, "claimed_at"}};

constexpr std::array indexes{
    SqlIndexCheck{"sys_events", "status",
                  "CREATE INDEX CONCURRENTLY idx_sys_events_pending_next_attempt ON {sys_events} (status, "
                  "next_attempt_at)",
                  "next_attempt_at"},
    SqlIndexCheck{"sys_events", "(payload ->> 'trace_id'::text)",
                  "CREATE INDEX CONCURRENTLY idx_sys_events_trace_id ON {sys_events} ((payload ->> 'trace_id')) WHERE "
                  "payload ->> 'trace_id' IS NOT NULL"},
    SqlIndexCheck{"sys_events", "(payload ->> 'causation_id'::text)",
                  "CREATE INDEX CONCURRENTLY idx_sys_events_causation_id ON {sys_events} ((payload ->> "
                  "'causation_id')) WHERE payload ->> 'causation_id' IS NOT NULL"},
    SqlIndexCheck{"sys_events", "(payload ->> 'tenant_id'::text)",
                  "CREATE INDEX CONCURRENTLY idx_sys_events_tenant_id ON {sys_events} ((payload ->> 'tenant_id'))"},
};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "rustok-outbox",
             .title = "RusToK outbox",
             .family = StorageFamily::postgresql,
             .summary = "transactional outbox of the RusToK CMS and commerce server, in a PostgreSQL table",
             .versions = "commits 589e954 (2026-02-14) and 4ea8a03 (2026-08-23), and the five columns of 2026-02-03; "
                         "read in the source, not run",
             .storage = "table sys_events; shown beside it: receipts and deliveries keyed by the same event",
             .order = "all events in one order: due and unclaimed (or, in the current release, with an expired "
                      "claim), oldest first, up to 100 at once",
             .trace = "payload members trace_id (a span number of one process), correlation_id (the event's own id), "
                      "causation_id (the event that caused it)",
             .limits = "no failure times, no history of attempts or claims, no limit of attempts; dispatched does not "
                       "mean that consumers succeeded",
             .states = state_words,
             .spans = {.attribute = "event.id", .service = "rustok-server"}},
    .flavour = SqlFlavour::postgresql,
    .probe = "id=uuid payload=jsonb status created_at=timestamptz dispatched_at=timestamptz",
    // The table's name is a common one: its rows must be envelopes; without rows its columns must be the outbox's.
    .confirmation =
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM {sys_events}) THEN EXISTS (SELECT 1 FROM (SELECT payload "
        "FROM {sys_events} LIMIT 200) s WHERE s.payload ? 'correlation_id' AND (s.payload ? 'tenant_id' "
        "OR s.payload -> 'event' ? 'tenant_id')) ELSE to_jsonb(jsonb_populate_record(NULL::{sys_events}, "
        "'{}')) ?& ARRAY['event_type', 'schema_version', 'retry_count', 'next_attempt_at', 'claimed_by', "
        "'claimed_at'] END",
    .relations = relations,
    .settings = settings,
    .tables = tables,
    .variants = variants,
    .id_type = SqlType::uuid,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .peek_together = "sys_events",
    .waiting = waiting,
    .stale = stale,
    .statistics_note = "waits are the time from creation to dispatch, failed attempts included: claims are not kept",
    .version = "SELECT 'migration ' || max(version) FROM {seaql_migrations}",
    .version_needs = "seaql_migrations.version",
    .indexes = indexes,
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
};
static_assert(consistent(system));

}  // namespace queuetrace::rustok_outbox
