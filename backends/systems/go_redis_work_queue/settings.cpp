// Key names and settings of go-redis-work-queue (docs/systems/go-redis-work-queue.md section 2.1), by its own option
// names.
#include "backends/systems/go_redis_work_queue/settings.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <utility>

#include "backends/systems/go_redis_work_queue/viper.hpp"
#include "model/error.hpp"
#include "model/letter_case.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

constexpr std::array known_options{"worker.priorities",
                                   "worker.processing_list_pattern",
                                   "worker.heartbeat_key_pattern",
                                   "ignored_lists",
                                   "worker.completed_list",
                                   "worker.dead_letter_list",
                                   "worker.heartbeat_ttl",
                                   "worker.max_retries",
                                   "worker.count",
                                   "worker.brpoplpush_timeout",
                                   "producer.default_priority",
                                   "producer.rate_limit_key",
                                   "observability.tracing.enabled",
                                   "observability.tracing.sampling_strategy",
                                   "observability.tracing.sampling_rate"};

struct Settings {
  std::map<std::string, std::string> queues{{"high", "jobqueue:high_priority"}, {"low", "jobqueue:low_priority"}};
  std::vector<std::string> priorities{"high", "low"};
  std::map<std::string, std::string> options{{"worker.processing_list_pattern", "jobqueue:worker:%s:processing"},
                                             {"worker.heartbeat_key_pattern", "jobqueue:processing:worker:%s"},
                                             {"worker.completed_list", "jobqueue:completed"},
                                             {"worker.dead_letter_list", "jobqueue:dead_letter"},
                                             {"producer.rate_limit_key", "jobqueue:rate_limit:producer"},
                                             {"producer.default_priority", "low"}};
};

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::size_t first = text.find_first_not_of(' ', start);
    const std::size_t last = text.find_last_not_of(' ', end == 0 ? 0 : end - 1);
    if (first < end && last != std::string::npos && last >= first)
      words.push_back(text.substr(first, last - first + 1));
    start = end + 1;
  }
  return words;
}

void set_option(Settings& settings, const std::string& option, const std::string& value) {
  if (option.starts_with(queue_option) && option.size() > queue_option.size()) {
    settings.queues[lower_case(option.substr(queue_option.size()))] = value;
  } else if (option == "worker.priorities") {
    settings.priorities = split_list(value);
  } else if (std::find(known_options.begin(), known_options.end(), option) != known_options.end()) {
    settings.options[option] = value;
  } else {
    std::string known = "worker.queues.NAME";
    for (const char* each : known_options) known += std::string(", ") + each;
    throw Error(ErrorKind::usage, "go-redis-work-queue has no key option '" + option + "'")
        .with_hint("known: " + known);
  }
}

/// A list that stands in one text, as viper cuts it: at every comma, blanks included.
std::vector<std::string> cut_at_commas(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t start = 0; !text.empty() && start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    words.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

void read_file(Settings& settings, const std::filesystem::path& file) {
  // What a file does not set has the system's own default; without a file we do not know whether one sets it.
  settings.options.try_emplace("worker.heartbeat_ttl", "30s");
  std::optional<std::int64_t> max_retries = 3;
  bool any_queue = false;
  for (const auto& [option, value] : read_viper(file)) {
    if (option == "worker.max_retries") {
      max_retries = viper_integer(value);
    } else if (option == "worker.priorities") {
      settings.priorities = value.is_list ? value.texts : cut_at_commas(value.texts.front());
    } else if (value.is_list) {
      continue;
    } else if (option.starts_with(queue_option) && option.size() > queue_option.size()) {
      // The map replaces the default one, it is not merged with it.
      if (!std::exchange(any_queue, true)) settings.queues.clear();
      settings.queues[option.substr(queue_option.size())] = value.texts.front();
    } else if (std::ranges::find(known_options, option) != known_options.end()) {
      settings.options[option] = value.texts.front();
    }
  }
  if (max_retries)
    settings.options["worker.max_retries"] = std::to_string(*max_retries);
  else
    settings.options.erase("worker.max_retries");  // the system does not start with this file
  // A number of its own is nanoseconds in Go.
  if (const auto lifetime = viper_duration(settings.options.at("worker.heartbeat_ttl")))
    settings.options["worker.heartbeat_ttl"] = std::to_string(lifetime->count()) + "ms";
}

std::vector<Place> waiting_places(const Settings& settings, std::vector<Finding>& findings) {
  std::vector<Place> places;
  const auto add = [&](const std::string& alias, const std::string& key, bool consumed) {
    Place place;
    place.key = key;
    place.role = PlaceRole::waiting;
    place.alias = alias;
    place.native = "queue";
    place.states = {JobState::pending, JobState::retrying};
    place.consumed = consumed;
    places.push_back(std::move(place));
  };
  const auto is_known = [&](const std::string& key) {
    return std::ranges::any_of(places, [&](const Place& place) { return place.key == key; });
  };
  std::set<std::string> named;
  for (const std::string& priority : settings.priorities) {
    if (!named.insert(priority).second) continue;
    const auto found = settings.queues.find(priority);
    if (found != settings.queues.end() && !is_known(found->second))
      add(found->first, found->second, true);
    else if (found == settings.queues.end())
      findings.push_back({Finding::Severity::problem, "worker.priorities",
                          "a priority has no queue (names in worker.queues are lower-cased): workers refuse to start",
                          "name every priority in worker.queues, in lower case", "priority-without-queue"});
  }
  for (const auto& [alias, key] : settings.queues) {
    if (named.contains(alias)) continue;
    findings.push_back({Finding::Severity::warning, "worker.queues." + alias,
                        "the queue is not in worker.priorities: no worker takes from it", "add it to worker.priorities",
                        "queue-without-priority"});
    if (!is_known(key)) add(alias, key, false);
  }
  return places;
}

Place processing_place(const Settings& settings) {
  const std::string& pattern = settings.options.at("worker.processing_list_pattern");
  const std::size_t at = pattern.find("%s");
  if (at == std::string::npos || pattern.find("%s", at + 2) != std::string::npos ||
      settings.options.at("worker.heartbeat_key_pattern").find("%s") == std::string::npos)
    throw Error(ErrorKind::usage, "worker.processing_list_pattern and worker.heartbeat_key_pattern need one %s each");
  Place place;
  place.key = pattern.substr(0, at);
  place.suffix = pattern.substr(at + 2);
  place.family = true;
  place.role = PlaceRole::running;
  place.native = "processing";
  place.states = {JobState::running};
  return place;
}

Place finished_place(const std::string& key, PlaceRole role) {
  Place place;
  place.key = key;
  place.role = role;
  place.append_only = true;
  place.alias = role == PlaceRole::completed ? "completed" : "dead_letter";
  place.native = role == PlaceRole::completed ? "completed" : "dead_letter";
  place.states = {role == PlaceRole::completed ? JobState::completed : JobState::dead};
  return place;
}

/// A list that has two roles is read once, in the first of them.
void drop_repeated(Deployment& deployment) {
  std::set<std::string> keys;
  const auto repeated = [&](const Place& place) { return !place.family && !keys.insert(place.key).second; };
  if (std::erase_if(deployment.places, repeated) == 0) return;
  deployment.findings.push_back({Finding::Severity::problem, "lists",
                                 "one list is named for two of waiting, completed and dead jobs: what it holds is "
                                 "ambiguous, and it is read once",
                                 "give worker.queues, worker.completed_list and worker.dead_letter_list keys of their "
                                 "own",
                                 "one-list-two-roles"});
}

}  // namespace

