#include "backends/engines/redis/open_joined.hpp"

#include <algorithm>

#include "backends/engines/redis/deployment.hpp"
#include "backends/engines/redis/joined_store.hpp"
#include "backends/engines/redis/prefix_search.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::seconds longest_search_for_results{5};

/// The one installation of the results, or where they will be when there are none yet.
std::string prefix_of_results(RedisConnection& connection, const RedisOutcomes& rule, const Source& source) {
  const std::string option(rule.prefix_option);
  if (const auto given = source.keys.find(option); given != source.keys.end()) return given->second;
  const RedisSystem* const systems[] = {rule.records};
  PrefixSearch search(systems);
  ReadLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + longest_search_for_results;
  search.run(connection, limits);
  const std::vector<std::string> prefixes = search.prefixes(connection, 0);
  if (prefixes.empty()) return std::string(rule.records->place.prefix);
  if (prefixes.size() == 1) return prefixes.front();
  Error error(ErrorKind::usage, "results of several applications lie in " + connection.target() + ", and source '" +
                                    source.name + "' does not say which are its own");
  throw error.with_hint("name their prefix in the configuration: keys." + option);
}

}  // namespace

const RedisOutcomes* NamedResults::rule_for(const Source& source, std::span<const RedisSystem* const> systems,
                                            std::span<const RedisOutcomes> rules) {
  for (const RedisOutcomes& rule : rules)
    if (source.keys.contains(std::string(rule.url_option)) && std::ranges::find(systems, rule.jobs) != systems.end())
      return &rule;
  return nullptr;
}

NamedResults::NamedResults(const RedisOutcomes& rule, const Source& source, Access access) : rule_(rule) {
  Source there = source;
  there.url = Secret(source.keys.at(std::string(rule.url_option)));
  there.system = std::string(rule.records->info.name);
  there.keys.clear();  // they are about the jobs
  const std::optional<ConnectionUrl> url = parse_connection_url(there.url.reveal());
  if (url && url->has_password) there.password.reset();
  const std::shared_ptr<RedisConnection> connection = connect_redis(there, access);
  Deployment deployment =
      make_deployment(*connection, *rule.records, there, prefix_of_results(*connection, rule, source));
  records_.emplace(connection, *rule.records, std::move(deployment));
}

bool NamedResults::are(const RedisConnection& connection, const RedisSystem& system, const std::string& prefix) const {
  return &system == &records_->system() && prefix == records_->deployment().prefix &&
         connection.target() == records_->connection().target();
}

std::unique_ptr<JobStore> NamedResults::join(RedisKeyspace jobs) const {
  return std::make_unique<JoinedStore>(rule_, std::move(jobs), *records_);
}

}  // namespace queuetrace
