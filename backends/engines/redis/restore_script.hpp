// The scripts that put back what a backup holds, and their values.
#pragma once

#include <span>
#include <string_view>

#include "backends/drivers/redis/script.hpp"
#include "backends/engines/redis/backup_content.hpp"

namespace queuetrace {

/// Elements of one run at most.
inline constexpr std::size_t restored_together = 32;

/// Puts elements back that lay next to each other. Its words: `done`, `already` (they lie there), `split` (ask for each
/// of them alone), `wrong-type`. Up to 500 elements on the nearer side are moved out of the way and back; a place that
/// is deeper inside is found by its neighbour, which costs the server time in proportion to the length of the list.
extern const std::string_view restore_elements_script;
ScriptCall restore_elements_call(std::span<const BackedUpElement* const> elements, std::int64_t now_ms);

/// Puts a record and its parts back unless its key is there. Its words: `done`, `there`. Other keys, members and fields
/// that are there stay as they are; what has expired meanwhile stays away.
extern const std::string_view restore_record_script;
ScriptCall restore_record_call(const BackedUpJob& job, std::int64_t now_ms);

}  // namespace queuetrace
