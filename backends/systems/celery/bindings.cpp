// Where messages of Celery lie: the queues that bindings name, their lists by priority, and what workers hold
// (docs/systems/celery.md section 2.1).
#include <algorithm>
#include <charconv>
#include <set>

#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/engines/redis/set_members.hpp"
#include "backends/systems/celery/parts.hpp"

namespace queuetrace::celery {
namespace {

constexpr std::string_view usual_separator = "\x06\x16";
constexpr std::size_t longest_separator = 8, most_samples = 16, most_steps = 64;

/// Exchanges of events and remote control: their queues hold nothing.
bool is_control(std::string_view exchange) { return exchange == "celeryev" || exchange.ends_with(".pidbox"); }

/// Of `celery::celery` the separator, `:`. Where queue and routing key are one.
std::string separator_between(std::string_view member) {
  for (std::size_t length = 1; length <= longest_separator && 2 * length + 2 <= member.size(); ++length) {
    if ((member.size() - 2 * length) % 2 != 0) continue;
    const std::size_t name = (member.size() - 2 * length) / 2;
    const std::string_view separator = member.substr(name, length);
    if (member.substr(0, name) == member.substr(name + 2 * length) && separator == member.substr(name + length, length))
      return std::string(separator);
  }
  return {};
}

/// The steps of priorities: those a source names, else all that kombu's numbers allow.
std::vector<int> steps_of(const Deployment& deployment) {
  std::set<int> steps{0};
  const auto given = deployment.settings.find(std::string(steps_option));
  if (given == deployment.settings.end()) {
    for (int step = 1; step < 10; ++step) steps.insert(step);
  } else {
    for (std::string_view rest = given->second; !rest.empty() && steps.size() < most_steps;) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      int step = 0;
      std::from_chars(rest.data() + std::min(rest.find_first_not_of(' '), end), rest.data() + end, step);
      if (step > 0) steps.insert(step);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {steps.begin(), steps.end()};
}

Place queue_place(const Deployment& deployment, int step) {
  Place place;
  place.key = deployment.prefix;
  if (step > 0) place.suffix = separator_of(deployment) + std::to_string(step);
  place.family = true;
  place.names_queue = true;
  place.states = {JobState::pending, JobState::scheduled, JobState::retrying};
  place.native = "ready";
  return place;
}

Place held_place(const Deployment& deployment) {
  Place place;
  place.key = deployment.prefix + "unacked";
  place.container = Container::hash;
  place.role = PlaceRole::running;
  place.states = {JobState::running, JobState::scheduled, JobState::retrying};
  place.native = "unacked";
  place.by_creation = false;
  place.shared = true;
  return place;
}

}  // namespace

std::string separator_of(const Deployment& deployment) {
  const auto given = deployment.settings.find(std::string(separator_option));
  return given == deployment.settings.end() ? std::string(usual_separator) : given->second;
}

std::string separator_in(const std::vector<std::string>& bindings) {
  if (std::ranges::any_of(bindings, [](const std::string& one) { return one.find(usual_separator) != one.npos; }))
    return std::string(usual_separator);
  for (const std::string& one : bindings)
    if (std::string separator = separator_between(one); !separator.empty()) return separator;
  return {};
}

std::optional<Binding> read_binding(std::string_view member, std::string_view separator) {
  if (separator.empty()) return std::nullopt;
  const std::string twice = std::string(separator) + std::string(separator);
  // Names may hold the separator; where queue and routing key are one, that tells them apart.
  if (const std::size_t both = member.size() - std::min(member.size(), twice.size()); both % 2 == 0) {
    const std::string_view name = member.substr(0, both / 2);
    if (!name.empty() && member.ends_with(name) && member.substr(both / 2, twice.size()) == twice)
      return Binding{name, {}, name};
  }
  // Where there is no pattern, two stand side by side.
  if (const std::size_t middle = member.find(twice); middle != std::string_view::npos)
    return Binding{member.substr(0, middle), {}, member.substr(middle + twice.size())};
  const std::size_t first = member.find(separator), last = member.rfind(separator);
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const std::size_t pattern = first + separator.size();
  return Binding{member.substr(0, first), member.substr(pattern, last - std::min(pattern, last)),
                 member.substr(last + separator.size())};
}

std::vector<std::string> find_queues(RedisConnection& connection, const Deployment& deployment,
                                     const ReadLimits& limits, bool& complete) {
  const std::string before = deployment.prefix + std::string(binding_tables);
  const FoundKeys tables = scan_keys(connection, quote_glob(before) + "*", most_queues, limits, "set");
  complete = complete && tables.complete;
  const std::string separator = separator_of(deployment);
  std::set<std::string> queues;
  for (const std::string& key : tables.keys) {
    if (is_control(std::string_view(key).substr(before.size()))) continue;
    if (queues.size() >= most_queues || std::chrono::steady_clock::now() >= limits.deadline) {
      complete = false;
      break;
    }
    const SetMembers bindings = read_set_members(connection, key, most_queues);
    complete = complete && bindings.complete;
    for (const std::string& member : bindings.members)
      if (const std::optional<Binding> binding = read_binding(member, separator); binding && !binding->queue.empty())
        queues.emplace(binding->queue);
  }
  return {queues.begin(), queues.end()};
}

void add_places(RedisConnection& connection, const Source&, Deployment& deployment) {
  if (!deployment.settings.contains(std::string(separator_option))) {
    const SetMembers usual =
        read_set_members(connection, deployment.prefix + std::string(binding_tables) + "celery", most_samples);
    if (std::string separator = separator_in(usual.members); !separator.empty())
      deployment.settings[std::string(separator_option)] = std::move(separator);
  }
  for (const int step : steps_of(deployment)) deployment.places.push_back(queue_place(deployment, step));
  deployment.places.push_back(held_place(deployment));
}

}  // namespace queuetrace::celery
