#include "backends/engines/redis/carrier_search.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/filter_parts.hpp"

namespace queuetrace {
namespace {

/// Records of one batch, and of the first one where nothing is known of their sizes.
constexpr std::size_t most_in_batch = 128;
constexpr std::size_t first_batch = 16;

/// Batches under way, and their bytes where they are more than one record.
constexpr std::size_t batches_ahead = 3;

/// Records whose sizes are asked for before their carriers are: two batches.
constexpr std::size_t sizes_ahead = 2 * most_in_batch;
constexpr std::uint64_t bytes_ahead = 8u << 20;
constexpr std::uint64_t bytes_of_batch = 2u << 20;

/// A record with more is read by itself, in part where it must be.
constexpr std::uint64_t read_by_itself = 8u << 20;

}  // namespace

CarrierSearch::CarrierSearch(RedisKeyspace& keys, const JobFilter& filter)
    : keys_(keys),
      carriers_(keys.system().read.carriers),
      needles_(told_by_carriers(filter, keys.system())),
      with_ids_(!filter.any_of.empty()),
      most_(first_batch) {
  std::ranges::copy_if(carriers_, std::back_inserter(large_), [&](std::string_view field) {
    return std::ranges::count(keys.system().read.summary_fields, field) == 0;
  });
}

bool CarrierSearch::serves(const Place& place) const {
  return !needles_.empty() && place.holds == Holds::ids && place.container != Container::records &&
         !keys_.system().read.record.empty() && keys_.system().read.record_type == RecordType::hash;
}

std::vector<CarrierSearch::Record> CarrierSearch::records_of(const OpenList& list, const Window& window) const {
  const auto is_job = keys_.system().read.is_job;
  std::vector<Record> records;
  records.reserve(window.elements.size());
  for (std::size_t i = 0; i < window.elements.size(); ++i) {
    const std::string_view element = window.elements[i].raw;
    if (is_job == nullptr || is_job(*list.place, element))
      records.push_back({i, keys_.record_key(*list.place, list.key, element)});
  }
  return records;
}

void CarrierSearch::add_sizes(Look& look, std::vector<RedisCommand>& commands) const {
  while (look.asked_sizes < look.records.size() && look.asked_sizes < look.asked + sizes_ahead) {
    const std::size_t end = std::min(look.records.size(), look.asked_sizes + most_in_batch);
    look.under_way.push_back({.first = look.asked_sizes, .end = end, .sizes = true});
    for (; look.asked_sizes < end; ++look.asked_sizes)
      for (const std::string_view field : large_)
        commands.push_back({"HSTRLEN", look.records[look.asked_sizes].key, std::string(field)});
  }
}

CarrierSearch::Batch CarrierSearch::batch_from(const Look& look) const {
  Batch batch{.first = look.asked, .end = look.asked};
  while (batch.end < look.sized && batch.end - batch.first < most_) {
    const Record& record = look.records[batch.end];
    const std::uint64_t bytes = record.alone ? 0 : std::max(record.size, mean_);
    if (batch.bytes > 0 && batch.bytes + bytes > bytes_of_batch) break;
    batch.bytes += bytes;
    ++batch.end;
  }
  return batch;
}

bool CarrierSearch::add_carriers(Look& look, std::vector<RedisCommand>& commands) const {
  if (look.asked >= look.sized || look.batches >= batches_ahead) return false;
  const Batch batch = batch_from(look);
  if (look.batches > 0 && look.bytes + batch.bytes > bytes_ahead) return false;
  for (; look.asked < batch.end; ++look.asked) {
    if (look.records[look.asked].alone) continue;
    RedisCommand& command = commands.emplace_back();
    command.arguments.reserve(2 + carriers_.size());
    command.arguments.emplace_back("HMGET");
    command.arguments.push_back(look.records[look.asked].key);
    command.arguments.insert(command.arguments.end(), carriers_.begin(), carriers_.end());
  }
  look.bytes += batch.bytes;
  ++look.batches;
  look.under_way.push_back(batch);
  return true;
}

void CarrierSearch::ask(Look& look) {
  std::vector<RedisCommand> commands;
  do
    if (*may_be_large_) add_sizes(look, commands);
  while (add_carriers(look, commands));
  if (!commands.empty()) keys_.connection().send(commands);
}

void CarrierSearch::take_sizes(Look& look, const Batch& batch) {
  for (; look.sized < batch.end; ++look.sized) {
    Record& record = look.records[look.sized];
    // Where it may not be asked, the answers before tell how large the next ones may be.
    for (std::size_t i = 0; i < large_.size(); ++i)
      record.size += static_cast<std::uint64_t>(std::max<std::int64_t>(0, keys_.connection().receive().integer()));
    record.alone = record.size > read_by_itself;
  }
}

void CarrierSearch::take_carriers(const OpenList& list, const Window& window, const Look& look, const Batch& batch,
                                  std::vector<std::size_t>& found) {
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = batch.first; i < batch.end; ++i) {
    const Record& record = look.records[i];
    if (record.alone) {
      found.push_back(record.element);
      continue;
    }
    const Reply reply = keys_.connection().receive();
    if (error_word(reply.root()) != "WRONGTYPE") require_success(reply.root(), "look through the records of jobs");
    bytes += reply.bytes.size();
    ++count;
    if (may_match(list, window.elements[record.element], reply)) found.push_back(record.element);
  }
  see(count, bytes);
}

void CarrierSearch::see(std::size_t count, std::uint64_t bytes) {
  if (count == 0) return;
  mean_ = bytes / count;
  if (bytes > bytes_of_batch)
    most_ = std::max<std::size_t>(1, count * bytes_of_batch / bytes);
  else if (count == most_)
    most_ = std::min(most_in_batch, most_ * 4);
}

bool CarrierSearch::may_match(const OpenList& list, const Element& element, const Reply& reply) const {
  const JobHash record(reply, carriers_);
  if (!reply.is(Reply::Type::array) || !record.exists()) return true;
  for (std::size_t i = 0; i < reply.size(); ++i)
    if (reply[i].cut_from() > 0) return true;
  if (needles_.may_match(reply.bytes)) return true;
  if (with_ids_ && needles_.may_match(std::string(element.raw) + '\n' + reply.bytes)) return true;
  const auto unpacked = keys_.system().read.unpacked;
  if (unpacked == nullptr) return false;
  Entry entry = entry_of(keys_.system(), list, element);
  entry.record = record;
  return needles_.may_match(unpacked(entry));
}

std::vector<std::size_t> CarrierSearch::candidates(const OpenList& list, const Window& window,
                                                   const TakeEarlier& take_earlier) {
  Look look{.records = records_of(list, window)};
  bool taken = !take_earlier;
  const auto take = [&] {
    if (!taken) take_earlier();
    taken = true;
  };
  if (!may_be_large_ && !large_.empty()) take();  // whoever asks something by itself loses what is outstanding
  if (!may_be_large_) may_be_large_ = !large_.empty() && keys_.records_may_be_large();
  if (!*may_be_large_) look.sized = look.records.size();
  std::vector<std::size_t> found;
  for (ask(look); !look.under_way.empty(); ask(look)) {
    take();
    const Batch batch = look.under_way.front();
    look.under_way.pop_front();
    if (batch.sizes) {
      take_sizes(look, batch);
      continue;
    }
    take_carriers(list, window, look, batch, found);
    look.bytes -= batch.bytes;
    --look.batches;
  }
  take();
  std::ranges::sort(found);
  return found;
}

}  // namespace queuetrace
