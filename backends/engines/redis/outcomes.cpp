#include "backends/engines/redis/outcomes.hpp"

#include <algorithm>

#include "backends/engines/redis/entry_reader.hpp"

namespace queuetrace {

const Place* Outcomes::records() const {
  const std::vector<Place>& places = keys_.deployment().places;
  const auto found = std::ranges::find(places, Container::records, &Place::container);
  return found == places.end() ? nullptr : &*found;
}

bool Outcomes::has_key(std::string_view key) const {
  const Place* place = keys_.place_of(key);
  return place != nullptr && place == records();
}

std::vector<std::pair<std::size_t, Job>> Outcomes::of(std::span<const Job* const> jobs, bool payload) {
  std::vector<std::pair<std::size_t, Job>> outcomes;
  const Place* place = records();
  if (place == nullptr || jobs.empty()) return outcomes;
  keys_.connection().discard_outstanding();
  std::vector<std::string> names;
  for (const Job* job : jobs) names.push_back(place->key + job->ref.id.raw() + place->suffix);
  Window window;
  for (const std::string& name : names) window.elements.push_back({name});
  const DecodeContext context{keys_.deployment(), keys_.server_time(), payload};
  const JobFilter anything;
  EntryReader reader(keys_, anything, context, EntryReader::Depth::whole);
  for (MatchedEntry& found : reader.read({place, place->key}, window, window.elements.size()).jobs)
    outcomes.emplace_back(found.element, std::move(found.job));
  return outcomes;
}

}  // namespace queuetrace
