#include "cli/live_words.hpp"

#include <algorithm>
#include <exception>
#include <set>

#include "backends/gather.hpp"
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

constexpr std::chrono::milliseconds longest_connect{200}, longest_answer{150};
constexpr std::size_t most_jobs = 100, most_failed_jobs = 500;

struct NamedWords {
  std::string_view name;
  LiveWords words;
};

constexpr NamedWords by_option[] = {{"--queue", LiveWords::queues},      {"--to", LiveWords::queues},
                                    {"--kind", LiveWords::kinds},        {"--id", LiveWords::jobs},
                                    {"--job", LiveWords::jobs},          {"--error-group", LiveWords::error_groups},
                                    {"--fields", LiveWords::fields},     {"ID", LiveWords::jobs},
                                    {"TRACE|JOB", LiveWords::jobs},      {"TRACE|CORRELATION|JOB", LiveWords::jobs},
                                    {"OPERATION", LiveWords::operations}};

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

std::vector<OpenedSource> opened_sources(const std::vector<std::string>& typed, const Environment& environment) {
  Silence silence;
  const Configuration configuration = load_configuration(std::nullopt, environment);
  std::vector<Source> sources = select_sources(named_sources(typed), configuration, environment, silence);
  std::erase_if(sources, [](const Source& source) { return !source.password_command.empty(); });
  for (Source& source : sources) {
    check_variable(source);
    fetch_password(source, environment);
    source.connect_timeout = std::min(source.connect_timeout, longest_connect);
    source.statement_timeout = std::min(source.statement_timeout, longest_answer);
  }
  return sources.empty() ? std::vector<OpenedSource>{} : open_sources(sources);
}

ReadLimits short_limits() {
  ReadLimits limits;
  limits.scan = 10'000;
  limits.statement_timeout = longest_answer;
  return limits;
}

std::vector<Candidate> queue_candidates(std::vector<OpenedSource>& sources) {
  std::vector<std::vector<Candidate>> found(outcome_count(sources));
  for_each_store(sources, [&](JobStore& store, std::size_t index) {
    for (const Untrusted& queue : store.queues(short_limits()))
      found[index].push_back({queue.raw(), "queue in " + store.address()});
  });
  std::vector<Candidate> all;
  for (std::vector<Candidate>& part : found) std::ranges::move(part, std::back_inserter(all));
  return all;
}

/// Of the newest jobs, or of those whose ids begin so.
std::vector<Candidate> job_candidates(LiveWords words, std::vector<OpenedSource>& sources, const std::string& begun) {
  JobQuery query;
  query.limits = short_limits();
  query.brief = true;
  query.page_size = words == LiveWords::jobs ? most_jobs : most_failed_jobs;
  if (words == LiveWords::jobs && begun.size() >= 4) query.filter.ids = {begun};
  if (words == LiveWords::error_groups)
    query.filter.states = {{JobState::failed, ""}, {JobState::dead, ""}, {JobState::retrying, ""}};
  std::vector<Candidate> all;
  for (const Job& job : gather_jobs(sources, query).jobs) {
    if (words == LiveWords::jobs)
      all.push_back({job.ref.id.raw(), std::string(to_word(job.state)) + " in " + job.ref.source});
    else if (words == LiveWords::kinds && job.kind)
      all.push_back({job.kind->raw(), "kind"});
    else if (words == LiveWords::error_groups && job.error && !job.error->empty())
      all.push_back({error_group(error_signature(job.error->raw())), "error group in " + job.ref.source});
  }
  return all;
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
    std::vector<OpenedSource> sources = opened_sources(typed, environment);
    std::vector<Candidate> found =
        words == LiveWords::queues ? queue_candidates(sources) : job_candidates(words, sources, begun);
    std::erase_if(found, [](const Candidate& one) { return one.word.starts_with("-"); });  // would be read as an option
    return found;
  } catch (const std::exception&) {
    return {};  // a prompt is no place for errors
  }
}

}  // namespace queuetrace
