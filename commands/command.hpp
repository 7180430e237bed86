// A command is a function from options to records. It says what it takes as tables of options (commands/option.hpp).
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "commands/exit_code.hpp"
#include "commands/option.hpp"
#include "formatters/formatter.hpp"

namespace queuetrace {

struct Context;

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
  /// Formats that only this command has. Entries without `make` are printed by the command itself; where the first one
  /// is, it is what `auto` means on a terminal.
  std::span<const OutputFormat> formats = {};
};

/// `reads`: opens stores, read-only. `writes`: changes one store; the first signal lets it finish what it has begun.
/// `local`: touches no store.
enum class Effect { local, reads, writes };

/// What must be there before a command runs. `nothing`: no file is read. `file`: the configuration as it is, even with
/// problems. `configuration`: a configuration without problems. `sources`: that, and the selected sources.
enum class Setup { nothing, file, configuration, sources };

/// `job list`: noun, then verb.
template <std::size_t Size>
struct CommandPath {
  char bytes[Size];

  consteval CommandPath(const char (&path)[Size]) { std::copy_n(path, Size, bytes); }
  constexpr std::string_view text() const { return {bytes, Size - 1}; }
};

/// One entry of the catalogue.
struct Command {
  std::string_view path;     ///< `job list`
  std::string_view summary;  ///< one line, for help, completion and the manual
  Effect effect = Effect::local;
  /// What it takes, with every member as it is when nothing is given. Runs nothing.
  CommandForm (*form)() = nullptr;
  Setup setup = Setup::sources;
};

/// The path of a command as a type, by which its line in the catalogue finds its form: the file of `job list` defines
/// `CommandForm form(At<"job list">)`.
template <CommandPath path>
struct At {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-template-friend"  // each command has a function of its own: that is the point
  friend CommandForm form(At);
#pragma GCC diagnostic pop
};

/// A line of the catalogue.
template <CommandPath path>
constexpr Command command(std::string_view summary, Effect effect, Setup setup = Setup::sources) {
  return {path.text(), summary, effect, [] { return form(At<path>{}); }, setup};
}

/// Every command, in the order help lists them.
std::span<const Command> commands();

}  // namespace queuetrace
