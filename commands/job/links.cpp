#include "commands/job/links.hpp"

#include "formatters/job_record.hpp"
#include "tracing/trace_actions.hpp"
#include "tracing/whole_trace_link.hpp"

namespace queuetrace {

LinkMaker::LinkMaker(const Context& context, const std::vector<Source>& sources)
    : context_(context),
      otherwise_(context.viewer.empty() ? &context.viewers.preferred() : &context.viewers.get(context.viewer)) {
  if (!context.viewer.empty()) return;
  for (const Source& source : sources)
    if (source.viewer) by_source_.emplace(source.name, &context.viewers.get(*source.viewer));
}

const Viewer& LinkMaker::viewer_for(std::string_view address) const {
  const auto whole = by_source_.find(address);
  if (whole != by_source_.end()) return *whole->second;
  const std::size_t slash = address.rfind('/');  // `source/system`
  if (slash == std::string_view::npos) return *otherwise_;
  const auto source = by_source_.find(address.substr(0, slash));
  return source == by_source_.end() ? *otherwise_ : *source->second;
}

JobLinks LinkMaker::links(const Job& job) const {
  return job_links(job, context_.viewers, viewer_for(job.ref.source).name(), context_.configuration.copy_actions,
                   context_.configuration.open_actions, context_.now());
}

std::optional<std::string> LinkMaker::trace_url(std::span<const Job* const> jobs) const {
  if (jobs.empty()) return std::nullopt;
  return whole_trace_link(viewer_for(jobs.front()->ref.source), jobs, context_.now()).url;
}

Record LinkMaker::record(Job job) const {
  JobLinks made = links(job);
  return job_record(std::move(job), std::move(made), context_.now());
}

std::vector<Source> sources_of(const std::vector<OpenedSource>& opened) {
  std::vector<Source> sources;
  for (const OpenedSource& one : opened) sources.push_back(one.source);
  return sources;
}

}  // namespace queuetrace
