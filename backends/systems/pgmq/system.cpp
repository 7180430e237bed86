// PGMQ, message queues in PostgreSQL: the extension, or its SQL alone. Facts: docs/systems/pgmq.md.
//  - A queue is two tables, of the messages and of the archived ones; `meta` names the queues.
//  - Columns decide what a release can do: tables of one database may be of several.
//  - Setting of a source: `many_reads`, from how many reads on a message counts as read often (10).
#include "backends/systems/pgmq/system.hpp"

#include <array>

#include "backends/systems/pgmq/actions.hpp"
#include "backends/systems/pgmq/diagnoses.hpp"
#include "backends/systems/pgmq/fields.hpp"

namespace queuetrace::pgmq {
namespace {

constexpr std::array notes{
    SqlNoteRule{"read-often", "it was read {=many_reads} times or more", read_often},
    SqlNoteRule{
        "grouped",
        "it belongs to a group: readers of groups pass it by while an earlier message of the group is invisible",
        "j.headers ? 'x-pgmq-group'"},
};

constexpr std::array traces{SqlTraceRule{SqlTraceRule::Kind::correlation, correlation, Lookup::scanned}};

/// The first read is known while there is no other.
constexpr std::array waits{SqlTiming{"j.enqueued_at", "j.last_read_at", "j.read_ct = 1"}};
constexpr std::array runs{SqlTiming{"j.last_read_at", "now()", leased}};
constexpr std::array archived_runs{SqlTiming{"j.last_read_at", "j.archived_at", "j.read_ct > 0"}};

constexpr std::array relations{
    SqlRelation{.name = "queues",
                .table = "q_",
                .family = &queues,
                .fields = fields,
                .extras = extras,
                .states = states,
                .notes = notes,
                .traces = traces,
                .carriers = carriers,
                .wait = waits,
                .run = runs},
    SqlRelation{.name = "archives",
                .table = "a_",
                .family = &archives,
                .fields = archived_fields,
                .extras = archived_extras,
                .states = archived_states,
                .traces = traces,
                .carriers = carriers,
                .wait = waits,
                .run = archived_runs},
};

constexpr std::array<std::string_view, 4> tables{"meta", "set_vt()", "delete()", "archive()"};

constexpr std::array newest{SqlOrderKey{"j.enqueued_at", SqlType::time, true}, SqlOrderKey{"j.queue"},
                            SqlOrderKey{"j.msg_id", SqlType::integer}};
constexpr std::array storage{SqlOrderKey{"j.queue"}, SqlOrderKey{"j.msg_id", SqlType::integer}};

/// docs/systems/pgmq.md section 4.
constexpr std::array peeks{SqlPeek{"j.vt <= now()", "j.msg_id"}};

constexpr std::array waiting{
    SqlWaitingRule{"delayed", "their time has not come", "j.vt > now() AND j.read_ct = 0", "j.vt"},
    SqlWaitingRule{"leased", "a consumer has read them, or put them off", leased, "j.vt"},
};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "pgmq",
             .title = "PGMQ",
             .family = StorageFamily::postgresql,
             .summary = "message queues in PostgreSQL, the extension or its SQL alone; Supabase Queues",
             .versions = "1.0 to 1.13, by the columns of each queue's tables; the SQL of 1.13.0 was run",
             .storage = "schema pgmq: table meta; for each queue q_NAME and, for archived messages, a_NAME",
             .order =
                 "in each queue: visible (vt has come), lowest number first; readers of groups also keep the order "
                 "within each group",
             .trace = "headers.traceparent (1.5 and later), or a traceparent that the sender puts into the message; "
                      "archived messages keep theirs",
             .limits =
                 "no kind, error, result, worker or limit of attempts is stored; a lease and a delay after a read "
                 "look alike; an archived message may be done or given up; which readers keep the order of groups "
                 "is not stored",
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe = "meta.queue_name meta.is_partitioned=bool meta.created_at=timestamptz archive().2 delete().2",
    .relations = relations,
    .settings = settings,
    .tables = tables,
    .id_type = SqlType::integer,
    .ids_by_queue = true,
    .id_expression = "j.msg_id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .waiting = waiting,
    .statistics_note = "what was deleted leaves nothing: rates count archived messages only",
    .version =
        "SELECT coalesce((SELECT 'extension ' || e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = "
        "'pgmq'), 'SQL alone')",
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
};
static_assert(consistent(system));

}  // namespace queuetrace::pgmq
