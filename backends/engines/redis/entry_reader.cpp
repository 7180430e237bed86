#include "backends/engines/redis/entry_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/filter_parts.hpp"
#include "backends/engines/redis/job_matcher.hpp"
#include "model/held_texts.hpp"
#include "model/job_reference.hpp"

namespace queuetrace {
namespace {

/// Records asked for in one pipeline, and in the first one.
constexpr std::size_t most_records = 500;
constexpr std::size_t first_records = 32;
/// A pipeline whose answers are larger than this is followed by a shorter one.
constexpr std::size_t large_answer = 8u << 20;
/// Of a record that takes more in the server only a part is read (ReplyLimits::kept_of_string).
constexpr std::uint64_t most_kept = 16u << 20;
constexpr std::uint64_t kept_of_large = 64 * 1024;

}  // namespace

EntryReader::EntryReader(RedisKeyspace& keys, const JobFilter& filter, const DecodeContext& context, Depth depth)
    : keys_(keys),
      filter_(filter),
      without_details_(answered_by_records(filter)),
      without_holders_(weakened(without_details_,
                                [](JobFilter& one) {
                                  one.queues.clear();
                                  one.workers.clear();
                                })),
      context_(context),
      needles_(told_by_text(filter, keys.system())),
      record_needles_(told_by_record(filter, keys.system())),
      id_needles_(ids_alone(filter, keys.system())),
      carriers_(keys, filter),
      asks_traces_(asks_for_traces(filter)),
      whole_(depth == Depth::whole || context.payload || asks_traces_ ||
             (keys.system().read.kind_in_payload && asks_for_kinds(filter)) ||
             keys.system().read.summary_fields.empty()),
      chunk_(first_records) {}

bool EntryReader::asks_again(const Place& place) const {
  return place.container == Container::records || keys_.system().read.details != nullptr ||
         (place.holds == Holds::ids && !keys_.system().read.record.empty());
}

bool EntryReader::passes(const JobFilter& filter, const Place& place, const Job& job) const {
  const RedisSystem& system = keys_.system();
  const auto alias = [&](std::string_view name, std::string_view queue) {
    return names_finished(place, name) ||
           (system.place.queue_alias != nullptr && system.place.queue_alias(name, queue, keys_.deployment()));
  };
  if (matches(filter, job, alias, system.read.ids_by_queue)) return true;
  const auto other = std::ranges::find(job.extra, other_id_field, &Field::name);
  const Untrusted* const id = other == job.extra.end() ? nullptr : std::get_if<Untrusted>(&other->value);
  if (id == nullptr) return false;
  const JobFilter rest = weakened(filter, [&](JobFilter& one) {
    if (std::ranges::find(one.ids, id->raw()) != one.ids.end()) one.ids.clear();
  });
  return rest != filter && matches(rest, job, alias, system.read.ids_by_queue);
}

bool EntryReader::may_match(const Element& element, const Entry& entry) const {
  if (record_needles_.empty()) return true;
  const std::string_view record = entry.text.value_or(entry.record.bytes());
  const bool told = filter_.any_of.empty() ? record_needles_.may_match(record)
                                           : record_needles_.may_match(fmt::format("{}\n{}", element.raw, record));
  return told || may_match_unpacked(record_needles_, entry);
}

bool EntryReader::may_match_unpacked(const Needles& needles, const Entry& entry) const {
  const auto unpacked = keys_.system().read.unpacked;
  return unpacked != nullptr && asks_traces_ && needles.may_match(unpacked(entry));
}

bool EntryReader::matches_filter(const Place& place, const Job& job) const { return passes(filter_, place, job); }

std::string EntryReader::record_key(const OpenList& list, const Element& element) const {
  if (list.place->container == Container::records) return std::string(element.raw);
  return keys_.record_key(*list.place, list.key, element.raw);
}

MatchedEntries EntryReader::read_payloads(const OpenList& list, const Window& window, std::size_t limit,
                                          std::uint64_t enough_bytes) {
  MatchedEntries found;
  std::uint64_t bytes = 0;
  for (; found.examined < window.elements.size() && found.jobs.size() < limit && bytes < enough_bytes;
       ++found.examined) {
    const Element& element = window.elements[found.examined];
    if (!is_job(*list.place, element)) continue;
    cut_ += element.cut_from > 0;
    const Entry entry = entry_of(keys_.system(), list, element);
    if (!needles_.empty() && !needles_.may_match(element.raw) && !may_match_unpacked(needles_, entry)) continue;
    Job job = keys_.decode(entry, context_);
    if (!passes(filter_, *list.place, job)) continue;
    bytes += text_bytes(job);
    found.jobs.push_back({found.examined, std::move(job)});
  }
  return found;
}

bool EntryReader::is_job(const Place& place, const Element& element) const {
  const auto told = keys_.system().read.is_job;
  return told == nullptr || told(place, element.raw);
}

/// Whether the element is a job, and its id may be one that is asked for; true where its text does not tell.
bool EntryReader::may_be_asked_id(const Place& place, const Element& element) const {
  if (!is_job(place, element)) return false;
  return place.holds != Holds::ids || place.container == Container::records || id_needles_.empty() ||
         id_needles_.may_match(element.raw);
}

RedisCommand EntryReader::record_command(const std::string& key, bool whole) const {
  const RedisReading& reading = keys_.system().read;
  if (reading.record_type == RecordType::string) return {"GET", key};
  if (whole) return {"HGETALL", key};
  RedisCommand command{"HMGET", key};
  command.arguments.insert(command.arguments.end(), reading.summary_fields.begin(), reading.summary_fields.end());
  return command;
}

void EntryReader::shorten(std::size_t& count, std::vector<std::string>& keys, std::vector<std::uint64_t>& sizes) {
  sizes.assign(count, 0);
  if (!keys_.records_may_be_large()) return;
  const bool strings = keys_.system().read.record_type == RecordType::string;
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys) {
    if (key.empty()) continue;
    commands.push_back(strings ? RedisCommand{"STRLEN", key} : RedisCommand{"MEMORY", "USAGE", key, "SAMPLES", "0"});
  }
  if (commands.empty()) return;
  const std::vector<Reply> replies = keys_.connection().pipeline(commands);
  std::size_t next = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (keys[i].empty()) continue;
    const Reply& reply = replies[next++];
    // Where it may not be asked, the answers before tell how large the next ones may be.
    if (reply.is(Reply::Type::error)) return;
    sizes[i] = static_cast<std::uint64_t>(std::max<std::int64_t>(0, reply.integer()));
    bytes += std::min<std::uint64_t>(sizes[i], most_kept);
    if (bytes <= large_answer || i == 0) continue;
    count = i;
    keys.resize(count);
    sizes.resize(count);
    return;
  }
}

