// `job errors`: failed jobs of all sources, grouped by what their messages have in common.
#include <algorithm>
#include <cstdint>
#include <memory>

#include "backends/offered_actions.hpp"
#include "commands/command.hpp"
#include "commands/filter/check.hpp"
#include "commands/filter/options.hpp"
#include "commands/filter/typed_words.hpp"
#include "commands/filter/words.hpp"
#include "commands/job/error_groups.hpp"
#include "commands/job/links.hpp"
#include "commands/job/listing_remarks.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/outcomes.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct JobErrorsOptions {
  FilterOptions filter;
  std::uint64_t limit = 50;  ///< groups shown; 0: all that are kept
  bool count = false;        ///< none of them, but how many there are
};

constexpr Option<JobErrorsOptions> options_of_errors[] = {
    {{.names = "-l,--limit", .value = "N", .help = "Show at most this many groups; 0 = all", .shows_default = true},
     into<&JobErrorsOptions::limit>},
    {count_option, into<&JobErrorsOptions::count>},
};

JobQuery query_of(const JobErrorsOptions& options, const Context& context) {
  JobQuery query;
  query.filter = make_filter(options.filter, context);
  if (query.filter.states.empty())
    for (const JobState state : {JobState::failed, JobState::dead, JobState::retrying})
      query.filter.states.push_back({state, std::string(to_word(state))});
  refer_to_ends(query.filter, options.filter);
  query.page_size = 1'000;
  query.limits = context.limits;
  return query;
}

/// The time asked for, up to now; a day where it has no beginning.
TrendWindow trend_window(const JobFilter& filter, Timestamp now) {
  constexpr std::chrono::hours day{24};
  const Timestamp until = filter.until && *filter.until != infinite_future ? *filter.until : now;
  if (filter.since && *filter.since != infinite_past && *filter.since < until) return {*filter.since, until};
  return {until - day, until};
}

/// Everything the question fits, inside the bound on entries looked at.
std::vector<SourceOutcome> collect(std::vector<OpenedSource>& sources, const JobQuery& query, ErrorGroups& groups,
                                   std::vector<std::string>& warnings) {
  std::uint64_t read = 0;
  std::string stopped_in;
  std::vector<SourceOutcome> outcomes = stream_jobs(
      sources, query,
      [&](Job&& job) {
        if (query.limits.scan && read >= *query.limits.scan) {
          stopped_in = job.ref.source;
          return false;
        }
        ++read;
        groups.add(std::move(job));
        return true;
      },
      warnings);
  bool unread = false;
  for (SourceOutcome& outcome : outcomes) {
    unread = unread || (!stopped_in.empty() && outcome.address == stopped_in);
    if (unread && !outcome.error && !outcome.truncated)
      outcome.truncated =
          "only the first " + count_words(read, "job was", "jobs were") + " read; narrow the filter or give --full";
  }
  return outcomes;
}

/// The first of the stores in which jobs of the group lie and could be retried; empty: there is none.
std::string retries_in(const std::vector<OpenedSource>& sources, const ErrorGroup& group) {
  for (const OpenedSource& source : sources)
    for (const auto& store : source.stores)
      if (!source.source.read_only && group.sources.contains(store->address()) &&
          offers(store->system(), ActionKind::retry))
        return store->address();
  return {};
}

/// `68 jobs with errors that ended in the last 1h in shop: 6 groups, 20 more without a message`
Remarks remarks_for(const ErrorGroups& groups, const std::vector<ErrorGroups::Group>& kept, std::size_t shown,
                    const std::string& times, const std::string& where, const FilterOptions& filter,
                    const std::vector<OpenedSource>& sources, const Context& context) {
  if (kept.empty()) return {};
  std::string text = count_words(groups.jobs(), "job") + " with errors" + times + " in " + where + ": " +
                     count_words(kept.size(), "group");
  if (groups.without_error() > 0) text += ", " + grouped(groups.without_error()) + " more without a message";
  if (shown < kept.size()) return {{{text}}, grouped(shown) + " of " + grouped(kept.size()) + " groups; all: -l 0"};
  const std::string& group = kept.front().facts.group;
  const auto with_filter = [&](std::vector<std::string> words) {
    const std::vector<std::string> asked = typed_words(filter);
    words.insert(words.end(), asked.begin(), asked.end());
    return words;
  };
  std::string hint = "jobs of one: " + command_from_here(with_filter({"job", "list", "--error-group", group}), context);
  if (const std::string address = retries_in(sources, kept.front().facts); !address.empty())
    hint += "\nagain: " +
            command_for_change(with_filter({"job", "retry", "--error-group", group, "--dry-run"}), address, context);
  return {{{text}}, hint};
}

std::string more_without_message(std::uint64_t jobs) {
  return count_words(jobs, "more job") + (jobs == 1 ? " has" : " have") + " no error recorded";
}

/// `4 failed jobs in shop, none with a message`
std::string none_with_message(std::uint64_t jobs, const std::string& where) {
  return count_words(jobs, "failed job") + " in " + where + (jobs == 1 ? ", without" : ", none with") + " a message";
}

