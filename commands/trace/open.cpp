#include "commands/trace/open.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "tracing/browser.hpp"

namespace queuetrace {

ExitCode trace_open(const TraceOpenOptions& options, Context& context) {
  const TraceSubject subject = find_trace_subject(options.argument, context);
  const TraceLink link = required_trace_link(subject, context);
  context.out << link.url << '\n' << std::flush;
  if (options.print) return ExitCode::done;
  BrowserRequest request;
  request.url = link.url;
  request.viewer_origin = link.viewer_origin;
  request.preferred = context.configuration.browser;
  const BrowserResult result = open_in_browser(request, context.surroundings.environment);
  for (const std::string& failure : result.failures) context.notices.warning(failure);
  context.notices.note(result.message);
  return ExitCode::done;
}

void add_trace_open(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<TraceOpenOptions> options = std::make_shared<TraceOpenOptions>();
  add_trace_argument(command, options->argument);
  command.add_flag("--print", options->print, "Only print the link");
  command.callback(
      [options, &chosen] { chosen = [options](Context& context) { return trace_open(*options, context); }; });
}

}  // namespace queuetrace
