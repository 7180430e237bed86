// Every queue system queuetrace knows. To add one: write its folder here, and list it in catalogue.cpp.
#pragma once

#include <span>
#include <string_view>

#include "model/system_info.hpp"

namespace queuetrace {

struct SqlSystem;
struct RedisSystem;

/// Systems kept in SQL tables (PostgreSQL and SQLite) and in Redis keys, each sorted by name.
std::span<const SqlSystem* const> sql_systems();
std::span<const RedisSystem* const> redis_systems();

/// All of them, sorted by name; for `system list`.
std::span<const SystemInfo* const> all_systems();

/// Absent (nullptr) when there is no system of that name.
const SystemInfo* find_system(std::string_view name);

}  // namespace queuetrace
