// What the Redis engine must know of a queue system that lives in Redis: how it is found, where its jobs are, how an
// entry is read, what can be told and what can be done. One constant RedisSystem a system, in backends/systems; a
// member that is not given is something the system does not have. ARCHITECTURE.md, "Adding a Redis system", says which
// are needed for which kind of queue.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/action_rule.hpp"
#include "backends/engines/redis/diagnosis_report.hpp"
#include "backends/engines/redis/entry.hpp"
#include "model/page.hpp"
#include "model/peek.hpp"
#include "model/source.hpp"
#include "model/statistics.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

/// A key that betrays the system when it is of this type (`list`).
struct KeySign {
  std::string_view key;
  std::string_view type;
};

/// Whether the system is in a database.
struct RedisFinding {
  std::span<const KeySign> signs = {};                   ///< default keys, looked at in one round trip
  std::span<const std::string_view> scan_patterns = {};  ///< globs of keys for one bounded SCAN pass
  bool (*recognises)(std::string_view entry) = nullptr;  ///< whether an element can only be of this system
  bool (*is_present)(RedisConnection& connection) =
      nullptr;  ///< whether anything else shows the system; a few bounded reads
};

/// Where its jobs are.
struct RedisPlacing {
  /// The places of one source. Throws Error{usage} for unknown options and unreadable files.
  Deployment (*deploy)(const Source& source) = nullptr;
  /// Whether a key that a family's pattern matches is one of the family; nullptr: all are.
  bool (*belongs)(const Place& place, std::string_view key) = nullptr;
  /// Of `queue`: whether a name the user gave (alias) means this queue key; nullptr: there are no such names.
  bool (*queue_alias)(std::string_view name, std::string_view queue, const Deployment& deployment) = nullptr;
};

/// How a job is read.
struct RedisReading {
  /// Never throws: what it cannot read becomes a job with a note `undecodable`.
  Job (*decode)(const Entry& entry, const DecodeContext& context) = nullptr;
  /// Further reads that belong to a running place's key at the same moment; nullptr: none.
  std::vector<RedisCommand> (*companions)(const Place& place, const std::string& key,
                                          const Deployment& deployment) = nullptr;
  /// Further reads for one job, given what was read of it so far; `whole`: results, too. nullptr: none.
  std::vector<RedisCommand> (*details)(const Entry& entry, const Deployment& deployment, bool whole) = nullptr;
  /// The key of the hash of the job that an id in a container means; nullptr: there are no records.
  std::string (*record_key)(const Place& place, std::string_view key, std::string_view id) = nullptr;
  /// The fields of a record that tell everything but payload and result; empty: records are read whole.
  std::span<const std::string_view> summary_fields = {};
  /// Ids, trace ids and span ids stand in the entry as text, so an entry without the text cannot match.
  bool ids_in_text = true;
  /// What ids begin with that `decode` makes itself, because an entry has none; empty: it makes none.
  std::string_view made_ids = {};
  /// Constants the system writes in place of trace ids.
  std::span<const std::string_view> placeholders = {};
  /// Codes of notes on running jobs that nobody works on any more. A hand-over in several commands looks the same for a
  /// moment, so lists of running jobs with such a note are read twice.
  std::span<const std::string_view> stale_notes = {};
  /// Where the queue of running jobs is not told by their place: by what else, for statistics.
  std::string_view running_note = {};
  /// How filters and times are answered, for Capabilities. `links`: jobs name parents or batches.
  Lookup correlation = Lookup::unsupported;
  Lookup links = Lookup::unsupported;
  bool times = false;
};

/// What a table cannot say of the order of jobs and the health of a deployment.
struct RedisExplaining {
  /// What PeekQuery::worker takes of a window, in its order, as indexes of wanted entries; without a worker the order
  /// of the place. Fills waiting (with `why`) and notes. Asked when there is a worker or `why`. nullptr: workers take
  /// whatever is next.
  std::vector<std::size_t> (*replay)(RedisConnection&, const Deployment&, const PeekQuery&, const QueuedWindow&,
                                     PeekQueue&) = nullptr;
  std::size_t replay_window = 100;  ///< entries that are read for it at least
  /// `shared` places: why `next` is not what a given worker takes.
  std::string_view shared_note = {};
  /// Of places that are not `consumed`: why no worker takes from them, and with what to do about it.
  std::string_view unconsumed_note = "no worker takes from this queue";
  std::string_view unconsumed_remedy = "no worker takes from this queue";
  void (*explain_waiting)(RedisConnection&, const Deployment&, std::span<const Job> running, PeekResult&) = nullptr;
  /// What is good to know of a deployment, for `source check`.
  void (*find_facts)(RedisConnection&, const Deployment&, std::vector<Finding>&) = nullptr;
  /// What `doctor` looks for beside the engine's own rules.
  std::span<const RedisDiagnosisRule> diagnoses = {};
  /// Reports what is wrong that no single job tells, under the codes of `diagnoses`: keys, workers, settings. Bounded
  /// reads; what the limits leave open is said with not_answered().
  void (*look)(RedisConnection&, const Deployment&, const ReadLimits&, DiagnosisReport&) = nullptr;
  std::unique_ptr<JobWatcher> (*watch)() = nullptr;
};

/// What can be done to its jobs.
struct RedisChanging {
  std::span<const RedisActionRule> actions = {};
  std::span<const RedisRefusal> refusals = {};
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

struct RedisSystem {
  SystemInfo info;
  RedisFinding find;
  RedisPlacing place;
  RedisReading read;
  RedisExplaining explain;
  RedisChanging change;
};

}  // namespace queuetrace
