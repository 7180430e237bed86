// Where Hammerwork keeps each canonical fact: the columns of the jobs table and of the archive, by schema level
// (docs/systems/hammerwork.md sections 2.2 and 2.5). Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::hammerwork {

/// The finish time that belongs to the status; 1.x leaves stale times of earlier outcomes, so never the greatest.
inline constexpr std::string_view finished =
    "CASE WHEN j.status = 'Completed' THEN j.completed_at ELSE CASE btrim(j.status, '\"') WHEN 'Completed' THEN "
    "j.completed_at WHEN 'Failed' THEN j.failed_at WHEN 'Dead' THEN coalesce(j.failed_at, j.timed_out_at) WHEN "
    "'TimedOut' THEN coalesce(j.timed_out_at, j.failed_at) END END";
inline constexpr std::string_view finished_or_now =
    "CASE btrim(j.status, '\"') WHEN 'Running' THEN now() WHEN 'Completed' THEN j.completed_at WHEN 'Failed' THEN "
    "j.failed_at WHEN 'Dead' THEN coalesce(j.failed_at, j.timed_out_at) WHEN 'TimedOut' THEN coalesce(j.timed_out_at, "
    "j.failed_at) END";

/// Before 2.0 nothing is encrypted whatever the columns say; a redacted payload is not the payload
/// (docs/systems/hammerwork.md section 3). This is what is shown in its place.
inline constexpr std::string_view encrypted_text =
    "CASE WHEN j.is_encrypted THEN 'encrypted (key ' || coalesce(j.encryption_key_id, '?') || ', ' || "
    "coalesce(j.encryption_algorithm, '?') || '), ' || coalesce(octet_length(j.encrypted_payload), 0) || ' bytes' ELSE "
    "j.payload::text END";
inline constexpr std::string_view encrypted_size =
    "CASE WHEN j.is_encrypted THEN octet_length(j.encrypted_payload) ELSE octet_length(j.payload::text) END";

/// What a job depends on (docs/systems/hammerwork.md section 7). The job that parent_span_id names made it, and it
/// waits for that one no more than for any other.
inline constexpr std::string_view depends_on_array =
    "CASE WHEN j.depends_on <> '{}' THEN array_to_json(j.depends_on) END";
inline constexpr std::string_view depends_on_json = "CASE WHEN j.depends_on <> '[]' THEN j.depends_on END";

inline constexpr std::array job_fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue_name"},
    SqlFieldRule{SqlField::kind, "j.queue_name"},  // one handler a queue
    SqlFieldRule{SqlField::native_state, "j.status"},
    SqlFieldRule{SqlField::priority, "j.priority", "priority"},
    SqlFieldRule{SqlField::attempts, "j.attempts"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, "j.created_at", "created_at"},
    SqlFieldRule{SqlField::scheduled_at, "j.scheduled_at"},
    SqlFieldRule{SqlField::started_at, "j.started_at", "started_at"},
    SqlFieldRule{SqlField::finished_at, finished, "completed_at failed_at timed_out_at"},
    SqlFieldRule{SqlField::finished_at, "j.completed_at", "completed_at"},
    SqlFieldRule{SqlField::error, "j.error_message", "error_message"},
    SqlFieldRule{SqlField::payload, encrypted_text, "is_encrypted encrypted_payload encryption_algorithm"},
    SqlFieldRule{SqlField::payload, "j.payload::text"},
    SqlFieldRule{SqlField::payload_form, "CASE WHEN j.is_encrypted THEN 'encrypted' ELSE 'json' END",
                 "is_encrypted encrypted_payload encryption_algorithm"},
    SqlFieldRule{SqlField::payload_size, encrypted_size, "is_encrypted encrypted_payload encryption_algorithm"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.payload::text)"},
    SqlFieldRule{SqlField::payload_document, "j.payload", "payload=jsonb"},
    SqlFieldRule{SqlField::result, "CASE WHEN j.result_expires_at < now() THEN NULL ELSE j.result_data END",
                 "result_data result_expires_at"},
    SqlFieldRule{SqlField::trace_id, "j.trace_id", "trace_id"},
    SqlFieldRule{SqlField::parent_span_id, "j.parent_span_id", "parent_span_id"},
    SqlFieldRule{SqlField::correlation_id, "j.correlation_id", "correlation_id"},
    SqlFieldRule{SqlField::workflow_id, "j.workflow_id", "workflow_id"},
    SqlFieldRule{SqlField::batch_id, "j.batch_id", "batch_id"},
    SqlFieldRule{SqlField::parents, depends_on_array, "depends_on=_uuid"},
    SqlFieldRule{SqlField::parents, depends_on_json, "depends_on=jsonb"},
};

