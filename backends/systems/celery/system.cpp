// Celery 5.2 to 5.7 with Redis as its broker: the description of what waits and what workers hold. Facts:
// docs/systems/celery.md sections 1 to 4.
#include "backends/systems/celery/system.hpp"

#include <algorithm>

#include "backends/engines/redis/made_id.hpp"
#include "backends/systems/celery/parts.hpp"

namespace queuetrace::celery {
namespace {

/// Every exchange that anything was bound to.
constexpr KeySign bindings{"{prefix}_kombu.binding.{queue}", "set"};
constexpr std::array signs_of_prefix{bindings};

constexpr std::array options{separator_option, steps_option, visibility_option, results_option, results_prefix_option};

constexpr std::array states{StateMapping{"ready", JobState::pending},
                            StateMapping{"ready", JobState::scheduled, "its eta is ahead"},
                            StateMapping{"ready", JobState::retrying, "retried before"},
                            StateMapping{"unacked", JobState::running, "running, or fetched ahead"},
                            StateMapping{"unacked", JobState::scheduled, "a worker holds it until its eta"},
                            StateMapping{"unacked", JobState::retrying, "the same, retried before"}};

constexpr std::array<std::string_view, 1> stale_notes{"past-visibility"};

/// What kombu wraps every message into (docs/systems/celery.md section 2.2).
bool is_wrapped(std::string_view element) {
  constexpr std::array<std::string_view, 4> members{"\"body\"", "\"content-type\"", "\"properties\"",
                                                    "\"delivery_tag\""};
  return element.starts_with('{') && std::ranges::all_of(members, [&](std::string_view member) {
           return element.find(member) != std::string_view::npos;
         });
}

/// A list of priority 0 is named as its queue alone, so its family fits every key.
bool belongs(const Place& place, std::string_view key) {
  if (place.role != PlaceRole::waiting || !place.suffix.empty()) return true;
  return key != place.key + "unacked" && key.find("\x06\x16") == std::string_view::npos;
}

}  // namespace

constexpr RedisSystem system{
    .info = {.name = "celery",
             .title = "Celery",
             .family = StorageFamily::redis,
             .summary = "Python tasks; messages in Redis lists, by queue and priority, and those that workers hold",
             .versions = "5.2 to 5.7, message protocols 1 and 2; 5.2.7 and 5.7.0 were run",
             .storage = "lists named as their queues, _kombu.binding.*, unacked",
             .order = "priority 0 first, then by steps; inside a list the tail; an eta is not looked at",
             .trace = "headers of the message (traceparent, sentry-trace, x-datadog-*), and its arguments",
             .limits = "a task that runs without late acknowledgement is in no key; nothing says when it was made",
             .states = states},
    .find = {.recognises = is_wrapped},
    .place = {.installation = bindings,
              .queue_signs = signs_of_prefix,
              .queue_signs_needed = 1,
              .find_queues = find_queues,
              .options = options,
              .complete = add_places,
              .belongs = belongs},
    .read = {.decode = decode,
             .details = details,
             .unpacked = unpacked,
             .made_ids = made_ids,
             .stale_notes = stale_notes,
             .correlation = Lookup::scanned,
             .links = Lookup::scanned},
    .explain = {.diagnoses = diagnoses, .look = look},
    .change = {.actions = actions, .refusals = refusals},
};

constexpr RedisOutcomes outcomes{.jobs = &system,
                                 .records = &results_system,
                                 .url_option = results_option,
                                 .prefix_option = results_prefix_option,
                                 .join = join_result};

}  // namespace queuetrace::celery
