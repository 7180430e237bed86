// A command is a function from options to records: add() declares its options and, when chosen, stores the call that
// runs it.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "commands/exit_code.hpp"

namespace CLI {
class App;
}

namespace queuetrace {

struct Context;
struct OutputFormat;

/// A chosen command with its parsed options, ready to run.
using Invocation = std::function<ExitCode(Context&)>;

/// `reads`: opens stores, read-only. `writes`: changes one store; the first signal lets it finish what it has begun.
/// `local`: touches no store.
enum class Effect { local, reads, writes };

/// What must be there before a command runs. `nothing`: no file is read. `file`: the configuration as it is, even with
/// problems. `configuration`: a configuration without problems. `sources`: that, and the selected sources.
enum class Setup { nothing, file, configuration, sources };

/// One entry of the catalogue.
struct Command {
  std::string_view path;     ///< `job list`: noun, then verb
  std::string_view summary;  ///< one line, for help, completion and the manual
  Effect effect = Effect::local;
  /// Declares options on `command` (already named) and sets a callback that stores the Invocation in `chosen`; runs
  /// nothing.
  void (*add)(CLI::App& command, Invocation& chosen) = nullptr;
  Setup setup = Setup::sources;
  /// Formats that only this command has; the first one is what `auto` means on a terminal. Entries without `make` are
  /// printed by the command itself.
  std::span<const OutputFormat> (*formats)() = nullptr;
  std::string_view live_option = {};  ///< `--watch`: with it, output is live and never goes through a pager
};

/// Every command, in the order help lists them.
std::span<const Command> commands();

}  // namespace queuetrace
