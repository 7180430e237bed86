// `trace copy`: a trace id, its link or its traceparent onto the clipboard.
#include <array>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

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

/// Whether JSON, CSV or TSV was asked for by name: then what was done is a record.
bool wants_record(const Context& context) {
  const std::string_view name = context.format.name;
  return context.format_asked && (context.format.machine || name == "csv" || name == "tsv");
}

constexpr std::array copied_columns{
    Column{.field = "what", .heading = "WHAT"},           Column{.field = "text", .heading = "TEXT"},
    Column{.field = "copied", .heading = "COPIED"},       Column{.field = "method", .heading = "METHOD"},
    Column{.field = "confirmed", .heading = "CONFIRMED"}, Column{.field = "message", .heading = "MESSAGE"}};

void print_record(const std::string& what, const std::string& text, const ClipboardResult& result,
                  const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.copied/1", "copied", copied_columns, Heading::Layout::list, "text"});
  formatter->row({{"what", what},
                  {"text", Untrusted(text)},
                  {"copied", result.done},
                  {"method", result.method.empty() ? Value{} : Value{result.method}},
                  {"confirmed", result.confirmed},
                  {"message", Untrusted(result.message)}});
  formatter->end({});
}

/// Copies on a terminal and says how; elsewhere, and with the method `none`, prints the value and a line end, so that
/// `$(queuetrace trace copy ...)` works. A method that is named is used wherever stdout goes. Where JSON, CSV or TSV
/// was asked for, prints a record of schema `queuetrace.copied/1`. not_found when the job has no such value. What could
/// not be copied is printed, and said; runtime_error where a way was chosen, by --method or the configuration, and it
/// does not work.
ExitCode trace_copy(const TraceCopyOptions& options, Context& context) {
  const TraceSubject subject = find_trace_subject(options.argument, context);
  const std::string value = value_of(subject, options.what, context);
  const bool prints = options.method == "none" || (options.method.empty() && !context.surroundings.stdout_is_terminal);
  ClipboardRequest request;
  request.text = value;
  request.method = context.configuration.clipboard;
  if (!options.method.empty()) request.method = {options.method};
  const ClipboardResult result =
      prints ? ClipboardResult{.message = options.method == "none" ? "not copied: printed, as --method none says"
                                                                   : "not copied: printed, as there is no terminal"}
             : copy_to_clipboard(request, context.surroundings.environment);
  if (wants_record(context))
    print_record(options.what, value, result, context);
  else if (!result.done)
    context.out << value << '\n';
  if (prints) return ExitCode::done;
  if (result.done) {
    context.notices.note(in_quotes(value) + " " + result.message);
    return ExitCode::done;
  }
  context.notices.warning(result.message);
  const bool chosen = !request.method.empty() && request.method != std::vector<std::string>{"auto"};
  return chosen ? ExitCode::runtime_error : ExitCode::done;
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
