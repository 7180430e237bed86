#include "backends/engines/redis/taken_range.hpp"

namespace queuetrace {

RedisCommand range_taken(const OpenList& list, std::uint64_t first, std::uint64_t count) {
  const std::string from = std::to_string(first), to = std::to_string(first + count - 1);
  const Place& place = *list.place;
  if (place.container == Container::sorted_set)
    return {place.taken_first == TakenFirst::highest_score ? "ZREVRANGE" : "ZRANGE", list.key, from, to, "WITHSCORES"};
  if (place.newest == ListEnd::tail) return {"LRANGE", list.key, from, to};
  return {"LRANGE", list.key, std::to_string(-static_cast<std::int64_t>(first + count)),
          std::to_string(-static_cast<std::int64_t>(first) - 1)};
}

Window window_taken(const OpenList& list, Reply answer, std::uint64_t first) {
  Window window;
  window.position = first;
  window.reply = std::make_shared<const Reply>(std::move(answer));
  const Reply& reply = *window.reply;
  const bool scored = list.place->container == Container::sorted_set;
  const bool from_tail = !scored && list.place->newest == ListEnd::head;
  const std::size_t count = reply.size() / (scored ? 2 : 1);
  for (std::size_t i = 0; i < count; ++i) {
    Element element;
    const auto rank = static_cast<std::int64_t>(first + i);
    element.index = from_tail ? static_cast<std::int64_t>(list.length) - 1 - rank : rank;
    element.raw = reply[scored ? 2 * i : from_tail ? count - 1 - i : i].text();
    element.cut_from = reply[scored ? 2 * i : from_tail ? count - 1 - i : i].cut_from();
    if (scored) element.score = reply[2 * i + 1].text();
    window.elements.push_back(element);
  }
  return window;
}

}  // namespace queuetrace
