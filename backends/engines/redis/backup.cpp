// What must be put back for a job: its element and place, or its keys and its parts of shared keys.
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/backup_content.hpp"
#include "backends/engines/redis/walker.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Windows looked through from the end of a list for elements that are not where the plan saw them.
constexpr std::uint64_t windows_searched = 10;

/// Jobs whose keys are asked for in one pipeline.
constexpr std::size_t jobs_together = 16;

/// Entries of a stream that are kept; one more is refused, so that no backup is silently short.
constexpr std::size_t most_entries = 10'000;

std::optional<std::int64_t> expiry_of(const Reply& ttl, Timestamp now) {
  if (!ttl.is(Reply::Type::integer) || ttl.integer() < 0) return std::nullopt;
  return unix_milliseconds(now) + ttl.integer();
}

Pairs pairs_of(Reply::View reply) {
  Pairs pairs;
  for (std::size_t i = 0; i + 1 < reply.size(); i += 2)
    pairs.emplace_back(std::string(reply[i].text()), std::string(reply[i + 1].text()));
  return pairs;
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
    if (locators[i].element) by_key[locators[i].key].push_back(i);
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

void RedisAdministration::back_up_lists(std::span<const Target> targets, std::span<const Locator> locators,
                                        std::vector<std::optional<BackupRecord>>& records) {
  const std::set<std::size_t> missing = missing_elements(locators);
  const Timestamp now = store_.server_time();
  std::map<std::string, std::optional<std::int64_t>> expiries;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Locator& locator = locators[i];
    if (!locator.element || missing.contains(i)) continue;
    auto expiry = expiries.find(locator.key);
    if (expiry == expiries.end())
      expiry =
          expiries
              .emplace(locator.key, expiry_of(connection().ask({"PTTL", locator.key}, "read when a list expires"), now))
              .first;
    BackedUpJob job;
    job.element = BackedUpElement{locator.key, *locator.element, locator.from_head, locator.position, expiry->second};
    records[i] = {targets[i].job.ref.id, to_content(job)};
  }
}

void RedisAdministration::back_up_records(std::span<const Target> targets, std::span<const Locator> locators,
                                          std::vector<std::optional<BackupRecord>>& records) {
  const RedisSystem& system = store_.system_;
  const std::vector<std::string> holders =
      system.change.holders == nullptr ? std::vector<std::string>() : system.change.holders(connection());
  const Timestamp now = store_.server_time();
  for (std::size_t begin = 0; begin < targets.size(); begin += jobs_together) {
    const std::size_t end = std::min(targets.size(), begin + jobs_together);
    std::vector<Belongings> parts(end - begin);
    std::vector<RedisCommand> commands;
    for (std::size_t i = begin; i < end; ++i) {
      if (locators[i].element) continue;
      parts[i - begin] = system.change.belongings(locators[i], holders);
      RedisCommand guard{"HMGET", locators[i].key};
      for (const auto& [name, value] : locators[i].fields) guard.arguments.push_back(name);
      commands.push_back(std::move(guard));
      commands.push_back({"ZSCORE", std::string(system.change.standing_key), locators[i].id});
      for (const std::string& key : parts[i - begin].keys) {
        commands.push_back({"TYPE", key});
        commands.push_back({"PTTL", key});
        commands.push_back({"HGETALL", key});
        commands.push_back({"XRANGE", key, "-", "+", "COUNT", std::to_string(most_entries + 1)});
      }
      for (const auto& [key, member] : parts[i - begin].members) {
        commands.push_back({"ZSCORE", key, member});
        commands.push_back({"PTTL", key});
      }
      for (const auto& [key, field] : parts[i - begin].fields) {
        commands.push_back({"HGET", key, field});
        commands.push_back({"PTTL", key});
      }
    }
    const std::vector<Reply> replies = commands.empty() ? std::vector<Reply>() : connection().pipeline(commands);
    std::size_t next = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (locators[i].element) continue;
      const Locator& locator = locators[i];
      const Reply& guard = replies[next++];
      const Reply& score = replies[next++];
      require_success(guard.root(), "read the record of a job");
      bool same = guard.size() == locator.fields.size();
      for (std::size_t f = 0; same && f < guard.size(); ++f) {
        const std::optional<std::string>& seen = locator.fields[f].second;
        same = guard[f].is(Reply::Type::string) == seen.has_value() && guard[f].text() == seen.value_or("");
      }
      same = same && (!locator.standing || score.text() == *locator.standing);
      BackedUpJob job;
      for (const std::string& key : parts[i - begin].keys) {
        const std::string_view type = replies[next].text();
        const Reply& ttl = replies[next + 1];
        BackedUpKey kept{key, {}, {}, expiry_of(ttl, now)};
        if (type == "hash") {
          kept.fields = pairs_of(replies[next + 2].root());
        } else if (type == "stream") {
          const Reply& entries = replies[next + 3];
          require_success(entries.root(), "read the stream of a job");
          if (entries.size() > most_entries)
            throw Error(ErrorKind::refused, "a stream of a job has more entries than a backup keeps");
          for (std::size_t e = 0; e < entries.size(); ++e)
            kept.entries.emplace_back(std::string(entries[e][0].text()), pairs_of(entries[e][1]));
        } else if (type != "none") {
          throw Error(ErrorKind::refused, "a key that belongs to a job is neither a hash nor a stream")
              .because(Untrusted(key));
        }
        next += 4;
        if (!kept.fields.empty() || !kept.entries.empty()) job.keys.push_back(std::move(kept));
      }
      const auto keep_part = [&](bool is_member, const std::pair<std::string, std::string>& part) {
        if (replies[next].is(Reply::Type::string))
          job.parts.push_back({is_member, part.first, part.second, std::string(replies[next].text()),
                               expiry_of(replies[next + 1], now)});
        next += 2;
      };
      for (const auto& member : parts[i - begin].members) keep_part(true, member);
      for (const auto& field : parts[i - begin].fields) keep_part(false, field);
      if (same && !job.keys.empty() && job.keys.front().key == locator.key)
        records[i] = {targets[i].job.ref.id, to_content(job)};
    }
  }
}

std::vector<BackupRecord> RedisAdministration::back_up(std::span<const Target> targets, const ReadLimits&) {
  std::vector<Locator> locators;
  bool elements = false, others = false;
  for (const Target& target : targets) {
    locators.push_back(read_redis_locator(target.locator));
    (locators.back().element ? elements : others) = true;
  }
  std::vector<std::optional<BackupRecord>> kept(targets.size());
  if (elements) back_up_lists(targets, locators, kept);
  if (others) back_up_records(targets, locators, kept);
  std::vector<BackupRecord> records;
  for (std::optional<BackupRecord>& record : kept)
    if (record) records.push_back(*std::move(record));
  return records;
}

}  // namespace queuetrace
