// What can be done to events of a RusToK outbox (docs/systems/rustok-outbox.md section 5): each action is one guarded
// statement, and no status is ever written but the three that the server's own enumeration knows. Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/rustok_outbox/diagnoses.hpp"

namespace queuetrace::rustok_outbox {

/// Both eras; the table of 2026-02-03 has none of these columns.
inline constexpr std::string_view claim_columns = "retry_count next_attempt_at last_error claimed_by claimed_at";
inline constexpr Text claimed = "j.status = 'pending' AND j.claimed_at IS NOT NULL";

inline constexpr std::string_view no_state = "j.status NOT IN ('pending', 'dispatched', 'failed')";
/// Younger than the limit, and five seconds for clocks that differ.
inline constexpr std::string_view claim_holds =
    "j.status = 'pending' AND j.claimed_at > now() - make_interval(secs => {=claim_ttl} + 5)";

inline constexpr std::array retry_skips{
    SqlSkipRule{no_state, "no release writes its state: whoever wrote it must say what was meant"},
    SqlSkipRule{claim_holds, "a relay works on it: its claim is not older than {=claim_ttl} s"},
    SqlSkipRule{claimed,
                "its claim is older than {=claim_ttl} s, and this release never takes one back: if its relay still "
                "lives, the event goes out twice",
                Verdict::skip, true, "!@current"},
    SqlSkipRule{"j.status = 'pending' AND j.claimed_at IS NULL AND NOT coalesce(j.next_attempt_at > now(), false)",
                "it waits and is due", Verdict::already},
    SqlSkipRule{"j.status = 'dispatched'", "it was dispatched: its consumers would get the same event again",
                Verdict::skip, true},
    SqlSkipRule{"j.status = 'failed' AND j.last_error LIKE 'cancelled by operator%'", "an operator cancelled it",
                Verdict::skip, true},
    SqlSkipRule{contract_error,
                "the server's transport takes no contract events: it fails again until the server is fixed",
                Verdict::skip, true},
};
/// A dead letter as the server's own replay does it; of what waits only that which makes it wait is taken away.
inline constexpr std::array retry{SqlActionStatement{constant<
    "UPDATE {sys_events} j SET status = 'pending', retry_count = CASE WHEN j.status = 'pending' OR NOT "
    "{:reset_attempts} THEN j.retry_count ELSE 0 END, next_attempt_at = CASE WHEN " +
    claimed +
    " THEN j.next_attempt_at END, last_error = CASE WHEN j.status = 'pending' THEN j.last_error END, claimed_by = "
    "NULL, claimed_at = NULL, dispatched_at = NULL WHERE j.id = ANY({:ids}) AND (j.status = 'failed' OR (j.status = "
    "'pending' AND (j.claimed_at IS NULL OR j.claimed_at <= now() - make_interval(secs => {=claim_ttl} + 5))) OR "
    "({:force} AND j.status = 'dispatched')) RETURNING j.id">}};

inline constexpr std::array first_retry_skips{
    retry_skips[0],
    SqlSkipRule{"j.status = 'pending'", "it waits", Verdict::already},
    retry_skips[4],
};
inline constexpr std::array first_retry{
    SqlActionStatement{"UPDATE {sys_events} j SET status = 'pending', dispatched_at = NULL WHERE j.id = ANY({:ids}) "
                       "AND (j.status = 'failed' OR ({:force} AND j.status = 'dispatched')) RETURNING j.id"}};

inline constexpr std::array cancel_skips{
    SqlSkipRule{"j.status = 'failed' AND j.last_error LIKE 'cancelled by operator%'", "it is cancelled",
                Verdict::already},
    SqlSkipRule{"j.status = 'failed'", "it is a dead letter: nothing delivers it"},
    SqlSkipRule{"j.status = 'dispatched'", "it was dispatched"},
    SqlSkipRule{no_state, "no relay takes an event in its state"},
    SqlSkipRule{claimed, "a relay has claimed it; where the claim is stuck, retry releases it first"},
};
/// There is no state for it, and an invented one breaks every query that loads the row: it is told by its error.
inline constexpr std::array cancel{SqlActionStatement{
    "UPDATE {sys_events} j SET status = 'failed', next_attempt_at = NULL, last_error = left(CASE WHEN {:message} LIKE "
    "'cancelled by operator%' THEN {:message} WHEN {:message} = '' THEN 'cancelled by operator' ELSE 'cancelled by "
    "operator: ' || {:message} END, 2048) WHERE j.id = ANY({:ids}) AND j.status = 'pending' AND j.claimed_at IS NULL "
    "RETURNING j.id"}};

inline constexpr std::array erase_skips{
    SqlSkipRule{claimed, "a relay has claimed it; where the claim is stuck, retry releases it first", Verdict::skip,
                false, "claimed_at"},
    SqlSkipRule{"j.status = 'pending'", "it waits, and no claim is recorded here: a relay may be at work on it",
                Verdict::skip, true, "!claimed_at"},
    SqlSkipRule{"j.event_type = 'order.placed'", "the dashboard counts orders and revenue from these rows",
                Verdict::skip, true, "event_type"},
    SqlSkipRule{"j.event_type IN ('forum.topic.created', 'forum.mention.user_added') AND NOT EXISTS (SELECT 1 FROM "
                "{notification_outbox_intake_receipts} n WHERE n.outbox_event_id = j.id) AND NOT EXISTS (SELECT 1 "
                "FROM {notification_outbox_intake_rejections} n WHERE n.outbox_event_id = j.id)",
                "the notification module has not read it yet", Verdict::skip, true,
                "event_type notification_outbox_intake_receipts.outbox_event_id=uuid "
                "notification_outbox_intake_rejections.outbox_event_id=uuid"},
    SqlSkipRule{"j.event_type IN ('forum.topic.created', 'forum.mention.user_added')",
                "the notification module reads these rows, and nothing readable here shows whether it has",
                Verdict::skip, true, "event_type !notification_outbox_intake_receipts.outbox_event_id=uuid"},
    SqlSkipRule{"j.event_type IN ('forum.topic.created', 'forum.mention.user_added')",
                "the notification module reads these rows, and nothing readable here shows whether it has",
                Verdict::skip, true,
                "event_type notification_outbox_intake_receipts.outbox_event_id=uuid "
                "!notification_outbox_intake_rejections.outbox_event_id=uuid"},
    // The relay's own ids begin with the time of the event in milliseconds (48 bits); any other was chosen by the
    // producer, for whom the row is the proof that it published. One that looks like a time cannot be told.
    SqlSkipRule{"abs(('x' || left(replace(j.id::text, '-', ''), 12))::bit(48)::bigint - extract(epoch FROM "
                "j.created_at) * 1000) > 86400000",
                "its producer chose its id, to publish it once: with the row gone it may be published again",
                Verdict::skip, true},
    SqlSkipRule{"EXISTS (SELECT 1 FROM {sys_events} c WHERE (c.payload ->> 'causation_id') = j.id::text)",
                "later events name it as their cause", Verdict::skip, true, "@current"},
    SqlSkipRule{"EXISTS (SELECT 1 FROM {module_artifact_event_deliveries} d WHERE d.source_event_id = j.id)",
                "a module's delivery names it as its source", Verdict::skip, true,
                "module_artifact_event_deliveries.source_event_id=uuid"},
    SqlSkipRule{"true", "nothing that this role sees shows whether a module's delivery names it as its source",
                Verdict::skip, true,
                "module_artifact_event_deliveries. !module_artifact_event_deliveries.source_event_id=uuid"},
    SqlSkipRule{"true", "row level security may hide a module's delivery that names it as its source", Verdict::skip,
                true, "module_artifact_event_deliveries:hidden."},
    SqlSkipRule{"j.event_type IN ('forum.topic.created', 'forum.mention.user_added')",
                "row level security may hide whether the notification module has read it", Verdict::skip, true,
                "event_type notification_outbox_intake_receipts:hidden."},
    SqlSkipRule{"j.event_type IN ('forum.topic.created', 'forum.mention.user_added')",
                "row level security may hide whether the notification module has read it", Verdict::skip, true,
                "event_type notification_outbox_intake_rejections:hidden."},
    SqlSkipRule{"true", "row level security may hide later events that name it as their cause", Verdict::skip, true,
                "@current sys_events:hidden."},
};
inline constexpr std::array erase{
    SqlActionStatement{
        constant<"DELETE FROM {sys_events} j WHERE j.id = ANY({:ids}) AND NOT (" + claimed + ") RETURNING j.id">,
        "claimed_at"},
    SqlActionStatement{"DELETE FROM {sys_events} j WHERE j.id = ANY({:ids}) AND (j.status <> 'pending' OR {:force}) "
                       "RETURNING j.id",
                       "!claimed_at"}};

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = "a dead letter waits again with its attempts at 0 and its error gone, an event that waits "
                            "for its next attempt is due now, a claim older than {=claim_ttl} s is released",
                  .skips = retry_skips,
                  .statements = retry,
                  .beside = constant<"CASE WHEN " + claimed + " THEN 1 ELSE 0 END">,
                  .beside_text = "its claim is released; if its relay still lives, the event goes out twice",
                  .warning = "consumers get the same event id again and must bear it; the error of a dead letter is "
                             "kept in a backup only",
                  .needs = claim_columns},
    SqlActionRule{.action = ActionKind::retry,
                  .effect = "a dead letter waits again",
                  .skips = first_retry_skips,
                  .statements = first_retry,
                  .warning = "consumers get the same event id again and must bear it"},
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = "a waiting event becomes a dead letter whose error says that an operator cancelled it: "
                            "there is no other state for it",
                  .skips = cancel_skips,
                  .statements = cancel,
                  .needs = claim_columns},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "the event is gone from the outbox, which the server also reads as a record of what "
                            "happened",
                  .skips = erase_skips,
                  .statements = erase,
                  .beside = "CASE WHEN j.status = 'pending' THEN 1 ELSE 0 END",
                  .beside_text = "it has not been delivered, and never will be"},
};

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::cancel,
                   "this table, as of 2026-02-03, records neither claims nor errors: it cannot be known whether a "
                   "relay works on an event, or later that it was cancelled",
                   "delete the event: queuetrace job delete ID"},
    SqlRefusalRule{ActionKind::move,
                   "an event's queue is the first part of its type, and its envelope says it too: moved, the relay "
                   "sends it to the dead letters"},
    SqlRefusalRule{std::nullopt, "relays take from one outbox and know no pause",
                   "cancel the waiting events (queuetrace job cancel --queue NAME --state pending) and retry them "
                   "later, or stop the relay in the server's settings"},
};

inline constexpr std::array backup{
    SqlBackupTable{.table = "sys_events", .owner = "t.id", .condition = "t.id = ANY({:ids})"}};

}  // namespace queuetrace::rustok_outbox
