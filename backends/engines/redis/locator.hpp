// How one job is found again in Redis and known to be unchanged, as text that a plan can be saved with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace queuetrace {

struct Entry;
struct RedisSystem;

/// An element of a list: its exact bytes and where it lay. Or a record: the fields that must still be the same.
struct Locator {
  std::string key;                     ///< of the list, or of the record
  std::optional<std::string> element;  ///< list: its bytes
  bool from_head = true;               ///< list: which end `position` counts from
  std::uint64_t position = 0;          ///< list: 0 is at the end

  std::string id;                                                          ///< record: the free part of its key
  std::vector<std::pair<std::string, std::optional<std::string>>> fields;  ///< record: RedisChanging::guard_fields
  std::optional<std::string> standing;  ///< record: its score in RedisChanging::standing_key; empty: not in it; absent:
                                        ///< not looked at

  /// A guarded field's value, empty where it has none.
  std::string_view field(std::string_view name) const;
};

Locator locate(const Entry& entry, const RedisSystem& system);

/// JSON in ASCII: bytes of the store are written in base64.
std::string to_text(const Locator& locator);

/// Throws Error{usage} when the text is no locator of ours.
Locator read_redis_locator(const std::string& text);

}  // namespace queuetrace
