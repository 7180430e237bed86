// Which of Hammerwork's rows are left alone, and why (docs/systems/hammerwork.md sections 5.3 and 11). Part of
// actions.hpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/hammerwork/statements.hpp"

namespace queuetrace::hammerwork {

inline constexpr Text state = "btrim(j.status, '\"')";
/// The same for one word, as the server compares it fastest.
consteval auto is(const auto& word) { return "j.status IN ('" + Text(word) + "', '\"" + Text(word) + "\"')"; }

inline constexpr SqlSkipRule unknown_state{
    .predicate =
        constant<state + " NOT IN ('Pending', 'Running', 'Completed', 'Failed', 'Dead', 'TimedOut', 'Retrying')">,
    .reason = "its state is one that no release of the library writes"};
/// Where the columns do not tell which spelling the workers look for, the row must be spelled as what is written.
inline constexpr SqlSkipRule plain_among_quoted{
    .predicate = "j.status NOT LIKE '\"%'",
    .reason =
        "its state is stored without quotes, those of the other jobs with: it is unclear which its workers "
        "look for",
    .needs = "@dialect_A"};
inline constexpr SqlSkipRule quoted_among_plain{
    .predicate = "j.status LIKE '\"%'",
    .reason =
        "its state is stored with quotes, those of the other jobs without: it is unclear which its workers "
        "look for",
    .needs = "@dialect_B_jsonb"};

inline constexpr std::array retry_skips{
    unknown_state,
    SqlSkipRule{.predicate = constant<is("Running")>, .reason = "it is running"},
    plain_among_quoted,
    quoted_among_plain,
    SqlSkipRule{.predicate = "j.status = '\"Pending\"'",
                .reason = "its state is stored with quotes, which its workers do not look for; it can be forced",
                .may_force = true,
                .needs = "depends_on=_uuid"},
    SqlSkipRule{.predicate = "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status IS NOT NULL AND "
                             "j.dependency_status <> 'failed'",
                .reason = "it is pending",
                .verdict = Verdict::already,
                .needs = "dependency_status !depends_on=_uuid"},
    SqlSkipRule{.predicate = "j.status = 'Pending' AND j.dependency_status IS NOT NULL AND j.dependency_status <> "
                             "'failed'",
                .reason = "it is pending",
                .verdict = Verdict::already,
                .needs = "dependency_status depends_on=_uuid"},
    SqlSkipRule{.predicate = constant<is("Pending")>,
                .reason = "it is pending",
                .verdict = Verdict::already,
                .needs = "!dependency_status"},
    SqlSkipRule{.predicate = constant<is("Retrying")>,
                .reason = "it is Retrying, a state from which no release takes a job; it can be forced",
                .may_force = true},
    SqlSkipRule{.predicate = constant<is("Completed")>,
                .reason = "it has completed; it can be forced to run again",
                .may_force = true},
};

inline constexpr std::array cancel_skips{
    unknown_state,
    SqlSkipRule{.predicate = constant<is("Failed") + " OR " + is("Dead") + " OR " + is("TimedOut")>,
                .reason = "it has failed before",
                .verdict = Verdict::already},
    SqlSkipRule{.predicate = constant<is("Completed")>, .reason = "it has completed"},
    SqlSkipRule{.predicate = constant<is("Running")>,
                .reason = "it is running; if forced, its handler continues and what it reports is discarded",
                .may_force = true,
                .needs = "lease_expires_at"},
    SqlSkipRule{.predicate = constant<is("Running")>,
                .reason = "it is running; if forced, its handler continues and its worker overwrites the change",
                .may_force = true,
                .needs = "!lease_expires_at"},
    plain_among_quoted,
    quoted_among_plain,
    SqlSkipRule{.predicate = "j.recurring",
                .reason = "it is recurring, and its schedule would end; it can be forced",
                .may_force = true,
                .needs = "recurring"},
    // All that fails, fails in one transaction.
    SqlSkipRule{.predicate = "j.id IN (SELECT d.id FROM dependents d WHERE cardinality(d.ids) > 10000 OR d.together > "
                             "200000)",
                .reason =
                    "too many jobs wait for it (more than 10,000, or more than 200,000 for it and the jobs planned "
                    "with it): cancel those first, or keep them",
                .needs = "depends_on"},
};

/// Release counts the parents that completed: one that is gone blocks its children forever.
inline constexpr SqlSkipRule awaited_by_others{.predicate = "j.id IN (SELECT w.id FROM awaited w)",
                                               .reason = "other jobs wait for it, and would wait forever",
                                               .needs = "hammerwork_jobs.depends_on",
                                               .listed = "SELECT w.id FROM awaited w"};
/// From 2.0 on a workflow or batch ends when its rows say that all its jobs have ended.
consteval auto unfinished(const auto& column) {
  return " AND EXISTS (SELECT 1 FROM {hammerwork_jobs} u WHERE u." + Text(column) + " = j." + column +
         " AND u.status IN ('Pending', 'Running', 'Retrying'))";
}
inline constexpr SqlSkipRule counted_by_workflow{
    .predicate =
        constant<"EXISTS (SELECT 1 FROM {hammerwork_workflows} w WHERE w.id = j.workflow_id AND w.status = 'running')" +
                 unfinished("workflow_id")>,
    .reason = "its workflow is still open and could never finish without it; it can be forced",
    .may_force = true,
    .needs = "@dialect_C hammerwork_workflows. workflow_id"};
inline constexpr SqlSkipRule counted_by_batch{
    .predicate =
        constant<"EXISTS (SELECT 1 FROM {hammerwork_batches} b WHERE b.id = j.batch_id AND b.completed_at IS NULL)" +
                 unfinished("batch_id")>,
    .reason = "its batch is still open and could never finish without it; it can be forced",
    .may_force = true,
    .needs = "@dialect_C hammerwork_batches."};

inline constexpr std::array erase_skips{
    SqlSkipRule{.predicate = constant<is("Running")>,
                .reason = "it is running; cancel it by force first where its worker is gone"},
    SqlSkipRule{.predicate = "j.recurring",
                .reason = "it is recurring: its schedule lives in this row; it can be forced",
                .may_force = true,
                .needs = "recurring"},
    awaited_by_others,
    counted_by_workflow,
    counted_by_batch,
};
inline constexpr std::array archive_erase_skips{awaited_by_others, counted_by_workflow, counted_by_batch};

inline constexpr std::array move_skips{
    SqlSkipRule{.predicate = "j.queue_name = {:queue}", .reason = "it is in that queue", .verdict = Verdict::already},
    SqlSkipRule{.predicate = "j.status NOT IN ('Pending', '\"Pending\"')", .reason = "it is not pending"},
    SqlSkipRule{.predicate = "j.is_encrypted",
                .reason = "it is encrypted together with the name of its queue, and could not be read in another",
                .needs = "is_encrypted"},
};

inline constexpr std::array archived_retry{SqlSkipRule{
    .predicate = "true", .reason = "it is archived; cargo hammerwork archive restore ID brings it back as pending"}};
inline constexpr std::array archived_skip{SqlSkipRule{.predicate = "true", .reason = "it is archived, so it is over"}};

}  // namespace queuetrace::hammerwork
