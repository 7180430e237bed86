#include "backends/engines/redis/prefix_search.hpp"

#include <algorithm>

#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/key_sign.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "model/error.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view prefix_name = "{prefix}", queue_name = "{queue}";

/// Prefixes remembered of one system, and queues of one prefix: those that are not confirmed are many in the worst
/// case.
constexpr std::size_t most_candidates = 256;
constexpr std::size_t most_samples = 8;
/// Prefixes that are tried where not all keys were read, because keys of jobs may be under them.
constexpr std::size_t most_possible_prefixes = 32;
/// Keys written as a system's own: what lies beside its records may be written alike.
constexpr std::size_t most_alike = 64;
/// Keys that are kept for a question which is asked only where nothing known is found.
constexpr std::size_t most_first = 20'000, most_bytes_of_first = 4u << 20;
/// Of those, keys that are looked at for the queues that they may be of.
constexpr std::size_t most_asked = 400;

struct Spelled {
  std::string_view prefix, queue;
};

/// What a key spells that is written as `text`; absent: it is not written so. A queue's name may hold what separates it
/// from the prefix: the last one is taken, and prefixes() puts right what begins like another installation.
std::optional<Spelled> spelled(std::string_view text, std::string_view key) {
  const std::string_view rest = text.substr(prefix_name.size());
  const auto [middle, after] = around_name(rest, "{queue}", {});
  if (!has_name(rest, "{queue}")) {
    if (!key.ends_with(rest)) return std::nullopt;
    return Spelled{key.substr(0, key.size() - rest.size()), {}};
  }
  if (!key.ends_with(after)) return std::nullopt;
  const std::string_view begin = key.substr(0, key.size() - after.size());
  const std::size_t split = begin.rfind(middle);
  if (split == std::string_view::npos || split + middle.size() == begin.size()) return std::nullopt;
  return Spelled{begin.substr(0, split), begin.substr(split + middle.size())};
}

/// Adds the prefixes that a key may be under, with the queues it may be of: a key of a job begins with both, and its id
/// may hold what separates them.
void add_possible_prefixes(std::string_view key, std::string_view middle,
                           std::map<std::string, std::vector<std::string>>& candidates) {
  std::size_t before = key.find(middle);
  while (before != std::string_view::npos) {
    const std::size_t begin = before + middle.size();
    const std::size_t end = key.find(':', begin);
    if (end == std::string_view::npos) return;
    const std::string prefix(key.substr(0, before));
    if (before > 0 && end > begin && (candidates.contains(prefix) || candidates.size() < most_possible_prefixes)) {
      std::vector<std::string>& queues = candidates[prefix];
      const std::string_view queue = key.substr(begin, end - begin);
      if (queues.size() < most_samples && std::ranges::find(queues, queue) == queues.end()) queues.emplace_back(queue);
    }
    before = key.find(middle, begin);
  }
}

/// `bull:a:b:meta` is the queue `a:b` of `bull`, not `b` of `bull:a`.
bool lies_inside(const std::string& prefix, const std::vector<std::string>& others, std::string_view middle) {
  return std::ranges::any_of(others,
                             [&](const std::string& other) { return prefix.starts_with(other + std::string(middle)); });
}

}  // namespace

PrefixSearch::PrefixSearch(std::span<const RedisSystem* const> systems)
    : systems_(systems), found_(systems.size()), alike_(systems.size()) {
  for (const RedisSystem* system : systems) records_.emplace_back(*system);
}

bool PrefixSearch::looks_for_prefixes() const {
  return std::ranges::any_of(systems_,
                             [](const RedisSystem* system) { return !system->place.installation.key.empty(); });
}

bool PrefixSearch::looks_for_keys() const {
  return std::ranges::any_of(systems_, [](const RedisSystem* system) { return !system->find.scan_patterns.empty(); });
}

void PrefixSearch::see(std::string_view key) {
  if (first_.size() < most_first && bytes_of_first_ < most_bytes_of_first) {
    first_.emplace_back(key);
    bytes_of_first_ += key.size();
  }
  for (std::size_t i = 0; i < systems_.size(); ++i) {
    records_[i].note(key);
    for (const std::string_view pattern : systems_[i]->find.scan_patterns)
      if (alike_[i].size() < most_alike && matches_glob(pattern, key)) alike_[i].emplace_back(key);
    const std::string_view text = systems_[i]->place.installation.key;
    if (!text.starts_with(prefix_name)) continue;
    const std::optional<Spelled> found = spelled(text, key);
    if (!found) continue;
    Candidates& candidates = found_[i];
    if (candidates.size() >= most_candidates && !candidates.contains(std::string(found->prefix))) continue;
    std::vector<std::string>& queues = candidates[std::string(found->prefix)];
    if (queues.size() < most_samples) queues.emplace_back(found->queue);
  }
}

