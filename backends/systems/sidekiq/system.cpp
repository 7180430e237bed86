// Sidekiq (Ruby, Redis lists and sorted sets): the description, and how it is told from others that name their keys
// alike. Facts: docs/systems/sidekiq.md sections 1 to 4.
#include "backends/systems/sidekiq/system.hpp"

#include <algorithm>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/made_id.hpp"
#include "backends/systems/sidekiq/parts.hpp"

namespace queuetrace::sidekiq {
namespace {

using nlohmann::json;

/// Queues looked into for a job that shows the system.
constexpr std::size_t most_samples = 16;

bool is_job(std::string_view text) {
  const json job = parse_bounded(text);
  return job.is_object() && job.contains("class") && job.contains("args") && job.contains("jid");
}

/// `host:pid:nonce`
bool is_identity(std::string_view member) { return std::ranges::count(member, ':') >= 2; }

/// The work of each process is a hash of its own: named by the set of processes.
void add_work(RedisConnection&, const Source&, Deployment& deployment) {
  for (const char* suffix : {":work", ":workers"}) {
    Place place;
    place.key = deployment.prefix;
    place.suffix = suffix;
    place.family = true;
    place.names = key_of(deployment, "processes");
    place.container = Container::hash;
    place.role = PlaceRole::running;
    place.states = {JobState::running};
    place.native = "work";
    place.by_creation = false;
    place.shared = true;
    deployment.places.push_back(std::move(place));
  }
}

constexpr std::array places{PlaceRow{.key = "{prefix}queue:{queue}", .states = {JobState::pending}, .native = "queue"},
                            PlaceRow{.key = "{prefix}schedule",
                                     .container = Container::sorted_set,
                                     .role = PlaceRole::later,
                                     .states = {JobState::scheduled},
                                     .native = "schedule",
                                     .shared = true},
                            PlaceRow{.key = "{prefix}retry",
                                     .container = Container::sorted_set,
                                     .role = PlaceRole::later,
                                     .states = {JobState::retrying},
                                     .native = "retry",
                                     .shared = true},
                            PlaceRow{.key = "{prefix}dead",
                                     .container = Container::sorted_set,
                                     .role = PlaceRole::dead,
                                     .states = {JobState::dead},
                                     .native = "dead",
                                     .shared = true}};

constexpr std::array queues{QueueNames{.key = "{prefix}queues"}, QueueNames{.key = "{prefix}paused"}};

constexpr std::array signs{KeySign{"{prefix}queues", "set"},    KeySign{"{prefix}schedule", "zset"},
                           KeySign{"{prefix}retry", "zset"},    KeySign{"{prefix}dead", "zset"},
                           KeySign{"{prefix}processes", "set"}, KeySign{"{prefix}stat:processed", "string"}};

constexpr std::array states{StateMapping{"queue", JobState::pending}, StateMapping{"schedule", JobState::scheduled},
                            StateMapping{"retry", JobState::retrying}, StateMapping{"work", JobState::running},
                            StateMapping{"dead", JobState::dead}};

/// Running, but nobody works on it (read_heartbeat).
constexpr std::array<std::string_view, 2> stale_notes{"orphaned", "silent-process"};

}  // namespace

bool is_present(RedisConnection& connection, std::string_view prefix) {
  const auto key = [&](const char* name) { return std::string(prefix) + name; };
  const std::vector<RedisCommand> questions{{"SSCAN", key("processes"), "0", "COUNT", "16"},
                                            {"SSCAN", key("queues"), "0", "COUNT", "16"},
                                            {"ZRANGE", key("schedule"), "0", "0"},
                                            {"ZRANGE", key("retry"), "0", "0"},
                                            {"ZRANGE", key("dead"), "-1", "-1"},
                                            {"GET", key("stat:processed")},
                                            {"TYPE", key("workers")},
                                            {"TYPE", key("failed")}};
  const std::vector<Reply> answers = connection.pipeline(questions);
  if (answers[0].size() == 2)
    for (std::size_t i = 0; i < answers[0][1].size(); ++i)
      if (is_identity(answers[0][1][i].text())) return true;
  for (std::size_t set = 2; set < 5; ++set)
    if (answers[set].size() == 1 && is_job(answers[set][0].text())) return true;
  std::vector<RedisCommand> samples;
  if (answers[1].size() == 2)
    for (std::size_t i = 0; i < std::min(answers[1][1].size(), most_samples); ++i)
      samples.push_back({"LINDEX", key("queue:") + std::string(answers[1][1][i].text()), "-1"});
  if (samples.empty()) return false;
  for (const Reply& sample : connection.pipeline(samples))
    if (sample.is(Reply::Type::string) && is_job(sample.text())) return true;
  // Nothing waits and nothing runs: the counter stays. Resque counts the same way, and has a list of what failed.
  return prefix.empty() && answers[5].is(Reply::Type::string) && answers[6].text() == "none" &&
         answers[7].text() == "none";
}

constexpr RedisSystem system{
    .info = {.name = "sidekiq",
             .title = "Sidekiq",
             .family = StorageFamily::redis,
             .summary = "Ruby and Rails workers over Redis lists: queues, schedule, retry and dead sets",
             .versions = "5 to 8, with or without redis-namespace; 6.4.1, 7.3.2 and 8.1.7 were run",
             .storage = "lists queue:*, sorted sets schedule, retry and dead, hashes *:work of processes",
             .order = "inside a queue the oldest push first; across queues each process by its own weights",
             .trace = "traceparent and other headers in the job's JSON, __otel_headers of Active Job, and arguments",
             .limits = "no completed jobs and no results; a job in hand is seen only after the next heartbeat",
             .states = states},
    .find = {.signs = signs, .recognises = is_job, .unread_code = "unlisted-queue", .is_present = is_present},
    .place = {.installation = {"{prefix}queues", "set"}, .places = places, .queues = queues, .complete = add_work},
    .read = {.decode = decode,
             .details = details,
             .made_ids = made_ids,
             .stale_notes = stale_notes,
             .correlation = Lookup::scanned,
             .links = Lookup::scanned},
    .explain = {.explain_waiting = explain_waiting, .diagnoses = diagnoses, .look = look},
    .pause = {.form = RedisPausing::Form::member,
              .key = "{prefix}paused",
              .written = "1",
              .effect = "workers of Sidekiq Pro take nothing from the queue; jobs still come in",
              .warning = "only workers of Sidekiq Pro obey: open-source workers take from the queue all the same"},
    .change = {.actions = actions},
};

}  // namespace queuetrace::sidekiq
