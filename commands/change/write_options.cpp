#include "commands/change/write_options.hpp"

#include <CLI/CLI.hpp>
#include <cmath>

#include "commands/change/rate.hpp"
#include "commands/report/suggestion.hpp"

namespace queuetrace {
namespace {

constexpr const char* confirmation_group = "Confirmation";
constexpr const char* pace_group = "Pace";
constexpr const char* undo_group = "Plan and backup";

}  // namespace

void add_confirmation_options(CLI::App& command, WriteOptions& options) {
  command.add_flag("--dry-run", options.dry_run, "Print the plan and change nothing")->group(confirmation_group);
  command.add_flag("-y,--yes", options.yes, "Do not ask; enough for up to 1,000 jobs of an unprotected source")
      ->group(confirmation_group);
  command
      .add_option("--confirm", options.confirm, "Do not ask; the source's name, for more jobs and protected sources")
      ->type_name("NAME")
      ->take_last()
      ->group(confirmation_group);
  command.add_option("--system", options.system, "Queue system to change, where the source holds several")
      ->type_name("SYSTEM")
      ->group(confirmation_group);
}

void add_pace_options(CLI::App& command, WriteOptions& options) {
  command.add_option("--max", options.max, "Refuse to change more jobs than this; 0: no limit")
      ->type_name("N")
      ->take_last()
      ->capture_default_str()
      ->group(confirmation_group);
  command.add_option("--chunk", options.chunk, "Jobs changed at once at most; fewer when the store gets slower")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->group(pace_group);
  command
      .add_option_function<std::string>(
          "--rate",
          [&options](const std::string& text) {
            const std::optional<double> rate = parse_rate(text);
            if (!rate) throw CLI::ValidationError("--rate", in_quotes(text) + " is no rate such as 50/s or 600/m");
            options.rate = *rate;
          },
          "Jobs changed in a time at most: 50/s, 600/m")
      ->type_name("N/s")
      ->group(pace_group);
}

void add_plan_options(CLI::App& command, WriteOptions& options) {
  CLI::Option* save =
      command.add_option("--save-plan", options.save_plan, "Write the plan here for --plan, and change nothing")
          ->type_name("FILE")
          ->group(undo_group);
  command.add_option("--plan", options.plan, "Do what this plan says, instead of planning")
      ->type_name("FILE")
      ->excludes(save)
      ->group(undo_group);
  CLI::Option* backup = command.add_option("--backup", options.backup, "Write the jobs here first, for `job restore`")
                            ->type_name("FILE")
                            ->group(undo_group);
  command.add_flag("--no-backup", options.no_backup, "No backup, where there would be one")
      ->excludes(backup)
      ->group(undo_group);
  command
      .add_flag("--accept-truncated", options.accept_truncated,
                "Go on though not every job that matches could be found")
      ->group(confirmation_group);
}

}  // namespace queuetrace