RedisCommand EntryReader::command_for(const std::string& key, std::uint64_t size) const {
  const RedisReading& reading = keys_.system().read;
  if (size > most_kept && reading.record_type == RecordType::string)
    return {"GETRANGE", key, "0", std::to_string(kept_of_large - 1)};
  // Of a record that is too large what tells everything but payload and result is read.
  return record_command(key, whole_ && (size <= most_kept || reading.summary_fields.empty()));
}

void EntryReader::fit_chunk(std::size_t count, std::size_t bytes) {
  if (bytes > large_answer)
    chunk_ = std::max<std::size_t>(1, count * large_answer / bytes);
  else if (count == chunk_)
    chunk_ = std::min(most_records, chunk_ * 4);
}

std::vector<MatchedEntry> EntryReader::read_chunk(const OpenList& list, const Window& window, std::size_t first,
                                                  std::size_t& count, const Admits& admits) {
  const RedisSystem& system = keys_.system();
  std::vector<std::string> keys(count);
  for (std::size_t i = 0; i < count; ++i)
    if (may_be_asked_id(*list.place, window.elements[first + i]))
      keys[i] = record_key(list, window.elements[first + i]);
  std::vector<std::uint64_t> sizes;
  if (whole_)
    shorten(count, keys, sizes);
  else
    sizes.assign(count, 0);
  std::vector<RedisCommand> commands;
  std::vector<std::size_t> of_element(count, 0);  // 1 + index of its reply
  for (std::size_t i = 0; i < count; ++i) {
    if (keys[i].empty()) continue;
    commands.push_back(command_for(keys[i], sizes[i]));
    of_element[i] = commands.size();
  }
  const std::vector<Reply> records = commands.empty() ? std::vector<Reply>() : keys_.connection().pipeline(commands);
  std::size_t bytes = 0;
  for (const Reply& reply : records) bytes += reply.bytes.size();
  fit_chunk(count, bytes);

  struct Part {
    std::size_t element;
    Entry entry;
    std::size_t details = 0, number = 0;  // its part of the second pipeline
  };
  std::vector<Part> parts;
  for (std::size_t i = 0; i < count; ++i) {
    if (!may_be_asked_id(*list.place, window.elements[first + i])) continue;
    Entry entry = entry_of(system, list, window.elements[first + i]);
    if (of_element[i] > 0) {
      const Reply& reply = records[of_element[i] - 1];
      if (error_word(reply.root()) == "WRONGTYPE") {
        ++skipped_;
        continue;
      }
      require_success(reply.root(), "read the record of a job");
      if (system.read.record_type == RecordType::string) {
        // GETRANGE knows no difference between an empty string and none.
        if (reply.is(Reply::Type::string)) entry.text = reply.text();
      } else {
        const bool all = whole_ && (sizes[i] <= most_kept || system.read.summary_fields.empty());
        entry.record = all ? JobHash(reply) : JobHash(reply, system.read.summary_fields);
      }
      if (sizes[i] > most_kept) {
        entry.cut_from = sizes[i];
        ++cut_;
      }
      const bool exists = entry.text || entry.record.exists();
      if (list.place->container == Container::records && !exists) continue;
      if (exists && !may_match(window.elements[first + i], entry)) continue;
    } else if (!needles_.empty() && !needles_.may_match(entry.raw) && !may_match_unpacked(needles_, entry)) {
      continue;
    }
    parts.push_back({first + i, entry});
  }

  std::vector<MatchedEntry> found;
  commands.clear();
  for (Part& part : parts) {
    Job job = keys_.decode(part.entry, context_);
    const std::vector<RedisCommand> more = system.read.details != nullptr
                                               ? system.read.details(part.entry, keys_.deployment(), context_.payload)
                                               : std::vector<RedisCommand>();
    const JobFilter& before = list.place->shared ? without_holders_ : without_details_;
    if (!passes(more.empty() ? filter_ : before, *list.place, job) || (admits && !admits(part.element, job))) continue;
    part.details = commands.size();
    part.number = more.size();
    commands.insert(commands.end(), more.begin(), more.end());
    found.push_back({part.element, std::move(job)});
  }
  if (commands.empty()) return found;
  const std::vector<Reply> details = keys_.connection().pipeline(commands);
  for (const Reply& reply : details) bytes += reply.bytes.size();
  fit_chunk(count, bytes);
  std::erase_if(found, [&](MatchedEntry& one) {
    Part& part = *std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.element == one.element; });
    if (part.number == 0) return false;
    part.entry.companions = std::span<const Reply>(details).subspan(part.details, part.number);
    one.job = keys_.decode(part.entry, context_);
    return !passes(filter_, *list.place, one.job);
  });
  return found;
}

