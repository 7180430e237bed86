#include "backends/engines/redis/deployment.hpp"

#include <algorithm>

#include "model/error.hpp"

namespace queuetrace {
namespace {

void read_options(const RedisSystem& system, const Source& source, Deployment& deployment) {
  for (const auto& [option, value] : source.keys) {
    if (option == prefix_option) continue;
    if (option == ignored_option || std::ranges::find(system.place.options, option) != system.place.options.end()) {
      deployment.settings[option] = value;
      continue;
    }
    // Without a named system the options may be another system's.
    if (!source.system) continue;
    std::string known = std::string(prefix_option) + ", " + std::string(ignored_option);
    for (const std::string_view each : system.place.options) known += ", " + std::string(each);
    throw Error(ErrorKind::usage, std::string(system.info.name) + " has no key option '" + option + "'")
        .with_hint("known: " + known);
  }
}

}  // namespace

Deployment make_deployment(RedisConnection& connection, const RedisSystem& system, const Source& source,
                           std::string_view prefix) {
  Deployment deployment;
  if (system.place.deploy != nullptr)
    deployment = system.place.deploy(source);
  else
    read_options(system, source, deployment);
  deployment.prefix = std::string(prefix);
  for (const PlaceRow& row : system.place.places) deployment.places.push_back(make_place(row, prefix));
  if (system.place.complete != nullptr) system.place.complete(connection, source, deployment);
  return deployment;
}

}  // namespace queuetrace
