// Where the jobs of a system lie in Redis: containers, and what the engine must know of each.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "model/job_state.hpp"

namespace queuetrace {

enum class ListEnd { head, tail };

/// What a place of jobs is for. `later`: jobs wait for their time, no worker takes them before; `any`: each job says so
/// itself.
enum class PlaceRole { waiting, later, running, completed, dead, any };

/// The kind of Redis value a place is. `records`: a family of keys, each of them one job (RedisReading::record_type).
enum class Container { list, sorted_set, set, hash, records };

/// What an element is: the job itself, or the id of a job whose record is elsewhere (RedisReading::record).
enum class Holds { payloads, ids };

/// What holds the free parts of a family's keys: members, or fields of a hash.
enum class NamesIn { set, sorted_set, hash };

/// A sorted set of waiting jobs: which score workers take first.
enum class TakenFirst { lowest_score, highest_score };

/// Some job states, for constant tables.
class JobStates {
 public:
  constexpr JobStates() = default;
  constexpr JobStates(std::initializer_list<JobState> states) {
    for (const JobState state : states) bits_ |= bit(state);
  }
  static constexpr JobStates all() {
    JobStates states;
    for (const JobState state : all_job_states) states.bits_ |= bit(state);
    return states;
  }
  constexpr bool contains(JobState state) const { return (bits_ & bit(state)) != 0; }
  constexpr std::size_t size() const {
    std::size_t count = 0;
    for (const JobState state : all_job_states) count += contains(state);
    return count;
  }

 private:
  static constexpr std::uint32_t bit(JobState state) { return 1u << static_cast<unsigned>(state); }
  std::uint32_t bits_ = 0;
};

/// A place as one row of a system's constant table (RedisPlacing::places). What is not said is as in Place.
struct PlaceRow {
  /// `{prefix}` stands for the prefix of the installation; `{queue}` for the name of a queue: then every queue has such
  /// a container, and its jobs are of that queue. Or `{name}`, which stands for each of `names`.
  std::string_view key;
  Container container = Container::list;
  Holds holds = Holds::payloads;
  PlaceRole role = PlaceRole::waiting;
  JobStates states = {};
  std::string_view native = {};
  ListEnd newest = ListEnd::head;
  TakenFirst taken_first = TakenFirst::lowest_score;
  bool by_creation = false;
  bool append_only = false;
  bool listed = true;
  bool shared = false;
  bool expires = false;
  std::string_view names = {};  ///< key of what holds the names for `{name}`; may have `{prefix}`
  NamesIn names_in = NamesIn::set;
};

/// A key, or a family of keys, that holds jobs, in one source. Made of a PlaceRow, or by RedisPlacing::deploy.
struct Place {
  std::string key;  ///< exact key; for a family the text around its one free part: `prefix` + any text + `suffix`
  std::string suffix;
  bool family = false;
  bool names_queue = false;  ///< family: the free part is the name of the queue whose jobs lie there
  std::string names;         ///< family: the key that holds the free parts there are; empty: found by SCAN, or, where
                             ///< they are queues and RedisPlacing says how those are found, as it says
  NamesIn names_in = NamesIn::set;
  Container container = Container::list;
  Holds holds = Holds::payloads;
  TakenFirst taken_first = TakenFirst::highest_score;
  bool by_creation = true;  ///< sorted set: a later job has a higher score, so the newest can be read first
  bool listed = true;       ///< false: its jobs are listed through another place, their records
  PlaceRole role = PlaceRole::waiting;
  std::string alias;               ///< the system's short name for it, empty when it has none
  std::string_view native;         ///< its word for jobs here
  JobStates states;                ///< what jobs here can be
  ListEnd newest = ListEnd::head;  ///< where jobs are added
  bool append_only = false;        ///< jobs leave only when the whole key goes, so positions from the old end stay
  bool expires = false;            ///< the key lives for a time by design, as what a worker says of itself does
  bool consumed = true;            ///< waiting: some worker takes from here
  bool shared = false;  ///< several queues' jobs stand here in one order (RedisExplaining::replay tells who takes what
                        ///< of a waiting one); each says its own
};

/// The place that a row describes in an installation.
Place make_place(const PlaceRow& row, std::string_view prefix);

/// The queue whose container `key` is: the free part of its key where that names a queue, otherwise the key itself.
std::string_view queue_of(const Place& place, std::string_view key);

}  // namespace queuetrace
