// The user's configuration as read by cli/config.cpp: plain data, defaults filled in, problems listed.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/age_limits.hpp"
#include "model/source.hpp"
#include "model/system_description.hpp"

namespace queuetrace {

/// A trace viewer: a preset with its base URL and variables, or a template of the user's own.
struct ViewerSettings {
  std::string name;
  std::optional<std::string> preset;             ///< `jaeger`, `zipkin`, `grafana`, ...; absent: `url` is a template
  std::string base;                              ///< base URL for a preset
  std::string url;                               ///< template with placeholders
  std::map<std::string, std::string> variables;  ///< `{var.NAME}`
  std::chrono::minutes window{15};               ///< added on both sides of a job's times
  bool is_default = false;                       ///< built in, not configured
};

/// Something wrong in the file, with its place.
struct ConfigurationProblem {
  std::size_t line = 0;  ///< 0: the file as a whole
  std::string text;      ///< may contain names from the file, never values
  std::string hint;      ///< what to do; empty when there is no advice
};

struct Configuration {
  std::filesystem::path path;  ///< where it was looked for
  bool found = false;
  std::vector<ConfigurationProblem> problems;  ///< in the order of the file; empty: the file is fine
  std::vector<Source> sources;                 ///< from the file, in its order
  std::vector<SystemDescription> systems;      ///< likewise; used only where there are no problems
  std::map<std::string, std::vector<std::string>> groups;
  std::vector<std::string> default_sources;  ///< `default`: source or group names
  std::vector<ViewerSettings> viewers;       ///< configured ones, then the built-in Jaeger and Zipkin on localhost
  std::string default_viewer = "jaeger";     ///< `default_trace_viewer`
  bool copy_actions = true;                  ///< `enable_copy_actions`
  bool open_actions = true;                  ///< `enable_open_actions`
  std::optional<std::string> output;         ///< default format
  std::vector<std::string> browser;          ///< argv
  std::vector<std::string> clipboard;        ///< argv
  std::vector<std::string> pager;            ///< argv
  std::vector<std::string> redact;
  std::optional<AgeLimits> ages;  ///< `warn_age` and `alert_age`, where either is there
};

}  // namespace queuetrace
