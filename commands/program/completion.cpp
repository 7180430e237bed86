// `completion SHELL`: the completion script of a shell.
#include <memory>
#include <ostream>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/program/facts.hpp"

namespace queuetrace {
namespace {

struct CompletionOptions {
  std::string shell;
};

constexpr Option<CompletionOptions> options_of_completion[] = {
    {{.names = "SHELL", .help = "Shell to complete for", .choices = "bash,zsh,fish", .required = true},
     into<&CompletionOptions::shell>},
};

/// Prints the script as it is, whatever the output format.
ExitCode completion(const CompletionOptions& options, Context& context) {
  context.out << completion_script(options.shell);
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"completion">) {
  const auto options = std::make_shared<CompletionOptions>();
  CommandForm form(options, completion);
  form.takes(*options, options_of_completion);
  form.footer =
      "Examples:\n"
      "  bash  source <(queuetrace completion bash)\n"
      "  zsh   source <(queuetrace completion zsh)\n"
      "  fish  queuetrace completion fish | source";
  return form;
}

}  // namespace queuetrace
