// Where jobs live, as a user names it: one entry of the configuration, one URL on the command line, or one environment
// variable.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/age_limits.hpp"
#include "model/secret.hpp"

namespace queuetrace {

/// What a session may do. `read`: prevented from writing by the server, or by an allow-list of commands.
enum class Access { read, write };

struct Source {
  std::string name;    ///< from the configuration, or made from the URL (`localhost-5432-jobs`)
  Secret url;          ///< may hold a password: print masked_url(url) only
  std::string origin;  ///< where it came from, for messages: `config.toml [sources.prod]`, `--source`, `DATABASE_URL`
  std::optional<std::string> system;  ///< absent: detected
  std::optional<std::string> schema;  ///< PostgreSQL schema that holds the tables; absent: the search path
  std::map<std::string, std::string>
      keys;  ///< renamed Redis keys and system settings, by the system's own option name (`worker.queues.high`)
  std::optional<std::filesystem::path>
      system_config;  ///< the system's own configuration file (YAML), read for key names
  std::optional<Secret>
      password;  ///< from password_file or password_command, already fetched; takes precedence over the URL's
  std::vector<std::string>
      password_command;  ///< argv; run only when the source is selected; the first line of its output is the password
  std::optional<std::filesystem::path> password_file;  ///< read only when the source is selected
  bool is_protected = false;
  bool read_only = false;
  std::vector<std::string> redact;  ///< further payload keys to mask, glob
  std::optional<std::string> viewer;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds statement_timeout{10'000};
  Milliseconds alert_age = AgeLimits().alert;  ///< `doctor` reports jobs that have been due for longer
};

}  // namespace queuetrace
