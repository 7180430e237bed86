#include "backends/engines/redis/own_keys.hpp"

#include <algorithm>
#include <set>

#include "backends/engines/redis/action_rule.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

[[noreturn]] void refuse(const char* what, const std::string& key) {
  throw Error(ErrorKind::usage, std::string(what) + " names a key that does not belong to this source")
      .because(Untrusted(key))
      .with_hint("was it made for another source, or with other key names?");
}

KeyNames names_in(const RedisKeyspace& keys, const Locator& locator) {
  return {.prefix = keys.deployment().prefix, .queue = locator.queue, .id = locator.id};
}

/// Whether the key is, or begins like, one that this text of the system's tables stands for.
bool is_like(std::string_view text, std::string_view key, const RedisKeyspace& keys) {
  const std::size_t free = std::min({text.find("{queue}"), text.find("{id}"), text.find("{name}")});
  const std::string begin = fill_key(text.substr(0, free), {.prefix = keys.deployment().prefix});
  return !begin.empty() && (free == std::string_view::npos ? key == begin : key.starts_with(begin));
}

/// Whether the key is a place, or one that the system's tables name for the whole installation or a queue.
bool is_of_system(std::string_view key, const RedisKeyspace& keys) {
  const RedisSystem& system = keys.system();
  const std::string& prefix = keys.deployment().prefix;
  return keys.place_of(key) != nullptr || (!prefix.empty() && key.starts_with(prefix)) ||
         is_like(system.read.record, key, keys) || is_like(system.pause.key, key, keys) ||
         is_like(system.change.standing_key, key, keys) ||
         std::ranges::any_of(system.place.queues,
                             [&](const QueueNames& names) { return is_like(names.key, key, keys); });
}

/// Whether the key is the place's for that queue. Behind a queue's name may stand more where a place has no end, as
/// that of any group of a queue.
bool is_of_queue(std::string_view key, const Place& place, const std::string& queue) {
  const std::string begin = place.key + queue;
  return place.suffix.empty() ? key.starts_with(begin) : key == begin + place.suffix;
}

bool is_record_place(const Place* place) { return place != nullptr && place->container == Container::records; }

/// The job whose record this is. Its queue is known only where the key says it.
Locator locator_of_record(const std::string& record, const RedisKeyspace& keys) {
  Locator locator;
  locator.container = Container::records;
  locator.key = locator.record = record;
  if (const Place* place = keys.place_of(record); is_record_place(place)) {
    locator.id = free_part(record, place->key, place->suffix);
    return locator;
  }
  const std::string_view text = keys.system().read.record;
  if (text.empty()) return locator;  // jobs have none
  const KeyNames names{.prefix = keys.deployment().prefix};
  if (has_name(text, "{queue}")) {
    // Names of queues may hold what parts them from the id, and ids may as well: the first one is taken.
    const std::size_t at = text.find("{queue}");
    const std::string before = fill_key(text.substr(0, at), names);
    const std::string_view after = text.substr(at + std::string_view("{queue}").size());
    const std::string between = fill_key(after.substr(0, after.find("{id}")), names);
    if (!record.starts_with(before)) return locator;
    const std::size_t end = record.find(between, before.size());
    if (end == std::string::npos) return locator;
    locator.queue = record.substr(before.size(), end - before.size());
    locator.id = record.substr(end + between.size());
    return locator;
  }
  const auto [before, after] = around_name(text, "{id}", names);
  locator.id = free_part(record, before, after);
  return locator;
}

Container container_of(const BackedUpPart& part) {
  switch (part.kind) {
    case BackedUpPart::Kind::member: return Container::sorted_set;
    case BackedUpPart::Kind::field: return Container::hash;
    case BackedUpPart::Kind::set_member: break;
  }
  return Container::set;
}

/// Whether the part is one of a place of jobs. Places that any name fits, as lists called like their queues, hold no
/// parts of other types.
bool is_in_place(const BackedUpPart& part, const RedisKeyspace& keys) {
  const Place* place = keys.place_of(part.key);
  return place != nullptr && place->container == container_of(part);
}

/// What the backup says of the job, as a plan would.
Locator locator_of(const BackedUpJob& job, const RedisKeyspace& keys) {
  Locator locator;
  if (!job.keys.empty()) {
    const BackedUpKey& record = job.keys.front();
    locator = locator_of_record(record.key, keys);
    if (locator.id.empty()) locator.record.clear();  // it is none
    for (const std::string_view name : keys.system().change.guard_fields)
      for (const auto& [field, value] : record.fields)
        if (field == name) locator.fields.emplace_back(field, value);
    if (is_record_place(keys.place_of(record.key))) return locator;
  }
  const auto in_place = [&](const std::string& key) {
    locator.key = key;
    if (const Place* place = keys.place_of(key); place != nullptr && place->names_queue && locator.queue.empty())
      locator.queue = queue_of(*place, key);
  };
  if (job.element) {
    locator.container = Container::list;
    locator.element = job.element->element;
    in_place(job.element->key);
    return locator;
  }
  for (const BackedUpPart& part : job.parts) {
    if (!is_in_place(part, keys)) continue;
    in_place(part.key);
    locator.container = container_of(part);
    locator.element = part.kind == BackedUpPart::Kind::field ? part.value : part.name;
    locator.field = part.name;
    break;
  }
  return locator;
}

std::set<std::string> keys_of(const Belongings& belongings) {
  std::set<std::string> all(belongings.keys.begin(), belongings.keys.end());
  for (const auto* parts : {&belongings.members, &belongings.fields, &belongings.set_members})
    for (const auto& [key, name] : *parts) all.insert(key);
  return all;
}

}  // namespace

void require_own(const Locator& locator, const Place* place, const RedisKeyspace& keys) {
  constexpr const char* plan = "the plan";
  if (place == nullptr || place->container != locator.container) refuse(plan, locator.key);
  if (place->names_queue && !locator.queue.empty() && !is_of_queue(locator.key, *place, locator.queue))
    refuse(plan, locator.key);
  if (locator.record.empty()) return;
  const bool is_record = place->container == Container::records
                             ? locator.record == locator.key
                             : !keys.system().read.record.empty() &&
                                   locator.record == fill_key(keys.system().read.record, names_in(keys, locator));
  if (!is_record) refuse(plan, locator.record);
}

void require_own(const BackedUpJob& job, const RedisKeyspace& keys, std::span<const std::string> holders) {
  constexpr const char* backup = "the backup";
  if (job.keys.empty() && job.parts.empty()) return;
  const Locator locator = locator_of(job, keys);
  const std::set<std::string> own = keys_of(belongings_of(locator, keys.system(), holders));
  for (const BackedUpKey& key : job.keys)
    if (!own.contains(key.key)) refuse(backup, key.key);
  for (const BackedUpPart& part : job.parts)
    if (!own.contains(part.key) && !is_in_place(part, keys)) refuse(backup, part.key);
}

std::vector<std::string> own_among(std::vector<std::string> declared, const RedisKeyspace& keys,
                                   std::span<const std::string> holders) {
  std::set<std::string> own;
  for (const std::string& key : declared)
    if (is_record_place(keys.place_of(key)))
      own.merge(keys_of(belongings_of(locator_of_record(key, keys), keys.system(), holders)));
  std::erase_if(declared, [&](const std::string& key) { return !own.contains(key) && !is_of_system(key, keys); });
  return declared;
}

}  // namespace queuetrace
