// Where PGMQ keeps each canonical fact: the rows of a queue's two tables (docs/systems/pgmq.md sections 2 and 3). A
// message and its headers may be any JSON, so that members are asked for where a member of anything else is NULL. Part
// of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::pgmq {

inline constexpr std::string_view leased = "j.vt > now() AND j.read_ct > 0";

inline constexpr std::array state_words{
    StateMapping{"visible", JobState::pending, "never read"},
    StateMapping{"visible again", JobState::retrying, "read before, and neither deleted nor archived"},
    StateMapping{"delayed", JobState::scheduled, "never read"},
    StateMapping{"leased", JobState::running, "read, or read before and put off: the two look alike"},
    StateMapping{"archived", JobState::completed, "done or given up: which is not recorded"},
};

inline constexpr std::array states{
    SqlStateRule{.state = JobState::running, .when = leased, .native = "leased"},
    SqlStateRule{.state = JobState::scheduled, .when = "j.vt > now()", .native = "delayed"},
    SqlStateRule{.state = JobState::retrying, .when = "j.read_ct > 0", .native = "visible again"},
    SqlStateRule{.state = JobState::pending, .native = "visible"},
};
inline constexpr std::array archived_states{SqlStateRule{.state = JobState::completed, .native = "archived"}};

/// What a message is, is its sender's affair; these members are usual, the second one Celery's.
inline constexpr std::string_view kind =
    "coalesce(j.headers ->> 'type', j.message #>> '{headers,task}', j.message ->> 'type', j.message ->> 'task', "
    "j.message ->> 'name')";
inline constexpr std::string_view correlation =
    "coalesce(j.headers ->> 'x-correlation-id', j.headers ->> 'correlation_id', j.message #>> "
    "'{properties,correlation_id}', j.message ->> 'correlation_id')";

inline constexpr SqlFieldRule id{SqlField::id, "j.queue || '/' || j.msg_id"};
inline constexpr SqlFieldRule queue{SqlField::queue, "j.queue"};
inline constexpr SqlFieldRule kind_field{SqlField::kind, kind};
inline constexpr SqlFieldRule attempts{SqlField::attempts, "j.read_ct"};
inline constexpr SqlFieldRule created{SqlField::created_at, "j.enqueued_at"};
inline constexpr SqlFieldRule started{SqlField::started_at, "j.last_read_at"};
inline constexpr SqlFieldRule payload{SqlField::payload, "j.message::text"};
inline constexpr SqlFieldRule payload_size{SqlField::payload_size, "octet_length(j.message::text)"};
inline constexpr SqlFieldRule payload_document{SqlField::payload_document, "j.message"};
inline constexpr SqlFieldRule correlated{SqlField::correlation_id, correlation};

inline constexpr std::array fields{
    id, queue, kind_field, attempts, created,
    // Of what is leased it is when the lease ends.
    SqlFieldRule{SqlField::scheduled_at, "CASE WHEN j.read_ct = 0 OR j.vt <= now() THEN j.vt END"}, started, payload,
    payload_size, payload_document, correlated};
inline constexpr std::array archived_fields{id,
                                            queue,
                                            kind_field,
                                            attempts,
                                            created,
                                            started,
                                            SqlFieldRule{SqlField::finished_at, "j.archived_at"},
                                            payload,
                                            payload_size,
                                            payload_document,
                                            correlated};

using ExtraForm = SqlExtra::Form;

inline constexpr SqlExtra group{"group", "j.headers ->> 'x-pgmq-group'"};
inline constexpr SqlExtra headers{"headers", "CASE WHEN pg_column_size(j.headers) <= 16384 THEN j.headers END",
                                  ExtraForm::json};
inline constexpr std::array extras{
    SqlExtra{"leased_until", "CASE WHEN j.vt > now() AND j.read_ct > 0 THEN j.vt END", ExtraForm::time}, group,
    headers};
inline constexpr std::array archived_extras{group, headers};

/// Headers came with 1.5; before, and from senders that do not know them, contexts are in the message.
inline constexpr std::array carriers{SqlCarrier{.document = "j.headers"}, SqlCarrier{.document = "j.message"}};

inline constexpr SqlTableFamily queues{
    "SELECT m.queue_name, 'q_' || lower(m.queue_name) FROM {meta} m ORDER BY m.created_at, m.queue_name",
    "msg_id=int8 read_ct=int4 enqueued_at=timestamptz last_read_at=timestamptz vt=timestamptz message=jsonb "
    "headers=jsonb"};
inline constexpr SqlTableFamily archives{
    "SELECT m.queue_name, 'a_' || lower(m.queue_name) FROM {meta} m ORDER BY m.created_at, m.queue_name",
    "msg_id=int8 read_ct=int4 enqueued_at=timestamptz last_read_at=timestamptz archived_at=timestamptz vt=timestamptz "
    "message=jsonb headers=jsonb"};

}  // namespace queuetrace::pgmq
