#include "backends/engines/redis/records_elsewhere.hpp"

#include <algorithm>

namespace queuetrace {
namespace {

/// Prefixes that are noted, and keys of each of them: in the worst case everything has a prefix of its own.
constexpr std::size_t most_prefixes = 64, most_samples = 4;

}  // namespace

RedisCommand ask_for_record(const RedisSystem& system, const std::string& key) {
  RedisCommand command{"HMGET", key};
  command.arguments.insert(command.arguments.end(), system.find.record_fields.begin(), system.find.record_fields.end());
  return command;
}

bool holds_record(const RedisSystem& system, const Reply& reply) {
  if (reply.size() != system.find.record_fields.size()) return false;
  for (std::size_t field = 0; field < reply.size(); ++field)
    if (!reply[field].is(Reply::Type::string)) return false;
  return true;
}

RecordsElsewhere::RecordsElsewhere(const RedisSystem& system) : system_(system) {
  constexpr std::string_view queue = "{queue}";
  const std::string_view record = system.read.record;
  if (system.find.record_fields.empty() || !system.place.installation.key.empty()) return;
  const std::size_t at = record.find(queue), id = record.find("{id}");
  begin_ = record.substr(0, std::min(at, id));
  if (at < id && id != std::string_view::npos) middle_ = record.substr(at + queue.size(), id - at - queue.size());
}

void RecordsElsewhere::note(std::string_view key) {
  const std::size_t at = begin_.empty() ? std::string_view::npos : key.find(begin_);
  if (at == std::string_view::npos || at == 0) return;
  if (key.find(middle_, at + begin_.size()) == std::string_view::npos) return;  // another key of a queue
  const std::string prefix(key.substr(0, at));
  if (by_prefix_.size() >= most_prefixes && !by_prefix_.contains(prefix)) return;
  if (std::vector<std::string>& samples = by_prefix_[prefix]; samples.size() < most_samples) samples.emplace_back(key);
}

std::vector<std::string> RecordsElsewhere::confirmed(RedisConnection& connection,
                                                     const std::function<bool(std::string_view)>& is_of_others) const {
  std::vector<RedisCommand> commands;
  std::vector<const std::string*> prefixes;
  for (const auto& [prefix, keys] : by_prefix_)
    for (const std::string& key : keys) {
      if (is_of_others(key)) continue;
      commands.push_back(ask_for_record(system_, key));
      prefixes.push_back(&prefix);
    }
  std::vector<std::string> records;
  if (commands.empty()) return records;
  const std::vector<Reply> replies = connection.pipeline(commands);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    std::string written = *prefixes[i] + std::string(system_.read.record);
    if (holds_record(system_, replies[i]) && (records.empty() || records.back() != written))
      records.push_back(std::move(written));
  }
  return records;
}

}  // namespace queuetrace
