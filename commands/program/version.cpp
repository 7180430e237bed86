// `version`: which queuetrace this is and what it was built with.
#include <ostream>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/program/facts.hpp"
#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

constexpr Column columns[] = {
    {"version", "VERSION"}, {"unicode", "UNICODE"}, {"formats", "FORMATS"}, {"libraries", "LIBRARIES"}};

/// One line where a table would be printed; else one record: version, Unicode version of the character tables, output
/// formats, libraries.
ExitCode version(Context& context) {
  if (context.format.name == "table" && context.format_options.fields.empty()) {
    context.out << "queuetrace " << program_version() << '\n';
    return ExitCode::done;
  }
  Values formats;
  for (const OutputFormat& format : output_formats()) formats.emplace_back(std::string(format.name));
  Fields libraries;
  for (const LibraryVersion& library : library_versions())
    libraries.push_back({std::string(library.name), std::string(library.version)});
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({.schema = "queuetrace.version/1",
                    .list_key = "version",
                    .columns = columns,
                    .layout = Heading::Layout::detail,
                    .name_field = "version",
                    .single = true});
  formatter->row({{"version", std::string(program_version())},
                  {"unicode", std::string(unicode::version())},
                  {"formats", std::move(formats)},
                  {"libraries", std::move(libraries)}});
  formatter->end({});
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"version">) { return CommandForm(version); }

}  // namespace queuetrace
