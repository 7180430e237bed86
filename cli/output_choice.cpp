#include "cli/output_choice.hpp"

#include "commands/report/suggestion.hpp"
#include "formatters/formatter.hpp"

namespace queuetrace {
namespace {

const OutputFormat* find_in(std::span<const OutputFormat> formats, const std::string& name) {
  for (const OutputFormat& format : formats)
    if (format.name == name) return &format;
  return nullptr;
}

Error unknown_format(const std::string& name, const Command& command) {
  std::vector<std::string> known{"auto"};
  for (const OutputFormat& format : output_formats()) known.emplace_back(format.name);
  for (const OutputFormat& format : own_formats(command)) known.emplace_back(format.name);
  std::string hint = did_you_mean(name, known);
  for (const Command& other : commands())
    if (find_in(own_formats(other), name) != nullptr) hint = in_quotes(other.path) + " has it;";
  return Error(ErrorKind::usage, in_quotes(command.path) + " has no output format " + in_quotes(name))
      .with_hint((hint.empty() ? "" : hint + " ") + "formats here: " + joined(known));
}

std::string asked_format(const GlobalOptions& options, const Configuration& configuration,
                         const Environment& environment) {
  std::string name = options.output.value_or("");
  if (name.empty()) name = value_of(environment, "QUEUETRACE_OUTPUT");
  if (name.empty()) name = configuration.output.value_or("");
  return name == "auto" ? "" : name;
}

}  // namespace

std::span<const OutputFormat> own_formats(const Command& command) { return command.form().formats; }

const OutputFormat& required_format(const Command& command, const std::string& name) {
  if (const OutputFormat* format = find_in(own_formats(command), name)) return *format;
  if (const OutputFormat* format = find_output_format(name)) return *format;
  throw unknown_format(name, command);
}

bool is_format_asked(const GlobalOptions& options, const Configuration& configuration, const Environment& environment) {
  return !asked_format(options, configuration, environment).empty();
}

const OutputFormat& select_format(const GlobalOptions& options, const Command& command,
                                  const Configuration& configuration, const Environment& environment,
                                  bool out_is_terminal) {
  std::string name = asked_format(options, configuration, environment);
  const std::span<const OutputFormat> own = own_formats(command);
  if (name.empty()) {
    if (out_is_terminal && !own.empty() && own.front().make == nullptr) return own.front();
    name = out_is_terminal ? "table" : "json";
  }
  return required_format(command, name);
}

bool wants_json(const std::vector<std::string>& arguments, const Environment& environment, bool out_is_terminal) {
  bool json = !out_is_terminal;
  const auto take = [&](const std::string& name) {
    const OutputFormat* format = find_output_format(name);
    for (const Command& command : commands())
      if (format == nullptr) format = find_in(own_formats(command), name);
    if (format != nullptr) json = format->machine;
    if (name == "auto") json = !out_is_terminal;
  };
  take(value_of(environment, "QUEUETRACE_OUTPUT"));
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& argument = arguments[i];
    const bool separate = argument == "-o" || argument == "--output" || argument == "--format";
    if (argument == "--json" || argument == "--jq" || argument.starts_with("--jq="))
      json = true;
    else if (separate && i + 1 < arguments.size())
      take(arguments[i + 1]);
    else if (argument.starts_with("-o"))
      take(argument.substr(argument.starts_with("-o=") ? 3 : 2));
    else if (argument.starts_with("--output=") || argument.starts_with("--format="))
      take(argument.substr(argument.find('=') + 1));
  }
  return json;
}

}  // namespace queuetrace
