// Key names and settings of go-redis-work-queue (docs/systems/go-redis-work-queue.md section 2.1), by its own option
// names.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "backends/systems/go_redis_work_queue/parts.hpp"
#include "model/error.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

constexpr std::string_view queue_option = "worker.queues.";

constexpr std::array known_options{"worker.priorities",
                                   "worker.processing_list_pattern",
                                   "worker.heartbeat_key_pattern",
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

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

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
    settings.queues[lower(option.substr(queue_option.size()))] = value;
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

/// The child of a YAML map whose name is `name` in any case, as viper reads it; undefined when there is none.
YAML::Node child(const YAML::Node& map, const std::string& name) {
  if (map.IsMap())
    for (const auto& entry : map)
      if (entry.first.IsScalar() && lower(entry.first.Scalar()) == name) return entry.second;
  return YAML::Node(YAML::NodeType::Undefined);
}

void read_yaml(Settings& settings, const std::filesystem::path& file) {
  YAML::Node document;
  try {
    document = YAML::LoadFile(file.string());
  } catch (const YAML::Exception& problem) {
    throw Error(ErrorKind::usage, "cannot read the configuration of go-redis-work-queue, " + file.string())
        .because(Untrusted(std::string(problem.what())));
  }
  const YAML::Node worker = child(document, "worker");
  if (const YAML::Node queues = child(worker, "queues"); queues.IsDefined() && queues.IsMap()) {
    settings.queues.clear();  // the map replaces the default one, it is not merged with it
    for (const auto& entry : queues)
      if (entry.first.IsScalar() && entry.second.IsScalar())
        settings.queues[lower(entry.first.Scalar())] = entry.second.Scalar();
  }
  if (const YAML::Node priorities = child(worker, "priorities"); priorities.IsDefined()) {
    settings.priorities.clear();
    if (priorities.IsSequence())
      for (const YAML::Node& each : priorities) settings.priorities.push_back(each.Scalar());
    else if (priorities.IsScalar())
      settings.priorities = split_list(priorities.Scalar());
  }
  for (const std::string option : known_options) {
    YAML::Node value = document;
    for (std::size_t start = 0; start <= option.size();) {
      const std::size_t end = std::min(option.find('.', start), option.size());
      value.reset(child(value, option.substr(start, end - start)));
      start = end + 1;
    }
    if (value.IsDefined() && value.IsScalar()) settings.options[option] = value.Scalar();
  }
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
  for (const std::string& priority : settings.priorities) {
    if (const auto found = settings.queues.find(priority); found != settings.queues.end())
      add(found->first, found->second, true);
    else
      findings.push_back({Finding::Severity::problem, "worker.priorities",
                          "a priority has no queue (names in worker.queues are lower-cased): workers refuse to start",
                          "name every priority in worker.queues, in lower case", "priority-without-queue"});
  }
  for (const auto& [alias, key] : settings.queues) {
    if (std::find(settings.priorities.begin(), settings.priorities.end(), alias) != settings.priorities.end()) continue;
    add(alias, key, false);
    findings.push_back({Finding::Severity::warning, "worker.queues." + alias,
                        "the queue is not in worker.priorities: no worker takes from it", "add it to worker.priorities",
                        "queue-without-priority"});
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

}  // namespace

Deployment deploy(const Source& source) {
  Settings settings;
  if (source.system_config) read_yaml(settings, *source.system_config);
  for (const auto& [option, value] : source.keys) set_option(settings, option, value);
  Deployment deployment;
  deployment.places = waiting_places(settings, deployment.findings);
  deployment.places.push_back(processing_place(settings));
  deployment.places.push_back(finished_place(settings.options.at("worker.completed_list"), PlaceRole::completed));
  deployment.places.push_back(finished_place(settings.options.at("worker.dead_letter_list"), PlaceRole::dead));
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
  if (source.system_config && (lower(option("enabled")) != "true" || !sampled))
    deployment.findings.push_back({Finding::Severity::warning, "observability.tracing",
                                   "tracing is off or samples nothing: producers write random trace ids, which no "
                                   "viewer knows",
                                   "set enabled: true, and sampling_strategy: always or a sampling_rate above 0",
                                   "random-trace-ids"});
  deployment.settings = std::move(settings.options);
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

}  // namespace queuetrace::go_redis_work_queue