/// Priorities as numbers in both tables, so that one filter serves both.
inline constexpr std::string_view archive_priority =
    "CASE lower(btrim(j.priority, '\"')) WHEN 'background' THEN '0' WHEN 'low' THEN '1' WHEN 'normal' THEN '2' WHEN "
    "'high' THEN '3' WHEN 'critical' THEN '4' ELSE j.priority END";

inline constexpr std::array archive_fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue_name"},
    SqlFieldRule{SqlField::kind, "j.queue_name"},
    SqlFieldRule{SqlField::native_state, "j.status"},
    SqlFieldRule{SqlField::priority, archive_priority, "priority=varchar"},
    SqlFieldRule{SqlField::priority, "j.priority", "priority"},
    SqlFieldRule{SqlField::attempts, "j.attempts", "attempts"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts", "max_attempts"},
    SqlFieldRule{SqlField::created_at, "j.created_at"},
    SqlFieldRule{SqlField::scheduled_at, "j.scheduled_at", "scheduled_at"},
    SqlFieldRule{SqlField::started_at, "j.started_at", "started_at"},
    SqlFieldRule{SqlField::finished_at, finished, "completed_at failed_at timed_out_at"},
    SqlFieldRule{SqlField::error, "j.error_message", "error_message"},
    SqlFieldRule{SqlField::payload,
                 "CASE WHEN j.is_encrypted THEN 'encrypted (key ' || coalesce(j.encryption_key_id, '?') || ', ' || "
                 "coalesce(j.encryption_algorithm, '?') || '), ' || coalesce(octet_length(j.encrypted_payload), 0) || "
                 "' bytes' ELSE encode(substr(j.payload, 1, 4194304), 'hex') END",
                 "payload=bytea is_encrypted encrypted_payload encryption_algorithm"},
    SqlFieldRule{SqlField::payload, "encode(substr(j.payload, 1, 4194304), 'hex')", "payload=bytea"},
    SqlFieldRule{SqlField::payload_form, "CASE WHEN j.is_encrypted THEN 'encrypted' ELSE 'hex' END",
                 "payload=bytea is_encrypted encrypted_payload encryption_algorithm"},
    SqlFieldRule{SqlField::payload_form, "'hex'", "payload=bytea"},
    SqlFieldRule{
        SqlField::payload_size,
        "CASE WHEN j.is_encrypted THEN octet_length(j.encrypted_payload) ELSE coalesce(j.original_payload_size, "
        "octet_length(j.payload)) END",
        "payload=bytea is_encrypted encrypted_payload original_payload_size"},
    SqlFieldRule{SqlField::payload_size, "coalesce(j.original_payload_size, octet_length(j.payload))",
                 "payload=bytea original_payload_size"},
    SqlFieldRule{SqlField::result, "CASE WHEN j.result_ttl < now() THEN NULL ELSE j.result END",
                 "result result_ttl=timestamptz"},
    SqlFieldRule{SqlField::trace_id, "j.trace_id", "trace_id"},
    SqlFieldRule{SqlField::parent_span_id, "j.parent_span_id", "parent_span_id"},
    SqlFieldRule{SqlField::correlation_id, "j.correlation_id", "correlation_id"},
    SqlFieldRule{SqlField::workflow_id, "j.workflow_id", "workflow_id"},  // since 019
    SqlFieldRule{SqlField::batch_id, "j.batch_id", "batch_id"},
    SqlFieldRule{SqlField::parents, depends_on_array, "depends_on=_uuid"},
    SqlFieldRule{SqlField::parents, depends_on_json, "depends_on=jsonb"},
};

using ExtraForm = SqlExtra::Form;

