// The commands and options as one tree, read from the catalogue and the tables of options: for help, completion,
// suggestions and the test of the manual.
#pragma once

#include <string>
#include <vector>

#include "commands/option.hpp"

namespace queuetrace {

struct OptionDescription {
  std::vector<std::string> names;    ///< with their dashes, short ones first; the bare name for a positional
  std::string value;                 ///< `NAME`; empty for a flag
  std::vector<std::string> choices;  ///< allowed words, where they are fixed
  ValueWords words = ValueWords::none;
  std::string summary;
  std::string group;
  bool positional = false;
  bool required = false;
  bool repeatable = false;
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
  std::vector<OptionDescription> options;    ///< its own, in the order of the tables
  std::vector<FormatDescription> formats;    ///< its own, beside the shared ones
  std::vector<CommandDescription> commands;  ///< verbs of a noun, or everything at the top
};

/// All commands, and at the top the options that every command takes.
CommandDescription describe_program();

/// The description of a path (`job`, `job list`); nullptr when there is none.
const CommandDescription* find_command(const CommandDescription& root, const std::string& path);

}  // namespace queuetrace
