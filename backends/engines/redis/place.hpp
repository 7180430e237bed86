// Where the jobs of a system lie in Redis: containers, and what the engine must know of each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/job_state.hpp"

namespace queuetrace {

enum class ListEnd { head, tail };

/// What a place of jobs is for; `any`: each job says so itself.
enum class PlaceRole { waiting, running, completed, dead, any };

/// The kind of Redis value a place is. `records`: a family of hashes, each of them one job.
enum class Container { list, sorted_set, set, hash, records };

/// What an element is: the job itself, or the id of a job whose hash is elsewhere (RedisReading::record_key).
enum class Holds { payloads, ids };

/// A sorted set of waiting jobs: which score workers take first.
enum class TakenFirst { lowest_score, highest_score };

/// A key, or a family of keys, that holds jobs. Made by RedisPlacing::deploy for one source.
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

}  // namespace queuetrace
