#include "backends/engines/redis/element_search.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/drivers/redis/script.hpp"
#include "backends/engines/redis/window_size.hpp"

namespace queuetrace {
namespace {

/// Elements looked through from the end of a list for those that are not where the plan saw them.
constexpr std::uint64_t elements_searched = 10 * largest_window;

/// Members of one score that are looked at for a large one.
constexpr const char* members_searched = "64";

/// What an element is known by: its bytes, or its digest where it is large.
std::string identity_of(std::string_view element) {
  return element.size() > largest_in_plan ? sha1_hex(element) : std::string(element);
}
std::string identity_of(const Locator& locator) { return locator.element ? *locator.element : locator.digest; }

/// Locators still looked for, by what their element is known by; equal elements count once for each.
using Wanted = std::map<std::string, std::vector<std::size_t>>;

void strike_out(Wanted& wanted, const Reply& window, std::span<Locator> locators) {
  for (std::size_t i = 0; i < window.size(); ++i) {
    const auto found = wanted.find(identity_of(window[i].text()));
    if (found == wanted.end()) continue;
    Locator& locator = locators[found->second.back()];
    if (!locator.element) locator.element = std::string(window[i].text());
    found->second.pop_back();
    if (found->second.empty()) wanted.erase(found);
  }
}

RedisCommand range(const std::string& key, bool from_head, std::uint64_t first, std::uint64_t count) {
  const auto from = static_cast<std::int64_t>(first);
  const auto to = static_cast<std::int64_t>(first + count) - 1;
  return {"LRANGE", key, std::to_string(from_head ? from : -(to + 1)), std::to_string(from_head ? to : -(from + 1))};
}

/// The bytes of a large member or value; it stays absent where it is gone or another one.
void fetch(RedisConnection& connection, Locator& locator) {
  const bool member = locator.container == Container::sorted_set;
  const RedisCommand command =
      member ? RedisCommand{"ZRANGEBYSCORE", locator.key, locator.score, locator.score, "LIMIT", "0", members_searched}
             : RedisCommand{"HGET", locator.key, locator.field};
  const Reply reply = connection.ask(command, "read a job that is to change");
  const auto consider = [&](std::string_view bytes) {
    if (!locator.element && sha1_hex(bytes) == locator.digest) locator.element = std::string(bytes);
  };
  if (reply.is(Reply::Type::string)) consider(reply.text());
  for (std::size_t i = 0; i < reply.size(); ++i) consider(reply[i].text());
}

}  // namespace

void ElementSearch::find_in_list(RedisConnection& connection, const std::string& key,
                                 const std::vector<std::size_t>& indexes, std::span<Locator> locators,
                                 std::set<std::size_t>& missing) {
  Wanted wanted;
  std::uint64_t first = locators[indexes.front()].position;
  for (const std::size_t i : indexes) {
    wanted[identity_of(locators[i])].push_back(i);
    first = std::min(first, locators[i].position);
  }
  const bool from_head = locators[indexes.front()].from_head;
  // Elements are as large as those that are looked for, as far as anybody knows.
  std::uint64_t bytes = 0;
  for (const std::size_t i : indexes) bytes += locators[i].size;
  const std::uint64_t mean = std::max<std::uint64_t>(1, bytes / indexes.size());
  const std::uint64_t size = std::clamp<std::uint64_t>(window_bytes / mean, 1, largest_window);
  const auto look = [&](std::uint64_t at) {
    return connection.ask(range(key, from_head, at, size), "read the elements that are to change");
  };
  // Where the plan saw them, unless jobs before them have gone since, as they have when everything is removed: a look
  // deep into a long list costs the server, so it is not repeated in vain. Equal elements count once for each target,
  // so the second search begins anew.
  std::uint64_t& moved = moved_[key];
  Wanted there = wanted;
  const std::uint64_t begin = first - std::min(first, moved);
  for (std::uint64_t at = begin; at < begin + std::max<std::uint64_t>(size, 2 * indexes.size()) && !there.empty();
       at += size)
    strike_out(there, look(at), locators);
  if (there.empty()) return;
  moved = first;
  bool whole = false;
  for (std::uint64_t at = 0; at < elements_searched && !wanted.empty() && !whole; at += size) {
    const Reply window = look(at);
    strike_out(wanted, window, locators);
    whole = window.size() < size;
  }
  // In a longer list they may be anywhere: what is kept of them does no harm, restore looks again.
  if (!whole) return;
  for (const auto& [element, left] : wanted) missing.insert(left.begin(), left.end());
}

std::set<std::size_t> ElementSearch::find(RedisConnection& connection, std::span<Locator> locators) {
  std::map<std::string, std::vector<std::size_t>> by_list;
  std::set<std::size_t> missing;
  for (std::size_t i = 0; i < locators.size(); ++i) {
    if (locators[i].in_list()) {
      by_list[locators[i].key].push_back(i);
    } else if (!locators[i].digest.empty() && !locators[i].element) {
      fetch(connection, locators[i]);
      if (!locators[i].element) missing.insert(i);
    }
  }
  for (const auto& [key, indexes] : by_list) find_in_list(connection, key, indexes, locators, missing);
  return missing;
}

}  // namespace queuetrace
