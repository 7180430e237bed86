#include "commands/program/completion.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>

#include "commands/program/facts.hpp"

namespace queuetrace {

void add_completion(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<std::string> shell = std::make_shared<std::string>();
  command.add_option("SHELL", *shell, "The shell")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command.footer(
      "Examples:\n"
      "  bash  source <(queuetrace completion bash)\n"
      "  zsh   source <(queuetrace completion zsh)\n"
      "  fish  queuetrace completion fish | source");
  command.callback([shell, &chosen] { chosen = [shell](Context& context) { return completion(*shell, context); }; });
}

ExitCode completion(const std::string& shell, Context& context) {
  context.out << completion_script(shell);
  return ExitCode::done;
}

}  // namespace queuetrace
