#include "commands/trace_url.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

namespace queuetrace {

ExitCode trace_url(const TraceUrlOptions& options, Context& context) {
  const TraceSubject subject = find_trace_subject(options.argument, context);
  if (!options.all_viewers) {
    context.out << required_trace_link(subject, context).url << '\n';
    return ExitCode::done;
  }
  bool any = false;
  for (const Viewer& viewer : context.viewers.all()) {
    const Viewer::Link link = subject.link(viewer, context.now());
    if (link.url)
      context.out << viewer.name() << '\t' << *link.url << '\n';
    else
      context.notices.note(viewer.name() + ": " + link.reason);
    any = any || link.url;
  }
  if (!any) throw Error(ErrorKind::not_found, "no viewer has a link for " + subject.name());
  return ExitCode::done;
}

void add_trace_url(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<TraceUrlOptions> options = std::make_shared<TraceUrlOptions>();
  add_trace_argument(command, options->argument);
  command.add_flag("--all-viewers", options->all_viewers, "Links of all configured viewers: name, tab, URL");
  command.callback(
      [options, &chosen] { chosen = [options](Context& context) { return trace_url(*options, context); }; });
}

}  // namespace queuetrace