inline constexpr std::array job_extras{
    SqlExtra{"span_context", "nullif(j.span_context, '')", ExtraForm::text, "span_context"},
    SqlExtra{"dependency_status", "j.dependency_status", ExtraForm::text, "dependency_status"},
    SqlExtra{"workflow_name", "j.workflow_name", ExtraForm::text, "workflow_name"},
    SqlExtra{"timeout_seconds", "j.timeout_seconds", ExtraForm::integer, "timeout_seconds"},
    SqlExtra{"cron_schedule", "j.cron_schedule", ExtraForm::text, "cron_schedule"},
    SqlExtra{"recurring", "nullif(j.recurring, false)", ExtraForm::boolean, "recurring"},
    SqlExtra{"timezone", "j.timezone", ExtraForm::text, "timezone"},
    SqlExtra{"next_run_at", "j.next_run_at", ExtraForm::time, "next_run_at"},
    SqlExtra{"last_heartbeat_at", "j.last_heartbeat_at", ExtraForm::time, "last_heartbeat_at"},
    SqlExtra{"lease_expires_at", "j.lease_expires_at", ExtraForm::time, "lease_expires_at"},
    SqlExtra{"retry_strategy", "j.retry_strategy", ExtraForm::json, "retry_strategy=jsonb"},
    SqlExtra{"result_storage_type", "nullif(j.result_storage_type, 'none')", ExtraForm::text, "result_storage_type"},
    SqlExtra{"result_expires_at", "j.result_expires_at", ExtraForm::time, "result_expires_at"},
    SqlExtra{"archived_at", "j.archived_at", ExtraForm::time, "archived_at"},
    SqlExtra{"archival_reason", "j.archival_reason", ExtraForm::text, "archival_reason"},
    SqlExtra{"archived_by", "j.archival_policy_applied", ExtraForm::text, "archival_policy_applied"},
    SqlExtra{"encryption_key_id", "j.encryption_key_id", ExtraForm::text, "encryption_key_id"},
    SqlExtra{"encryption_algorithm", "j.encryption_algorithm", ExtraForm::text, "encryption_algorithm"},
    SqlExtra{"pii_fields", "array_to_json(nullif(j.pii_fields, '{}'))", ExtraForm::json, "pii_fields=_text"},
    SqlExtra{"retention_delete_at", "j.retention_delete_at", ExtraForm::time, "retention_delete_at"},
};

inline constexpr std::array archive_extras{
    SqlExtra{"span_context", "nullif(j.span_context, '')", ExtraForm::text, "span_context"},
    SqlExtra{"dependency_status", "j.dependency_status", ExtraForm::text, "dependency_status"},
    SqlExtra{"workflow_name", "j.workflow_name", ExtraForm::text, "workflow_name"},
    SqlExtra{"timeout_seconds", "j.timeout_seconds", ExtraForm::integer, "timeout_seconds"},
    SqlExtra{"cron_schedule", "j.cron_schedule", ExtraForm::text, "cron_schedule"},
    SqlExtra{"recurring", "nullif(j.recurring, false)", ExtraForm::boolean, "recurring"},
    SqlExtra{"timezone", "j.timezone", ExtraForm::text, "timezone"},
    SqlExtra{"next_run_at", "j.next_run_at", ExtraForm::time, "next_run_at"},
    SqlExtra{"result_expires_at", "j.result_ttl", ExtraForm::time, "result_ttl=timestamptz"},
    SqlExtra{"archived_at", "j.archived_at", ExtraForm::time, "archived_at"},
    SqlExtra{"archival_reason", "j.archival_reason", ExtraForm::text, "archival_reason"},
    SqlExtra{"archived_by", "j.archived_by", ExtraForm::text, "archived_by"},
    SqlExtra{"encryption_key_id", "j.encryption_key_id", ExtraForm::text, "encryption_key_id"},
    SqlExtra{"encryption_algorithm", "j.encryption_algorithm", ExtraForm::text, "encryption_algorithm"},
};

inline constexpr std::string_view job_columns =
    "id queue_name payload status attempts max_attempts created_at scheduled_at started_at completed_at failed_at "
    "error_message priority timeout_seconds timed_out_at cron_schedule next_run_at recurring timezone batch_id "
    "result_data result_stored_at result_expires_at depends_on dependents dependency_status workflow_id workflow_name "
    "result_storage_type result_ttl_seconds result_max_size_bytes trace_id correlation_id parent_span_id span_context "
    "archived_at archival_reason archival_policy_applied is_encrypted encryption_key_id encryption_algorithm "
    "encrypted_payload encryption_nonce encryption_tag encryption_metadata payload_hash pii_fields retention_policy "
    "retention_delete_at encrypted_at last_heartbeat_at lease_expires_at retry_strategy";

inline constexpr std::string_view archive_columns =
    "id queue_name payload payload_compressed original_payload_size status priority priority_weight attempts "
    "max_attempts created_at scheduled_at started_at completed_at failed_at timed_out_at archived_at error_message "
    "result result_ttl result_config retry_strategy timeout_seconds cron_schedule next_run_at recurring timezone "
    "batch_id depends_on dependency_status trace_id correlation_id parent_span_id span_context archival_reason "
    "archived_by original_table is_encrypted encryption_key_id encryption_algorithm encrypted_payload "
    "encryption_nonce encryption_tag encryption_metadata payload_hash pii_fields retention_policy retention_delete_at "
    "encrypted_at workflow_id workflow_name";

}  // namespace queuetrace::hammerwork
