// What the Redis engine hands to a system's functions: elements as they lie in Redis, and what was read around them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/reply.hpp"
#include "backends/engines/redis/job_hash.hpp"
#include "backends/engines/redis/place.hpp"
#include "model/job.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

/// One installation's keys and settings: the defaults, Source::keys, and the system's own configuration file put
/// together.
struct Deployment {
  std::vector<Place> places;                    ///< waiting places first, in the order workers drain them
  std::map<std::string, std::string> settings;  ///< by the system's own option names; only what was given
  std::vector<Finding> findings;                ///< about the configuration itself
  std::string prefix;                           ///< `{prefix}` in the keys of the system's tables
  std::vector<std::string> other_prefixes;      ///< of the other installations in the database
  std::vector<std::string> warnings;            ///< part of every answer; our words
  std::vector<std::string> workers;  ///< keys in which workers said, when the source was opened, what they do
};

/// One element as it lies in Redis; the views last as long as the window they came from.
struct Entry {
  const Place& place;
  std::string_view key;         ///< of the container; of a record its own key
  std::int64_t index = 0;       ///< list: from the head, when it was read; sorted set: from the highest score
  std::string_view raw;         ///< the element: payload or id; of a record its id
  std::string_view queue = {};  ///< of a place of one queue (Place::names_queue): its name
  std::string_view id = {};     ///< Holds::ids: the id that the element means (RedisReading::id_in)
  std::span<const Reply> companions = {};  ///< list of running jobs: replies to RedisReading::companions, at the same
                                           ///< moment; otherwise to RedisReading::details, when they were asked for
  std::string_view field = {};             ///< hash: the field whose value `raw` is
  std::string_view score = {};             ///< sorted set: the score as Redis writes it
  JobHash record = {};                     ///< the job's hash, where the place has one
  std::optional<std::string_view> text = {};  ///< the job's record where records are strings; absent: it is gone
  std::uint64_t cut_from = 0;  ///< bytes of the element or record in the server, where only a part was read
  std::uint64_t position = 0;  ///< list: from the end it is read from (Place::newest), when it was read
};

/// The note on a job of which only the beginning was read.
inline constexpr std::string_view cut_note = "cut";

struct DecodeContext {
  const Deployment& deployment;
  Timestamp now;          ///< the server's clock
  bool payload = false;   ///< fill Job::payload
  bool locators = false;  ///< fill Job::locator
};

/// What stands in a waiting place, in the order workers meet it.
struct QueuedEntry {
  std::uint64_t rank = 0;  ///< in the whole place, 0 is taken first
  std::string id;
  std::string score;  ///< sorted set
  JobHash record;     ///< its summary fields; does not exist: the job's hash is gone
  Job job;
  bool wanted = true;  ///< of the queue that is asked for
};

/// What was read of a waiting place from the end workers take from, for RedisExplaining::replay.
struct QueuedWindow {
  std::span<const QueuedEntry> entries;
  std::uint64_t read = 0;    ///< entries looked at
  std::uint64_t length = 0;  ///< of the whole place
};

}  // namespace queuetrace
