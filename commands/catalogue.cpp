// The list of commands. To add one: write its file, commands/<noun>/<verb>.cpp, its manual page, and its line here.
#include "commands/command.hpp"

namespace queuetrace {
namespace {

constexpr Command catalogue[] = {
    command<"show">("Show a job, or what happened to a trace or order", Effect::reads),
    command<"job list">("List jobs of all sources, newest first", Effect::reads),
    command<"job show">("Show everything known about jobs", Effect::reads),
    command<"job errors">("Group failed jobs by error message", Effect::reads),
    command<"job retry">("Retry jobs", Effect::writes),
    command<"job cancel">("Cancel jobs", Effect::writes),
    command<"job delete">("Delete jobs, with a backup", Effect::writes),
    command<"job move">("Move jobs to another queue", Effect::writes),
    command<"job restore">("Restore jobs from a backup", Effect::writes),
    command<"undo">("Undo a change, where nobody has touched its jobs since", Effect::writes),
    command<"history">("List the changes you have made", Effect::local, Setup::configuration),
    command<"purge">("Delete all matching jobs, with a backup", Effect::writes),
    command<"queue list">("List queues, what they hold, and which are paused", Effect::reads),
    command<"queue show">("Show whether a queue is stuck, and why", Effect::reads),
    command<"queue pause">("Pause a queue", Effect::writes),
    command<"queue resume">("Resume a paused queue", Effect::writes),
    command<"peek">("Show which jobs workers take next, in their exact order", Effect::reads),
    command<"stats">("Show depth, ages, rates and trace coverage of queues", Effect::reads),
    command<"top">("Watch and repair queues on a full screen", Effect::reads),
    command<"health">("Check queues against limits, for scripts and alerts", Effect::reads),
    command<"wait">("Wait until queues are empty or idle, or jobs reach a state", Effect::reads),
    command<"trace list">("List recent traces seen in the queues", Effect::reads),
    command<"trace show">("Show what happened to a trace, order or job, as a tree", Effect::reads),
    command<"trace search">("Search the viewer's traces by attributes of their spans", Effect::reads),
    command<"trace export">("Rebuild a trace from its jobs as spans, and send them", Effect::reads),
    command<"doctor">("Find problems with queues and tracing, and how to fix them", Effect::reads),
    command<"trace url">("Print the viewer link of a trace or job", Effect::reads),
    command<"trace copy">("Copy a trace ID, its link or its traceparent", Effect::reads),
    command<"trace open">("Open a trace in its viewer", Effect::reads),
    command<"capture">("Save jobs to a portable file that every command reads", Effect::reads),
    command<"demo">("Create a small incident to try queuetrace on", Effect::local, Setup::configuration),
    command<"source list">("List configured sources", Effect::local),
    command<"source add">("Add a source to the configuration", Effect::reads, Setup::configuration),
    command<"source remove">("Take a source out of the configuration", Effect::local, Setup::configuration),
    command<"source use">("Choose the sources to ask by default", Effect::local, Setup::configuration),
    command<"source check">("Connect to sources and report what is found", Effect::reads),
    command<"system list">("List the supported queue systems", Effect::local, Setup::configuration),
    command<"system show">("Show states and facts of a queue system", Effect::local, Setup::configuration),
    command<"system describe">("Propose how to read a table of your own", Effect::reads),
    command<"config path">("Print the path of the configuration file", Effect::local, Setup::file),
    command<"config show">("Show the configuration in use, passwords masked", Effect::local, Setup::configuration),
    command<"config check">("Check the configuration file for problems", Effect::reads, Setup::file),
    command<"completion">("Print the completion script for bash, zsh or fish", Effect::local, Setup::nothing),
    command<"version">("Show the versions of the program and its libraries", Effect::local, Setup::nothing)};

}  // namespace

std::span<const Command> commands() { return catalogue; }

}  // namespace queuetrace
