// Finds the elements of lists, sorted sets and hashes again that a plan names: whether they are there, and the bytes of
// those that were too large for the plan.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/locator.hpp"

namespace queuetrace {

/// Keeps from one search to the next how much nearer to the end elements of a list were found than the plan saw them.
class ElementSearch {
 public:
  /// A new plan begins.
  void forget() { moved_.clear(); }

  /// Indexes of locators whose elements are surely not there any more. Fills Locator::element of those that are known
  /// by their digest, where they are found. A list is looked through where the plan saw the elements, then from its end
  /// for 10,000 elements; each look asks for a few megabytes at most. Throws Error as RedisConnection does.
  std::set<std::size_t> find(RedisConnection& connection, std::span<Locator> locators);

 private:
  void find_in_list(RedisConnection& connection, const std::string& key, const std::vector<std::size_t>& indexes,
                    std::span<Locator> locators, std::set<std::size_t>& missing);
  std::map<std::string, std::uint64_t> moved_;  ///< by list
};

}  // namespace queuetrace
