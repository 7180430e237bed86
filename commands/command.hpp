// A command is a function from options to records. It says what it takes as tables of options (commands/option.hpp).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "commands/exit_code.hpp"
#include "commands/option.hpp"

namespace queuetrace {

struct Context;
struct OutputFormat;

/// A chosen command with its parsed options, ready to run.
using Invocation = std::function<ExitCode(Context&)>;

/// What a command takes, bound to the structs it fills, and the call that runs on them.
struct CommandForm {
  /// A command without options.
  explicit CommandForm(ExitCode (*command)(Context&)) : run(command) {}
  /// A command that runs on `values`, which its tables of options fill.
  template <class Values>
  CommandForm(const std::shared_ptr<Values>& values, ExitCode (*command)(const Values&, Context&))
      : run([values, command](Context& context) { return command(*values, context); }) {}

  /// The table's options fill `values`, which must live as long as `run`: the command's own struct or a part of it.
  template <class Values>
  void takes(Values& values, const OptionTable<std::type_identity_t<Values>>& table) {
    bind_options(table, values, options);
  }

  std::vector<BoundOption> options;
  Invocation run;
  std::string_view footer = {};  ///< below everything else in help
};

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
  /// What it takes, with every member as it is when nothing is given. Runs nothing.
  CommandForm (*form)() = nullptr;
  Setup setup = Setup::sources;
  /// Formats that only this command has; the first one is what `auto` means on a terminal. Entries without `make` are
  /// printed by the command itself.
  std::span<const OutputFormat> (*formats)() = nullptr;
};

/// Every command, in the order help lists them.
std::span<const Command> commands();

}  // namespace queuetrace
