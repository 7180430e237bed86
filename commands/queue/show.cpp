// `queue show`: whether a queue is stuck, and why, on one screen: pause, counts, what is held, errors, what is next.
//
// Cost, for each store: what `stats` and `peek --why` ask for one queue, and at most 5,000 failed jobs for the errors.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/job/error_groups.hpp"
#include "commands/queue/statistics.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/queue_show_record.hpp"
#include "formatters/table_view.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t next_jobs = 3;
constexpr std::size_t most_groups_shown = 3;
constexpr std::uint64_t most_failed_read = 5'000;

struct QueueShowOptions {
  std::string queue;
  std::string window = "1h";  ///< for rates and percentiles
};

constexpr Option<QueueShowOptions> options_of_show[] = {
    {{.names = "NAME", .help = "Queue name, or a pattern with * and ?", .required = true},
     into<&QueueShowOptions::queue>},
    {{.names = "--window", .value = "TIME", .help = "How far back rates and percentiles look", .shows_default = true},
     into<&QueueShowOptions::window>},
};

/// What a store says of its queues beside their numbers.
struct Beside {
  std::vector<PeekQueue> next;
  std::vector<std::string> warnings;
};

std::vector<Beside> look_beside(std::vector<OpenedSource>& sources, const QueueShowOptions& options,
                                const Context& context, std::vector<SourceOutcome>& outcomes) {
  PeekQuery query;
  query.queues = {options.queue};
  query.count = next_jobs;
  query.why = true;
  query.limits = context.limits;
  std::vector<Beside> answers(outcome_count(sources));
  const std::vector<SourceOutcome> looked = for_each_store(sources, [&](JobStore& store, std::size_t index) {
    PeekResult result = store.peek(query);
    answers[index] = {std::move(result.queues), std::move(result.warnings)};
  });
  for (std::size_t index = 0; index < outcomes.size(); ++index)
    if (!outcomes[index].error) outcomes[index].error = looked[index].error;
  return answers;
}

/// The largest groups of the errors in one queue of one store, and the job that failed last.
void add_errors(QueueScreen& facts, std::vector<OpenedSource>& sources, const Context& context) {
  JobQuery query;
  query.filter.queues = {quoted_glob(facts.queue.queue.raw())};
  for (const JobState state : {JobState::failed, JobState::dead, JobState::retrying})
    query.filter.states.push_back({state, std::string(to_word(state))});
  query.page_size = 1'000;
  query.limits = context.limits;
  ErrorGroups groups;
  std::uint64_t read = 0;
  std::vector<std::string> ignored;
  const std::vector<SourceOutcome> outcomes = stream_jobs(
      sources, query,
      [&](Job&& job) {
        if (job.ref.source != facts.source) return true;
        facts.some_errors = read++ == most_failed_read;
        if (facts.some_errors) return false;
        if (job.finished_at && (!facts.last_failure || *job.finished_at > facts.last_failure->at))
          facts.last_failure = {*job.finished_at, job.ref.id, job.error.value_or(Untrusted())};
        groups.add(std::move(job));
        return !facts.some_errors;
      },
      ignored);
  for (const SourceOutcome& outcome : outcomes)
    facts.some_errors = facts.some_errors || outcome.error || outcome.truncated;
  std::vector<ErrorGroups::Group> kept = groups.take();
  kept.resize(std::min(kept.size(), most_groups_shown));
  for (ErrorGroups::Group& group : kept) {
    group.facts.sample_error = group.sample.error.value_or(Untrusted());
    facts.errors.push_back(std::move(group.facts));
  }
}

std::string hint_for(const std::vector<QueueScreen>& queues, const Context& context) {
  if (queues.size() != 1) return {};
  const QueueScreen& one = queues.front();
  const std::string name = one.queue.queue.raw();
  std::string hint;
  if (one.queue.paused.value_or(false))
    hint = command_for_change({"queue", "resume", name}, one.source, context) + "\n";
  if (!one.errors.empty()) hint += command_from_here({"job", "errors", "-q", name}, context) + "\n";
  return hint + command_from_here({"peek", "-q", name, "--why"}, context);
}

/// One record a queue that fits. not_found when no store knows a queue of this name; partial when a source failed or
/// was cut short.
ExitCode queue_show(const QueueShowOptions& options, Context& context) {
  const StatisticsQuery query = statistics_query({options.queue}, options.window, "", context.limits);
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  CollectedStatistics collected = collect_statistics(sources, query);
  check_answer(collected, query, sources);
  const std::vector<Beside> beside = look_beside(sources, options, context, collected.outcomes);
  std::vector<QueueScreen> queues;
  for (std::size_t index = 0; index < collected.answers.size(); ++index) {
    const SourceOutcome& outcome = collected.outcomes[index];
    collected.warnings.insert(collected.warnings.end(), beside[index].warnings.begin(), beside[index].warnings.end());
    for (QueueStatistics& queue : collected.answers[index].queues) {
      QueueScreen facts{outcome.address,
                        outcome.system,
                        std::move(queue),
                        collected.answers[index].now,
                        {},
                        {},
                        {},
                        false,
                        query.window,
                        context.format_options.ages.warn};
      for (const PeekQueue& next : beside[index].next)
        if (next.queue == facts.queue.queue) facts.next = next;
      add_errors(facts, sources, context);
      queues.push_back(std::move(facts));
    }
  }

  const bool screen = context.format.name == "table" && context.format_options.fields.empty();
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.queue/1", "queues", screen ? queue_screen_columns() : queue_show_columns(),
                    Heading::Layout::detail, "queue", screen ? &queue_screen_table() : nullptr});
  for (const QueueScreen& facts : queues)
    formatter->row(screen ? queue_screen_record(facts) : queue_show_record(facts));
  formatter->tell({{}, hint_for(queues, context)});
  Fields summary{{"window_ms", query.window}};
  for (Field& field : outcome_fields(collected.outcomes, collected.warnings)) summary.push_back(std::move(field));
  formatter->end(summary);
  if (queues.empty() && is_for_people(context)) context.notices.note("No queues match.");
  report_outcomes(collected.outcomes, collected.warnings, context.notices);
  return exit_code_of(collected.outcomes);
}

}  // namespace

CommandForm form(At<"queue show">) {
  const auto options = std::make_shared<QueueShowOptions>();
  CommandForm form(options, queue_show);
  form.takes(*options, options_of_show);
  return form;
}

}  // namespace queuetrace
