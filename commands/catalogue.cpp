// The list of commands. To add one: write its file pair in this folder, its manual page, and its line here.
#include "commands/capture/capture.hpp"
#include "commands/capture/demo.hpp"
#include "commands/command.hpp"
#include "commands/config/check.hpp"
#include "commands/config/path.hpp"
#include "commands/config/show.hpp"
#include "commands/job/cancel.hpp"
#include "commands/job/delete.hpp"
#include "commands/job/errors.hpp"
#include "commands/job/list.hpp"
#include "commands/job/move.hpp"
#include "commands/job/purge.hpp"
#include "commands/job/restore.hpp"
#include "commands/job/retry.hpp"
#include "commands/job/show.hpp"
#include "commands/program/completion.hpp"
#include "commands/program/version.hpp"
#include "commands/queue/health.hpp"
#include "commands/queue/list.hpp"
#include "commands/queue/pause.hpp"
#include "commands/queue/peek.hpp"
#include "commands/queue/stats.hpp"
#include "commands/queue/wait.hpp"
#include "commands/source/check.hpp"
#include "commands/source/doctor.hpp"
#include "commands/source/list.hpp"
#include "commands/system/list.hpp"
#include "commands/system/show.hpp"
#include "commands/trace/copy.hpp"
#include "commands/trace/open.hpp"
#include "commands/trace/show.hpp"
#include "commands/trace/url.hpp"

namespace queuetrace {
namespace {

constexpr Command catalogue[] = {
    {"job list", "Jobs of all sources, newest first", Effect::reads, add_job_list, Setup::sources, nullptr, "--watch"},
    {"job show", "Everything known about jobs", Effect::reads, add_job_show, Setup::sources},
    {"job errors", "What goes wrong, grouped by message", Effect::reads, add_job_errors, Setup::sources},
    {"job retry", "Have jobs run again", Effect::writes, add_job_retry, Setup::sources},
    {"job cancel", "Have jobs not run", Effect::writes, add_job_cancel, Setup::sources},
    {"job delete", "Remove jobs, with a backup", Effect::writes, add_job_delete, Setup::sources},
    {"job move", "Move jobs to another queue", Effect::writes, add_job_move, Setup::sources},
    {"job restore", "Put back what a backup holds", Effect::writes, add_job_restore, Setup::sources},
    {"purge", "Remove all jobs that match, with a backup", Effect::writes, add_purge, Setup::sources},
    {"queue list", "Queues, what they hold, and which are paused by whom and why", Effect::reads, add_queue_list,
     Setup::sources},
    {"queue pause", "Have workers take no more jobs from a queue", Effect::writes, add_queue_pause, Setup::sources},
    {"queue resume", "Have workers take jobs from a queue again", Effect::writes, add_queue_resume, Setup::sources},
    {"peek", "What workers take next, in their exact order", Effect::reads, add_peek, Setup::sources},
    {"stats", "Depth, ages, rates, percentiles and tracing coverage of queues", Effect::reads, add_stats,
     Setup::sources, nullptr, "--watch"},
    {"health", "Whether queues are inside given limits, for scripts and alerts", Effect::reads, add_health,
     Setup::sources},
    {"wait", "Until queues are empty or idle, or jobs are in a state", Effect::reads, add_wait, Setup::sources},
    {"trace show", "Everything that happened to a trace, order or job, as a tree and time line", Effect::reads,
     add_trace_show, Setup::sources, trace_show_formats},
    {"doctor", "What is wrong with queues and tracing, and what to do", Effect::reads, add_doctor, Setup::sources},
    {"trace url", "The viewer's link for a trace or job", Effect::reads, add_trace_url, Setup::sources},
    {"trace copy", "Copy the id, link or traceparent of a trace", Effect::reads, add_trace_copy, Setup::sources},
    {"trace open", "Open a trace in its viewer", Effect::reads, add_trace_open, Setup::sources},
    {"capture", "Write jobs into a portable file that every command reads", Effect::reads, add_capture, Setup::sources},
    {"demo", "Write a small incident to try queuetrace on", Effect::local, add_demo, Setup::configuration},
    {"source list", "The sources there are to ask", Effect::local, add_source_list, Setup::sources},
    {"source check", "Connect to sources and say what is found there", Effect::reads, add_source_check, Setup::sources},
    {"system list", "The queue systems this program knows", Effect::local, add_system_list, Setup::configuration},
    {"system show", "States and facts of one queue system", Effect::local, add_system_show, Setup::configuration},
    {"config path", "Where the configuration file is", Effect::local, add_config_path, Setup::file},
    {"config show", "The configuration in use, passwords masked", Effect::local, add_config_show, Setup::configuration},
    {"config check", "What is wrong in the configuration file", Effect::local, add_config_check, Setup::file},
    {"completion", "Completion script for bash, zsh or fish", Effect::local, add_completion, Setup::nothing},
    {"version", "Version, libraries and formats", Effect::local, add_version, Setup::nothing}};

}  // namespace

std::span<const Command> commands() { return catalogue; }

}  // namespace queuetrace
