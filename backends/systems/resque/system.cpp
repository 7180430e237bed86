// Resque 1 to 3 (Ruby, Redis lists) with resque-scheduler and resque-retry: the description, and how it is told from
// others that name their keys alike. Facts: docs/systems/resque.md sections 1 to 4.
#include "backends/systems/resque/system.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/made_id.hpp"
#include "backends/systems/resque/parts.hpp"
#include "model/letter_case.hpp"

namespace queuetrace::resque {
namespace {

using nlohmann::json;

/// Queues looked into for a job that shows the system.
constexpr std::size_t most_samples = 16;

bool is_job(std::string_view text) {
  const json item = parse_bounded(text);
  return item.is_object() && item.contains("class") && item.contains("args") && !item.contains("jid");
}

bool is_failure(std::string_view text) {
  const json failure = parse_bounded(text);
  return failure.is_object() && failure.contains("payload") && failure.contains("exception") &&
         failure.contains("failed_at");
}

/// `host:pid:queues`
bool is_worker(std::string_view member) {
  const std::size_t first = member.find(':');
  const std::size_t second = first == std::string_view::npos ? first : member.find(':', first + 1);
  if (first == 0 || second == std::string_view::npos || second == first + 1) return false;
  const std::string_view process = member.substr(first + 1, second - first - 1);
  return process.find_first_not_of("0123456789") == std::string_view::npos && second + 1 < member.size();
}

constexpr std::string_view failures_suffix = "_failed", started_suffix = ":started";

/// What a worker is doing stands beside when it started, and beside node-resque's signs of life; and of the keys that
/// are only a prefix and a name, those of failures of one queue end so.
bool belongs(const Place& place, std::string_view key) {
  if (place.role == PlaceRole::running) {
    const std::string_view worker = free_part(key, place.key, place.suffix);
    return !key.ends_with(started_suffix) && (!worker.starts_with("ping:") || is_worker(worker));
  }
  return place.role != PlaceRole::dead || !place.family || key.ends_with(failures_suffix);
}

constexpr std::array places{
    PlaceRow{.key = "{prefix}queue:{queue}", .states = {JobState::pending}, .native = "queue", .newest = ListEnd::tail},
    PlaceRow{.key = "{prefix}delayed:{name}",
             .role = PlaceRole::later,
             .states = {JobState::scheduled, JobState::retrying},
             .native = "delayed",
             .newest = ListEnd::tail,
             .shared = true,
             .names = "{prefix}delayed_queue_schedule",
             .names_in = NamesIn::sorted_set},
    PlaceRow{.key = "{prefix}worker:{name}",
             .container = Container::records,
             .role = PlaceRole::running,
             .states = {JobState::running},
             .native = "working",
             .shared = true,
             .names = "{prefix}workers"},
    PlaceRow{.key = "{prefix}failed",
             .role = PlaceRole::dead,
             .states = {JobState::failed},
             .native = "failed",
             .newest = ListEnd::tail,
             .shared = true},
    // With the backend RedisMultiQueue.
    PlaceRow{.key = "{prefix}{name}",
             .role = PlaceRole::dead,
             .states = {JobState::failed},
             .native = "failed",
             .newest = ListEnd::tail,
             .shared = true,
             .names = "{prefix}failed_queues"}};

constexpr std::array queues{QueueNames{.key = "{prefix}queues"}};

constexpr std::array states{StateMapping{"queue", JobState::pending}, StateMapping{"delayed", JobState::scheduled},
                            StateMapping{"delayed", JobState::retrying, "resque-retry failed it before"},
                            StateMapping{"working", JobState::running}, StateMapping{"failed", JobState::failed}};

/// Running, but nobody works on it as far as the store tells.
constexpr std::array<std::string_view, 2> stale_notes{"lost-worker", "silent-worker"};

bool means_paused(std::string_view value) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const std::size_t begin = std::min(value.find_first_not_of(blanks), value.size());
  value = value.substr(begin, value.find_last_not_of(blanks) + 1 - begin);
  constexpr std::string_view yes = "true";
  return equal_ignoring_case(value, yes);
}

}  // namespace

bool is_present(RedisConnection& connection, std::string_view prefix) {
  const auto key = [&](const char* name) { return std::string(prefix) + name; };
  const std::vector<RedisCommand> questions{{"SSCAN", key("workers"), "0", "COUNT", "16"},
                                            {"SSCAN", key("queues"), "0", "COUNT", "16"},
                                            {"LINDEX", key("failed"), "0"},
                                            {"ZRANGE", key("delayed_queue_schedule"), "0", "0"},
                                            {"SSCAN", key("failed_queues"), "0", "COUNT", "16"},
                                            {"TYPE", key("stat:processed")},
                                            {"TYPE", key("queues")}};
  const std::vector<Reply> answers = connection.pipeline(questions);
  for (const Reply& answer : answers) require_permission(answer.root(), "look for its queues");
  const auto members = [&](std::size_t answer) {
    std::vector<std::string> names;
    if (answers[answer].size() == 2)
      for (std::size_t i = 0; i < std::min(answers[answer][1].size(), most_samples); ++i)
        names.emplace_back(answers[answer][1][i].text());
    return names;
  };
  if (std::ranges::any_of(members(0), is_worker) || is_failure(answers[2].text())) return true;
  std::vector<RedisCommand> samples;
  for (const std::string& queue : members(1)) samples.push_back({"LINDEX", key("queue:") + queue, "0"});
  for (const std::string& list : members(4)) samples.push_back({"LINDEX", key("") + list, "0"});
  if (answers[3].size() == 1) samples.push_back({"LINDEX", key("delayed:") + std::string(answers[3][0].text()), "0"});
  if (!samples.empty())
    for (const Reply& sample : connection.pipeline(samples))
      if (is_job(sample.text()) || is_failure(sample.text())) return true;
  // Nothing waits and nothing runs: the counter and the name of the namespace stay.
  return prefix.ends_with("resque:") && answers[5].text() == "string" && answers[6].text() == "set";
}

constexpr RedisSystem system{
    .info = {.name = "resque",
             .title = "Resque",
             .family = StorageFamily::redis,
             .summary = "Ruby workers over Redis lists; delayed jobs of resque-scheduler, retries of resque-retry",
             .versions = "1 to 3, any namespace, scheduler 4 and 5; 2.7.0 and 3.0.0 were run",
             .storage = "lists resque:queue:*, resque:failed and resque:delayed:*, strings resque:worker:*",
             .order = "inside a queue the oldest first; across queues each worker in its own order",
             .trace = "traceparent beside class and args, __otel_headers of Active Job, and arguments",
             .limits = "no ids of its own, no completed jobs and no results; when a job was made is not stored",
             .states = states},
    .find = {.is_present = is_present},
    .place = {.prefix = "resque:",
              .installation = {"{prefix}queues", "set"},
              .places = places,
              .queues = queues,
              .belongs = belongs},
    .read = {.decode = decode,
             .details = details,
             .record_type = RecordType::string,
             .made_ids = made_ids,
             .stale_notes = stale_notes},
    .explain = {.explain_waiting = explain_waiting, .diagnoses = diagnoses, .look = look},
    .pause = {.form = RedisPausing::Form::key,
              .key = "{prefix}pause-all-workers",
              .means_paused = means_paused,
              .written = "true",
              .effect =
                  "all workers of the installation take nothing from any queue; jobs still come in, and what runs "
                  "goes on (workers of node-resque do not look at it)"},
    .change = {.actions = actions, .belongings = belongings},
};

}  // namespace queuetrace::resque
