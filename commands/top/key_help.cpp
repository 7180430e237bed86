#include "commands/top/key_help.hpp"

#include <array>

namespace queuetrace {
namespace {

constexpr std::string_view everywhere = "1234567";

constexpr std::array keys{
    KeyHelp{"Enter", "jobs", "Go in: the jobs of a queue, or of a group of errors", "13"},
    KeyHelp{"Enter", "open", "Go in: the job in full", "25"},
    KeyHelp{"Esc", "back", "Go back, or clear the filter", "234567"},
    KeyHelp{"w", "why", "Whether the queue is stuck, and why", "126"},
    KeyHelp{"e", "errors", "Errors of the queue", "127"},
    KeyHelp{"t", "trace", "Trace of the job", "26"},
    KeyHelp{"Left Right", "", "Other states of jobs, or another time for errors", "23"},
    KeyHelp{"p", "pause/resume", "Pause the queue, or resume it", "1", true},
    KeyHelp{"/", "filter", "Show only rows with this text; ! in front: without it", "1"},
    KeyHelp{"s S", "sort", "Sort by a column; the other way round", "1"},
    KeyHelp{"r", "retry failed", "Retry the failed and dead jobs of the queue", "1", true},
    KeyHelp{"r", "retry", "Retry the marked jobs, or the selected one", "246", true},
    KeyHelp{"c", "cancel", "", "246", true},
    KeyHelp{"D", "delete", "", "246", true},
    KeyHelp{"m", "move", "", "246", true},
    KeyHelp{"c D m", "", "Cancel them, delete them with a backup, move them to another queue", "246", true},
    KeyHelp{"Space x", "mark", "Mark the job, or take the mark away", "2"},
    KeyHelp{"A", "", "Mark all jobs shown, or none", "2"},
    KeyHelp{"u", "", "Undo the last change", everywhere, true},
    KeyHelp{"o", "", "Open the trace of the job in the browser", "246"},
    KeyHelp{"y Y", "", "Copy the ID of the job, or its trace ID", "2"},
    KeyHelp{":", "", "Type any queuetrace command", everywhere, true},
    KeyHelp{"/", "filter", "Show only rows with this text; ! in front: without it", "235"},
    KeyHelp{"s S", "sort", "Sort by a column; the other way round", "235"},
    KeyHelp{"h", "", "Hide queues without jobs, or show them", "1"},
    KeyHelp{"1 2 3 4 5", "", "All queues, jobs, errors; trace of the job; findings", everywhere},
    KeyHelp{"Tab", "", "The next of these views", everywhere},
    KeyHelp{"j k g G", "", "Down, up, first, last; as the arrows, Home and End; PgUp, PgDn", everywhere},
    KeyHelp{"f", "", "Hold the screen, or let it go on", everywhere},
    KeyHelp{"R + -", "", "Read now; read less often, more often", everywhere},
    KeyHelp{"?", "help", "This help; any key leaves it", everywhere},
    KeyHelp{"q", "quit", "Quit; Ctrl-C too", everywhere}};

/// 1 to 5 as the user types them, then 6 and 7.
char number_of(ViewKind view) { return static_cast<char>('1' + static_cast<int>(view)); }

}  // namespace

std::span<const KeyHelp> key_help() { return keys; }

bool is_for(const KeyHelp& key, ViewKind view) { return key.views.find(number_of(view)) != std::string_view::npos; }

}  // namespace queuetrace
