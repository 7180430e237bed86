// Captures: SQLite files written by `queuetrace capture` and `queuetrace demo` (backends/capture_schema.hpp), which
// hold jobs of any system in queuetrace's own vocabulary.
#include "backends/systems/captures/system.hpp"

#include <array>

#include "backends/engines/constant_text.hpp"

namespace queuetrace::captures {
namespace {

constexpr std::array states{
    SqlStateRule{JobState::pending, "'pending'"},    SqlStateRule{JobState::scheduled, "'scheduled'"},
    SqlStateRule{JobState::blocked, "'blocked'"},    SqlStateRule{JobState::running, "'running'"},
    SqlStateRule{JobState::retrying, "'retrying'"},  SqlStateRule{JobState::completed, "'completed'"},
    SqlStateRule{JobState::failed, "'failed'"},      SqlStateRule{JobState::dead, "'dead'"},
    SqlStateRule{JobState::cancelled, "'cancelled'"}};

constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::system, "j.system"},
    SqlFieldRule{SqlField::queue, "j.queue"},
    SqlFieldRule{SqlField::kind, "j.kind"},
    SqlFieldRule{SqlField::native_state, "j.native_state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.attempts"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, "j.created_at"},
    SqlFieldRule{SqlField::scheduled_at, "j.scheduled_at"},
    SqlFieldRule{SqlField::started_at, "j.started_at"},
    SqlFieldRule{SqlField::finished_at, "j.finished_at"},
    SqlFieldRule{SqlField::wait_ms, "j.wait_ms"},
    SqlFieldRule{SqlField::run_ms, "j.run_ms"},
    SqlFieldRule{SqlField::worker, "j.worker"},
    SqlFieldRule{SqlField::error, "j.error"},
    SqlFieldRule{SqlField::payload, "j.payload"},
    SqlFieldRule{SqlField::payload_form, "j.payload_form"},
    SqlFieldRule{SqlField::payload_size, "j.payload_size"},
    SqlFieldRule{SqlField::payload_document,
                 "CASE WHEN typeof(j.payload) = 'text' THEN CASE WHEN json_valid(j.payload) THEN j.payload END END"},
    SqlFieldRule{SqlField::result, "j.result"},
    SqlFieldRule{SqlField::result_form, "j.result_form"},
    SqlFieldRule{SqlField::result_size, "j.result_size"},
    SqlFieldRule{SqlField::trace_id, "j.trace_id"},
    SqlFieldRule{SqlField::span_id, "j.span_id"},
    SqlFieldRule{SqlField::parent_span_id, "j.parent_span_id"},
    SqlFieldRule{SqlField::correlation_id, "j.correlation_id"},
    SqlFieldRule{SqlField::causation_id, "j.causation_id"},
    SqlFieldRule{SqlField::trace_status, "j.trace_status"},
    SqlFieldRule{SqlField::tenant, "j.tenant"},
    SqlFieldRule{SqlField::workflow_id, "j.workflow_id"},
    SqlFieldRule{SqlField::batch_id, "j.batch_id"},
    SqlFieldRule{SqlField::parents, "j.parents"},
    SqlFieldRule{SqlField::notes, "j.notes"},
    SqlFieldRule{SqlField::extra, "j.extra"}};

constexpr std::array extras{SqlExtra{"captured_source", "j.source"}};

constexpr std::array traces{SqlTraceRule{SqlTraceRule::Kind::trace, "j.trace_id"},
                            SqlTraceRule{SqlTraceRule::Kind::trace, "j.trace_canonical"},
                            SqlTraceRule{SqlTraceRule::Kind::span, "j.span_id"},
                            SqlTraceRule{SqlTraceRule::Kind::span, "j.parent_span_id"},
                            SqlTraceRule{SqlTraceRule::Kind::correlation, "j.correlation_id"},
                            SqlTraceRule{.kind = SqlTraceRule::Kind::parent,
                                         .expression = "t.parent",
                                         .needs = "ties.",
                                         .beside = {"{ties} t", "j.position", "t.position"}}};

constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "jobs",
                                           .fields = fields,
                                           .extras = extras,
                                           .state = "j.state",
                                           .states = states,
                                           .traces = traces,
                                           .summary = "counts"}};

constexpr std::array<std::string_view, 4> tables{"meta", "sources", "counts", "ties"};

constexpr std::array newest{SqlOrderKey{"j.created_order", SqlType::integer, true}, SqlOrderKey{"j.id"},
                            SqlOrderKey{"j.position", SqlType::integer}};
constexpr std::array storage{SqlOrderKey{"j.position", SqlType::integer}};

// A capture is frozen: what its workers would take next is known as far as it was recorded with the jobs. Where nothing
// was recorded for a source, its pending jobs stand in the order of the capture.
constexpr std::array peek{SqlPeek{"j.peek_position IS NOT NULL", "j.peek_position, j.position", "counts."},
                          SqlPeek{"(j.peek_position IS NOT NULL OR (j.state = 'pending' AND j.source NOT IN "
                                  "(SELECT source FROM {jobs} WHERE peek_position IS NOT NULL)))",
                                  "j.peek_position IS NULL, j.peek_position, j.position"}};

