// JobAdministration over any system described by a SqlSystem: what to do comes from its SqlActionRules. The questions
// are in plan.cpp, the writes in apply.cpp and restore.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backends/engines/sql/action_values.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/kept_value.hpp"
#include "backends/engines/sql/owners_code.hpp"
#include "backends/engines/sql/row_changes.hpp"
#include "backends/engines/sql/table_jobs.hpp"

namespace queuetrace {

/// What the database says of one row at one moment.
struct JudgedRow {
  std::string version;                ///< changes with every change of the row
  std::string native_state;           ///< as stored; empty: NULL
  const SqlSkipRule* skip = nullptr;  ///< the first that holds, forced ones passed over; none: it may be done
  std::uint64_t beside = 0;           ///< how many others change with it
  std::uint64_t bytes = 0;            ///< RowLocator::bytes; told to plans only
};

using JudgedRows = std::unordered_map<std::string, JudgedRow>;

/// Why a job that was listed is left alone when no table that the action is for has its row.
inline constexpr const char* no_row_here =
    "it went while the plan was made, or is in a table where this cannot be done";

class SqlAdministration : public JobAdministration {
 public:
  /// `store` and `connection` must outlive this; the connection must be open for writing when anything is applied.
  SqlAdministration(SqlJobStore& store, SqlConnection& connection, const BoundSystem& system, OwnersCode owners_code)
      : store_(store), connection_(connection), system_(system), owners_code_(std::move(owners_code)) {}

  ActionOffer offer(const Action& action) const override;
  /// One statement for the page, and one for what may be done to its rows; of a family one for each queue in it.
  TargetPage plan(const Action& action, const JobQuery& query) override;
  /// One statement; not where what happens beside is told (SqlActionRule::beside), nor in families.
  std::optional<PlanTally> tally(const Action& action, const JobFilter& filter, const ReadLimits& limits) override;
  /// In SQLite who reads keeps others from committing.
  bool plans_beside_changes() const override { return system_.flavour == SqlFlavour::postgresql; }
  std::vector<BackupRecord> back_up(std::span<const Target> targets, const ReadLimits& limits) override;
  /// One statement a relation, or a queue of it.
  std::vector<TargetReport> report_left_out(const Action& action, std::span<const Target> targets,
                                            const ReadLimits& limits) override;
  /// One transaction for all targets of a table; where the server refuses it for one of them, one for each; where
  /// something is held by another session, one for each half, and so on, as long as Progress::patience lasts.
  std::vector<TargetReport> apply(const Action& action, std::span<const Target> targets,
                                  const ReadLimits& limits) override;
  std::vector<TargetReport> restore(std::vector<BackupRecord> records, bool dry_run, const ReadLimits& limits) override;
  /// One transaction a record.
  std::vector<TargetReport> undo(std::vector<BackupRecord> records, bool dry_run, const ReadLimits& limits) override;
  std::size_t largest_chunk() const override { return 500; }
  /// As the plan's second statement told; values are not read for it unless they are large and packed.
  std::uint64_t bytes_of(const Target& target) const override;
  ActionOffer offer_pause() const override;
  std::vector<QueueStatistics> paused_among(const std::vector<std::string>& queues, const ReadLimits& limits) override;
  TargetReport set_paused(const PauseChange& change) override;

  const BoundSystem& system() const { return system_; }
  /// The first rule for the action whose needs are met; `relation` by index. nullptr: there is none.
  const SqlActionRule* rule_for(const Action& action, std::size_t relation) const;
  /// Whether a piece of the rule is used here.
  bool meets(const SqlActionRule& rule, std::string_view needs) const;

 private:
  /// Runs a statement of one of the two kinds of session.
  using Run = std::function<std::unique_ptr<SqlResult>(const SqlStatement&)>;

  const SqlRefusalRule* refusal_for(std::optional<ActionKind> action) const;
  ActionOffer refused(std::optional<ActionKind> action, std::string_view word) const;
  const BoundRelation& relation_of(const SqlActionRule& rule) const;
  /// A condition on `j`: its id is one of {:ids}.
  std::string has_id() const;
  /// About how many bytes the values of a row `j` take as text, as SQL.
  std::string size_of(const BoundRelation& relation) const;

  /// What is known of the work of one call, while it goes on.
  struct Progress {
    bool changed = false;    ///< something was committed
    bool timed_out = false;  ///< locks are waited for a moment only from now on
    /// How long further time-outs may take together: the first one and this bound the time that a call can wait.
    std::chrono::milliseconds patience = SqlTransaction::lock_wait;
    bool gave_up() const { return timed_out && patience.count() <= 0; }
  };

