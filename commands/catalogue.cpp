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
    {"job list", "Jobs of all sources, newest first", Effect::reads, job_list_form, Setup::sources},
    {"job show", "Everything known about jobs", Effect::reads, job_show_form, Setup::sources},
    {"job errors", "What goes wrong, grouped by message", Effect::reads, job_errors_form, Setup::sources},
    {"job retry", "Have jobs run again", Effect::writes, job_retry_form, Setup::sources},
    {"job cancel", "Have jobs not run", Effect::writes, job_cancel_form, Setup::sources},
    {"job delete", "Remove jobs, with a backup", Effect::writes, job_delete_form, Setup::sources},
    {"job move", "Move jobs to another queue", Effect::writes, job_move_form, Setup::sources},
    {"job restore", "Put back what a backup holds", Effect::writes, job_restore_form, Setup::sources},
    {"purge", "Remove all jobs that match, with a backup", Effect::writes, purge_form, Setup::sources},
    {"queue list", "Queues, what they hold, and which are paused by whom and why", Effect::reads, queue_list_form,
     Setup::sources},
    {"queue pause", "Have workers take no more jobs from a queue", Effect::writes, queue_pause_form, Setup::sources},
    {"queue resume", "Have workers take jobs from a queue again", Effect::writes, queue_resume_form, Setup::sources},
    {"peek", "What workers take next, in their exact order", Effect::reads, peek_form, Setup::sources},
    {"stats", "Depth, ages, rates, percentiles and tracing coverage of queues", Effect::reads, stats_form,
     Setup::sources},
    {"health", "Whether queues are inside given limits, for scripts and alerts", Effect::reads, health_form,
     Setup::sources},
    {"wait", "Until queues are empty or idle, or jobs are in a state", Effect::reads, wait_form, Setup::sources},
    {"trace show", "Everything that happened to a trace, order or job, as a tree and time line", Effect::reads,
     trace_show_form, Setup::sources, trace_show_formats},
    {"doctor", "What is wrong with queues and tracing, and what to do", Effect::reads, doctor_form, Setup::sources},
    {"trace url", "The viewer's link for a trace or job", Effect::reads, trace_url_form, Setup::sources},
    {"trace copy", "Copy the id, link or traceparent of a trace", Effect::reads, trace_copy_form, Setup::sources},
    {"trace open", "Open a trace in its viewer", Effect::reads, trace_open_form, Setup::sources},
    {"capture", "Write jobs into a portable file that every command reads", Effect::reads, capture_form,
     Setup::sources},
    {"demo", "Write a small incident to try queuetrace on", Effect::local, demo_form, Setup::configuration},
    {"source list", "The sources there are to ask", Effect::local, source_list_form, Setup::sources},
    {"source check", "Connect to sources and say what is found there", Effect::reads, source_check_form,
     Setup::sources},
    {"system list", "The queue systems this program knows", Effect::local, system_list_form, Setup::configuration},
    {"system show", "States and facts of one queue system", Effect::local, system_show_form, Setup::configuration},
    {"config path", "Where the configuration file is", Effect::local, config_path_form, Setup::file},
    {"config show", "The configuration in use, passwords masked", Effect::local, config_show_form,
     Setup::configuration},
    {"config check", "What is wrong in the configuration file", Effect::local, config_check_form, Setup::file},
    {"completion", "Completion script for bash, zsh or fish", Effect::local, completion_form, Setup::nothing},
    {"version", "Version, libraries and formats", Effect::local, version_form, Setup::nothing}};

}  // namespace

std::span<const Command> commands() { return catalogue; }

}  // namespace queuetrace
