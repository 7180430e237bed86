// `trace open`: a trace in the user's browser.
#include <memory>
#include <ostream>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/trace/subject.hpp"
#include "tracing/browser.hpp"

namespace queuetrace {
namespace {

struct TraceOpenOptions {
  TraceArgument argument;
  bool print = false;  ///< start nothing
};

constexpr Option<TraceOpenOptions> options_of_open[] = {
    {{.names = "--print", .help = "Only print the link"}, into<&TraceOpenOptions::print>},
};

/// Always prints the URL, of the viewer's search where the job has no trace to open; starts a browser unless `print`.
/// Where none can be started it says why, and that is no failure: the link is there. not_found when there is no link,
/// with the reason.
ExitCode trace_open(const TraceOpenOptions& options, Context& context) {
  const TraceSubject subject = find_trace_subject(options.argument, context);
  const ViewerLink link = required_trace_link(subject, context, true);
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

}  // namespace

CommandForm form(At<"trace open">) {
  const auto options = std::make_shared<TraceOpenOptions>();
  CommandForm form(options, trace_open);
  form.takes(options->argument, trace_argument());
  form.takes(*options, options_of_open);
  return form;
}

}  // namespace queuetrace
