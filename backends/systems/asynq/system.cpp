// Asynq 0.18 to 0.26 (Go, Redis lists and sorted sets): the description. Facts: docs/systems/asynq.md sections 1 to 4.
#include "backends/systems/asynq/system.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/systems/asynq/messages.hpp"
#include "backends/systems/asynq/parts.hpp"

namespace queuetrace::asynq {
namespace {

constexpr std::array places{
    PlaceRow{.key = "asynq:{{queue}}:pending", .holds = Holds::ids, .states = {JobState::pending}, .native = "pending"},
    PlaceRow{.key = "asynq:{{queue}}:active",
             .holds = Holds::ids,
             .role = PlaceRole::running,
             .states = {JobState::running},
             .native = "active"},
    PlaceRow{.key = "asynq:{{queue}}:scheduled",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::later,
             .states = {JobState::scheduled},
             .native = "scheduled"},
    PlaceRow{.key = "asynq:{{queue}}:retry",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::later,
             .states = {JobState::retrying},
             .native = "retry"},
    PlaceRow{.key = "asynq:{{queue}}:completed",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::completed,
             .states = {JobState::completed},
             .native = "completed"},
    PlaceRow{.key = "asynq:{{queue}}:archived",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::dead,
             .states = {JobState::dead},
             .native = "archived"}};

constexpr std::array queues{QueueNames{.key = "asynq:queues"}};

/// Of a task's hash.
constexpr std::array<std::string_view, 2> record_fields{"msg", "state"};
constexpr std::array signs{KeySign{"asynq:queues", "set"}, KeySign{"asynq:servers", "zset"}};

constexpr std::array states{StateMapping{"pending", JobState::pending},
                            StateMapping{"active", JobState::running},
                            StateMapping{"scheduled", JobState::scheduled},
                            StateMapping{"retry", JobState::retrying},
                            StateMapping{"completed", JobState::completed},
                            StateMapping{"archived", JobState::dead},
                            StateMapping{"aggregating", JobState::blocked, "waits for its group"}};

/// docs/systems/asynq.md section 6.
constexpr std::array<std::string_view, 1> carriers{"msg"};

/// Running, but nobody works on it as far as leases tell.
constexpr std::array<std::string_view, 2> stale_notes{"lease-expired", "no-lease"};

/// Names of groups that are looked for in every queue, queues whose groups are asked for, and servers whose tasks are.
constexpr std::size_t most_groups = 200, most_queues_asked = 1'000, most_workers = 32;

constexpr std::string_view before_queue = "asynq:{", before_group = "}:g:";

Place group_place(std::string suffix, std::string_view alias) {
  Place place = make_place({.key = "asynq:{{queue}}:g:",
                            .container = Container::sorted_set,
                            .holds = Holds::ids,
                            .role = PlaceRole::later,
                            .states = {JobState::blocked},
                            .native = "aggregating"},
                           {});
  place.suffix = std::move(suffix);
  place.alias = std::string(alias);
  return place;
}

std::optional<Timestamp> paused_since(std::string_view value) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  return error == std::errc{} && end == value.data() + value.size() ? time_at(seconds) : std::nullopt;
}

/// The place without a suffix is that of any group: of those that are gone since, or were not there yet.
bool belongs(const Place& place, std::string_view key) {
  return !place.suffix.empty() || key.find(before_group, before_queue.size()) != std::string_view::npos;
}

}  // namespace

void add_groups_and_workers(RedisConnection& connection, const Source&, Deployment& deployment) {
  const FoundNames names = find_queues(connection, system, deployment, {});
  std::vector<RedisCommand> commands{{"ZREVRANGE", "asynq:workers", "0", std::to_string(most_workers)}};
  for (std::size_t i = 0; i < std::min(names.names.size(), most_queues_asked); ++i) {
    const std::string& queue = names.names[i];
    commands.push_back({"SSCAN", queue_key(queue, "groups"), "0", "COUNT", std::to_string(most_groups)});
    commands.push_back({"ZRANGE", queue_key(queue, "aggregation_sets"), "0", std::to_string(most_groups)});
  }
  const std::vector<Reply> replies = connection.pipeline(commands);
  for (std::size_t i = 0; i < std::min(replies[0].size(), most_workers); ++i)
    deployment.workers.emplace_back(replies[0][i].text());
  if (replies[0].size() > most_workers)
    deployment.warnings.push_back("more than 32 servers have tasks in hand: of tasks of the others no worker is shown");
  std::set<std::pair<std::string, std::string_view>> suffixes;
  bool complete = names.names.size() <= most_queues_asked;
  for (std::size_t i = 1; i + 1 < replies.size(); i += 2) {
    if (replies[i].size() == 2) {
      complete = complete && replies[i][0].text() == "0";
      for (std::size_t g = 0; g < replies[i][1].size(); ++g)
        suffixes.emplace(std::string(before_group) + std::string(replies[i][1][g].text()), "");
    }
    const std::size_t before_suffix = before_queue.size() + names.names[(i - 1) / 2].size();
    complete = complete && replies[i + 1].size() <= most_groups;
    for (std::size_t s = 0; s < replies[i + 1].size(); ++s)
      if (const std::string_view key = replies[i + 1][s].text();
          key.size() > before_suffix && key.substr(before_suffix).starts_with(before_group))
        suffixes.emplace(key.substr(before_suffix), aggregation_set);
  }
  for (const auto& [suffix, alias] : suffixes) {
    if (deployment.places.size() >= places.size() + most_groups) break;
    deployment.places.push_back(group_place(suffix, alias));
  }
  deployment.places.push_back(group_place("", ""));
  if (!complete || suffixes.size() > most_groups)
    deployment.warnings.push_back("there are more than 200 groups: tasks of the others are not shown");
}

constexpr RedisSystem system{
    .info = {.name = "asynq",
             .title = "Asynq",
             .family = StorageFamily::redis,
             .summary = "Go workers over Redis: lists and sorted sets of ids, a hash for each task; groups, retention",
             .versions = "0.18 to 0.26; 0.19.0, 0.24.1 and 0.26.0 were run",
             .storage = "keys asynq:{<queue>}:pending, active, scheduled, retry, archived, completed, g:<group>",
             .order = "inside a queue the oldest of pending first; across queues each server by its own weights",
             .trace = "the headers of a task (0.26), and carriers in a JSON payload",
             .limits = "when a task was made is not stored; completed tasks stay only as long as their retention says",
             .states = states},
    .find = {.signs = signs, .record_fields = record_fields},
    .place = {.places = places, .queues = queues, .complete = add_groups_and_workers, .belongs = belongs},
    .read = {.decode = decode,
             .details = details,
             .record = "asynq:{{queue}}:t:{id}",
             .ids_by_queue = true,
             .carriers = carriers,
             .stale_notes = stale_notes,
             .links = Lookup::scanned},
    .explain = {.explain_waiting = explain_waiting,
                .diagnoses = diagnoses,
                .look = look,
                .record_fields = record_fields},
    .pause = {.form = RedisPausing::Form::key,
              .key = "asynq:{{queue}}:paused",
              .since = paused_since,
              .written = "{now}",
              .effect = "servers take nothing from the queue; tasks still come in, and what runs goes on"},
    .change = {.actions = actions, .refusals = refusals, .guard_fields = guard_fields, .belongings = belongings},
};

}  // namespace queuetrace::asynq
