// What `doctor` and `source check` look for in a RusToK outbox (docs/systems/rustok-outbox.md sections 2 to 5, 7, 9 and
// 11), and the conditions it shares with the notes on events. Part of system.cpp, apart for its length. Whatever names
// the state first is found through the index on (status, next_attempt_at).
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::rustok_outbox {

/// 5 seconds more than the relay's own limit: it compares with its own clock.
inline constexpr std::string_view claim_expired =
    "j.status = 'pending' AND j.claimed_at <= now() - make_interval(secs => {=claim_ttl} + 5)";
/// A claim that is in force, of an event that another relay or an earlier pass must have claimed before: relays take
/// the oldest first, and a younger one was dispatched before this claim. A first claim of an old event is catching up
/// (docs/systems/rustok-outbox.md section 4).
inline constexpr std::string_view claim_repeated =
    "j.status = 'pending' AND j.claimed_at > greatest(j.created_at, j.next_attempt_at) + interval '10 minutes' AND "
    "j.retry_count = 0 AND j.claimed_at > now() - make_interval(secs => {=claim_ttl} + 5) AND "
    "greatest(j.created_at, j.next_attempt_at) < (SELECT max(d.created_at) FROM {sys_events} d WHERE d.status = "
    "'dispatched' AND d.dispatched_at < now() - make_interval(secs => 2 * {=claim_ttl} + 5))";
inline constexpr std::string_view contract_error =
    "j.status = 'failed' AND j.last_error LIKE '%does not support contract event%'";
inline constexpr std::string_view load_bearing =
    "j.event_type IN ('order.placed', 'forum.topic.created', 'forum.mention.user_added')";
inline constexpr Text envelope_differs =
    "(j.payload ->> 'id' <> j.id::text OR j.payload ->> 'event_type' <> j.event_type OR j.payload ->> 'schema_version' "
    "<> j.schema_version::text)";

/// The oids of tables, whatever characters are in the name of their schema.
inline constexpr Text events_oid =
    "(SELECT t.typrelid FROM pg_catalog.pg_type t WHERE t.oid = pg_typeof(NULL::{sys_events}))";

using Severity = Finding::Severity;

inline constexpr std::array diagnoses{
    // The schema.
    SqlDiagnosisRule{.code = "first-schema",
                     .severity = Severity::note,
                     .subject = "schema",
                     .text = "the five columns of before 2026-02-10: no claims, retries or errors are stored",
                     .needs = "!claimed_at"},
    SqlDiagnosisRule{.code = "claims-expire",
                     .severity = Severity::note,
                     .subject = "era",
                     .text = "tables of the current release are here: claims older than {=claim_ttl} s are taken over "
                             "(setting claim_ttl)",
                     .needs = "@current",
                     .in_doctor = false,
                     .in_check = true},
    SqlDiagnosisRule{.code = "claims-never-expire",
                     .severity = Severity::note,
                     .subject = "era",
                     .text = "none of event_delivery_settings, owner_operation_receipts and "
                             "notification_outbox_intake_receipts is here: taken for the release whose claims never "
                             "expire",
                     .remedy = "a relay that stops leaves its events claimed forever: run this command after each stop",
                     .needs = "claimed_at !@current",
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "half-migrated",
        .severity = Severity::problem,
        .subject = "schema",
        .text = "claims are stored, but these columns are missing: the server's statements fail",
        .rows = constant<"SELECT c.name AS found FROM unnest(ARRAY['event_type', 'schema_version', 'retry_count', "
                         "'next_attempt_at', 'last_error', 'claimed_by']) c(name) WHERE NOT EXISTS (SELECT 1 FROM "
                         "pg_catalog.pg_attribute a WHERE a.attname = c.name AND NOT a.attisdropped AND a.attrelid "
                         "= " +
                         events_oid + ")">,
        .of_jobs = false,
        .remedy = "run the server's migrations to their end",
        .needs = "claimed_at"},
    SqlDiagnosisRule{.code = "upgraded-table",
                     .severity = Severity::note,
                     .subject = "schema",
                     .text = "event_type holds 128 characters: the table is older than event types, and rows from "
                             "before that are of type `unknown`",
                     .rows = constant<"SELECT 'sys_events' AS found FROM pg_catalog.pg_attribute a WHERE a.attname = "
                                      "'event_type' AND a.atttypmod = 132 AND a.attrelid = " +
                                      events_oid>,
                     .of_jobs = false,
                     .needs = "event_type=varchar",
                     .in_check = true},

    // Claims.
    SqlDiagnosisRule{
        .code = "claim-stuck",
        .severity = Severity::problem,
        .subject = "claims",
        .text = "claimed more than {=claim_ttl} s ago, and no relay of this release takes a claim back: "
                "stuck forever unless that relay still works on them",
        .predicate = claim_expired,
        .remedy = "when the relay is gone: UPDATE {sys_events} SET claimed_by = NULL, claimed_at = NULL "
                  "WHERE status = 'pending' AND claimed_at < now() - interval '10 minutes'",
        .needs = "claimed_at !@current",
        .in_check = true,
        .groups = {.by = "relay", .expression = "coalesce(j.claimed_by, '(unnamed)')", .needs = "claimed_by"}},
    SqlDiagnosisRule{
        .code = "claim-expired",
        .severity = Severity::warning,
        .subject = "claims",
        .text = "claimed more than {=claim_ttl} s ago: a running relay takes them over within a second, so "
                "none may be running, or the setting claim_ttl differs",
        .predicate = claim_expired,
        .remedy = "look at the relay of the server (worker state `outbox_relay` of /health/ready)",
        .needs = "claimed_at @current",
        .in_check = true,
        .groups = {.by = "relay", .expression = "coalesce(j.claimed_by, '(unnamed)')", .needs = "claimed_by"}},
    SqlDiagnosisRule{.code = "claim-repeated",
                     .severity = Severity::warning,
                     .subject = "claims",
                     .text =
                         "claimed ten minutes or more after they were due, and after younger events were dispatched, "
                         "without one failed attempt on record: recording the failure fails itself, as it does for "
                         "errors of over 2048 characters",
                     .predicate = claim_repeated,
                     .remedy = "look for `value too long` in the server's log",
                     .needs = "claimed_at retry_count next_attempt_at @current",
                     .in_check = true,
                     .groups = {.by = "type", .expression = "j.event_type", .needs = "event_type"}},

    // Events that wait.
    SqlDiagnosisRule{.code = "overdue",
                     .severity = Severity::warning,
                     .subject = "pending events",
                     .text = "due for over five minutes and unclaimed: no relay is running, or it falls behind (the "
                             "server calls itself degraded at this age)",
                     .predicate =
                         "j.status = 'pending' AND j.claimed_at IS NULL AND j.created_at < now() - interval '5 "
                         "minutes' AND (j.next_attempt_at IS NULL OR j.next_attempt_at < now() - interval '5 "
                         "minutes')",
                     .remedy = "queuetrace peek -s <source>, and look at the relay of the server",
                     .needs = "claimed_at next_attempt_at"},
    SqlDiagnosisRule{.code = "next-attempt-far",
                     .severity = Severity::warning,
                     .subject = "pending events",
                     .text =
                         "their next attempt is more than ten minutes away, and the relay backs off for one minute at "
                         "most: they were postponed by hand, or a clock is wrong",
                     .predicate = "j.status = 'pending' AND j.next_attempt_at > now() + interval '10 minutes'",
                     .remedy = "to send them now: UPDATE {sys_events} SET next_attempt_at = NULL WHERE status = "
                               "'pending' AND claimed_at IS NULL AND id IN (...)",
                     .needs = "next_attempt_at"},
    SqlDiagnosisRule{.code = "beyond-retries",
                     .severity = Severity::warning,
                     .subject = "pending events",
                     .text =
                         "still pending after ten failed attempts or more, where the server gives up: its dead letter "
                         "queue may be off, or its limit is higher (setting max_attempts)",
                     .predicate = "j.status = 'pending' AND j.retry_count >= coalesce(nullif({=max_attempts}, 0), 10)",
                     .remedy = "queuetrace job errors -s <source> --state pending,retrying",
                     .needs = "retry_count"},
    SqlDiagnosisRule{.code = "envelope-differs",
                     .severity = Severity::problem,
                     .subject = "pending events",
                     .text =
                         "id, type or version differ between row and envelope: the relay sends such an event to the "
                         "dead letter queue",
                     .predicate = constant<"j.status = 'pending' AND " + envelope_differs>,
                     .remedy = "queuetrace job show -s <source> ID --raw; make the columns equal to the envelope, or "
                               "queuetrace job cancel -s <source> ID...",
                     .needs = "event_type schema_version"},
    SqlDiagnosisRule{.code = "unknown-type",
                     .severity = Severity::warning,
                     .subject = "pending events",
                     .text = "of type `unknown`, from before event types were stored: the current server does not know "
                             "it and sends them to the dead letter queue",
                     .predicate = "j.status = 'pending' AND j.event_type = 'unknown'",
                     .remedy = "queuetrace job show -s <source> ID shows the type inside the envelope",
                     .needs = "event_type"},
    SqlDiagnosisRule{
        .code = "future-times",
        .severity = Severity::warning,
        .subject = "clocks",
        .text = "made or claimed more than a minute in the future: the clock of a server is ahead, and its "
                "claims last longer",
        .predicate = "j.status = 'pending' AND (j.created_at > now() + interval '1 minute' OR j.claimed_at "
                     "> now() + interval '1 minute')",
        .remedy = "synchronise the clocks of the servers",
        .needs = "claimed_at"},
    // As ranges, which the index on (status, next_attempt_at) serves.
    SqlDiagnosisRule{.code = "unknown-state",
                     .severity = Severity::problem,
                     .subject = "unknown states",
                     .text = "no release knows these states (case counts): relays and admin pages fail as soon as they "
                             "load such a row",
                     .predicate = "j.status < 'dispatched' OR (j.status > 'dispatched' AND j.status < 'failed') OR "
                                  "(j.status > 'failed' AND j.status < 'pending') OR j.status > 'pending'",
                     .remedy =
                         "queuetrace job show -s <source> ID; then UPDATE {sys_events} SET status = 'pending' (to "
                         "send it) or 'failed' (to end it) WHERE id = ...",
                     .in_check = true,
                     .groups = {.by = "state", .expression = "j.status"}},

    // Events that ended.
    SqlDiagnosisRule{.code = "contract-undeliverable",
                     .severity = Severity::problem,
                     .subject = "dead letters",
                     .text =
                         "the server's transport takes no contract events: these are lost, and a replay fails again "
                         "until the server is fixed",
                     .predicate = contract_error,
                     .remedy = "queuetrace job errors -s <source> --state dead; replay only after the server is fixed",
                     .needs = "last_error",
                     .in_check = true,
                     .groups = {.by = "type and version",
                                .expression = "j.event_type || ' v' || j.schema_version",
                                .needs = "event_type schema_version"}},
    SqlDiagnosisRule{
        .code = "dead-letters",
        .severity = Severity::note,
        .subject = "dead letters",
        .text = "given up after their last attempt; nothing replays them by itself",
        .predicate = "j.status = 'failed' AND j.last_error <> '' AND j.last_error NOT LIKE '%does not "
                     "support contract event%' AND j.last_error NOT LIKE 'cancelled by operator%'",
        .remedy = "queuetrace job errors -s <source> --state dead, then queuetrace job retry -s <source> "
                  "ID...",
        .needs = "last_error",
        .in_check = true,
        // Of an error only the kind is told, a word of the library; texts may hold personal data.
        .groups = {.by = "type, version and kind of error",
                   .expression = "j.event_type || ' v' || j.schema_version || ' ' || coalesce(substring(j.last_error "
                                 "FROM '^(Serialization error|Validation error|External error|Cache error|Database "
                                 "error|Not found|Event dropped)'), 'other error')",
                   .needs = "event_type schema_version"}},
    SqlDiagnosisRule{.code = "dead-without-error",
                     .severity = Severity::warning,
                     .subject = "dead letters",
                     .text = "failed without an error: not the relay's doing, and the reason is not recorded",
                     .predicate = "j.status = 'failed' AND coalesce(j.last_error, '') = ''",
                     .remedy = "queuetrace job show -s <source> ID",
                     .needs = "last_error",
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "delivery-failed",
        .severity = Severity::warning,
        .subject = "consumers",
        .text = "dispatched, but their delivery to a module ended as dead_letter",
        .rows = "SELECT DISTINCT d.source_event_id AS found FROM {module_artifact_event_deliveries} d WHERE "
                "d.status = 'dead_letter'",
        .remedy = "queuetrace job show -s <source> ID (extra.artifact_deliveries)",
        .needs = "module_artifact_event_deliveries.source_event_id module_artifact_event_deliveries.status"},
    SqlDiagnosisRule{
        .code = "search-failed",
        .severity = Severity::warning,
        .subject = "consumers",
        .text = "dispatched, but the search index gave them up (dead_letter): it is out of date",
        .rows = "SELECT s.event_id AS found FROM {search_projection_inbox} s WHERE s.status = 'dead_letter'",
        .remedy = "queuetrace job show -s <source> ID (extra.search_projection)",
        .needs = "search_projection_inbox.event_id search_projection_inbox.status"},
    SqlDiagnosisRule{.code = "load-bearing-rows",
                     .severity = Severity::note,
                     .subject = "load-bearing rows",
                     .text =
                         "the server reads these rows as records of orders and notifications, whatever their state; "
                         "keep them out of a purge",
                     .predicate = load_bearing,
                     .needs = "event_type",
                     .in_doctor = false,
                     .in_check = true,
                     .groups = {.by = "type", .expression = "j.event_type"}},
    SqlDiagnosisRule{.code = "local-trace-numbers",
                     .severity = Severity::note,
                     .subject = "trace ids",
                     .text = "span numbers of one process, not trace ids (checked: 1,000 events): equal numbers prove "
                             "nothing, and no viewer opens them",
                     .rows =
                         "SELECT e.id AS found FROM (SELECT s.id, s.payload FROM {sys_events} s LIMIT 1000) e WHERE "
                         "e.payload ->> 'trace_id' ~ '^[0-9]{1,20}$'",
                     .remedy = "follow causation_id (queuetrace trace show ID), or search the viewer for event.id",
                     .in_check = true},
};

}  // namespace queuetrace::rustok_outbox
