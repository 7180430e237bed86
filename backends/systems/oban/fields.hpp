// Where Oban keeps each canonical fact: the columns of `oban_jobs` and members of its meta (docs/systems/oban.md
// sections 2 and 3), in both of its databases. Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/rule_lists.hpp"
#include "backends/systems/oban/databases.hpp"

namespace queuetrace::oban {

template <typename Database>
inline constexpr Text correlation = "coalesce(" + Database::member("meta", "correlation_id") +
                                    ", " + Database::member("meta", "request_id") +
                                    ", " + Database::member("args", "correlation_id") + ")";

inline constexpr std::array carriers{SqlCarrier{.document = "j.meta"}, SqlCarrier{.document = "j.args"}};

template <typename Database>
inline constexpr std::array shared_fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue"},
    SqlFieldRule{SqlField::kind, "j.worker"},
    SqlFieldRule{SqlField::native_state, "j.state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.attempt"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, constant<Database::moment("j.inserted_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<Database::moment("j.scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<Database::moment("j.attempted_at")>},
    SqlFieldRule{SqlField::finished_at,
                 constant<Database::moment("coalesce(j.completed_at, j.discarded_at, j.cancelled_at)")>},
    SqlFieldRule{SqlField::correlation_id, constant<correlation<Database>>},
    SqlFieldRule{SqlField::workflow_id, constant<Database::member("meta", "workflow_id")>},
    SqlFieldRule{SqlField::batch_id, constant<Database::member("meta", "batch_id")>},
};
template <typename Database>
inline constexpr std::array fields = followed_by(shared_fields<Database>, Database::own_fields);

inline constexpr std::string_view columns =
    "id state queue worker args meta tags errors attempt attempted_by max_attempts priority inserted_at scheduled_at "
    "attempted_at completed_at discarded_at cancelled_at";

}  // namespace queuetrace::oban
