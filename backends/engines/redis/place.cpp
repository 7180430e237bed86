#include "backends/engines/redis/place.hpp"

#include <tuple>

#include "backends/engines/redis/key_template.hpp"

namespace queuetrace {

Place make_place(const PlaceRow& row, std::string_view prefix) {
  Place place;
  std::tie(place.key, place.suffix) = around_name(row.key, "{queue}", {.prefix = prefix});
  place.names_queue = has_name(row.key, "{queue}");
  if (row.container == Container::records && !place.names_queue)
    std::tie(place.key, place.suffix) = around_name(row.key, "{id}", {.prefix = prefix});
  if (!row.names.empty()) {
    std::tie(place.key, place.suffix) = around_name(row.key, "{name}", {.prefix = prefix});
    place.names = fill_key(row.names, {.prefix = prefix});
    place.names_in = row.names_in;
  }
  place.family = place.names_queue || row.container == Container::records || !row.names.empty();
  place.container = row.container;
  place.holds = row.holds;
  place.role = row.role;
  place.states = row.states;
  place.native = row.native;
  place.newest = row.newest;
  place.taken_first = row.taken_first;
  place.by_creation = row.by_creation;
  place.append_only = row.append_only;
  place.listed = row.listed;
  place.shared = row.shared;
  place.expires = row.expires;
  return place;
}

std::string_view queue_of(const Place& place, std::string_view key) {
  return place.names_queue ? free_part(key, place.key, place.suffix) : key;
}

}  // namespace queuetrace
