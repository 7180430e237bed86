// What `source check` looks for in a RusToK outbox (docs/systems/rustok-outbox.md sections 5, 9 and 11). Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::rustok_outbox {

inline constexpr std::array findings{
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "era",
                   .text = "tables of the current release are here: claims older than {=claim_ttl} s are taken over "
                           "(setting claim_ttl)",
                   .needs = "@current"},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "era",
                   .text = "none of event_delivery_settings, owner_operation_receipts and "
                           "notification_outbox_intake_receipts is here: taken for the release whose claims never "
                           "expire",
                   .needs = "!@current"},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "upgraded table",
                   .text = "event_type holds 128 characters: the table is older than event types, and rows from "
                           "before that are of type `unknown`",
                   .query = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = (SELECT "
                            "e.tableoid FROM {sys_events} e LIMIT 1) AND a.attname = 'event_type' AND a.atttypmod = "
                            "132)",
                   .needs = "event_type=varchar"},
    SqlFindingRule{.severity = Finding::Severity::problem,
                   .subject = "stuck claims",
                   .text = "claimed more than {=claim_ttl} s ago by relays that this release never takes over from; "
                           "by relay",
                   .remedy = "when the relay is gone: UPDATE {sys_events} SET claimed_by = NULL, claimed_at = NULL "
                             "WHERE status = 'pending' AND claimed_at < now() - interval '10 minutes'",
                   .needs = "claimed_at claimed_by !@current",
                   .groups = "SELECT coalesce(j.claimed_by, '(nobody)'), count(*) FROM {sys_events} j WHERE j.status "
                             "= 'pending' AND j.claimed_at <= now() - make_interval(secs => {=claim_ttl} + 5) GROUP "
                             "BY 1 ORDER BY 2 DESC, 1 LIMIT 11"},
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "expired claims",
                   .text = "claimed more than {=claim_ttl} s ago: a running relay takes them over within a second, so "
                           "none may be running, or the setting claim_ttl differs; by relay",
                   .needs = "claimed_at claimed_by @current",
                   .groups = "SELECT coalesce(j.claimed_by, '(nobody)'), count(*) FROM {sys_events} j WHERE j.status "
                             "= 'pending' AND j.claimed_at <= now() - make_interval(secs => {=claim_ttl} + 5) GROUP "
                             "BY 1 ORDER BY 2 DESC, 1 LIMIT 11"},
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "failures that are not recorded",
                   .text = "claimed ten minutes or more after they were due, without one failed attempt on record; an "
                           "error of more than 2048 characters does this; by type",
                   .remedy = "look for `value too long` in the server's log",
                   .needs = "event_type claimed_at retry_count next_attempt_at",
                   .groups = "SELECT j.event_type, count(*) FROM {sys_events} j WHERE j.status = 'pending' AND "
                             "j.claimed_at > greatest(j.created_at, j.next_attempt_at) + interval '10 minutes' AND "
                             "j.retry_count = 0 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 11"},
    SqlFindingRule{.severity = Finding::Severity::problem,
                   .subject = "contract events",
                   .text = "dead because the server's transport takes no contract events; a replay fails again until "
                           "the server is fixed; by type and version",
                   .needs = "event_type schema_version last_error",
                   .groups = "SELECT j.event_type || ' v' || j.schema_version, count(*) FROM {sys_events} j WHERE "
                             "j.status = 'failed' AND j.last_error LIKE '%does not support contract event%' GROUP BY "
                             "1 ORDER BY 2 DESC, 1 LIMIT 11"},
    // Of an error only the kind is told, a word of the library; texts may hold personal data.
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "dead letters",
                   .text = "by type, version and kind of error",
                   .remedy = "queuetrace job errors --state dead",
                   .needs = "event_type schema_version last_error",
                   .groups =
                       "SELECT j.event_type || ' v' || j.schema_version || ' ' || coalesce(substring(j.last_error "
                       "FROM '^(Serialization error|Validation error|External error|Cache error|Database "
                       "error|Not found|Event dropped)'), 'other error'), count(*) FROM {sys_events} j WHERE "
                       "j.status = 'failed' AND coalesce(j.last_error, '') NOT LIKE '%does not support contract "
                       "event%' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 11"},
    SqlFindingRule{.severity = Finding::Severity::problem,
                   .subject = "unknown states",
                   .text = "no release knows these states: relays and admin pages fail when they load such a row; by "
                           "state",
                   .groups = "SELECT j.status, count(*) FROM {sys_events} j WHERE j.status NOT IN ('pending', "
                             "'dispatched', 'failed') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 11"},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "load-bearing rows",
                   .text = "the server reads these rows as records of orders and notifications, whatever their state; "
                           "keep them out of a purge; by type",
                   .needs = "event_type",
                   .groups = "SELECT j.event_type, count(*) FROM {sys_events} j WHERE j.event_type IN ("
                             "'order.placed', 'forum.topic.created', 'forum.mention.user_added') GROUP BY 1 ORDER BY "
                             "2 DESC, 1 LIMIT 11"},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "row level security",
                   .text = "tables module_artifact_* show a reader without the setting rustok.tenant_id no rows and no "
                           "error: missing deliveries prove nothing",
                   .needs = "module_artifact_event_deliveries."},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "trace ids",
                   .text = "this system stores span numbers of one process, not trace ids: follow causation_id, or "
                           "search the viewer for event.id"},
};

}  // namespace queuetrace::rustok_outbox
