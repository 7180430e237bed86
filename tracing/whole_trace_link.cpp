#include "tracing/whole_trace_link.hpp"

#include <algorithm>

#include "tracing/trace_times.hpp"
#include "tracing/url_template.hpp"

namespace queuetrace {

Viewer::Link whole_trace_link(const Viewer& viewer, std::span<const Job* const> jobs, Timestamp now) {
  std::optional<Timestamp> first, last;
  bool goes_on = false;
  for (const Job* job : jobs) {
    bool timed = false;
    for (const std::optional<Timestamp>& time :
         {job->created_at, job->scheduled_at, job->started_at, job->finished_at}) {
      if (!usable(time)) continue;
      timed = true;
      first = std::min(first.value_or(*time), *time);
    }
    const std::optional<Timestamp> end = usable(job->finished_at);
    if (end) last = std::max(last.value_or(*end), *end);
    goes_on = goes_on || (timed && !end);
  }
  Viewer::Link none{std::nullopt, "no trace id stored"};
  for (const Job* job : jobs) {
    Job whole = *job;
    whole.created_at = first;
    whole.scheduled_at = whole.started_at = std::nullopt;
    whole.finished_at = goes_on ? std::nullopt : last;
    Viewer::Link link = viewer.trace_link(whole, now);
    if (link.url) return link;
    if (job == jobs.front()) none = std::move(link);
  }
  return none;
}

bool needs_service(const ViewerSettings& settings) {
  const ViewerPreset* const preset = settings.preset ? find_viewer_preset(*settings.preset) : nullptr;
  const std::string* const service = find_variable(settings.variables, "service");
  return preset != nullptr && preset->search.find("{service}") != std::string_view::npos &&
         (service == nullptr || service->empty());
}

}  // namespace queuetrace
