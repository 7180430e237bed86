// What counting all jobs of a capture would find, counted while they are written: looking at them once more would have
// to sort them all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "backends/drivers/sqlite/writer.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// The table `counts` of a capture (capture_schema.hpp). Memory is bounded however many queues there are: what is
/// counted of more than a few thousand groups is put into a temporary table of the writer's.
class CaptureCounts {
 public:
  /// `now`: of the times of jobs those count that can be true then (model/plausible_time.hpp).
  CaptureCounts(SqliteWriter& writer, Timestamp now);

  /// Of a job that is written. Throws as SqliteWriter::run.
  void add(const Job& job, bool is_stale);
  /// Fills the table, which must be there. Throws as SqliteWriter::run.
  void finish();

 private:
  struct Group {
    std::int64_t number = 0, timed = 0, untimed = 0, untimed_again = 0;
    std::optional<Timestamp> oldest, newest, due, due_again;
  };

  void put_aside();

  SqliteWriter& writer_;
  Timestamp now_;
  std::map<std::tuple<std::optional<std::string>, JobState, bool>, Group> groups_;
};

}  // namespace queuetrace
