// Options that every command takes, before or after its name.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "commands/option.hpp"
#include "formatters/formatter.hpp"

namespace queuetrace {

/// `auto`: by the stream, the terminal and the environment.
enum class Choice { automatic, always, never };

/// As typed; empty and absent members leave the decision to the environment, then to the configuration.
struct GlobalOptions {
  std::vector<std::string> sources;   ///< names, groups or URLs
  std::optional<std::string> output;  ///< a format's name or `auto`
  std::optional<std::string> jq;      ///< expression that the JSON goes through
  std::vector<std::string> fields;
  bool full_ids = false;
  bool no_headers = false;
  Choice color = Choice::automatic;
  std::optional<Choice> hyperlink;
  std::optional<TimeStyle> time_style;
  std::string viewer;
  bool show_secrets = false;
  bool full = false;
  std::optional<std::uint64_t> scan_limit;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::filesystem::path> configuration_file;
  bool no_pager = false;
  bool quiet = false;
  bool verbose = false;
  bool no_input = false;
  std::vector<std::string> arguments;  ///< all of them, as typed
};

/// Their tables, --help and --version among them: these fill nothing.
std::span<const OptionTable<GlobalOptions>> global_options();

}  // namespace queuetrace
