// The commands and options as plain data, read from the parser: for help, completion, suggestions and the test of the
// manual.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace queuetrace {

struct OptionDescription {
  std::vector<std::string> names;    ///< with their dashes, short ones first; the bare name for a positional
  std::string value;                 ///< `NAME`; empty for a flag
  std::vector<std::string> choices;  ///< allowed words, where they are fixed
  std::string summary;
  std::string group;
  bool positional = false;
  bool required = false;
  bool repeatable = false;
  bool hidden = false;
};

/// A format that only one command has.
struct FormatDescription {
  std::string name;
  std::string summary;
};

struct CommandDescription {
  std::string path;  ///< `job list`; empty for the program itself
  std::string summary;
  std::string footer;
  std::vector<OptionDescription> options;    ///< its own, in the order they were declared
  std::vector<FormatDescription> formats;    ///< its own, beside the shared ones
  std::vector<CommandDescription> commands;  ///< verbs of a noun, or everything at the top
};

CommandDescription describe(const CLI::App& root);

/// The description of a path (`job`, `job list`); nullptr when there is none.
const CommandDescription* find_command(const CommandDescription& root, const std::string& path);

}  // namespace queuetrace