Deployment deploy(const Source& source) {
  Settings settings;
  if (source.system_config) read_file(settings, *source.system_config);
  for (const auto& [option, value] : source.keys) set_option(settings, option, value);
  Deployment deployment;
  deployment.places = waiting_places(settings, deployment.findings);
  deployment.places.push_back(processing_place(settings));
  deployment.places.push_back(finished_place(settings.options.at("worker.completed_list"), PlaceRole::completed));
  deployment.places.push_back(finished_place(settings.options.at("worker.dead_letter_list"), PlaceRole::dead));
  drop_repeated(deployment);
  const Settings defaults;
  const std::string pattern = "worker.processing_list_pattern", heartbeat = "worker.heartbeat_key_pattern";
  if (settings.options.at(pattern) != defaults.options.at(pattern) ||
      settings.options.at(heartbeat) != defaults.options.at(heartbeat))
    deployment.findings.push_back({Finding::Severity::warning, pattern,
                                   "the system's own reaper looks at the default names only: jobs of dead workers are "
                                   "never recovered",
                                   "use the default patterns", "renamed-patterns"});
  // Off by default, and a rate of 0 where none is given (docs/systems/go-redis-work-queue.md section 7).
  const auto option = [&](const char* name) {
    const auto found = settings.options.find(std::string("observability.tracing.") + name);
    return found == settings.options.end() ? std::string() : found->second;
  };
  const std::string rate = option("sampling_rate");
  const bool sampled = option("sampling_strategy") == "always" ||
                       (option("sampling_strategy") != "never" && std::strtod(rate.c_str(), nullptr) > 0);
  const std::string enabled = lower_case(option("enabled"));
  const bool on = enabled == "true" || enabled == "t" || enabled == "1";
  if (source.system_config && (!on || !sampled))
    deployment.findings.push_back({Finding::Severity::warning, "observability.tracing",
                                   "tracing is off or samples nothing: producers write random trace ids, which no "
                                   "viewer knows",
                                   "set enabled: true, and sampling_strategy: always or a sampling_rate above 0",
                                   "random-trace-ids"});
  deployment.settings = std::move(settings.options);
  for (const auto& [alias, key] : settings.queues) deployment.settings[std::string(queue_option) + alias] = key;
  return deployment;
}

std::optional<std::string> setting(const Deployment& deployment, const std::string& option) {
  const auto found = deployment.settings.find(option);
  if (found == deployment.settings.end()) return std::nullopt;
  return found->second;
}

std::string fill_pattern(const std::string& pattern, std::string_view worker) {
  std::string key = pattern;
  if (const std::size_t at = key.find("%s"); at != std::string::npos) key.replace(at, 2, worker);
  return key;
}

std::string worker_of(const Place& place, std::string_view key) {
  return std::string(key.substr(place.key.size(), key.size() - place.key.size() - place.suffix.size()));
}

const Place* queue_named(const Deployment& deployment, std::string_view alias) {
  for (const Place& place : deployment.places)
    if (place.role == PlaceRole::waiting && place.alias == alias) return &place;
  // A list with several names is read under its first one.
  const std::optional<std::string> key = setting(deployment, std::string(queue_option) + std::string(alias));
  for (const Place& place : deployment.places)
    if (key && place.role == PlaceRole::waiting && place.key == *key) return &place;
  return nullptr;
}

}  // namespace queuetrace::go_redis_work_queue
