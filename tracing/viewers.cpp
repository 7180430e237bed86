// The viewers of a configuration.
#include "tracing/viewer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/error.hpp"

namespace queuetrace {

std::vector<ViewerSettings> built_in_viewers() {
  std::vector<ViewerSettings> viewers(2);
  viewers[0].name = "jaeger";
  viewers[0].preset = "jaeger";
  viewers[0].base = "http://localhost:16686";
  viewers[1].name = "zipkin";
  viewers[1].preset = "zipkin";
  viewers[1].base = "http://localhost:9411";
  for (ViewerSettings& viewer : viewers) viewer.is_default = true;
  return viewers;
}

Viewers::Viewers(const Configuration& configuration) : preferred_(configuration.default_viewer) {
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(viewers_, [&](const Viewer& viewer) { return viewer.name() == name; });
  };
  for (const ViewerSettings& settings : configuration.viewers)
    if (!has(settings.name)) viewers_.emplace_back(settings);
  for (const ViewerSettings& settings : built_in_viewers())
    if (!has(settings.name)) viewers_.emplace_back(settings);
  const bool known = has(preferred_) || preferred_.empty() || preferred_ == "custom" || find_viewer_preset(preferred_);
  if (!known)
    throw Error(ErrorKind::usage,
                fmt::format("default_trace_viewer names viewer '{}', which is not configured", preferred_));
  if (!has(preferred_) || !get(preferred_).has_url()) preferred_ = "jaeger";
}

const Viewer& Viewers::get(std::string_view name) const {
  const auto found = std::ranges::find(viewers_, name, &Viewer::name);
  if (found != viewers_.end()) return *found;
  std::string names;
  for (const Viewer& viewer : viewers_) names.append(names.empty() ? "" : ", ").append(viewer.name());
  throw Error(ErrorKind::usage, fmt::format("no viewer '{}' is configured", name)).with_hint("viewers: " + names);
}

const Viewer& Viewers::preferred() const { return get(preferred_); }

}  // namespace queuetrace
