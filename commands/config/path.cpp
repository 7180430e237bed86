// `config path`: where the configuration file is, or would be.
#include <ostream>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "formatters/escape.hpp"

namespace queuetrace {
namespace {

/// Prints the path and nothing else, whatever the output format; says on stderr when there is no such file.
ExitCode config_path(Context& context) {
  const std::string path = context.configuration.path.string();
  if (path.empty())
    throw Error(ErrorKind::usage, "there is no place for a configuration file")
        .with_hint("set HOME or XDG_CONFIG_HOME, or name a file by --config");
  context.out << (context.surroundings.stdout_is_terminal ? terminal_text(path, Profile::ident) : path) << '\n';
  if (!context.configuration.found) context.notices.note("there is no such file yet");
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"config path">) { return CommandForm(config_path); }

}  // namespace queuetrace
