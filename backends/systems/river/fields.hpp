// Where River keeps each canonical fact: the columns of `river_job` and members of its metadata (docs/systems/river.md
// sections 2 and 3). Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::river {

/// Errors are appended; the last one is the newest.
inline constexpr std::string_view last_error = "j.errors[array_upper(j.errors, 1)] ->> 'error'";

/// Both have a GIN index, which serves whole members only: not a traceparent by its trace id.
inline constexpr std::array carriers{SqlCarrier{.document = "j.metadata"}, SqlCarrier{.document = "j.args"}};

inline constexpr std::string_view correlation =
    "coalesce(j.metadata ->> 'correlation_id', j.args ->> 'correlation_id')";

inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue"},
    SqlFieldRule{SqlField::kind, "j.kind"},
    SqlFieldRule{SqlField::native_state, "j.state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.attempt"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, "j.created_at"},
    SqlFieldRule{SqlField::scheduled_at, "j.scheduled_at"},
    SqlFieldRule{SqlField::started_at, "j.attempted_at"},
    SqlFieldRule{SqlField::finished_at, "j.finalized_at"},
    SqlFieldRule{SqlField::worker, "j.attempted_by[array_upper(j.attempted_by, 1)]"},
    SqlFieldRule{SqlField::error, last_error},
    SqlFieldRule{SqlField::payload, "j.args::text"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.args::text)"},
    SqlFieldRule{SqlField::payload_document, "j.args"},
    SqlFieldRule{SqlField::result, "(j.metadata -> 'output')::text"},
    SqlFieldRule{SqlField::correlation_id, correlation},
    SqlFieldRule{SqlField::workflow_id, "j.metadata ->> 'workflow_id'"},
};

using ExtraForm = SqlExtra::Form;

/// Metadata may be large (`river:log` holds what a job logged): members of known use and bounded size only.
inline constexpr std::string_view metadata =
    "(SELECT jsonb_object_agg(m.key, m.value) FROM jsonb_each(CASE WHEN jsonb_typeof(j.metadata) = 'object' THEN "
    "j.metadata ELSE '{}' END) m WHERE m.key NOT IN ('output', 'river:log', 'river:unique_nonce') AND "
    "pg_column_size(m.value) <= 16384)";

/// The newest twenty attempts that failed, oldest first; stacks of panics are cut.
inline constexpr std::string_view attempt_errors =
    "(SELECT jsonb_agg(jsonb_build_object('at', n.e -> 'at', 'attempt', n.e -> 'attempt', 'error', left(n.e ->> "
    "'error', 2000), 'trace', nullif(left(n.e ->> 'trace', 2000), '')) ORDER BY n.number) FROM (SELECT e, number FROM "
    "unnest(j.errors) WITH ORDINALITY u(e, number) ORDER BY number DESC LIMIT 20) n)";

inline constexpr std::array extras{
    SqlExtra{"errors", attempt_errors, ExtraForm::json},
    SqlExtra{"tags", "nullif(to_jsonb(j.tags), '[]')", ExtraForm::json, "tags"},
    SqlExtra{"metadata", metadata, ExtraForm::json},
    SqlExtra{"unique_key", "encode(j.unique_key, 'hex')", ExtraForm::text, "unique_key=bytea"},
    SqlExtra{"clients", "to_jsonb(j.attempted_by)", ExtraForm::json},
};

inline constexpr std::string_view columns =
    "id state attempt max_attempts attempted_at created_at finalized_at scheduled_at priority args attempted_by errors "
    "kind metadata queue tags unique_key unique_states";

}  // namespace queuetrace::river