constexpr std::array waiting{
    SqlWaitingRule{"scheduled", "they were not due yet when they were captured", "j.state = 'scheduled'",
                   "j.scheduled_at"},
    SqlWaitingRule{"retrying", "they waited for their next attempt when they were captured",
                   "j.state = 'retrying' AND j.peek_position IS NULL", "j.scheduled_at"},
    SqlWaitingRule{"blocked", "they waited for other jobs when they were captured", "j.state = 'blocked'"},
    SqlWaitingRule{"not-next",
                   "they were pending when they were captured, but not among the next that workers would take",
                   "j.state = 'pending' AND j.peek_position IS NULL", "", "counts."},
    SqlWaitingRule{"not-next",
                   "they were pending when they were captured, but not among the next that workers would take",
                   "j.state = 'pending' AND j.peek_position IS NULL AND j.source IN "
                   "(SELECT source FROM {jobs} WHERE peek_position IS NOT NULL)",
                   "", "!counts."}};

// The codes of notes by which the systems mark a running job whose worker is gone or too late.
constexpr std::array stale{
    SqlNoteRule{"stale", "was stale when it was captured", "j.stale = 1", "stale"},
    SqlNoteRule{"stale", "was stale when it was captured",
                "EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(j.notes) THEN j.notes ELSE '[]' END) AS note"
                " WHERE json_extract(note.value, '$.code') IN ('stale', 'lease-expired', 'orphaned', 'stranded'))"}};

constexpr std::array diagnoses{SqlDiagnosisRule{
    .code = "captured-sources",
    .severity = Finding::Severity::warning,
    .subject = "captured sources",
    .text = "some sources were cut short or failed when the capture was written",
    .rows = "SELECT DISTINCT address AS found FROM {sources} WHERE truncated IS NOT NULL OR error IS NOT NULL",
    .of_jobs = false,
    .remedy = "capture again with --full",
    .in_check = true}};

constexpr Text its_source =
    "act on the source it was captured from, which 'job show' names as captured_source: queuetrace job ";
constexpr std::array refusals{
    SqlRefusalRule{ActionKind::retry, "a capture is a record: its jobs are as they were then, and no worker runs them",
                   constant<its_source + "retry ID --source NAME">},
    SqlRefusalRule{ActionKind::cancel, "a capture is a record: its jobs are as they were then, and no worker runs them",
                   constant<its_source + "cancel ID --source NAME">},
    SqlRefusalRule{ActionKind::erase, "a capture is a record: taking jobs out would falsify it",
                   constant<its_source + "delete ID --source NAME; a smaller record is made by capturing again with "
                                         "filters">},
    SqlRefusalRule{ActionKind::move, "a capture is a record: its jobs are where they were then",
                   constant<its_source + "move ID --to QUEUE --source NAME">},
    SqlRefusalRule{std::nullopt, "a capture is a record: no worker takes jobs from its queues",
                   "pause the queue in the source it was captured from: queuetrace queue pause NAME --source NAME"}};

// The stored words are our own.
constexpr std::array words{
    StateMapping{"pending", JobState::pending},     StateMapping{"scheduled", JobState::scheduled},
    StateMapping{"blocked", JobState::blocked},     StateMapping{"running", JobState::running},
    StateMapping{"retrying", JobState::retrying},   StateMapping{"completed", JobState::completed},
    StateMapping{"failed", JobState::failed},       StateMapping{"dead", JobState::dead},
    StateMapping{"cancelled", JobState::cancelled}, StateMapping{"unknown", JobState::unknown}};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "capture",
             .title = "Capture",
             .family = StorageFamily::sqlite,
             .summary = "jobs of any system, kept in a portable file by 'queuetrace capture' or 'queuetrace demo'",
             .versions = "capture formats 1 and 2",
             .storage = "SQLite tables jobs, sources and meta",
             .order = "frozen: the order in which workers would have taken the jobs, as far as it was captured; where "
                      "none was, the order in which the jobs were captured",
             .trace = "columns trace_id (as stored), trace_canonical, span_id, parent_span_id, correlation_id and "
                      "causation_id; all but the last are indexed",
             .limits = "states and durations are those of the moment of capture; nothing changes afterwards",
             .states = words},
    .flavour = SqlFlavour::sqlite,
    .probe = "position created_order trace_canonical peek_position",
    .confirmation = "SELECT EXISTS (SELECT 1 FROM {meta} WHERE key = 'format' AND value = 'queuetrace-capture')",
    .relations = relations,
    .tables = tables,
    .id_type = SqlType::text,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peek,
    .peek_note =
        "a capture is frozen: this is what workers would have taken next when it was written, as far as it "
        "was recorded",
    .waiting = waiting,
    .stale = stale,
    .version = "SELECT 'capture format ' || value FROM {meta} WHERE key = 'format_version'",
    .diagnoses = diagnoses,
    .refusals = refusals};

static_assert(consistent(system));

}  // namespace queuetrace::captures
