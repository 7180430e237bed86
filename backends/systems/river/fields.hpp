// Where River keeps each canonical fact: the columns of `river_job` and members of its metadata (docs/systems/river.md
// sections 2 and 3), in both of its databases. Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/river/databases.hpp"

namespace queuetrace::river {

/// On PostgreSQL both have a GIN index, which serves whole members only: not a traceparent by its trace id.
template <typename Database>
inline constexpr std::array carriers{SqlCarrier{.document = constant<Database::metadata>},
                                     SqlCarrier{.document = constant<Database::arguments>}};

/// Errors are appended; the last one is the newest.
template <typename Database>
inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue"},
    SqlFieldRule{SqlField::kind, "j.kind"},
    SqlFieldRule{SqlField::native_state, "j.state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.attempt"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, constant<Database::moment("j.created_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<Database::moment("j.scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<Database::moment("j.attempted_at")>},
    SqlFieldRule{SqlField::finished_at, constant<Database::moment("j.finalized_at")>},
    SqlFieldRule{SqlField::worker, constant<Database::worker>},
    SqlFieldRule{SqlField::error, constant<Database::last_error>},
    SqlFieldRule{SqlField::payload, constant<Database::payload>},
    SqlFieldRule{SqlField::payload_size, constant<Database::payload_size>},
    SqlFieldRule{SqlField::payload_document, constant<Database::payload_document>},
    SqlFieldRule{SqlField::result, constant<Database::output>},
    SqlFieldRule{SqlField::correlation_id, constant<Database::correlation>},
    SqlFieldRule{SqlField::workflow_id, constant<Database::member("workflow_id")>},
};

using ExtraForm = SqlExtra::Form;

/// The newest twenty attempts that failed, oldest first; stacks of panics are cut. Metadata may be large (`river:log`
/// holds what a job logged): members of known use and bounded size only.
template <typename Database>
inline constexpr std::array extras{
    SqlExtra{"errors", constant<Database::attempt_errors>, ExtraForm::json},
    SqlExtra{"tags", constant<Database::tags>, ExtraForm::json, "tags"},
    SqlExtra{"metadata", constant<Database::other_metadata>, ExtraForm::json},
    SqlExtra{"unique_key", constant<Database::unique_key>, ExtraForm::text, Database::unique_key_needs},
    SqlExtra{"clients", constant<Database::clients>, ExtraForm::json},
};

inline constexpr std::string_view columns =
    "id state attempt max_attempts attempted_at created_at finalized_at scheduled_at priority args attempted_by errors "
    "kind metadata queue tags unique_key unique_states";

}  // namespace queuetrace::river
