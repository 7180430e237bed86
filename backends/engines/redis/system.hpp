// What the Redis engine must know of a queue system that lives in Redis: how it is found, where its jobs are, how an
// entry is read, what can be told and what can be done. One constant RedisSystem a system, in backends/systems; a
// member that is not given is something the system does not have. ARCHITECTURE.md, "Adding a Redis system", says which
// are needed for which kind of queue.
#pragma once

#include <algorithm>
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
#include "backends/engines/redis/key_sign.hpp"
#include "model/page.hpp"
#include "model/peek.hpp"
#include "model/source.hpp"
#include "model/statistics.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

/// Whether the system is in a database.
struct RedisFinding {
  /// Keys that only the system has, with `{prefix}` where installations have one; looked at in one round trip.
  std::span<const KeySign> signs = {};
  std::size_t signs_needed = 1;                          ///< so many of them must be there
  std::span<const std::string_view> scan_patterns = {};  ///< globs of keys for one bounded SCAN pass
  bool (*recognises)(std::string_view entry) = nullptr;  ///< whether an element can only be of this system
  /// Fields that only the hashes of its records have together (RedisReading::record), where keys have no prefix: by
  /// them jobs under a prefix are told.
  std::span<const std::string_view> record_fields = {};
  /// What `doctor` calls keys with its jobs that are not read; a rule of this code among `diagnoses` says more. Empty:
  /// `unread-list` where elements are recognised, else `unread-keys`.
  std::string_view unread_code = {};
  std::string_view unread_remedy = {};  ///< what to do about them; empty: the engine's words
  /// Whether anything else shows the system under the prefix; a few bounded reads. Where there are signs, too, of an
  /// installation that they show (RedisPlacing::installation): whether it is none of another system's.
  bool (*is_present)(RedisConnection& connection, std::string_view prefix) = nullptr;
};

/// Where the names of an installation's queues stand.
struct QueueNames {
  enum class From { set, sorted_set, hash, keys };
  From from = From::set;
  std::string_view key;  ///< of the set or hash: `{prefix}:queues`; `keys`: as keys look: `{prefix}:{queue}:meta`
  std::string_view member = "{queue}";  ///< as members or fields look: `{prefix}:queue:{queue}`
};

/// Where its jobs are.
struct RedisPlacing {
  /// The prefix of an installation that is not configured otherwise; `Source::keys` may name another one as `prefix`.
  std::string_view prefix = {};
  /// A key that every installation has, beginning with `{prefix}`: by it further installations are found in a database,
  /// each of them a store of its own. It may have `{queue}`, too. Empty: there is one installation.
  KeySign installation = {};
  /// The places of an installation, waiting ones first, in the order workers drain them.
  std::span<const PlaceRow> places = {};
  /// Where the names for `{queue}` come from, all together.
  std::span<const QueueNames> queues = {};
  /// A name that only a pattern of keys found is a queue where so many of these are there (`{prefix}`, `{queue}`).
  std::span<const KeySign> queue_signs = {};
  std::size_t queue_signs_needed = 2;
  /// Names for `{queue}` that no table finds; bounded reads. Sets `complete` to false when a bound cut it.
  std::vector<std::string> (*find_queues)(RedisConnection&, const Deployment&, const ReadLimits&,
                                          bool& complete) = nullptr;
  /// Options that Source::keys may have beside `prefix`; they become Deployment::settings.
  std::span<const std::string_view> options = {};
  /// What a table cannot say of an installation: asked once, when a source is opened. A few bounded reads.
  void (*complete)(RedisConnection&, const Source&, Deployment&) = nullptr;

  /// In place of the tables above: the places of one source. Throws Error{usage} for unknown options and unreadable
  /// files.
  Deployment (*deploy)(const Source& source) = nullptr;
  /// Whether a key that a family's pattern matches is one of the family; nullptr: all are.
  bool (*belongs)(const Place& place, std::string_view key) = nullptr;
  /// Of `queue`: whether a name the user gave (alias) means this queue key; nullptr: there are no such names.
  bool (*queue_alias)(std::string_view name, std::string_view queue, const Deployment& deployment) = nullptr;
};

/// What a job's record is: a hash, or a string (SET) that `decode` takes apart (Entry::text).
enum class RecordType { hash, string };

