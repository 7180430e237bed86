// What the kv engine must know of a queue system that lives in Redis: where its jobs are, how an entry is read, and the
// few things a description cannot say. One constant RedisSystem a system, in backends/systems.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/redis/connection.hpp"
#include "model/job.hpp"
#include "model/peek.hpp"
#include "model/source.hpp"
#include "model/statistics.hpp"
#include "model/store_check.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

enum class ListEnd { head, tail };

/// What a list of jobs is for.
enum class PlaceRole { waiting, running, completed, dead };

/// A list, or a family of lists, that holds jobs. Made by RedisSystem::deploy for one source.
struct Place {
  std::string key;  ///< exact key; for a family the text around its one free part: `prefix` + any text + `suffix`
  std::string suffix;
  bool family = false;
  PlaceRole role = PlaceRole::waiting;
  std::string alias;               ///< the system's short name for it, empty when it has none
  std::string_view native;         ///< its word for jobs here
  std::vector<JobState> states;    ///< what jobs here can be
  ListEnd newest = ListEnd::head;  ///< where jobs are added
  bool append_only = false;        ///< jobs leave only when the whole key goes, so positions from the old end stay
  bool consumed = true;            ///< waiting: some worker takes from here
};

/// One source's keys and settings: the defaults, Source::keys, and the system's own configuration file put together.
struct Deployment {
  std::vector<Place> places;                    ///< waiting places first, in the order workers drain them
  std::map<std::string, std::string> settings;  ///< by the system's own option names; only what was given
  std::vector<Finding> findings;                ///< about the configuration itself
};

/// One element as it lies in Redis; the views last as long as the window they came from.
struct Entry {
  const Place& place;
  std::string_view key;
  std::int64_t index = 0;  ///< from the head, when it was read
  std::string_view raw;
  std::span<const Reply> companions;  ///< replies to RedisSystem::companions, read at the same moment
};

struct DecodeContext {
  const Deployment& deployment;
  Timestamp now;         ///< the server's clock
  bool payload = false;  ///< fill Job::payload
};

/// A key that betrays the system when it is of this type (`list`).
struct KeySign {
  std::string_view key;
  std::string_view type;
};

struct RedisSystem {
  SystemInfo info;

  // Finding it.
  std::span<const KeySign> signs;                   ///< default keys, looked at in one round trip
  std::span<const std::string_view> scan_patterns;  ///< globs of keys for one bounded SCAN pass
  bool (*recognises)(std::string_view entry);       ///< whether an element can only be of this system

  // Where things are. Throws Error{usage} for unknown options and unreadable files.
  Deployment (*deploy)(const Source& source);

  // Reading. `decode` never throws: what it cannot read becomes a job with a note `undecodable`.
  Job (*decode)(const Entry& entry, const DecodeContext& context);
  /// Further reads that belong to a running place's key at the same moment; nullptr: none.
  std::vector<RedisCommand> (*companions)(const Place& place, const std::string& key, const Deployment& deployment);
  /// Ids, trace ids and span ids stand in the entry as text, so an entry without the text cannot match.
  bool ids_in_text = true;
  /// Of `queue`: whether a name the user gave (alias) means this queue key.
  bool (*queue_alias)(std::string_view name, std::string_view queue, const Deployment& deployment);

  // What a table cannot say; each may be nullptr.
  void (*explain_waiting)(RedisConnection&, const Deployment&, std::span<const Job> running, PeekResult&);
  void (*find_problems)(RedisConnection&, const Deployment&, std::vector<Finding>&);
};

}  // namespace queuetrace
