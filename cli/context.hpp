// Builds what a command may use from the options, the configuration and the surroundings.
#pragma once

#include <optional>
#include <stop_token>

#include "cli/app.hpp"
#include "cli/config_file.hpp"
#include "cli/global_options.hpp"
#include "cli/notices.hpp"
#include "cli/pager.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// What the streams of this process are.
struct Streams {
  std::ostream& out;
  std::ostream& messages;
  std::istream& in;
  bool out_is_terminal = false;
  bool messages_is_terminal = false;
  bool in_is_terminal = false;
};

/// Everything the command's setup asks for. Passwords are fetched for commands that read stores. The configuration and
/// `notices` must outlive the context. Throws Error{usage}.
Context make_context(const ParsedArguments& parsed, const Configuration& configuration, const Environment& environment,
                     const Streams& streams, Notices& notices, std::stop_token stop);

/// When this run's output is paged; an empty program when it is not.
Paging make_paging(const GlobalOptions& options, const Context& context, Notices& notices);

}  // namespace queuetrace
