// What the Redis engine must know of a queue system that lives in Redis: where its jobs are, how an entry is read, and
// the few things a description cannot say. One constant RedisSystem a system, in backends/systems.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/action_rule.hpp"
#include "backends/engines/redis/diagnosis_report.hpp"
#include "backends/engines/redis/job_hash.hpp"
#include "model/job.hpp"
#include "model/page.hpp"
#include "model/peek.hpp"
#include "model/source.hpp"
#include "model/statistics.hpp"
#include "model/store_check.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

enum class ListEnd { head, tail };

/// What a place of jobs is for; `any`: each job says so itself.
enum class PlaceRole { waiting, running, completed, dead, any };

/// The kind of Redis value a place is. `records`: a family of hashes, each of them one job.
enum class Container { list, sorted_set, set, hash, records };

/// What an element is: the job itself, or the id of a job whose hash is elsewhere (RedisSystem::record_key).
enum class Holds { payloads, ids };

/// A sorted set of waiting jobs: which score workers take first.
enum class TakenFirst { lowest_score, highest_score };

/// A key, or a family of keys, that holds jobs. Made by RedisSystem::deploy for one source.
struct Place {
  std::string key;  ///< exact key; for a family the text around its one free part: `prefix` + any text + `suffix`
  std::string suffix;
  bool family = false;
  std::string names;  ///< family: the set that holds the free parts there are; empty: found by SCAN
  Container container = Container::list;
  Holds holds = Holds::payloads;
  TakenFirst taken_first = TakenFirst::highest_score;
  bool by_creation = true;  ///< sorted set: a later job has a higher score, so the newest can be read first
  bool listed = true;       ///< false: its jobs are listed through another place, their records
  PlaceRole role = PlaceRole::waiting;
  std::string alias;               ///< the system's short name for it, empty when it has none
  std::string_view native;         ///< its word for jobs here
  std::vector<JobState> states;    ///< what jobs here can be
  ListEnd newest = ListEnd::head;  ///< where jobs are added
  bool append_only = false;        ///< jobs leave only when the whole key goes, so positions from the old end stay
  bool consumed = true;            ///< waiting: some worker takes from here
  bool shared = false;             ///< waiting: several queues' jobs stand here in one order; each says its own
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
  std::string_view key;    ///< of the container; of a record its own key
  std::int64_t index = 0;  ///< list: from the head, when it was read; sorted set: from the highest score
  std::string_view raw;    ///< the element: payload or id; of a record its id
  std::span<const Reply> companions = {};  ///< list of running jobs: replies to RedisSystem::companions, at the same
                                           ///< moment; otherwise to RedisSystem::details, when they were asked for
  std::string_view field = {};             ///< hash: the field whose value `raw` is
  std::string_view score = {};             ///< sorted set: the score as Redis writes it
  JobHash record = {};                     ///< the job's hash, where the place has one
  std::uint64_t position = 0;              ///< list: from the end it is read from (Place::newest), when it was read
};

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

/// What was read of a waiting place from the end workers take from, for RedisSystem::replay.
struct QueuedWindow {
  std::span<const QueuedEntry> entries;
  std::uint64_t read = 0;    ///< entries looked at
  std::uint64_t length = 0;  ///< of the whole place
};

/// A key that betrays the system when it is of this type (`list`).
struct KeySign {
  std::string_view key;
  std::string_view type;
};

struct RedisSystem {
  SystemInfo info;

  // Finding it.
  std::span<const KeySign> signs = {};                   ///< default keys, looked at in one round trip
  std::span<const std::string_view> scan_patterns = {};  ///< globs of keys for one bounded SCAN pass
  bool (*recognises)(std::string_view entry) = nullptr;  ///< whether an element can only be of this system
  bool (*is_present)(RedisConnection& connection) =
      nullptr;  ///< whether anything else shows the system; a few bounded reads

  // Where things are. Throws Error{usage} for unknown options and unreadable files.
  Deployment (*deploy)(const Source& source) = nullptr;

