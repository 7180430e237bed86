// The newest jobs of a table that no index serves in that order: one look at it tells the places of many pages of jobs,
// whose rows are then read from their places.
//
// What is promised is what pages behind keys promise: the jobs that match when their page is read, in the order in
// which they stood when the look was taken. A row that was changed since has another place, and is found by its id; one
// that has gone is passed over; what came since is not among them.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "model/job_filter.hpp"

namespace queuetrace {

/// Places found in one look at most: the server, and each worker of it, sorts them in sort_bytes_of_places; here they
/// take some 10 MB, and their answer twice as much until they are read from it.
inline constexpr std::size_t most_places = 100'000;
inline constexpr std::uint64_t sort_bytes_of_places = 32 << 20;

struct NewestPlaces {
  struct Row {
    std::size_t relation = 0;
    std::string place;  ///< `(12,3)`
    std::string id;
  };
  JobFilter filter;                                        ///< what was asked
  std::vector<Row> rows;                                   ///< newest first
  bool more = false;                                       ///< others lie behind
  std::vector<std::string> last_key;                       ///< of the last row
  std::map<std::string, std::size_t, std::less<>> starts;  ///< the first row of each page, by its cursor
};

}  // namespace queuetrace
