#include "commands/trace/copy.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "commands/report/suggestion.hpp"
#include "tracing/clipboard.hpp"

namespace queuetrace {
namespace {

std::string value_of(const TraceSubject& subject, const std::string& what, Context& context) {
  if (what == "url") return required_trace_link(subject, context).url;
  if (what == "traceparent") return subject.traceparent();
  return subject.trace_id();
}

}  // namespace

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
  context.notices.warning("not copied: " + result.message);
  context.out << value << '\n';
  return ExitCode::runtime_error;
}

void add_trace_copy(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<TraceCopyOptions> options = std::make_shared<TraceCopyOptions>();
  add_trace_argument(command, options->argument);
  command.add_option("--what", options->what, "id (default), url or traceparent")
      ->type_name("VALUE")
      ->check(CLI::IsMember({"id", "url", "traceparent"}));
  command.add_option("--method", options->method, "auto, native (a local program), tmux, osc52 (the terminal) or none")
      ->type_name("METHOD")
      ->check(CLI::IsMember({"auto", "native", "tmux", "osc52", "none"}));
  command.callback(
      [options, &chosen] { chosen = [options](Context& context) { return trace_copy(*options, context); }; });
}

}  // namespace queuetrace
