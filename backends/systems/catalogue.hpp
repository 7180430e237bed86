// Every queue system queuetrace knows. To add one: write its folder here, include its system.hpp in catalogue.cpp and
// list it there.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/system_behaviour.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

struct SqlSystem;
struct RedisSystem;
struct ForeignRedisSystem;
struct DescribedSystem;
struct SystemDescription;

/// The systems that are looked for when a source is opened. Descriptions are pointed to and must outlive it. One system
/// that is kept in two kinds of stores has two descriptions of one name.
struct Catalogue {
  std::vector<const SqlSystem*> sql;
  std::vector<const RedisSystem*> redis;
  std::span<const ForeignRedisSystem> foreign_redis = {};  ///< named where nothing else is found
  /// What the configuration describes (described.hpp): made to fit the tables when a source is opened.
  std::vector<std::shared_ptr<const DescribedSystem>> described = {};

  /// All of them, sorted by name, each name once; for `system list`.
  std::vector<const SystemInfo*> systems() const;
  /// The first of that name; nullptr when there is none.
  const SystemInfo* find(std::string_view name) const;
  /// Where the system of that name may be kept; empty when there is none.
  std::vector<StorageFamily> families(std::string_view name) const;
  /// What can be done with its jobs and what doctor looks for; empty where there is no system of that name, and for
  /// tables of one's own, which are only read.
  SystemBehaviour behaviour(std::string_view name) const;
};

/// The systems that this program comes with.
const Catalogue& built_in_catalogue();

/// The built-in ones and these, whose names must be others.
Catalogue catalogue_with(const std::vector<SystemDescription>& descriptions);

// What is asked of the built-in ones.
std::span<const SqlSystem* const> sql_systems();
std::span<const SystemInfo* const> all_systems();
const SystemInfo* find_system(std::string_view name);

}  // namespace queuetrace