void PrefixSearch::run(RedisConnection& connection, const ReadLimits& limits) {
  has_run_ = true;
  std::uint64_t seen = 0;
  for (std::size_t node = 0; node < connection.nodes(); ++node) {
    std::string cursor = "0";
    do {
      // However short the time, the first keys tell something.
      if (limits.stop.stop_requested() || (seen > 0 && std::chrono::steady_clock::now() >= limits.deadline) ||
          seen >= limits.scan.value_or(UINT64_MAX)) {
        complete_ = false;
        return;
      }
      RedisCommand scan{"SCAN", cursor, "COUNT", std::to_string(keys_per_call)};
      scan.node = node;
      const Reply reply = connection.ask(scan, "look for queues (SCAN)");
      if (reply.size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SCAN in an unknown form");
      cursor = std::string(reply[0].text());
      for (std::size_t i = 0; i < reply[1].size(); ++i) see(reply[1][i].text());
      seen += reply[1].size();
    } while (cursor != "0");
  }
}

bool PrefixSearch::confirmed(RedisConnection& connection, const RedisSystem& system, const std::string& prefix,
                             const std::vector<std::string>& queues) {
  const KeyNames of_prefix{.prefix = prefix};
  if (!system.find.signs.empty() &&
      count_signs(connection, system.find.signs, {&of_prefix, 1}).front() < system.find.signs_needed)
    return false;
  if (has_name(system.place.installation.key, "{queue}") && !system.place.queue_signs.empty()) {
    std::vector<KeyNames> asked;
    for (const std::string& queue : queues) asked.push_back({.prefix = prefix, .queue = queue});
    if (std::ranges::none_of(count_signs(connection, system.place.queue_signs, asked),
                             [&](std::size_t count) { return count >= system.place.queue_signs_needed; }))
      return false;
  }
  return is_present(connection, system, prefix);
}

bool PrefixSearch::is_present(RedisConnection& connection, const RedisSystem& system, std::string_view prefix) {
  try {
    return system.find.is_present == nullptr || system.find.is_present(connection, prefix);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::authentication) throw;
    if (!refusal_) refusal_ = error;
    return false;
  }
}

std::vector<std::string> PrefixSearch::prefixes(RedisConnection& connection, std::size_t index) {
  const RedisSystem& system = *systems_[index];
  const std::string standard(system.place.prefix);
  const std::string_view rest = system.place.installation.key.substr(prefix_name.size());
  const std::string middle = has_name(rest, "{queue}") ? around_name(rest, "{queue}", {}).first : std::string();
  Candidates found = found_[index];
  // `{prefix}:{queue}`, as keys of its jobs begin, too.
  const std::string_view begin =
      system.place.installation.key.substr(0, prefix_name.size() + middle.size() + queue_name.size());
  if (!complete_ && !middle.empty() && system.read.record.starts_with(begin)) {
    Candidates possible;
    for (const std::string& key : std::span(first_).first(std::min(first_.size(), most_asked)))
      add_possible_prefixes(key, middle, possible);
    found.merge(possible);  // what was seen of a prefix is known better
  }
  std::vector<std::string> confirmed_ones;
  const auto consider = [&](const std::string& prefix) {
    if (confirmed_ones.size() >= most_installations || (!middle.empty() && lies_inside(prefix, confirmed_ones, middle)))
      return;
    const auto queues = found.find(prefix);
    std::vector<std::string> asked = queues == found.end() ? std::vector<std::string>() : queues->second;
    if (asked.empty() && !complete_ && !middle.empty()) {
      std::set<std::string> possible;
      for (const std::string& key : std::span(first_).first(std::min(first_.size(), most_asked)))
        add_possible_queues(key, prefix + middle, possible);
      asked.assign(possible.begin(), possible.end());
    }
    if (confirmed(connection, system, prefix, asked)) confirmed_ones.push_back(prefix);
  };
  consider(standard);
  for (const auto& [prefix, queues] : found)
    if (prefix != standard) consider(prefix);
  return confirmed_ones;
}

void add_possible_queues(std::string_view key, std::string_view before, std::set<std::string>& names) {
  if (!key.starts_with(before)) return;
  for (std::size_t end = key.find(':', before.size()); end != std::string_view::npos; end = key.find(':', end + 1))
    if (end > before.size() && names.size() < most_possible_queues)
      names.emplace(key.substr(before.size(), end - before.size()));
}

std::string installation_name(std::string_view prefix) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  while (!prefix.empty() && std::string_view(":._-").find(prefix.back()) != std::string_view::npos)
    prefix.remove_suffix(1);
  std::string name;
  for (const char c : prefix) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("_.:{}-").find(c) != std::string_view::npos;
    if (plain) {
      name += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    name += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return name;
}

}  // namespace queuetrace
