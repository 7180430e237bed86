#include "commands/change/write_options.hpp"

#include "commands/change/rate.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view confirmation_group = "Confirmation";

constexpr Option<WriteOptions> confirmation[] = {
    {{.names = "--dry-run", .help = "Print the plan and change nothing"}, into<&WriteOptions::dry_run>},
    {{.names = "-y,--yes", .help = "Do not ask; enough for up to 1,000 jobs of an unprotected source"},
     into<&WriteOptions::yes>},
    {{.names = "--ask", .help = "Show the plan and ask, also for jobs named one by one", .excludes = "--yes"},
     into<&WriteOptions::ask>},
    {{.names = "--confirm",
      .value = "NAME",
      .help = "Do not ask; name the source, for more jobs and for protected sources",
      .words = ValueWords::sources,
      .takes_last = true},
     into<&WriteOptions::confirm>},
    {{.names = "--system",
      .value = "SYSTEM",
      .help = "Queue system to change, if the source holds several",
      .words = ValueWords::systems},
     into<&WriteOptions::system>},
};

constexpr Option<WriteOptions> pace[] = {
    {{.names = "--max",
      .value = "N",
      .help = "Refuse to change more jobs than this; 0 = no limit",
      .group = confirmation_group,
      .shows_default = true,
      .takes_last = true},
     into<&WriteOptions::max>},
    {{.names = "--chunk",
      .value = "N",
      .help = "Change at most this many jobs at a time; fewer when the store slows down"},
     into<&WriteOptions::chunk, 1>},
    {{.names = "--rate",
      .value = "N/s",
      .help = "Change at most this many jobs per second, minute or hour: 50/s, 600/m"},
     {.set =
          [](WriteOptions& options, const std::string& text) {
            const std::optional<double> rate = parse_rate(text);
            if (!rate) throw BadValue{"a rate such as 50/s or 600/m"};
            options.rate = *rate;
          }}},
};

constexpr Option<WriteOptions> plan[] = {
    {{.names = "--list-all", .help = "List every job of a plan of more than 10,000, not only samples"},
     into<&WriteOptions::list_all>},
    {{.names = "--save-plan",
      .value = "FILE",
      .help = "Write the plan to this file for --plan, and change nothing",
      .words = ValueWords::files},
     into<&WriteOptions::save_plan>},
    {{.names = "--plan",
      .value = "FILE",
      .help = "Apply this saved plan instead of making one",
      .words = ValueWords::files,
      .excludes = "--save-plan"},
     into<&WriteOptions::plan>},
    {{.names = "--backup",
      .value = "FILE",
      .help = "Write the jobs to this file first, for `job restore`",
      .words = ValueWords::files},
     into<&WriteOptions::backup>},
    {{.names = "--no-backup", .help = "Make no backup where one would be made", .excludes = "--backup"},
     into<&WriteOptions::no_backup>},
    {{.names = "--accept-truncated",
      .help = "Continue even if not every matching job could be found",
      .group = confirmation_group},
     into<&WriteOptions::accept_truncated>},
};

}  // namespace

OptionTable<WriteOptions> confirmation_options() { return {confirmation, confirmation_group}; }
OptionTable<WriteOptions> pace_options() { return {pace, "Pace"}; }
OptionTable<WriteOptions> plan_options() { return {plan, "Plan and backup"}; }

}  // namespace queuetrace
