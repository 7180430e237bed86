// JobStore over any system described by a SqlSystem. The questions are answered in job_store.cpp (jobs),
// peek.cpp, statistics.cpp, check.cpp and diagnosis.cpp.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/heap_read.hpp"
#include "backends/engines/sql/newest_places.hpp"
#include "backends/engines/sql/row_stride.hpp"
#include "backends/engines/sql/select_builder.hpp"
#include "backends/job_store.hpp"

namespace queuetrace {

class SqlJobStore : public JobStore {
 public:
  SqlJobStore(std::shared_ptr<SqlConnection> connection, BoundSystem system);

  const SystemInfo& system() const override { return system_.system->info; }
  Capabilities capabilities() const override;
  /// On a time-out behind the first page the page is empty and truncated: what was found stands. On the first page
  /// nothing was found yet and Error{unreachable} says how to ask for less. Identifiers no index serves are looked for
  /// among the newest rows first, then in all; what the first look found stands when the second takes too long. A page
  /// may hold fewer jobs than asked for where texts in a document only contained the id.
  Page list(const JobQuery& query) override;
  PeekResult peek(const PeekQuery& query) override;
  Statistics statistics(const StatisticsQuery& query) override;
  std::vector<Untrusted> queues(const ReadLimits& limits) override;
  StoreCheck check(const ReadLimits& limits) override;
  /// Rows that row level security may hide, and tables of jobs that may not be read. Known since the store was opened.
  std::vector<Finding> unseen() override;
  std::vector<Finding> diagnose(const ReadLimits& limits) override;
  std::size_t checks() const override;
  JobAdministration& administration() override;

  /// Marks the queues that are paused; those that hold nothing are added.
  void add_paused(const StatisticsQuery& query, Statistics& out);