void say(const ErrorGroups& groups, std::size_t kept, std::size_t shown, const std::string& where,
         const JobFilter& filter, const Context& context) {
  if (kept == 0 && groups.without_error() == 0 && is_for_people(context)) context.notices.note("No errors match.");
  const bool is_said = kept > 0 && context.format.name == "table" && !within_words(filter, context.now()).empty();
  if (const std::string about = words_about_times(filter); !about.empty() && !is_said && is_for_people(context))
    context.notices.note(about);
  if (context.format.machine || (is_table(context) && kept > 0)) return;  // tables say it above and below
  if (shown < kept)
    context.notices.note(grouped(shown) + " of " + count_words(kept, "group") + " shown; to see all: --limit 0");
  if (groups.without_error() > 0)
    context.notices.note(kept > 0 ? more_without_message(groups.without_error())
                                  : none_with_message(groups.without_error(), where));
}

/// The rows of a list of at most `shown` groups.
void print_groups(std::vector<ErrorGroups::Group>& kept, std::size_t shown, const Remarks& remarks,
                  const Fields& summary, const LinkMaker& links, const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.errors/1", "groups", error_group_columns(), Heading::Layout::list, "group",
                           &error_group_table()});
  for (std::size_t index = 0; index < shown; ++index) {
    ErrorGroups::Group& group = kept[index];
    group.facts.sample = group.sample.ref;
    group.facts.sample_error = group.sample.error.value_or(Untrusted());
    group.facts.trace_id = group.sample.trace.trace_id;
    group.facts.trace_url = links.links(group.sample).trace_url;
    formatter->row(error_group_record(group.facts));
  }
  formatter->tell(remarks);
  formatter->end(summary);
}

/// Groups beyond those that are kept are not told apart.
Counted counted_groups(const ErrorGroups& groups, std::size_t kept, const std::vector<SourceOutcome>& outcomes) {
  Counted counted{kept, groups.other_jobs() > 0 ? Exactness::at_least : exactness_of(outcomes)};
  const bool one = groups.jobs() == 1;
  counted.sentence = {{counted_words(kept, counted.exactness, "group") + " of " + count_words(groups.jobs(), "job") +
                       (one ? " with an error in " : " with errors in ") + answered(outcomes)}};
  return counted;
}

/// Failed, dead and retrying jobs unless the filter names states; times are about when they ended. Streams them; memory
/// is bounded by the number of groups (1,000; jobs of further messages are counted together) and time by
/// Context::limits. Returns partial when a source failed or was cut short.
ExitCode job_errors(const JobErrorsOptions& options, Context& context) {
  JobQuery query = query_of(options, context);
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  check_states(query.filter, options.filter, sources, context.limits);
  const LinkMaker links(context, sources_of(sources));
  const TrendWindow window = trend_window(query.filter, context.now());
  ErrorGroups groups(window);
  std::vector<std::string> warnings;
  const std::vector<SourceOutcome> outcomes = collect(sources, query, groups, warnings);
  if (groups.jobs() + groups.without_error() == 0) {
    const std::vector<std::string> unknown = check_queues(query.filter.queues, sources, context.limits);
    warnings.insert(warnings.end(), unknown.begin(), unknown.end());
  }
  if (groups.other_jobs() > 0)
    warnings.push_back(count_words(groups.other_jobs(), "job") + " with messages beyond the first " +
                       count_words(ErrorGroups::most_groups, "group") + ": counted as other_jobs only");

  std::vector<ErrorGroups::Group> kept = groups.take();
  const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  Fields summary{{"jobs", number(groups.jobs())},
                 {"total_groups", number(kept.size())},
                 {"other_jobs", number(groups.other_jobs())},
                 {"without_error", number(groups.without_error())},
                 {"trend_since_at", window.since},
                 {"trend_until_at", window.until}};
  add_time_field(summary, query.filter);
  for (Field& field : outcome_fields(outcomes, warnings)) summary.push_back(std::move(field));
  if (options.count) {
    print_counted(counted_groups(groups, kept.size(), outcomes), summary, context);
    report_outcomes(outcomes, warnings, context.notices);
    return exit_code_of(outcomes);
  }
  const std::size_t shown =
      options.limit == 0 ? kept.size() : std::min(kept.size(), static_cast<std::size_t>(options.limit));
  print_groups(kept, shown,
               remarks_for(groups, kept, shown, within_words(query.filter, context.now()), answered(outcomes),
                           options.filter, sources, context),
               summary, links, context);
  report_outcomes(outcomes, warnings, context.notices);
  say(groups, kept.size(), shown, answered(outcomes), query.filter, context);
  return exit_code_of(outcomes);
}

}  // namespace

CommandForm form(At<"job errors">) {
  const auto options = std::make_shared<JobErrorsOptions>();
  CommandForm form(options, job_errors);
  form.takes(options->filter, filter_options());
  form.takes(*options, options_of_errors);
  return form;
}

}  // namespace queuetrace