  /// The rule's skips that are asked here, in turn; the action's force is heeded.
  std::vector<const SqlSkipRule*> skips_of(const SqlActionRule& rule, const Action& action) const;
  /// A transaction in which the system's own functions, and triggers, find their tables: names are those of
  /// pg_catalog, and only then those of the jobs' schema.
  std::unique_ptr<SqlTransaction> begin_write(const ReadLimits& limits, const Progress& progress) const;
  /// For a plan, which counts what changes beside a row, too; to see how rows are; or to lock them in the same look, in
  /// the order of the ids, so that two of us cannot wait for each other: those that others hold are left out then.
  enum class Look { plans, sees, locks };
  /// Rows of the rule's relation by the ids of their jobs.
  JudgedRows judge(const SqlActionRule& rule, const Action& action, const std::vector<std::string>& ids, Look look,
                   const Run& run) const;
  void judge_table(const SqlActionRule& rule, const Action& action, const TableJobs& jobs, Look look, const Run& run,
                   JudgedRows& judged) const;
  // plan_tally.cpp
  /// The ids for which the skip holds, among all rows; absent: it does not list them, they are too many, or
  /// there was no time.
  std::optional<std::vector<std::string>> ids_of_skip(const SqlSkipRule& skip, const std::string& with,
                                                      const ActionValues& values, const ReadLimits& limits);
  // beside.cpp
  /// The other jobs that change with these ones, each with the first that takes it along.
  struct Others {
    std::map<std::string, std::vector<std::string>> of;  ///< by that job; of many only some
    std::map<std::string, std::uint64_t> counts;         ///< how many there are of each
    bool kept = true;                                    ///< they can be undone together
  };
  /// Locks them, where they can be. `values` holds the ids of the jobs.
  Others others_of(const SqlActionRule& rule, const ActionValues& values, const TableJobs& jobs, const Run& run) const;
  /// What undoing the change of a job takes: its own rows and those of the others, or why it is refused.
  static std::string undo_content(const SqlActionRule& rule, const std::string& id, const Others& others,
                                  const std::map<std::string, std::vector<StoredRow>>& before,
                                  const std::map<std::string, std::vector<StoredRow>>& after,
                                  const std::function<bool(std::string_view table)>& is_shared);
  /// One chunk, all of one table, in one transaction. Throws what the server says; then nothing of it changed.
  void apply_together(const SqlActionRule& rule, const Action& action, std::span<const Target* const> targets,
                      std::span<TargetReport* const> reports, const ReadLimits& limits, const Progress& progress);
  void apply_chunk(const SqlActionRule& rule, const Action& action, std::span<const Target* const> targets,
                   std::span<TargetReport* const> reports, const ReadLimits& limits, Progress& progress);
  // restore.cpp
  /// The relation that lies in the table or family, by index.
  std::optional<std::size_t> relation_in(std::string_view table) const;
  /// The columns that are backed up; none where the table, of a family that of the queue, is not there.
  std::vector<std::string_view> stored_columns(const SqlBackupTable& table, const std::string& queue) const;
  /// Owner, version and place of each row of the jobs or the queue, then its columns.
  std::unique_ptr<SqlResult> read_stored(const SqlBackupTable& table, const std::vector<std::string_view>& names,
                                         const TableJobs& jobs, const Run& run) const;
  std::vector<StoredRow> stored_rows(const SqlBackupTable& table, const std::vector<TableJobs>& of_tables,
                                     const Run& run) const;
  /// The value of a column that comes back, over the parameter of that number. Throws Error{usage}.
  KeptParameter value_of(const SqlBackupTable& table, std::string_view column, std::optional<std::string> kept,
                         std::size_t parameter) const;
  /// Whether there was room for the row. Throws Error{refused} for a column that is not there any more.
  bool put_back(const SqlBackupTable& table, StoredRow row, const std::string& queue,
                SqlTransaction& transaction) const;
  void restore_one(const BackupRecord& record, std::vector<StoredRow> rows, TargetReport& report,
                   const ReadLimits& limits);
  // undo.cpp
  /// The tables whose rows changes keep, those of pauses last.
  std::vector<const SqlBackupTable*> kept_tables() const;
  const SqlBackupTable* kept_table(std::string_view table) const;
  std::vector<std::string> owners_of(const BackupRecord& record, const std::vector<RowChange>& changes) const;
  /// Says of a change that is not in place that nothing of its record is undone.
  void report_moved_on(const BackupRecord& record, const std::vector<RowChange>& changes, const RowChange& moved,
                       TargetReport& report) const;
  /// The queue whose tables hold the job, one at most, that the ids name; empty where one table serves all queues.
  std::string queue_of(const std::vector<std::string>& owners) const;
  /// The condition that `t`, a row of the change's table, is as the change left it. Adds its parameters.
  std::string at_place(const RowChange& change, const std::string& queue, SqlStatement& statement) const;
  /// The table of a change, of a family that of the queue: qualified and quoted.
  std::string name_of(const RowChange& change, const std::string& queue) const;
  /// All rows of backup tables that belong to the jobs.
  std::map<std::string, std::vector<StoredRow>> rows_by_owner(const std::vector<std::string>& ids,
                                                              const Run& run) const;
  /// Whether the row is the very version that the change left. `lock`: rows that others hold are passed over.
  bool is_in_place(const RowChange& change, const std::string& queue, bool lock, const Run& run) const;
  bool is_as_before(const std::vector<std::string>& owners, const std::vector<RowChange>& changes,
                    const Run& run) const;
  void take_back(const RowChange& change, const std::string& queue, SqlTransaction& transaction) const;
  /// False: the report says why not, and the transaction must be rolled back.
  bool undo_rows(const BackupRecord& record, const std::vector<RowChange>& changes, TargetReport& report,
                 SqlTransaction& transaction) const;
  void undo_one(const BackupRecord& record, const std::vector<RowChange>& changes, TargetReport& report,
                const ReadLimits& limits);

  SqlJobStore& store_;
  SqlConnection& connection_;
  const BoundSystem& system_;
  OwnersCode owners_code_;
};

}  // namespace queuetrace
