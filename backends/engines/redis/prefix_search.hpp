// The installations of systems in one database: the same system may be there several times, told apart by the prefix of
// its keys.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/records_elsewhere.hpp"
#include "backends/engines/redis/system.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// One SCAN pass over the names of the keys of a database, for all systems together: their prefixes, keys that are
/// written as only theirs are (RedisFinding::scan_patterns), records under a prefix where they have none, and the first
/// keys whatever they are.
class PrefixSearch {
 public:
  /// Installations of one system that are looked for at most.
  static constexpr std::size_t most_installations = 16;

  /// `systems` must outlive the search.
  explicit PrefixSearch(std::span<const RedisSystem* const> systems);

  /// Whether any of the systems has installations under further prefixes.
  bool looks_for_prefixes() const;
  /// Whether any of them is told by how keys are written.
  bool looks_for_keys() const;
  /// Looks at every key, or as many as ReadLimits::scan and its time allow. Throws Error.
  void run(RedisConnection& connection, const ReadLimits& limits);
  /// False: the pass was cut short, so there may be more.
  bool complete() const { return complete_; }
  bool has_run() const { return has_run_; }

  /// Keys that the pass found written as those of `systems[index]`, a few.
  const std::vector<std::string>& written_alike(std::size_t index) const { return alike_[index]; }
  /// Records of `systems[index]` that the pass found under prefixes that it does not read.
  const RecordsElsewhere& records_elsewhere(std::size_t index) const { return records_[index]; }
  /// Keys that the pass met first: 20,000, or 4 MiB of them.
  const std::vector<std::string>& first_keys() const { return first_; }

  /// Prefixes of `systems[index]` that are there: the default one first, then by their bytes. Those that the pass found
  /// are confirmed by RedisFinding::signs or, where they name queues, by RedisPlacing::queue_signs, and by is_present.
  std::vector<std::string> prefixes(RedisConnection& connection, std::size_t index);
  /// RedisFinding::is_present; true where there is none. What the user has no right to ask counts as not there, and the
  /// first such refusal is kept: it is told where nothing is found.
  bool is_present(RedisConnection& connection, const RedisSystem& system, std::string_view prefix);
  const std::optional<Error>& refusal() const { return refusal_; }

 private:
  /// Queues seen under each prefix, a few.
  using Candidates = std::map<std::string, std::vector<std::string>>;
  void see(std::string_view key);
  bool confirmed(RedisConnection& connection, const RedisSystem& system, const std::string& prefix,
                 const std::vector<std::string>& queues);

  std::span<const RedisSystem* const> systems_;
  std::vector<Candidates> found_;                ///< by system
  std::vector<std::vector<std::string>> alike_;  ///< by system
  std::vector<RecordsElsewhere> records_;        ///< by system
  std::vector<std::string> first_;
  std::size_t bytes_of_first_ = 0;
  std::optional<Error> refusal_;
  bool complete_ = true;
  bool has_run_ = false;
};

/// Adds the parts of a key behind `before` that end at a colon, each of which may name a queue: keys of jobs begin so.
/// Until there are so many names.
void add_possible_queues(std::string_view key, std::string_view before, std::set<std::string>& names);
inline constexpr std::size_t most_possible_queues = 200;

/// A prefix as part of a store's address (`source/system@acme`): letters, digits and `_.:{}-`, anything else
/// percent-encoded, and no separators at its end.
std::string installation_name(std::string_view prefix);

}  // namespace queuetrace
