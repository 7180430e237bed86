#include "cli/live_words.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "backends/fan_out.hpp"
#include "backends/open.hpp"
#include "cli/config.hpp"
#include "cli/password.hpp"
#include "cli/sources.hpp"
#include "commands/change/audit_history.hpp"
#include "formatters/error_group_record.hpp"
#include "formatters/health_record.hpp"
#include "formatters/job_record.hpp"
#include "formatters/peek_record.hpp"
#include "formatters/queue_record.hpp"
#include "formatters/source_record.hpp"
#include "formatters/statistics_record.hpp"
#include "formatters/trace_list_record.hpp"
#include "formatters/trace_record.hpp"
#include "model/error_signature.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::milliseconds longest_connect{150}, longest_answer{150};
/// Of looking for installations and for names of queues among keys, each: a server of a million keys takes half a
/// second.
constexpr std::chrono::milliseconds longest_walk{40};
/// Until then sources are waited for; the program has 300 ms in all.
constexpr std::chrono::milliseconds longest_wait{220};
constexpr std::size_t most_jobs = 100, most_failed_jobs = 500;
/// Shortest text that counts as the beginning of an id (JobFilter::ids).
constexpr std::size_t shortest_beginning = 4;

struct NamedWords {
  std::string_view name;
  LiveWords words;
};

constexpr NamedWords by_option[] = {{"--queue", LiveWords::queues},       {"--to", LiveWords::queues},
                                    {"--kind", LiveWords::kinds},         {"--id", LiveWords::jobs},
                                    {"--job", LiveWords::jobs},           {"--error-group", LiveWords::error_groups},
                                    {"--fields", LiveWords::fields},      {"ID", LiveWords::jobs},
                                    {"TRACE|JOB", LiveWords::jobs},       {"TRACE|CORRELATION|JOB", LiveWords::jobs},
                                    {"OPERATION", LiveWords::operations}, {"--operation", LiveWords::operations}};

/// Of a command that prints records of one kind.
struct CommandFields {
  std::string_view path;
  std::span<const Column> (*columns)();
};

constexpr CommandFields fields_of_commands[] = {
    {"job list", job_columns},           {"job show", job_columns},
    {"job errors", error_group_columns}, {"peek", [] { return peek_columns(); }},
    {"stats", queue_statistics_columns}, {"queue list", [] { return queue_columns(false); }},
    {"health", health_columns},          {"trace show", trace_columns},
    {"trace list", trace_list_columns},  {"source list", source_columns}};

class Silence final : public Notices {
  void note(const std::string&) override {}
  void warning(const std::string&) override {}
  void progress(const std::string&) override {}
  void ask(const std::string&) override {}
};

/// Values of -s and --source among finished words.
std::vector<std::string> named_sources(const std::vector<std::string>& typed) {
  std::vector<std::string> named;
  for (std::size_t index = 0; index < typed.size(); ++index) {
    const std::string& word = typed[index];
    if ((word == "-s" || word == "--source") && index + 1 < typed.size())
      named.push_back(typed[++index]);
    else if (word.starts_with("--source="))
      named.push_back(word.substr(word.find('=') + 1));
  }
  return named;
}

/// Whether what is there is found by walking over keys.
bool is_walked(const Source& source) { return family_of(source) == StorageFamily::redis; }

std::vector<Source> asked_sources(const std::vector<std::string>& typed, const Environment& environment) {
  Silence silence;
  const Configuration configuration = load_configuration(std::nullopt, environment);
  std::vector<Source> sources = select_sources(named_sources(typed), configuration, environment, silence);
  std::erase_if(sources, [](const Source& source) { return !source.password_command.empty(); });
  for (Source& source : sources) {
    check_variable(source);
    fetch_password(source, environment);
    source.connect_timeout = std::min(source.connect_timeout, longest_connect);
    source.statement_timeout = std::min(source.statement_timeout, is_walked(source) ? longest_walk : longest_answer);
  }
  return sources;
}

/// What one store offers.
using AskStore = std::function<void(JobStore&, std::vector<Candidate>&)>;

/// What came from the sources in time.
struct Answers {
  std::mutex mutex;
  std::condition_variable arrived;
  std::size_t awaited = 0;
  std::vector<Candidate> words;
};

/// Asks all sources side by side. One that is silent keeps nothing of the others back: its thread is left behind, and
/// holds what it needs itself.
std::vector<Candidate> answers_in_time(const std::vector<Source>& sources, const AskStore& ask) {
  const auto answers = std::make_shared<Answers>();
  answers->awaited = sources.size();
  for (const Source& source : sources)
    std::thread([answers, source, ask] {
      std::vector<Candidate> words;
      try {
        for (OpenedSource& opened : open_sources({source}))
          for (const std::unique_ptr<JobStore>& store : opened.stores) ask(*store, words);
      } catch (const std::exception&) {  // a prompt is no place for errors
      }
      const std::lock_guard lock(answers->mutex);
      std::ranges::move(words, std::back_inserter(answers->words));
      --answers->awaited;
      answers->arrived.notify_one();
    }).detach();
  std::unique_lock lock(answers->mutex);
  answers->arrived.wait_for(lock, longest_wait, [&] { return answers->awaited == 0; });
  return std::exchange(answers->words, {});
}

