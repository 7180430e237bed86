// Records of a system whose keys have no prefix, written under one: `acme:job:{id}` beside `job:{id}`.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/system.hpp"

namespace queuetrace {

/// Notes keys that a walk over a keyspace finds, a few of each prefix, and tells which prefixes records are under.
class RecordsElsewhere {
 public:
  /// `system` must outlive it.
  explicit RecordsElsewhere(const RedisSystem& system);

  /// Whether records of the system could be told under a prefix at all.
  bool looks_for_any() const { return !begin_.empty(); }
  bool found_any() const { return !by_prefix_.empty(); }
  void note(std::string_view key);
  /// How the records of each prefix are written (`acme:job:{id}`), sorted, where one of the keys that were noted holds
  /// RedisFinding::record_fields. Keys that `is_of_others` picks are passed over. One round trip; throws Error.
  std::vector<std::string> confirmed(RedisConnection& connection,
                                     const std::function<bool(std::string_view)>& is_of_others) const;

 private:
  const RedisSystem& system_;
  std::string begin_;   ///< how the keys of records begin without a prefix; empty: none are looked for
  std::string middle_;  ///< what stands between a queue's name and an id, where keys hold both
  std::map<std::string, std::vector<std::string>> by_prefix_;
};

/// The fields of each key that only the system's records have together (RedisFinding::record_fields), for holds_record.
RedisCommand ask_for_record(const RedisSystem& system, const std::string& key);
/// Whether the answer to ask_for_record holds them all.
bool holds_record(const RedisSystem& system, const Reply& reply);

}  // namespace queuetrace