 private:
  /// The queues of a family (table_family.hpp): their tables are there, with jobs in them or without.
  std::vector<std::string> queues_with_tables() const;
  std::unique_ptr<SqlResult> run(const SqlStatement& statement, const ReadLimits& limits);
  std::vector<Job> jobs_of(const JobSelect& select, const ReadLimits& limits);
  /// Whether the filter names identifiers that are looked for without an index.
  bool is_searched(const JobFilter& filter) const;
  void fill(Page& page, const SqlResult& rows, const RowLayout& layout, const JobQuery& query, std::size_t size,
            const Position& position, bool newest);
  /// Makes the first `count` rows jobs of the page.
  void take_jobs(Page& page, const SqlResult& rows, const RowLayout& layout, const JobQuery& query,
                 std::size_t count) const;
  // last_rows.cpp
  /// The condition that a row is in the last blocks of a large table; absent where no prompt waits
  /// (ReadLimits::prompt), and where everything may be read.
  std::optional<std::string> place_for_a_prompt(const ReadLimits& limits);
  /// The jobs of the first relation in these blocks, those stored last first.
  Page last_stored(const JobQuery& query, const std::string& place);
  /// A SELECT of queues: of the rows in these blocks, and the most frequent ones that the planner knows.
  std::string queues_for_a_prompt(const BoundRelation& relation, const std::string& place) const;
  // newest_listing.cpp
  /// Whether the page is one of several whose jobs no index yields newest first; forgets the places of a listing that
  /// begins anew.
  bool reads_newest_places(const JobQuery& query);
  /// One look at the tables, which fills newest_places_. Returns the warnings of a first page.
  std::vector<std::string> find_newest_places(const JobQuery& query);
  /// The rows at these places, or with these ids.
  JobSelect rows_of_places(const JobQuery& query, std::span<const NewestPlaces::Row> rows, bool by_id) const;
  Page newest_page(const JobQuery& query);
  /// Where a listing that is not read block by block goes on.
  Position position_of(const JobQuery& query) const;
  // heap_listing.cpp
  /// Whether the question is answered block by block: no index serves it, no order is asked for.
  bool reads_heap(const JobQuery& query);
  void begin_heap_read(const ReadLimits& limits);
  Page heap_page(const JobQuery& query);
  /// What one statement finds; nothing where the blocks it looks at hold none of the jobs.
  Page heap_range(const JobQuery& query);
  /// The first place at or behind `position` where something may be; behind the last relation where nothing is left.
  HeapPosition next_range(HeapPosition position) const;
  /// Says how the page goes on: at the end with what changed meanwhile, if anything did.
  void end_range(Page& page, const HeapPosition& next, const JobQuery& query);
  /// What changed while the blocks were read and was not handed out.
  Page changed_page(const JobQuery& query, HeapPosition position);
  /// Why that cannot be told; absent: HeapRead::Relation::left tells it.
  std::optional<std::string> find_changes(const JobQuery& query);
  // peek.cpp
  std::vector<std::string> peek_queues(const PeekQuery& query, const SqlPeek& rule, PeekResult& out);
  /// The condition that a row is in the queue, or in one of the asked ones where workers take from several at once.
  std::string of_queue(const PeekQuery& query, const SqlPeek& rule, const std::string& queue,
                       Parameters& parameters) const;
  void add_waiting(const PeekQuery& query, const SqlPeek& rule, PeekQueue& queue);
  void add_pause(const PeekQuery& query, PeekQueue& queue);
  // statistics.cpp
  /// `only`: a condition on the first relation's rows; the others are not counted then. In state_counts.cpp.
  void count_states(const StatisticsQuery& query, Statistics& out, const std::string& only = {});
  /// The relation's rules for a look at all its rows: conditions with SqlStateRule::listed are replaced by the ids.
  BoundStates states_of_all(std::size_t relation, Parameters& parameters, const ReadLimits& limits);
  /// False: there was no time to count, and Statistics::truncated says what is told instead.
  bool count_or_estimate(const StatisticsQuery& query, Statistics& out);
  /// What can be told of the states without reading the table: those that an index holds are counted, the others
  /// estimated from what the planner knows. False when it knows nothing. In state_estimates.cpp.
  bool estimate_states(const StatisticsQuery& query, Statistics& out);
  /// Jobs of a queue with a word for their state, as the planner expects them.
  struct EstimatedJobs {
    std::size_t relation = 0;
    std::string queue, word;
    std::uint64_t number = 0;
  };
  std::vector<EstimatedJobs> planned_states(const StatisticsQuery& query);
  /// Counts the jobs that may run again and that an index holds; the words of those that it counted.
  std::set<std::string, std::less<>> count_waiting(const StatisticsQuery& query, Statistics& out);
  /// The state that BoundStates::number tells of a row of the relation.
  JobState state_at(std::size_t relation, std::optional<std::string_view> number) const;
  /// What happened in the window, by the activity log: first its key by bisection, then the rates.
  void follow_activity(const StatisticsQuery& query, Statistics& out);
  /// Waits or runs that ended in the window, by the activity log; those of other relations are in the groups of
  /// count_states().
  void measure(const StatisticsQuery& query, Statistics& out, bool waits);
  void cover(const StatisticsQuery& query, Statistics& out);
  /// The condition that a row is in the last blocks of a large table; absent where `newest` reads no more than them.
  std::optional<std::string> place_of_last_rows(const SqlStatement& newest, const ReadLimits& limits);
  // activity.cpp
  const SqlActivityLog* activity() const;
  /// The smallest key of the log at or after `since`; found with some thirty reads through its index.
  std::string activity_since(Timestamp since, const ReadLimits& limits);
  /// The condition that something happened to a row since recent_activity_.
  std::string in_window(Parameters& parameters) const;
  void cover_carried(const StatisticsQuery& query, Statistics& out);
  // unseen.cpp
  /// Tables beside the jobs whose rows row level security may hide; nothing: none does.
  std::optional<Finding> hidden_beside() const;
  std::optional<Finding> hidden_rows() const;
  std::optional<Finding> refused_columns() const;
  /// Adds a warning of them to the first page of whole jobs.
  void tell_missing(const JobQuery& query, Page& page) const;
  // check.cpp
  /// The check without the system's own findings.
  StoreCheck check_schema(const ReadLimits& limits);
  void check_carriers(StoreCheck& out, const ReadLimits& limits);
  void check_carrier(const BoundRelation& relation, const BoundCarrier& carrier, StoreCheck& out,
                     const ReadLimits& limits);
  void check_indexes(StoreCheck& out, const ReadLimits& limits);
  void check_diagnoses(StoreCheck& out, const ReadLimits& limits);
  /// The numbers of rows by SqlDiagnosisRule::groups; nothing when there are no rows.
  std::string count_groups(const SqlDiagnosisRule& rule, const ReadLimits& limits);
  // diagnosis.cpp
  /// Whether the live tables have what it is about, and this role may read it.
  bool may_apply(const SqlDiagnosisRule& rule) const;
  /// Whether the system tells pauses, and has no rule of its own for those that last long.
  bool looks_for_pauses() const;
  std::optional<Finding> find_long_pauses(const ReadLimits& limits);
  Finding finding_of(const SqlDiagnosisRule& rule) const;
  /// The rows it is about, as a SELECT of one column `found`.
  std::string select_of(const SqlDiagnosisRule& rule) const;
  bool tells_queues(const SqlDiagnosisRule& rule) const;
  std::optional<Finding> apply(const SqlDiagnosisRule& rule, const ReadLimits& limits);
  /// What one look through the table finds for all of `rules`; nothing when it finds too many jobs to hold.
  std::optional<std::vector<Finding>> apply_together(std::span<const SqlDiagnosisRule* const> rules,
                                                     const ReadLimits& limits);

  std::shared_ptr<SqlConnection> connection_;
  BoundSystem system_;
  std::unique_ptr<JobAdministration> administration_;  ///< made when first asked for
  RowStride row_stride_;
  std::unique_ptr<HeapRead> heap_read_;          ///< the one that was begun last
  bool few_expected_ = false;                    ///< the planner expects less than half a page of it
  std::unique_ptr<NewestPlaces> newest_places_;  ///< of the listing that was begun last
  std::string recent_activity_ = "0";  ///< key of the log at which the window of the current statistics begins
};

}  // namespace queuetrace
