// `system describe TABLE`: a description of a table, to be pasted into the configuration.
#include <memory>
#include <ostream>
#include <string>

#include "backends/proposal.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/system/description_text.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct SystemDescribeOptions {
  std::string table;
};

constexpr Option<SystemDescribeOptions> options_of_describe[] = {
    {{.names = "TABLE", .help = "TABLE or SCHEMA.TABLE that holds the jobs", .required = true},
     into<&SystemDescribeOptions::table>},
};

/// Prints TOML, whatever the output format. Throws Error{usage} unless one source is asked; as propose_system().
ExitCode system_describe(const SystemDescribeOptions& options, Context& context) {
  const std::vector<Source>& sources = context.required_sources();
  if (sources.size() > 1)
    throw Error(ErrorKind::usage, "a table is in one source, and several are asked").with_hint("name it with --source");
  context.out << description_text(propose_system(sources.front(), options.table));
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"system describe">) {
  const auto options = std::make_shared<SystemDescribeOptions>();
  CommandForm form(options, system_describe);
  form.takes(*options, options_of_describe);
  return form;
}

}  // namespace queuetrace
