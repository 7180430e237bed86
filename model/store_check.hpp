// What `source check` and `doctor` find out about one store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/statistics.hpp"
#include "model/time.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

/// How a filter is answered: from an index, by a bounded scan, or not at all in this store.
enum class Lookup { indexed, scanned, unsupported };

/// What a store can answer, fixed once it is open.
struct Capabilities {
  bool ordered = true;  ///< list() can return newest first over everything; otherwise in its own order
  Lookup trace = Lookup::unsupported;
  Lookup correlation = Lookup::unsupported;
  Lookup id = Lookup::indexed;
  Lookup links = Lookup::unsupported;  ///< JobFilter::parents and JobFilter::batches
  /// What no index serves is found by one walk through all entries, whatever else is asked with it: questions that are
  /// asked together (JobFilter::any_of) cost one.
  bool one_walk = false;
  bool times = true;  ///< start and finish times are stored, so that waits, runs and rates are known
};

/// A queue that is paused, as far as its store tells.
struct PausedQueue {
  Untrusted queue;
  QueuePause pause;
  Count waiting;  ///< jobs that are neither running nor ended
};

/// One line of a check: what was looked at, and what to do about it when it is not fine.
struct Finding {
  enum class Severity { good, note, warning, problem };
  Severity severity = Severity::good;
  std::string subject;  ///< `trace index on hammerwork_jobs`
  std::string text;     ///< what was found
  std::string
      remedy;  ///< exact statement or command, empty when nothing is to be done; `<source>` is the source's name
  std::string code = {};                ///< stable, lower case, dashed (`quoted-state`); empty for checks of `good`
  std::optional<Count> count = {};      ///< how many jobs (or `names`) it concerns, where they can be counted
  std::vector<Untrusted> samples = {};  ///< ids of some of the jobs
  std::vector<Untrusted> names = {};    ///< some of the queues, keys or hosts, where it is not about jobs
  /// Of the jobs that were counted and whose queue is known: how many are in which, most first, the largest.
  std::vector<std::pair<Untrusted, std::uint64_t>> queues = {};
  std::vector<PausedQueue> paused = {};  ///< of `names`, where it is about pauses
  bool unanswered = false;               ///< unknown: a limit was reached before the answer
};

/// Queues that Finding::queues names at most.
inline constexpr std::size_t largest_queues_kept = 10;
/// Finding::queues of these counts.
std::vector<std::pair<Untrusted, std::uint64_t>> largest_queues(const std::map<Untrusted, std::uint64_t>& jobs);

/// A code made of a subject: `queue pauses` gives `queue-pauses`.
std::string finding_code(std::string_view subject);

struct StoreCheck {
  std::string server;      ///< `PostgreSQL 15.18`, `Redis 7.0.15`
  std::string version;     ///< system version or schema level as far as it shows, `schema 014, dialect B`
  Milliseconds latency{};  ///< one round trip
  std::optional<Milliseconds> clock_skew;  ///< server's clock minus the local one
  Capabilities capabilities;
  std::vector<Finding> findings;
};

}  // namespace queuetrace
