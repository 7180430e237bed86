// `show`, which is also what a bare `queuetrace ID` means: a job by its id, or what happened to a trace or order.
#include <memory>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/input_lines.hpp"
#include "commands/job/find_jobs.hpp"
#include "model/error.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

struct EitherOptions {
  std::string typed;
};

constexpr Option<EitherOptions> options_of_either[] = {
    {{.names = "ID",
      .help = "Job ID or a prefix of one, source/ID, trace ID in any spelling, or correlation ID; - reads stdin",
      .required = true},
     into<&EitherOptions::typed>},
};

std::string text_of(const EitherOptions& options, const Context& context) {
  if (options.typed != "-") return options.typed;
  if (const std::optional<std::string> line = first_input_line(context.in)) return *line;
  throw Error(ErrorKind::usage, "nothing on standard input").with_hint("write a job, trace or correlation ID");
}

/// Runs another command on the one argument it takes.
ExitCode hand_over(CommandForm form, const std::string& text, Context& context) {
  for (BoundOption& option : form.options)
    if (is_argument(*option.facts)) option.set(text);
  return form.run(context);
}

/// Whether the text is the id of a job, or the beginning of one or several.
bool is_job(const std::string& text, const Context& context) {
  const JobSearch search = find_jobs({text}, context, false);
  return search.all_found() || !search.found.front().candidates.empty();
}

/// As `job show` where a source knows a job of that id, else as `trace show`. Looks for the job first; costs what both
/// commands cost.
ExitCode show_either(const EitherOptions& options, Context& context) {
  const std::string text = text_of(options, context);
  return is_job(text, context) ? hand_over(form(At<"job show">{}), text, context)
                               : hand_over(form(At<"trace show">{}), text, context);
}

}  // namespace

CommandForm form(At<"show">) {
  const auto options = std::make_shared<EitherOptions>();
  CommandForm form(options, show_either);
  form.takes(*options, options_of_either);
  return form;
}

}  // namespace queuetrace
