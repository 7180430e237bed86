// `trace copy`: a trace id, its link or its traceparent onto the clipboard.
#include <memory>
#include <ostream>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/trace/subject.hpp"
#include "tracing/clipboard.hpp"

namespace queuetrace {
namespace {

struct TraceCopyOptions {
  TraceArgument argument;
  std::string what = "id";  ///< `id`, `url`, `traceparent`
  std::string method;       ///< `auto`, `native`, `tmux`, `osc52`, `none`; empty: as configured, and only on a terminal
};

constexpr Option<TraceCopyOptions> options_of_copy[] = {
    {{.names = "--what",
      .value = "VALUE",
      .help = "What to copy",
      .choices = "id,url,traceparent",
      .shows_default = true},
     into<&TraceCopyOptions::what>},
    {{.names = "--method",
      .value = "METHOD",
      .help = "How to copy; native is a local program, osc52 the terminal",
      .choices = "auto,native,tmux,osc52,none"},
     into<&TraceCopyOptions::method>},
};

std::string value_of(const TraceSubject& subject, const std::string& what, Context& context) {
  if (what == "url") return required_trace_link(subject, context).url;
  if (what == "traceparent") return subject.traceparent();
  return subject.trace_id();
}

/// Copies on a terminal and says how; elsewhere, and with the method `none`, prints the value and a line end, so that
/// `$(queuetrace trace copy ...)` works. A method that is named is used wherever stdout goes. not_found when the job
/// has no such value; runtime_error when nothing could be copied: then the value is printed too.
ExitCode trace_copy(const TraceCopyOptions& options, Context& context) {
  const TraceSubject subject = find_trace_subject(options.argument, context);
  const std::string value = value_of(subject, options.what, context);
  const bool prints = options.method == "none" || (options.method.empty() && !context.surroundings.stdout_is_terminal);
  if (prints) {
    context.out << value << '\n';
    return ExitCode::done;
  }
  ClipboardRequest request;
  request.text = value;
  request.method = context.configuration.clipboard;
  if (!options.method.empty()) request.method = {options.method};
  const ClipboardResult result = copy_to_clipboard(request, context.surroundings.environment);
  if (result.done) {
    context.notices.note(in_quotes(value) + " " + result.message);
    return ExitCode::done;
  }
  for (const std::string& failure : result.failures) context.notices.warning(failure);
  context.notices.warning(result.message);
  context.out << value << '\n';
  return ExitCode::runtime_error;
}

}  // namespace

CommandForm form(At<"trace copy">) {
  const auto options = std::make_shared<TraceCopyOptions>();
  CommandForm form(options, trace_copy);
  form.takes(options->argument, trace_argument());
  form.takes(*options, options_of_copy);
  return form;
}

}  // namespace queuetrace