  // Reading. `decode` never throws: what it cannot read becomes a job with a note `undecodable`.
  Job (*decode)(const Entry& entry, const DecodeContext& context) = nullptr;
  /// Further reads that belong to a running place's key at the same moment; nullptr: none.
  std::vector<RedisCommand> (*companions)(const Place& place, const std::string& key,
                                          const Deployment& deployment) = nullptr;
  /// Ids, trace ids and span ids stand in the entry as text, so an entry without the text cannot match.
  bool ids_in_text = true;
  /// What ids begin with that `decode` makes itself, because an entry has none; empty: it makes none.
  std::string_view made_ids = {};
  /// Whether a key that a family's pattern matches is one of the family; nullptr: all are.
  bool (*belongs)(const Place& place, std::string_view key) = nullptr;
  /// The key of the hash of the job that an id in a container means; nullptr: there are no records.
  std::string (*record_key)(const Place& place, std::string_view key, std::string_view id) = nullptr;
  /// The fields of a record that tell everything but payload and result; empty: records are read whole.
  std::span<const std::string_view> summary_fields = {};
  /// How filters and times are answered, for Capabilities. `links`: jobs name parents or batches.
  Lookup correlation = Lookup::unsupported;
  Lookup links = Lookup::unsupported;
  bool times = false;
  /// Further reads for one job, given what was read of it so far; `whole`: results, too. nullptr: none.
  std::vector<RedisCommand> (*details)(const Entry& entry, const Deployment& deployment, bool whole) = nullptr;
  /// Constants the system writes in place of trace ids.
  std::span<const std::string_view> placeholders = {};
  /// Of `queue`: whether a name the user gave (alias) means this queue key.
  bool (*queue_alias)(std::string_view name, std::string_view queue, const Deployment& deployment) = nullptr;

  // What a table cannot say; each may be nullptr.
  /// What PeekQuery::worker takes of a window, in its order, as indexes of wanted entries; without a worker the order
  /// of the place. Fills waiting (with `why`) and notes. Asked when there is a worker or `why`.
  std::vector<std::size_t> (*replay)(RedisConnection&, const Deployment&, const PeekQuery&, const QueuedWindow&,
                                     PeekQueue&) = nullptr;
  std::size_t replay_window = 100;  ///< entries that are read for it at least
  /// `shared` places: why `next` is not what a given worker takes.
  std::string_view shared_note = {};
  void (*explain_waiting)(RedisConnection&, const Deployment&, std::span<const Job> running, PeekResult&) = nullptr;
  /// What is good to know of a deployment, for `source check`.
  void (*find_facts)(RedisConnection&, const Deployment&, std::vector<Finding>&) = nullptr;
  /// What `doctor` looks for beside the engine's own rules.
  std::span<const RedisDiagnosisRule> (*diagnoses)() = nullptr;
  /// Reports what is wrong that no single job tells, under the codes of `diagnoses`: keys, workers, settings. Bounded
  /// reads; what the limits leave open is said with not_answered().
  void (*look)(RedisConnection&, const Deployment&, const ReadLimits&, DiagnosisReport&) = nullptr;
  std::unique_ptr<JobWatcher> (*watch)() = nullptr;

  // Changing it.
  std::span<const RedisActionRule> (*actions)() = nullptr;
  std::span<const RedisRefusal> (*refusals)() = nullptr;
  /// Records: the summary fields that must be unchanged when something is done; rules find their values in the locator.
  std::span<const std::string_view> guard_fields = {};
  /// Records: the sorted set of waiting ids, and the score that a job has in it as far as that was read.
  std::string_view standing_key = {};
  std::optional<std::string> (*standing)(const Entry& entry) = nullptr;
  /// Records: names of whatever else may hold a part of any job (workers). A few bounded reads; nullptr: nothing.
  std::vector<std::string> (*holders)(RedisConnection&) = nullptr;
  /// Records: all that makes up one job.
  Belongings (*belongings)(const Locator& locator, std::span<const std::string> holders) = nullptr;
};

}  // namespace queuetrace
