#include "backends/engines/redis/orphaned_records.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/scan_walker.hpp"
#include "model/fingerprint.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_remembered = 1'000'000;
/// Orphans that are counted; each is looked for in every container of its queue.
constexpr std::size_t most_told = 1'000;
/// Elements of a list that a job can have come to meanwhile, at each of its ends.
constexpr const char* last_of_window = "999";
constexpr const char* first_of_window = "-1000";

bool holds(const Reply& reply, std::string_view id) {
  for (std::size_t i = 0; i < reply.size(); ++i)
    if (reply[i].text() == id) return true;
  return false;
}

}  // namespace

OrphanedRecords::OrphanedRecords(RedisKeyspace& keys, const ReadLimits& limits) : keys_(keys), limits_(limits) {}

bool OrphanedRecords::are_looked_for() const { return !keys_.system().explain.record_fields.empty(); }

void OrphanedRecords::see(const OpenList& list, const std::vector<Element>& elements) {
  if (!are_looked_for() || list.place->holds != Holds::ids || missed_) return;
  for (const Element& element : elements)
    seen_.insert(fingerprint(keys_.record_key(*list.place, list.key, element.raw)));
  missed_ = seen_.size() > most_remembered;
}

std::vector<OrphanedRecords::Record> OrphanedRecords::records_among(const std::vector<Record>& unseen) {
  std::vector<RedisCommand> commands;
  for (const Record& one : unseen) {
    RedisCommand command{"HMGET", one.key};
    for (const std::string_view field : keys_.system().explain.record_fields) command.arguments.emplace_back(field);
    commands.push_back(std::move(command));
  }
  std::vector<Record> records;
  if (commands.empty()) return records;
  const std::vector<Reply> replies = keys_.connection().pipeline(commands);
  for (std::size_t i = 0; i < unseen.size(); ++i) {
    bool whole = replies[i].is(Reply::Type::array);  // else a key of another type
    for (std::size_t field = 0; whole && field < replies[i].size(); ++field)
      whole = replies[i][field].is(Reply::Type::string);
    if (whole) records.push_back(unseen[i]);
  }
  return records;
}

bool OrphanedRecords::is_anywhere(const Record& record) {
  std::vector<RedisCommand> commands;
  for (const Place& place : keys_.deployment().places) {
    if (place.holds != Holds::ids || (place.family && !place.names_queue)) continue;
    const std::string key = place.family ? place.key + record.queue + place.suffix : place.key;
    if (place.container == Container::sorted_set) {
      commands.push_back({"ZSCORE", key, record.id});
    } else if (place.container == Container::list) {
      commands.push_back({"LRANGE", key, "0", last_of_window});
      commands.push_back({"LRANGE", key, first_of_window, "-1"});
    }
  }
  const std::vector<Reply> replies = keys_.connection().pipeline(commands);
  return std::ranges::any_of(replies, [&](const Reply& reply) {
    return reply.is(Reply::Type::string) || (reply.is(Reply::Type::array) && holds(reply, record.id));
  });
}

void OrphanedRecords::tell(DiagnosisReport& report) {
  if (!are_looked_for()) return;
  const FoundNames& queues = keys_.queue_names(limits_);
  if (missed_ || !queues.complete) return report.not_answered(orphaned_record);
  const RedisSystem& system = keys_.system();
  // What the keys of each queue's records begin with; the name of a queue may begin like another.
  std::map<std::string, std::string, std::less<>> queue_of_beginning;
  std::set<std::size_t, std::greater<>> lengths;
  for (const std::string& queue : queues.names) {
    std::string beginning = fill_key(system.read.record, {.prefix = keys_.deployment().prefix, .queue = queue});
    lengths.insert(beginning.size());
    queue_of_beginning[std::move(beginning)] = queue;
  }
  const auto record_of = [&](std::string_view key) -> std::optional<Record> {
    for (const std::size_t length : lengths) {
      const auto found =
          length < key.size() ? queue_of_beginning.find(key.substr(0, length)) : queue_of_beginning.end();
      if (found != queue_of_beginning.end())
        return Record{std::string(key), found->second, std::string(key.substr(length))};
    }
    return std::nullopt;
  };

  Place everything;
  everything.container = Container::records;
  everything.key = around_name(system.read.record, "{queue}", {.prefix = keys_.deployment().prefix}).first;
  ListProgress progress;
  progress.key = everything.key;
  RedisSystem without_families = system;  // whose families of keys are other ones
  without_families.place.belongs = nullptr;
  ScanWalker walker(keys_.connection(), without_families, everything, std::move(progress));
  std::size_t told = 0;
  while (!walker.finished() && told < most_told) {
    if (limits_.stop.stop_requested() || std::chrono::steady_clock::now() >= limits_.deadline)
      return report.not_answered(orphaned_record);
    if (!walker.request(largest_window)) break;
    walker.receive();
    const Window window = walker.take();
    std::vector<Record> unseen;
    for (const Element& element : window.elements)
      if (!seen_.contains(fingerprint(element.raw)))
        if (std::optional<Record> record = record_of(element.raw)) unseen.push_back(*std::move(record));
    for (const Record& record : records_among(unseen)) {
      if (is_anywhere(record) || records_among({record}).empty()) continue;
      ++told;
      report.add_name(orphaned_record, Untrusted(record.key), 1);
    }
  }
  if (told == most_told) report.only_at_least(orphaned_record);
}

}  // namespace queuetrace
