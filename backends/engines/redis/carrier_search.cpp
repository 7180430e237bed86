#include "backends/engines/redis/carrier_search.hpp"

#include <algorithm>
#include <deque>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/filter_parts.hpp"

namespace queuetrace {
namespace {

/// Records of one batch, and of the first one where nothing is known of their sizes.
constexpr std::size_t most_in_batch = 128;
constexpr std::size_t first_batch = 16;

/// Batches under way, and their bytes where they are more than one record.
constexpr std::size_t batches_ahead = 3;
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

void CarrierSearch::ask_sizes(std::vector<Record>& records) {
  std::vector<RedisCommand> commands;
  for (const Record& record : records)
    for (const std::string_view field : large_) commands.push_back({"HSTRLEN", record.key, std::string(field)});
  const std::vector<Reply> replies = keys_.connection().pipeline(commands);
  for (std::size_t i = 0; i < replies.size(); ++i)
    // Where it may not be asked, the answers before tell how large the next ones may be.
    records[i / large_.size()].size += static_cast<std::uint64_t>(std::max<std::int64_t>(0, replies[i].integer()));
}

CarrierSearch::Batch CarrierSearch::batch_from(std::span<const Record> records, std::size_t first) const {
  Batch batch{first};
  while (first + batch.count < records.size() && batch.count < most_) {
    const std::uint64_t bytes = std::max(records[first + batch.count].size, mean_);
    if (batch.count > 0 && batch.bytes + bytes > bytes_of_batch) break;
    batch.bytes += bytes;
    ++batch.count;
  }
  return batch;
}

void CarrierSearch::send(std::span<const Record> records) {
  std::vector<RedisCommand> commands;
  commands.reserve(records.size());
  for (const Record& record : records) {
    RedisCommand& command = commands.emplace_back();
    command.arguments.reserve(2 + carriers_.size());
    command.arguments.emplace_back("HMGET");
    command.arguments.push_back(record.key);
    command.arguments.insert(command.arguments.end(), carriers_.begin(), carriers_.end());
  }
  keys_.connection().send(commands);
}

void CarrierSearch::see(const Batch& batch, std::uint64_t bytes) {
  mean_ = bytes / std::max<std::size_t>(1, batch.count);
  if (bytes > bytes_of_batch)
    most_ = std::max<std::size_t>(1, batch.count * bytes_of_batch / bytes);
  else if (batch.count == most_)
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
  std::vector<Record> records = records_of(list, window);
  bool taken = !take_earlier;
  const auto take = [&] {
    if (!taken) take_earlier();
    taken = true;
  };
  std::vector<std::size_t> found;
  if (!large_.empty() && (!may_be_large_ || *may_be_large_)) {
    // Whoever asks something by itself loses what is outstanding.
    take();
    may_be_large_ = keys_.records_may_be_large();
  }
  if (may_be_large_.value_or(false)) {
    ask_sizes(records);
    std::erase_if(records, [&](const Record& record) {
      if (record.size > read_by_itself) found.push_back(record.element);
      return record.size > read_by_itself;
    });
  }
  std::deque<Batch> under_way;
  std::uint64_t bytes_under_way = 0;
  std::size_t next = 0;
  while (next < records.size() || !under_way.empty()) {
    while (next < records.size() && under_way.size() < batches_ahead) {
      const Batch batch = batch_from(records, next);
      if (!under_way.empty() && bytes_under_way + batch.bytes > bytes_ahead) break;
      send(std::span(records).subspan(next, batch.count));
      next += batch.count;
      bytes_under_way += batch.bytes;
      under_way.push_back(batch);
    }
    take();
    const Batch batch = under_way.front();
    under_way.pop_front();
    bytes_under_way -= batch.bytes;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < batch.count; ++i) {
      const Record& record = records[batch.first + i];
      const Reply reply = keys_.connection().receive();
      if (error_word(reply.root()) != "WRONGTYPE") require_success(reply.root(), "look through the records of jobs");
      bytes += reply.bytes.size();
      if (may_match(list, window.elements[record.element], reply)) found.push_back(record.element);
    }
    see(batch, bytes);
  }
  take();
  std::ranges::sort(found);
  return found;
}

}  // namespace queuetrace