std::optional<Timestamp> EntryReader::created_at(const OpenList& list, const Element& element) {
  if (!asks_again(*list.place))
    return keys_.system().read.decode(entry_of(keys_.system(), list, element), context_).created_at;
  const JobFilter anything;
  EntryReader reader(keys_, anything, context_, Depth::summary);
  Window window;
  window.elements.push_back(element);
  const MatchedEntries found = reader.read(list, window, 1);
  return found.jobs.empty() ? std::nullopt : found.jobs.front().job.created_at;
}

MatchedEntries EntryReader::read(const OpenList& list, const Window& window, std::size_t limit, const Admits& admits,
                                 std::uint64_t enough_bytes, const TakeEarlier& take_earlier) {
  if (carriers_.serves(*list.place)) return read_candidates(list, window, limit, admits, enough_bytes, take_earlier);
  if (take_earlier) take_earlier();
  return asks_again(*list.place) ? read_records(list, window, limit, admits, enough_bytes)
                                 : read_payloads(list, window, limit, enough_bytes);
}

MatchedEntries EntryReader::read_candidates(const OpenList& list, const Window& window, std::size_t limit,
                                            const Admits& admits, std::uint64_t enough_bytes,
                                            const TakeEarlier& take_earlier) {
  const std::vector<std::size_t> candidates = carriers_.candidates(list, window, take_earlier);
  Window few;
  few.reply = window.reply;
  for (const std::size_t element : candidates) few.elements.push_back(window.elements[element]);
  const Admits admits_few =
      admits ? Admits([&](std::size_t element, const Job& job) { return admits(candidates[element], job); }) : Admits();
  MatchedEntries found = read_records(list, few, limit, admits_few, enough_bytes);
  for (MatchedEntry& one : found.jobs) one.element = candidates[one.element];
  found.examined = found.examined == candidates.size() ? window.elements.size() : candidates[found.examined];
  return found;
}

void EntryReader::add_scores(const OpenList& list, Window& window, std::vector<Reply>& scores) {
  std::vector<RedisCommand> commands;
  std::vector<Element*> asked;
  for (Element& element : window.elements) {
    if (!element.score.empty()) continue;
    commands.push_back({"ZSCORE", list.key, std::string(element.raw)});
    asked.push_back(&element);
  }
  scores = keys_.connection().pipeline(commands);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (error_word(scores[i].root()) != "WRONGTYPE") require_success(scores[i].root(), "read the score of a job");
    if (scores[i].is(Reply::Type::string)) asked[i]->score = scores[i].text();
  }
}

MatchedEntries EntryReader::read_records(const OpenList& list, const Window& window, std::size_t limit,
                                         const Admits& admits, std::uint64_t enough_bytes) {
  std::optional<Window> scored;
  std::vector<Reply> scores;
  const auto has_no_score = [](const Element& element) { return element.score.empty(); };
  if (list.place->container == Container::sorted_set && std::ranges::any_of(window.elements, has_no_score))
    add_scores(list, scored.emplace(window), scores);
  const Window& read = scored ? *scored : window;
  MatchedEntries found;
  std::uint64_t bytes = 0;
  while (found.examined < read.elements.size() && found.jobs.size() < limit && bytes < enough_bytes) {
    std::size_t count = std::min({chunk_, read.elements.size() - found.examined, std::max<std::size_t>(limit, 16)});
    std::vector<MatchedEntry> some = read_chunk(list, read, found.examined, count, admits);
    found.examined += count;
    for (MatchedEntry& one : some) {
      if (found.jobs.size() == limit) {
        found.examined = one.element;
        break;
      }
      bytes += text_bytes(one.job);
      found.jobs.push_back(std::move(one));
    }
  }
  return found;
}

}  // namespace queuetrace
