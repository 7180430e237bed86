#include "commands/config/path.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <ostream>

#include "formatters/escape.hpp"

namespace queuetrace {

void add_config_path(CLI::App& command, Invocation& chosen) {
  command.callback([&chosen] { chosen = config_path; });
}

ExitCode config_path(Context& context) {
  const std::string path = context.configuration.path.string();
  if (path.empty())
    throw Error(ErrorKind::usage, "there is no place for a configuration file")
        .with_hint("set HOME or XDG_CONFIG_HOME, or name a file by --config");
  context.out << (context.surroundings.stdout_is_terminal ? terminal_text(path, Profile::ident) : path) << '\n';
  if (!context.configuration.found) context.notices.note("there is no such file yet");
  return ExitCode::done;
}

}  // namespace queuetrace
