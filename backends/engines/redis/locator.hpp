// How one job is found again in Redis and known to be unchanged, as text that a plan can be saved with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/engines/redis/place.hpp"

namespace queuetrace {

struct Deployment;
struct Entry;
struct RedisSystem;

/// An element of a list, sorted set, set or hash by its exact bytes, or a record; where elements are ids of records,
/// both. What a script changes must still be as this says.
struct Locator {
  Container container = Container::list;  ///< what `key` is; `records`: `key` is the job's record
  std::string key;
  std::optional<std::string> element;  ///< list: its bytes; sorted set, set: the member; hash: the field's value
  std::string digest;                  ///< SHA-1 of an element that is too large for a plan; `element` is absent until
                                       ///< it is read again (element_search.hpp)
  std::uint64_t size = 0;              ///< bytes of the element
  std::string field;                   ///< hash
  std::string score;                   ///< sorted set: as Redis writes it
  bool from_head = true;               ///< list: which end `position` counts from
  std::uint64_t position = 0;          ///< list: 0 is at the end

  std::string queue;   ///< of a place of one queue (Place::names_queue)
  std::string id;      ///< of a record: the free part of its key, or the id that the element means
  std::string record;  ///< key of the record that the element means; of `records` the same as `key`; empty: none
  std::uint64_t record_size = 0;  ///< bytes that it takes in the server, where that was asked; 0: not known
  /// Record: RedisChanging::guard_fields; of one that is a string its SHA-1, under no name.
  std::vector<std::pair<std::string, std::optional<std::string>>> fields;
  std::optional<std::string> standing;  ///< record: its score in RedisChanging::standing_key; empty: not in it; absent:
                                        ///< not looked at

  bool has_element() const { return element.has_value() || !digest.empty(); }
  bool in_list() const { return container == Container::list; }
  /// A guarded field's value, empty where it has none.
  std::string_view guarded(std::string_view name) const;
};

/// Elements of more bytes stand in a plan by their digest.
inline constexpr std::size_t largest_in_plan = 64 * 1024;

Locator locate(const Entry& entry, const RedisSystem& system, const Deployment& deployment);

/// JSON in ASCII: bytes of the store are written in base64.
std::string to_text(const Locator& locator);

/// Throws Error{usage} when the text is not a locator of ours.
Locator read_redis_locator(const std::string& text);

}  // namespace queuetrace
