// What must be put back for a job: its element and place, or its keys and its parts of shared keys.
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/backup_content.hpp"
#include "backends/engines/redis/belongings_reader.hpp"
#include "backends/engines/redis/walker.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Windows looked through from the end of a list for elements that are not where the plan saw them.
constexpr std::uint64_t windows_searched = 10;

std::optional<std::int64_t> expiry_of(const Reply& ttl, Timestamp now) {
  if (!ttl.is(Reply::Type::integer) || ttl.integer() < 0) return std::nullopt;
  return unix_milliseconds(now) + ttl.integer();
}

/// Counts of elements still looked for.
using Wanted = std::map<std::string_view, std::vector<std::size_t>>;

void strike_out(Wanted& wanted, const Reply& window) {
  for (std::size_t i = 0; i < window.size(); ++i) {
    const auto found = wanted.find(window[i].text());
    if (found == wanted.end()) continue;
    found->second.pop_back();
    if (found->second.empty()) wanted.erase(found);
  }
}

RedisCommand range(const std::string& key, bool from_head, std::uint64_t first, std::uint64_t count) {
  const auto from = static_cast<std::int64_t>(first);
  const auto to = static_cast<std::int64_t>(first + count) - 1;
  return {"LRANGE", key, std::to_string(from_head ? from : -(to + 1)), std::to_string(from_head ? to : -(from + 1))};
}

}  // namespace

std::set<std::size_t> RedisAdministration::missing_elements(std::span<const Locator> locators) {
  std::map<std::string, std::vector<std::size_t>> by_key;
  for (std::size_t i = 0; i < locators.size(); ++i)
    if (locators[i].in_list()) by_key[locators[i].key].push_back(i);
  std::set<std::size_t> missing;
  for (const auto& [key, indexes] : by_key) {
    Wanted wanted;
    std::uint64_t first = locators[indexes.front()].position;
    for (const std::size_t i : indexes) {
      wanted[*locators[i].element].push_back(i);
      first = std::min(first, locators[i].position);
    }
    const bool from_head = locators[indexes.front()].from_head;
    const auto look = [&](std::uint64_t at) {
      const RedisCommand command = range(key, from_head, at, largest_window);
      const Reply window = connection().ask(command, "read the elements that are to change");
      return window;
    };
    // Where the plan saw them, unless jobs before them have gone since, as they have when everything is removed: a look
    // deep into a long list costs the server, so it is not repeated in vain. Equal elements count once for each target,
    // so the second search begins anew.
    std::uint64_t& moved = moved_[key];
    Wanted there = wanted;
    strike_out(there, look(first - std::min(first, moved)));
    if (there.empty()) continue;
    moved = first;
    bool whole = false;
    for (std::uint64_t i = 0; i < windows_searched && !wanted.empty() && !whole; ++i) {
      const Reply window = look(i * largest_window);
      strike_out(wanted, window);
      whole = window.size() < largest_window;
    }
    // In a longer list they may be anywhere: what is kept of them does no harm, restore looks again.
    if (!whole) continue;
    for (const auto& [element, left] : wanted) missing.insert(left.begin(), left.end());
  }
  return missing;
}

std::vector<BackupRecord> RedisAdministration::back_up(std::span<const Target> targets, const ReadLimits&) {
  std::vector<Locator> locators;
  for (const Target& target : targets) locators.push_back(read_redis_locator(target.locator));
  const std::set<std::size_t> missing = missing_elements(locators);
  // Elements of lists that are jobs by themselves belong to nothing else.
  const bool all_alone =
      keys_.system().change.belongings == nullptr &&
      std::ranges::all_of(locators, [](const Locator& locator) { return locator.in_list() && locator.record.empty(); });
  std::vector<std::optional<BackedUpJob>> jobs(targets.size(), BackedUpJob());
  if (!all_alone) {
    const std::vector<std::string> holders = keys_.system().change.holders == nullptr
                                                 ? std::vector<std::string>()
                                                 : keys_.system().change.holders(connection());
    jobs = read_belongings(keys_, locators, holders);
  }
  const Timestamp now = keys_.server_time();
  std::map<std::string, std::optional<std::int64_t>> expiries;
  std::vector<BackupRecord> records;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Locator& locator = locators[i];
    if (!jobs[i] || missing.contains(i)) continue;
    if (locator.in_list()) {
      auto expiry = expiries.find(locator.key);
      if (expiry == expiries.end()) {
        const Reply life = connection().ask({"PTTL", locator.key}, "read when a list expires");
        expiry = expiries.emplace(locator.key, expiry_of(life, now)).first;
      }
      jobs[i]->element =
          BackedUpElement{locator.key, *locator.element, locator.from_head, locator.position, expiry->second};
    } else if (jobs[i]->keys.empty() && jobs[i]->parts.empty()) {
      continue;
    }
    records.push_back({targets[i].job.ref.id, to_content(*jobs[i])});
  }
  return records;
}

}  // namespace queuetrace
