// Jobs by the table that their rows are in: one table for all of a relation, or one a queue (table_family.hpp). What
// changes jobs goes table by table.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace queuetrace {

struct SqlSystem;

/// Some jobs of one table.
struct TableJobs {
  std::string queue;              ///< whose ids they are (SqlSystem::ids_by_queue); empty where one count serves all
  std::vector<std::string> jobs;  ///< their ids as jobs
  std::vector<std::string> rows;  ///< the ids of their rows, in the same order: other queues may have the same ones

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> places = {};  ///< of each row among them

  /// The job of these whose row has the id `row`; empty when none has.
  std::string job_of(std::string_view row) const;
};

/// `jobs` by the queue that their ids name (SqlSystem::ids_by_queue), else all of them together. None without jobs.
std::vector<TableJobs> by_table(const SqlSystem& system, const std::vector<std::string>& jobs);

}  // namespace queuetrace
