// The options of every command that changes jobs: how the plan is confirmed, paced and backed up.
#pragma once

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace queuetrace {

struct WriteOptions {
  bool dry_run = false;
  std::string save_plan;  ///< file to write instead of applying
  std::string plan;       ///< file to apply instead of planning
  bool yes = false;
  std::string confirm;         ///< the source's name
  std::uint64_t max = 10'000;  ///< jobs acted upon at most; 0: no limit
  std::uint64_t chunk = 0;     ///< jobs at once; 0: as many as the store bears
  double rate = 0;             ///< jobs a second at most; 0: no limit
  std::string backup;          ///< file; empty: as usual for the action
  bool no_backup = false;
  bool accept_truncated = false;
  std::string system;  ///< which one, where a source holds several
};

/// Declares --dry-run, -y/--yes, --confirm and --system.
void add_confirmation_options(CLI::App& command, WriteOptions& options);
/// Declares --max, --chunk, --rate.
void add_pace_options(CLI::App& command, WriteOptions& options);
/// Declares --save-plan, --plan, --backup, --no-backup and --accept-truncated.
void add_plan_options(CLI::App& command, WriteOptions& options);

}  // namespace queuetrace