/// How a job is read.
struct RedisReading {
  /// Never throws: what it cannot read becomes a job with a note `undecodable`.
  Job (*decode)(const Entry& entry, const DecodeContext& context) = nullptr;
  /// Further reads that belong to a running place's key at the same moment; nullptr: none.
  std::vector<RedisCommand> (*companions)(const Place& place, const std::string& key,
                                          const Deployment& deployment) = nullptr;
  /// Further reads for one job, given what was read of it so far; `whole`: results, too. nullptr: none.
  std::vector<RedisCommand> (*details)(const Entry& entry, const Deployment& deployment, bool whole) = nullptr;
  /// The key of the record of the job that an id in a container means, with `{prefix}`, `{queue}` (of the container)
  /// and `{id}`; empty: there are no records.
  std::string_view record = {};
  RecordType record_type = RecordType::hash;
  /// The id in an element that holds more than it (`<id>:<execution>`); nullptr: the element is the id.
  std::string_view (*id_in)(const Place& place, std::string_view element) = nullptr;
  /// Whether an element is a job at all and no mark among them; nullptr: all are.
  bool (*is_job)(const Place& place, std::string_view element) = nullptr;
  /// Ids are unique only within a queue: a job's id is then shown and taken as `queue:id` (job_reference.hpp). `decode`
  /// still gives the system's own id; ids of other jobs that it names must be made with job_reference().
  bool ids_by_queue = false;
  /// The fields of a hash that tell everything but payload and result; empty: records are read whole.
  std::span<const std::string_view> summary_fields = {};
  /// The fields of a hash in which alone trace and span ids stand, packed or not: where only they are asked for, these
  /// are looked through, and records are read whole where they may fit. Empty: they may stand in any field.
  std::span<const std::string_view> carriers = {};
  /// Ids, trace ids and span ids stand in the entry as text, so an entry without the text cannot match.
  bool ids_in_text = true;
  /// What the entry holds packed (base64, zlib) and trace ids may stand in: an entry without the text of one is
  /// searched again there. Bounded; nullptr: nothing is packed.
  std::string (*unpacked)(const Entry& entry) = nullptr;
  /// The kind may stand beside the payload alone: what is asked for kinds is answered by whole records.
  bool kind_in_payload = false;
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
  /// Fields that the record of every job has, and no other hash beside them. With them `doctor` looks for records that
  /// no container holds, under the code `orphaned-record` of `diagnoses`; empty: it does not.
  std::span<const std::string_view> record_fields = {};
};

/// How a queue is paused, and how that is seen. What workers do with it is theirs.
struct RedisPausing {
  /// `member`: the queue's name stands in a set; `key`: a key is there; `field`: a hash has a field.
  enum class Form { none, member, key, field };
  Form form = Form::none;
  /// With `{prefix}` and `{queue}`. A key or field without `{queue}` pauses all queues of the installation together.
  std::string_view key = {};
  std::string_view field = {};
  /// Whether what stands there means a pause (`key`, `field`); nullptr: whatever stands there.
  bool (*means_paused)(std::string_view value) = nullptr;
  /// Since when, from what stands there; nullptr: it does not say.
  std::optional<Timestamp> (*since)(std::string_view value) = nullptr;

  /// What is written to pause; `{now}` is the Unix time in seconds. Empty: the engine cannot pause.
  std::string_view written = {};
  std::string_view effect = {};   ///< what pausing does, one sentence
  std::string_view warning = {};  ///< what the operator must know before
  /// In place of the engine's own write: constant Lua that answers `done`, `already` or a word of `answers`.
  /// KEYS and ARGV as `fill` gives them.
  ScriptText script = {""};
  void (*fill)(ScriptCall& call, const Deployment& deployment, std::string_view queue, bool paused) = nullptr;
  std::span<const ScriptAnswer> answers = {};
};

/// What can be done to its jobs.
struct RedisChanging {
  std::span<const RedisActionRule> actions = {};
  std::span<const RedisRefusal> refusals = {};
  /// Records: the summary fields that must be unchanged when something is done; rules find their values in the locator.
  std::span<const std::string_view> guard_fields = {};
  /// Records: the sorted set of waiting ids (with `{prefix}` and `{queue}`), and the score that a job has in it as far
  /// as that was read.
  std::string_view standing_key = {};
  std::optional<std::string> (*standing)(const Entry& entry) = nullptr;
  /// Names of whatever else may hold a part of any job (workers). A few bounded reads; nullptr: nothing.
  std::vector<std::string> (*holders)(RedisConnection&) = nullptr;
  /// All that makes up one job besides its element of a list; nullptr: the element alone, or the record alone.
  Belongings (*belongings)(const Locator& locator, std::span<const std::string> holders) = nullptr;
};

/// A group that is not given has nothing to say.
struct RedisSystem {
  SystemInfo info;
  RedisFinding find = {};
  RedisPlacing place = {};
  RedisReading read = {};
  RedisExplaining explain = {};
  RedisPausing pause = {};
  RedisChanging change = {};

  /// Whether this program can pause its queues: that is neither refused nor something that only the system does.
  bool can_pause() const {
    const auto of_pausing = [](const RedisRefusal& one) { return !one.action.has_value(); };
    return pause.form != RedisPausing::Form::none && (!pause.written.empty() || pause.fill != nullptr) &&
           std::ranges::none_of(change.refusals, of_pausing);
  }
};

}  // namespace queuetrace
