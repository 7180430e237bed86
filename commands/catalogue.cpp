// The list of commands. To add one: write its file, commands/<noun>/<verb>.cpp, its manual page, and its line here.
#include "commands/command.hpp"

namespace queuetrace {

CommandForm job_list_form();
CommandForm job_show_form();
CommandForm job_errors_form();
CommandForm job_retry_form();
CommandForm job_cancel_form();
CommandForm job_delete_form();
CommandForm job_move_form();
CommandForm job_restore_form();
CommandForm purge_form();
CommandForm queue_list_form();
CommandForm queue_pause_form();
CommandForm queue_resume_form();
CommandForm peek_form();
CommandForm stats_form();
CommandForm health_form();
CommandForm wait_form();
CommandForm trace_show_form();
CommandForm doctor_form();
CommandForm trace_url_form();
CommandForm trace_copy_form();
CommandForm trace_open_form();
CommandForm capture_form();
CommandForm demo_form();
CommandForm source_list_form();
CommandForm source_check_form();
CommandForm system_list_form();
CommandForm system_show_form();
CommandForm config_path_form();
CommandForm config_show_form();
CommandForm config_check_form();
CommandForm completion_form();
CommandForm version_form();
std::span<const OutputFormat> trace_show_formats();

namespace {

constexpr Command catalogue[] = {
    {"job list", "List jobs of all sources, newest first", Effect::reads, job_list_form, Setup::sources},
    {"job show", "Show everything known about jobs", Effect::reads, job_show_form, Setup::sources},
    {"job errors", "Group failed jobs by error message", Effect::reads, job_errors_form, Setup::sources},
    {"job retry", "Retry jobs", Effect::writes, job_retry_form, Setup::sources},
    {"job cancel", "Cancel jobs", Effect::writes, job_cancel_form, Setup::sources},
    {"job delete", "Delete jobs, with a backup", Effect::writes, job_delete_form, Setup::sources},
    {"job move", "Move jobs to another queue", Effect::writes, job_move_form, Setup::sources},
    {"job restore", "Restore jobs from a backup", Effect::writes, job_restore_form, Setup::sources},
    {"purge", "Delete all matching jobs, with a backup", Effect::writes, purge_form, Setup::sources},
    {"queue list", "List queues, what they hold, and which are paused", Effect::reads, queue_list_form, Setup::sources},
    {"queue pause", "Pause a queue", Effect::writes, queue_pause_form, Setup::sources},
    {"queue resume", "Resume a paused queue", Effect::writes, queue_resume_form, Setup::sources},
    {"peek", "Show which jobs workers take next, in their exact order", Effect::reads, peek_form, Setup::sources},
    {"stats", "Show depth, ages, rates and trace coverage of queues", Effect::reads, stats_form, Setup::sources},
    {"health", "Check queues against limits, for scripts and alerts", Effect::reads, health_form, Setup::sources},
    {"wait", "Wait until queues are empty or idle, or jobs reach a state", Effect::reads, wait_form, Setup::sources},
    {"trace show", "Show what happened to a trace, order or job, as a tree", Effect::reads, trace_show_form,
     Setup::sources, trace_show_formats},
    {"doctor", "Find problems with queues and tracing, and how to fix them", Effect::reads, doctor_form,
     Setup::sources},
    {"trace url", "Print the viewer link of a trace or job", Effect::reads, trace_url_form, Setup::sources},
    {"trace copy", "Copy a trace ID, its link or its traceparent", Effect::reads, trace_copy_form, Setup::sources},
    {"trace open", "Open a trace in its viewer", Effect::reads, trace_open_form, Setup::sources},
    {"capture", "Save jobs to a portable file that every command reads", Effect::reads, capture_form, Setup::sources},
    {"demo", "Create a small incident to try queuetrace on", Effect::local, demo_form, Setup::configuration},
    {"source list", "List configured sources", Effect::local, source_list_form, Setup::sources},
    {"source check", "Connect to sources and report what is found", Effect::reads, source_check_form, Setup::sources},
    {"system list", "List the supported queue systems", Effect::local, system_list_form, Setup::configuration},
    {"system show", "Show states and facts of a queue system", Effect::local, system_show_form, Setup::configuration},
    {"config path", "Print the path of the configuration file", Effect::local, config_path_form, Setup::file},
    {"config show", "Show the configuration in use, passwords masked", Effect::local, config_show_form,
     Setup::configuration},
    {"config check", "Check the configuration file for problems", Effect::local, config_check_form, Setup::file},
    {"completion", "Print the completion script for bash, zsh or fish", Effect::local, completion_form, Setup::nothing},
    {"version", "Show the versions of the program and its libraries", Effect::local, version_form, Setup::nothing}};

}  // namespace

std::span<const Command> commands() { return catalogue; }

}  // namespace queuetrace
