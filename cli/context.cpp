#include "cli/context.hpp"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <set>

#include "backends/open.hpp"
#include "backends/systems/catalogue.hpp"
#include "cli/editable_configuration.hpp"
#include "cli/output_choice.hpp"
#include "cli/password.hpp"
#include "cli/sources.hpp"
#include "cli/terminal.hpp"
#include "commands/report/others_variable.hpp"
#include "commands/report/suggestion.hpp"

namespace queuetrace {
namespace {

bool pager_shows_links(const std::vector<std::string>& program) {
  return program.empty() || program.front() == "less" || program.front().ends_with("/less");
}

FormatterOptions format_options(const GlobalOptions& options, const OutputFormat& format,
                                const Configuration& configuration, const Environment& environment,
                                bool out_is_terminal) {
  FormatterOptions result;
  result.terminal = out_is_terminal;
  result.width = out_is_terminal ? terminal_size(STDOUT_FILENO, environment).width : 0;
  result.color =
      use_color(options.color, environment, out_is_terminal) && (!format.machine || options.color == Choice::always);
  result.hyperlinks =
      use_hyperlinks(options.hyperlink, environment, out_is_terminal) &&
      (options.hyperlink || options.no_pager || pager_shows_links(pager_program(configuration.pager, environment)));
  result.ascii = !speaks_utf8(environment);
  result.headers = !options.no_headers;
  result.wide = format.name == "wide";
  result.full_ids = options.full_ids;
  result.show_secrets = options.show_secrets;
  result.redact = configuration.redact;
  result.ages = configuration.ages.value_or(AgeLimits());
  result.fields = options.fields;
  result.time_style = options.time_style.value_or(result.wide ? TimeStyle::iso : TimeStyle::relative);
  result.now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  return result;
}

std::optional<std::chrono::milliseconds> timeout_of(const GlobalOptions& options, const Environment& environment) {
  if (options.timeout) return options.timeout;
  const std::string text = value_of(environment, "QUEUETRACE_TIMEOUT");
  if (text.empty()) return std::nullopt;
  const std::optional<Milliseconds> duration = parse_duration(text);
  if (!duration || duration->count() <= 0)
    throw Error(ErrorKind::usage,
                "QUEUETRACE_TIMEOUT: " + in_quotes(text) + " is not a duration such as 500ms, 10s or 2m");
  return duration;
}

ReadLimits read_limits(const GlobalOptions& options, const std::optional<std::chrono::milliseconds>& timeout,
                       std::stop_token stop) {
  ReadLimits limits;
  if (options.full && options.scan_limit)
    throw Error(ErrorKind::usage, "--full and --scan-limit exclude each other").with_hint("give one of them");
  if (options.full) limits.scan.reset();
  if (options.scan_limit) limits.scan = *options.scan_limit;
  if (timeout) {
    limits.deadline = std::chrono::steady_clock::now() + *timeout;
    limits.statement_timeout = *timeout;  // one statement may take all of it
  }
  limits.stop = std::move(stop);
  return limits;
}

/// Says why a URL is protected that nobody protected as it stands.
void tell_protection(const Source& source, const Configuration& configuration, Notices& notices) {
  const bool configured = std::ranges::any_of(
      configuration.sources, [&](const Source& known) { return source.origin.starts_with(known.origin); });
  const Source* twin = configured || !source.is_protected ? nullptr : protected_twin(source, configuration);
  if (twin != nullptr) notices.note("'" + source.name + "' is protected as source '" + twin->name + "'");
}

/// The sources a command's setup asks for, with their passwords when it is going to open them. A command that reads
/// where it takes the configuration as it is gets those that are named, unless there are problems.
std::vector<Source> selected_sources(const Command& command, const GlobalOptions& options,
                                     const Configuration& configuration, const Environment& environment,
                                     const std::optional<std::chrono::milliseconds>& timeout, Notices& notices) {
  const bool may_have = command.setup == Setup::file && command.effect == Effect::reads && !options.sources.empty() &&
                        configuration.problems.empty();
  if (command.setup != Setup::sources && !may_have) return {};
  std::vector<Source> sources = select_sources(options.sources, configuration, environment, notices);
  for (Source& source : sources) {
    source.alert_age = configuration.ages.value_or(AgeLimits()).alert;
    if (command.effect == Effect::local) continue;
    if (command.effect == Effect::writes) tell_protection(source, configuration, notices);
    check_variable(source);
    fetch_password(source, environment, timeout);
  }
  return sources;
}

void shorten_waits(std::vector<Source>& sources, std::chrono::milliseconds timeout) {
  for (Source& source : sources) {
    source.connect_timeout = std::min(source.connect_timeout, timeout);
    source.statement_timeout = std::min(source.statement_timeout, timeout);
  }
}

/// Opens the sources. `told`: those of which it was said already that they are not used.
std::vector<OpenedSource> open_what_is_meant(const std::vector<Source>& sources, const Catalogue& catalogue,
                                             std::set<std::string>& told, Notices& notices) {
  std::vector<OpenedSource> opened = open_sources(sources, catalogue);
  if (std::ranges::all_of(opened, [](const OpenedSource& source) { return source.stores.empty(); })) return opened;
  std::erase_if(opened, [&](const OpenedSource& one) {
    if (!one.error || one.error->kind() != ErrorKind::not_found || !is_of_another_program(one.source)) return false;
    if (told.insert(one.source.name).second)
      notices.note(one.source.origin + " is not used: " + std::string(one.error->what()));
    return true;
  });
  return opened;
}

/// Opens it with its password, which a source that was not selected has not been given yet.
OpenedSource open_to_write(Source source, const Catalogue& catalogue, const Environment& environment,
                           const std::optional<std::chrono::milliseconds>& timeout) {
  check_variable(source);
  if (!source.password) fetch_password(source, environment, timeout);
  return open_for_writing(source, catalogue);
}

Surroundings surroundings_of(const Streams& streams, const GlobalOptions& options, const Environment& environment) {
  Surroundings surroundings;
  surroundings.stdout_is_terminal = streams.out_is_terminal;
  surroundings.stdin_is_terminal = streams.in_is_terminal && !options.no_input;
  surroundings.can_ask = surroundings.stdin_is_terminal && streams.messages_is_terminal;
  surroundings.terminal_rows = terminal_size(STDOUT_FILENO, environment).height;
  if (streams.messages_is_terminal) surroundings.message_width = terminal_size(STDERR_FILENO, environment).width;
  surroundings.environment = environment;
  return surroundings;
}

}  // namespace

Context make_context(const ParsedArguments& parsed, const Configuration& configuration, const Environment& environment,
                     const Streams& streams, Notices& notices, std::stop_token stop) {
  const GlobalOptions& options = parsed.options;
  const Command& command = *parsed.command;
  const OutputFormat& format = select_format(options, command, configuration, environment, streams.out_is_terminal);
  const std::optional<std::chrono::milliseconds> timeout = timeout_of(options, environment);
  Viewers viewers(configuration);
  std::string viewer = options.viewer.empty() ? value_of(environment, "QUEUETRACE_VIEWER") : options.viewer;
  std::vector<Source> sources = selected_sources(command, options, configuration, environment, timeout, notices);
  if (timeout) shorten_waits(sources, *timeout);
  if (!viewer.empty()) viewers.get(viewer);  // refuses an unknown one before anything is asked
  const auto catalogue = std::make_shared<const Catalogue>(catalogue_with(configuration.systems));
  return Context{
      .configuration = configuration,
      .sources = std::move(sources),
      .viewers = std::move(viewers),
      .viewer = std::move(viewer),
      .format = format,
      .format_options = format_options(options, format, configuration, environment, streams.out_is_terminal),
      .out = streams.out,
      .in = streams.in,
      .notices = notices,
      .limits = read_limits(options, timeout, stop),
      .surroundings = surroundings_of(streams, options, environment),
      .now = [] { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); },
      .open = [&notices, catalogue, told = std::make_shared<std::set<std::string>>()](
                  const std::vector<Source>& asked) { return open_what_is_meant(asked, *catalogue, *told, notices); },
      .open_to_write = [catalogue, environment, timeout](
                           const Source& asked) { return open_to_write(asked, *catalogue, environment, timeout); },
      .wait_for_line = [stop] { return wait_for_answer(STDIN_FILENO, stop); },
      .arguments = options.arguments,
      .file = editable_configuration(configuration.path, environment),
      .format_asked = is_format_asked(options, configuration, environment)};
}

Paging make_paging(const GlobalOptions& options, const Context& context, Notices& notices) {
  if (options.no_pager || !context.surroundings.stdout_is_terminal) return {};
  const Environment& environment = context.surroundings.environment;
  return {pager_program(context.configuration.pager, environment), terminal_size(STDOUT_FILENO, environment).height,
          environment, [&notices](const std::string& text) { notices.warning(text); }};
}

}  // namespace queuetrace
