// Where Oban keeps each canonical fact: the columns of `oban_jobs` and members of its meta (docs/systems/oban.md
// sections 2 and 3). Times are timestamps without zone, UTC. The errors are jsonb[] in the Elixir library's schema and
// one jsonb array in that of the Python port. Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::oban {

/// The time of a column, whatever zone the session has.
consteval auto moment(const auto& column) { return "(j." + Text(column) + " AT TIME ZONE 'UTC')"; }
/// Now, as the columns hold it.
inline constexpr Text utc_now = "(now() AT TIME ZONE 'UTC')";

inline constexpr std::string_view elixir = "errors=_jsonb";
inline constexpr std::string_view python = "errors=jsonb";

inline constexpr std::string_view correlation =
    "coalesce(j.meta ->> 'correlation_id', j.meta ->> 'request_id', j.args ->> 'correlation_id')";

inline constexpr std::string_view finished =
    "(coalesce(j.completed_at, j.discarded_at, j.cancelled_at) AT TIME ZONE 'UTC')";

inline constexpr std::array carriers{SqlCarrier{.document = "j.meta"}, SqlCarrier{.document = "j.args"}};

inline constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue"},
    SqlFieldRule{SqlField::kind, "j.worker"},
    SqlFieldRule{SqlField::native_state, "j.state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.attempt"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, constant<moment("inserted_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<moment("scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<moment("attempted_at")>},
    SqlFieldRule{SqlField::finished_at, finished},
    SqlFieldRule{SqlField::worker, "j.attempted_by[1]"},
    SqlFieldRule{SqlField::error, "j.errors[array_upper(j.errors, 1)] ->> 'error'", elixir},
    SqlFieldRule{SqlField::error, "j.errors -> -1 ->> 'error'", python},
    SqlFieldRule{SqlField::payload, "j.args::text"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.args::text)"},
    SqlFieldRule{SqlField::payload_document, "j.args"},
    SqlFieldRule{SqlField::correlation_id, correlation},
    SqlFieldRule{SqlField::workflow_id, "j.meta ->> 'workflow_id'"},
    SqlFieldRule{SqlField::batch_id, "j.meta ->> 'batch_id'"},
};

using ExtraForm = SqlExtra::Form;

/// One element per failed attempt, the newest twenty; texts are cut, as stacks run to many kB.
consteval auto history(const auto& elements) {
  return "(SELECT jsonb_agg(jsonb_build_object('at', n.e -> 'at', 'attempt', n.e -> 'attempt', 'error', left(n.e ->> "
         "'error', 2000)) ORDER BY n.number) FROM (SELECT u.e, u.number FROM " +
         Text(elements) + " WITH ORDINALITY u(e, number) ORDER BY u.number DESC LIMIT 20) n)";
}

inline constexpr std::array extras{
    SqlExtra{"errors", constant<history("unnest(j.errors)")>, ExtraForm::json, elixir},
    SqlExtra{"errors",
             constant<history("jsonb_array_elements(CASE WHEN jsonb_typeof(j.errors) = 'array' THEN j.errors ELSE '[]' "
                              "END)")>,
             ExtraForm::json, python},
    SqlExtra{"tags", "nullif(to_jsonb(j.tags), '[]')", ExtraForm::json, "tags"},
    SqlExtra{"meta", "CASE WHEN pg_column_size(j.meta) <= 65536 THEN nullif(j.meta, '{}') END", ExtraForm::json},
    SqlExtra{"producer", "j.attempted_by[2]"},
};

inline constexpr std::string_view columns =
    "id state queue worker args meta tags errors attempt attempted_by max_attempts priority inserted_at scheduled_at "
    "attempted_at completed_at discarded_at cancelled_at";

}  // namespace queuetrace::oban
