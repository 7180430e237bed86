// The options of every command that changes jobs: how the plan is confirmed, paced and backed up.
#pragma once

#include <cstdint>
#include <string>

#include "commands/option.hpp"

namespace queuetrace {

struct WriteOptions {
  bool dry_run = false;
  bool list_all = false;  ///< list every job of a plan, however many they are
  std::string save_plan;  ///< file to write instead of applying
  std::string plan;       ///< file to apply instead of planning
  bool yes = false;
  bool ask = false;            ///< also about jobs named one by one
  std::string confirm;         ///< the source's name
  std::uint64_t max = 10'000;  ///< jobs acted upon at most; 0: no limit
  std::uint64_t chunk = 0;     ///< jobs at once; 0: as many as the store bears
  double rate = 0;             ///< jobs a second at most; 0: no limit
  std::string backup;          ///< file; empty: as usual for the action
  bool no_backup = false;
  bool accept_truncated = false;
  std::string system;  ///< which one, where a source holds several
};

/// --dry-run, -y/--yes, --confirm and --system.
OptionTable<WriteOptions> confirmation_options();
/// --max, --chunk, --rate.
OptionTable<WriteOptions> pace_options();
/// --list-all, --save-plan, --plan, --backup, --no-backup and --accept-truncated.
OptionTable<WriteOptions> plan_options();

}  // namespace queuetrace
