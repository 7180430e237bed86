// What `source check` finds out about one store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/time.hpp"

namespace queuetrace {

/// How a filter is answered: from an index, by a bounded scan, or not at all in this store.
enum class Lookup { indexed, scanned, unsupported };

/// What a store can answer, fixed once it is open.
struct Capabilities {
  bool ordered = true;  ///< list() can give newest first over everything; otherwise its own order
  Lookup trace = Lookup::unsupported;
  Lookup correlation = Lookup::unsupported;
  Lookup id = Lookup::indexed;
  Lookup links = Lookup::unsupported;  ///< JobFilter::parents and JobFilter::batches
  bool times = true;                   ///< start and finish times are stored, so waits, runs and rates can be told
};

/// One line of a check: what was looked at, and what to do about it when it is not fine.
struct Finding {
  enum class Severity { good, note, warning, problem };
  Severity severity = Severity::good;
  std::string subject;  ///< `trace index on hammerwork_jobs`
  std::string text;     ///< what was found
  std::string remedy;   ///< exact statement or command, empty when nothing is to be done
};

struct StoreCheck {
  std::string server;      ///< `PostgreSQL 15.18`, `Redis 7.0.15`
  std::string version;     ///< system version or schema level as far as it shows, `schema 014, dialect B`
  Milliseconds latency{};  ///< one round trip
  std::optional<Milliseconds> clock_skew;  ///< server minus ours
  Capabilities capabilities;
  std::vector<Finding> findings;
};

}  // namespace queuetrace
