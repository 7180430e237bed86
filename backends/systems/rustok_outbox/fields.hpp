// Where the RusToK outbox keeps each canonical fact: the columns of `sys_events` and the members of its envelope
// (docs/systems/rustok-outbox.md sections 2.1 to 2.3 and 3). Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::rustok_outbox {

/// Rows of before 2026-02-11 hold `unknown` (or lack the column): then the type of the event inside the envelope.
inline constexpr std::string_view kind =
    "CASE WHEN j.event_type <> 'unknown' THEN j.event_type ELSE coalesce(j.payload ->> 'event_type', j.payload -> "
    "'event' -> 'event' ->> 'type', j.payload -> 'event' ->> 'type', j.event_type) END";
/// The text before the first dot of the event's dotted name; such a row names none.
inline constexpr std::string_view queue =
    "CASE WHEN j.event_type <> 'unknown' THEN split_part(j.event_type, '.', 1) ELSE coalesce(split_part(j.payload ->> "
    "'event_type', '.', 1), 'unknown') END";

/// Root events hold their data directly, contract events one level deeper, beside their `family`; what has another
/// shape is shown as it is.
inline constexpr std::string_view data =
    "coalesce(CASE WHEN j.payload -> 'event' ? 'family' THEN j.payload -> 'event' -> 'event' -> 'data' ELSE j.payload "
    "-> 'event' -> 'data' END, j.payload -> 'event', j.payload)";
inline constexpr std::string_view data_text =
    "coalesce(CASE WHEN j.payload -> 'event' ? 'family' THEN j.payload -> 'event' -> 'event' -> 'data' ELSE j.payload "
    "-> 'event' -> 'data' END, j.payload -> 'event', j.payload)::text";
inline constexpr std::string_view data_size =
    "octet_length(coalesce(CASE WHEN j.payload -> 'event' ? 'family' THEN j.payload -> 'event' -> 'event' -> 'data' "
    "ELSE j.payload -> 'event' -> 'data' END, j.payload -> 'event', j.payload)::text)";

inline constexpr std::string_view tenant = "coalesce(j.payload ->> 'tenant_id', j.payload -> 'event' ->> 'tenant_id')";

/// Failed attempts, and the one that succeeded or is under way. An attempt that a crash cut short leaves no mark.
inline constexpr std::string_view attempts =
    "j.retry_count + CASE WHEN j.status = 'dispatched' OR (j.status = 'pending' AND j.claimed_at IS NOT NULL) THEN 1 "
    "ELSE 0 END";
/// The limit is a setting of the server. Where the source does not give it, dead letters show what it was at least.
inline constexpr std::string_view max_attempts =
    "coalesce(nullif({=max_attempts}, 0), nullif((SELECT max(f.retry_count) FROM {sys_events} f WHERE f.status = "
    "'failed'), 0))";

inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, queue, "event_type"},
    SqlFieldRule{SqlField::queue, "coalesce(split_part(j.payload ->> 'event_type', '.', 1), 'unknown')"},
    SqlFieldRule{SqlField::kind, kind, "event_type"},
    SqlFieldRule{SqlField::kind,
                 "coalesce(j.payload ->> 'event_type', j.payload -> 'event' -> 'event' ->> 'type', j.payload -> "
                 "'event' ->> 'type')"},
    SqlFieldRule{SqlField::native_state, "j.status"},
    SqlFieldRule{SqlField::attempts, attempts, "retry_count claimed_at"},
    SqlFieldRule{SqlField::max_attempts, max_attempts, "retry_count"},
    SqlFieldRule{SqlField::created_at, "j.created_at"},
    SqlFieldRule{SqlField::scheduled_at, "j.next_attempt_at", "next_attempt_at"},
    SqlFieldRule{SqlField::started_at, "j.claimed_at", "claimed_at"},
    SqlFieldRule{SqlField::finished_at, "j.dispatched_at"},
    SqlFieldRule{SqlField::worker, "j.claimed_by", "claimed_by"},
    SqlFieldRule{SqlField::error, "j.last_error", "last_error"},
    SqlFieldRule{SqlField::payload, data_text},
    SqlFieldRule{SqlField::payload_size, data_size},
    SqlFieldRule{SqlField::payload_document, data},
    SqlFieldRule{SqlField::trace_id, "j.payload ->> 'trace_id'"},
    // The number of a span inside one process: decimal, up to 20 digits. Anything else is what it looks like.
    SqlFieldRule{SqlField::trace_status, "CASE WHEN j.payload ->> 'trace_id' ~ '^[0-9]{1,20}$' THEN 'opaque' END"},
    SqlFieldRule{SqlField::correlation_id, "j.payload ->> 'correlation_id'"},
    SqlFieldRule{SqlField::causation_id, "j.payload ->> 'causation_id'"},
    SqlFieldRule{SqlField::tenant, tenant},
};

using ExtraForm = SqlExtra::Form;

/// Rows of a table that follow one event, the last twenty of them, all columns.
inline constexpr std::array extras{
    SqlExtra{"schema_version", "j.schema_version", ExtraForm::integer, "schema_version"},
    SqlExtra{"event_family", "j.payload -> 'event' ->> 'family'"},
    SqlExtra{"actor_id", "j.payload ->> 'actor_id'"},
    SqlExtra{"envelope_timestamp", "j.payload ->> 'timestamp'"},
    SqlExtra{"envelope",
             "CASE WHEN jsonb_typeof(j.payload) = 'object' THEN nullif(j.payload - '{id, event_type, schema_version, "
             "correlation_id, causation_id, tenant_id, trace_id, timestamp, actor_id, event, retry_count}'::text[], "
             "'{}') END",
             ExtraForm::json},
    SqlExtra{"claim_age_ms",
             "CASE WHEN j.status = 'pending' THEN floor(extract(epoch FROM now() - j.claimed_at) * 1000)::bigint END",
             ExtraForm::integer, "claimed_at"},
    SqlExtra{"notification_receipt",
             "nullif(EXISTS (SELECT 1 FROM {notification_outbox_intake_receipts} n WHERE n.outbox_event_id = j.id), "
             "false)",
             ExtraForm::boolean, "notification_outbox_intake_receipts.outbox_event_id=uuid"},
    SqlExtra{"notification_rejection",
             "nullif(EXISTS (SELECT 1 FROM {notification_outbox_intake_rejections} n WHERE n.outbox_event_id = j.id), "
             "false)",
             ExtraForm::boolean, "notification_outbox_intake_rejections.outbox_event_id=uuid"},
    SqlExtra{"artifact_deliveries",
             "(SELECT json_agg(row_to_json(d)) FROM (SELECT * FROM {module_artifact_event_deliveries} a WHERE "
             "a.source_event_id = j.id LIMIT 20) d)",
             ExtraForm::json, "module_artifact_event_deliveries.source_event_id=uuid"},
    SqlExtra{"search_projection",
             "(SELECT json_agg(row_to_json(d)) FROM (SELECT * FROM {search_projection_inbox} s WHERE s.event_id = j.id "
             "LIMIT 20) d)",
             ExtraForm::json, "search_projection_inbox.event_id=uuid"},
};

inline constexpr std::string_view columns =
    "id event_type schema_version payload status retry_count next_attempt_at last_error claimed_by claimed_at "
    "created_at dispatched_at";

}  // namespace queuetrace::rustok_outbox