/// So few entries and so little time that stores answer with a part of what they hold, whatever that is.
ReadLimits short_limits(std::chrono::milliseconds time) {
  ReadLimits limits;
  limits.prompt = true;
  limits.scan = 2'000;
  limits.statement_timeout = longest_answer;
  limits.deadline = std::chrono::steady_clock::now() + time;
  return limits;
}

std::vector<Untrusted> queues_of(JobStore& store) {
  return store.queues(short_limits(store.system().family == StorageFamily::redis ? longest_walk : longest_answer));
}

void add_queues(JobStore& store, std::vector<Candidate>& all) {
  for (const Untrusted& queue : queues_of(store)) all.push_back({queue.raw(), "queue in " + store.address()});
}

/// Of the newest jobs, or of those whose ids begin so; kinds and errors of whatever jobs are read first.
void add_jobs(LiveWords words, JobStore& store, const std::string& begun, std::vector<Candidate>& all) {
  // Names that were found by a walk are known for a moment, so that the time for jobs is not taken by another one.
  const bool is_redis = store.system().family == StorageFamily::redis;
  if (is_redis) queues_of(store);
  JobQuery query;
  query.limits = short_limits(longest_answer);
  query.brief = true;
  query.page_size = words == LiveWords::jobs ? most_jobs : most_failed_jobs;
  if (words != LiveWords::jobs) query.order = JobOrder::storage;
  // Of an id that is unique in its queue only, what is behind the queue counts.
  const std::size_t queue_ends = begun.rfind(':') + 1;
  if (words == LiveWords::jobs && begun.size() - queue_ends >= shortest_beginning) {
    query.filter.ids = {begun};
    query.limits = short_limits(is_redis ? longest_walk : longest_answer);
    query.limits.scan = 10'000;
  } else if (words == LiveWords::jobs && queue_ends > 0 && queue_ends < begun.size()) {
    // The newest would have ids that all begin alike.
    query.order = JobOrder::storage;
    query.page_size = most_failed_jobs;
  }
  if (words == LiveWords::error_groups)
    query.filter.states = {{JobState::failed, ""}, {JobState::dead, ""}, {JobState::retrying, ""}};
  std::vector<Job> jobs = store.list(query).jobs;
  if (jobs.empty() && is_redis && !query.filter.ids.empty()) {  // no index knows how ids begin: the newest that do so
    query.filter.ids.clear();
    query.page_size = most_failed_jobs;
    query.limits = short_limits(longest_walk);
    jobs = store.list(query).jobs;
  }
  for (const Job& job : jobs) {
    if (words == LiveWords::jobs)
      all.push_back({job.ref.id.raw(), std::string(to_word(job.state)) + " in " + store.address()});
    else if (words == LiveWords::kinds && job.kind)
      all.push_back({job.kind->raw(), "kind"});
    else if (words == LiveWords::error_groups && job.error && !job.error->empty())
      all.push_back({error_group(error_signature(job.error->raw())), "error group in " + store.address()});
  }
}

std::vector<Candidate> field_candidates(const CommandDescription& command) {
  std::vector<Candidate> all;
  const auto found = std::ranges::find(fields_of_commands, command.path, &CommandFields::path);
  if (found != std::end(fields_of_commands))
    for (const Column& column : found->columns()) all.push_back({std::string(column.field), "field"});
  return all;
}

std::vector<Candidate> operation_candidates(const Environment& environment) {
  std::vector<Candidate> all;
  for (const PastOperation& one : past_operations(environment))
    all.push_back({short_operation(one.id), std::to_string(one.done) + " changed"});
  std::ranges::reverse(all);
  return all;
}

}  // namespace

std::optional<LiveWords> live_words(const CommandDescription& command, const OptionDescription& option) {
  for (const NamedWords& one : by_option)
    if (std::ranges::find(option.names, one.name) != option.names.end()) return one.words;
  if (option.positional && option.names.front() == "NAME" && command.path.starts_with("queue "))
    return LiveWords::queues;
  return std::nullopt;
}

std::vector<Candidate> live_candidates(LiveWords words, const CommandDescription& command,
                                       const std::vector<std::string>& typed, const std::string& begun,
                                       const Environment& environment) {
  try {
    if (words == LiveWords::fields) return field_candidates(command);
    if (words == LiveWords::operations) return operation_candidates(environment);
    std::vector<Candidate> found = answers_in_time(asked_sources(typed, environment),
                                                   [words, begun](JobStore& store, std::vector<Candidate>& all) {
                                                     if (words == LiveWords::queues)
                                                       add_queues(store, all);
                                                     else
                                                       add_jobs(words, store, begun, all);
                                                   });
    std::erase_if(found, [](const Candidate& one) { return one.word.starts_with("-"); });  // would be read as an option
    return found;
  } catch (const std::exception&) {
    return {};  // a prompt is no place for errors
  }
}

}  // namespace queuetrace
