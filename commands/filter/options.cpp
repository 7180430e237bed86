#include "commands/filter/options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <string_view>

#include "commands/context.hpp"
#include "commands/filter/input_lines.hpp"
#include "commands/report/pasted_id.hpp"
#include "commands/report/suggestion.hpp"
#include "model/error.hpp"
#include "model/letter_case.hpp"
#include "model/payload_condition.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

constexpr Option<FilterOptions> table[] = {
    {{.names = "--trace-id", .value = "ID", .help = "Trace ID in any spelling; - reads stdin, env reads TRACEPARENT"},
     into<&FilterOptions::trace_ids>},
    {{.names = "--correlation-id", .value = "ID", .help = "Correlation ID, exact"},
     into<&FilterOptions::correlation_ids>},
    {{.names = "--span-id", .value = "ID", .help = "Span ID of the job or of its parent span"},
     into<&FilterOptions::span_ids>},
    {{.names = "-q,--queue", .value = "NAME", .help = "Queue name, or a pattern with * and ?", .old_names = "-n"},
     into<&FilterOptions::queues>},
    {{.names = "-t,--state,--status",
      .value = "STATE",
      .help = "States, separated by commas; the system's own words work too",
      .words = ValueWords::states},
     into<&FilterOptions::states>},
    {{.names = "--kind,--type", .value = "KIND", .help = "Job class, task or event type, or a pattern"},
     into<&FilterOptions::kinds>},
    {{.names = "--id", .value = "ID", .help = "Job ID, or a prefix of at least 4 characters; - reads stdin"},
     into<&FilterOptions::ids>},
    {{.names = "--since", .value = "TIME", .help = "From this time on: 15m, 2h, 7d, a date, RFC 3339 or Unix time"},
     into<&FilterOptions::since>},
    {{.names = "--until", .value = "TIME", .help = "Before this time"}, into<&FilterOptions::until>},
    {{.names = "--time-field",
      .value = "FIELD",
      .help = "Time that --since and --until refer to (default created; ended with --failed, --dead, --completed)",
      .choices = "created,scheduled,started,finished,ended"},
     into<&FilterOptions::time_field>},
    {{.names = "--last-hours", .value = "N", .help = "Same as --since Nh", .excludes = "--since"},
     into<&FilterOptions::last_hours>},
    {{.names = "--older-than-days", .value = "N", .help = "Same as --until Nd", .excludes = "--until"},
     into<&FilterOptions::older_than_days>},
    {{.names = "--failed", .help = "Failed jobs; when reading, also dead ones"}, into<&FilterOptions::failed>},
    {{.names = "--completed", .help = "Completed jobs"}, into<&FilterOptions::completed>},
    {{.names = "--dead", .help = "Dead jobs"}, into<&FilterOptions::dead>},
    {{.names = "--error", .value = "TEXT", .help = "Text in the error message, in any letter case"},
     into<&FilterOptions::errors>},
    {{.names = "--error-group", .value = "GROUP", .help = "Group printed by job errors, 8 hex digits"},
     into<&FilterOptions::error_groups>},
    {{.names = "--where", .value = "PATH=VALUE", .help = "Value in the payload; != and ~ (contains) work too"},
     into<&FilterOptions::where>},
    {{.names = "-r,--priority", .value = "PRIORITY", .help = "Priority, a number or a word"},
     into<&FilterOptions::priorities>},
    {{.names = "--worker", .value = "NAME", .help = "Worker name, or a pattern"}, into<&FilterOptions::workers>},
    {{.names = "--tenant", .value = "ID", .help = "Tenant, exact"}, into<&FilterOptions::tenants>},
    {{.names = "--workflow", .value = "ID", .help = "Workflow, exact"}, into<&FilterOptions::workflows>},
    {{.names = "--exact", .help = "Match trace IDs only as typed, in no other spelling"}, into<&FilterOptions::exact>},
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> read_lines(std::istream& in, const std::string& flag) {
  std::vector<std::string> lines = input_lines(in, flag + " -");
  if (lines.empty())
    throw Error(ErrorKind::usage, flag + " -: nothing on standard input").with_hint("write one value per line");
  return lines;
}

Error bad_value(const std::string& flag, std::string_view value, const std::string& hint) {
  return Error(ErrorKind::usage, flag + ": cannot read " + in_quotes(value)).with_hint(hint);
}

/// The traces that a pasted text means. Of a text that is no id what stands around it may belong to what is stored: it
/// is looked for as it is, too.
void add_pasted(std::vector<TraceQuery>& traces, std::string_view typed, bool exact) {
  const std::string_view whole = trimmed(typed);
  const std::string pasted = as_pasted(whole);
  TraceQuery query = make_trace_query(pasted, exact);
  const bool is_id = query.prefix || !query.canonical.empty();
  if (pasted != whole && !is_id && parse_trace_id(whole).error.empty())
    traces.push_back(make_trace_query(whole, exact));
  traces.push_back(std::move(query));
}

std::vector<TraceQuery> traces_of(const FilterOptions& options, const Context& context) {
  std::vector<TraceQuery> traces;
  for (const std::string& typed : options.trace_ids) {
    if (typed == "-") {
      for (const std::string& line : read_lines(context.in, "--trace-id")) add_pasted(traces, line, options.exact);
    } else if (typed == "env") {
      const auto found = context.surroundings.environment.find("TRACEPARENT");
      if (found == context.surroundings.environment.end() || trimmed(found->second).empty())
        throw Error(ErrorKind::usage, "--trace-id env: TRACEPARENT is not set")
            .with_hint("export TRACEPARENT, or give the trace ID itself");
      traces.push_back(make_trace_query(found->second, options.exact));
    } else {
      add_pasted(traces, typed, options.exact);
    }
  }
  return traces;
}

std::vector<StateSelector> states_of(const FilterOptions& options, FilterUse use) {
  std::vector<StateSelector> states;
  const auto add = [&states](JobState state) { states.push_back({state, std::string(to_word(state))}); };
  for (const std::string& list : options.states) {
    std::string_view rest = list;
    while (true) {
      const std::size_t comma = rest.find(',');
      const std::string word(trimmed(rest.substr(0, comma)));
      if (word.empty()) throw bad_value("--state", list, "write state words separated by commas, as in failed,dead");
      states.push_back({parse_job_state(word), word});
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  if (options.failed) add(JobState::failed);
  if (options.dead || (options.failed && use == FilterUse::reading)) add(JobState::dead);
  if (options.completed) add(JobState::completed);
  return states;
}

PayloadCondition condition_of(const std::string& typed) {
  std::optional<PayloadCondition> condition = parse_payload_condition(typed);
  if (!condition && typed.substr(0, typed.find_first_of("=~")).find('[') != std::string::npos)
    throw bad_value(
        "--where", typed,
        "brackets hold the place of a list, from 0 on, as in items[0].sku=A7; write a\\[b\\] for the member "
        "a[b]");
  if (!condition) throw bad_value("--where", typed, "write PATH=VALUE, PATH!=VALUE or PATH~TEXT, as in customer.id=42");
  return std::move(*condition);
}

Timestamp moment(const std::string& flag, const std::string& typed, const Context& context) {
  const Zone zone = context.format_options.time_style == TimeStyle::local ? Zone::local : Zone::utc;
  const std::optional<Timestamp> time = parse_moment(typed, context.now(), zone);
  if (!time) throw bad_value(flag, typed, "write 15m, 2h, 7d, now-1h, 2026-01-31, RFC 3339 or Unix seconds");
  return *time;
}

Timestamp before(const std::string& flag, double amount, double microseconds_each, Timestamp now) {
  constexpr double longest = 1e17;  // about 3,000 years
  const double span = amount * microseconds_each;
  if (!(span >= 0) || span > longest) throw bad_value(flag, std::to_string(amount), "write a number of 0 or more");
  return now - std::chrono::microseconds(std::llround(span));
}

TimeField time_field_of(const std::string& word) {
  if (word == "scheduled") return TimeField::scheduled;
  if (word == "started") return TimeField::started;
  if (word == "finished") return TimeField::finished;
  return word == "ended" ? TimeField::ended : TimeField::created;
}

/// Whether the filter asks only for jobs that have ended, or for what went wrong.
bool is_about_ends(const JobFilter& filter) {
  if (filter.states.empty()) return !filter.error_groups.empty();
  return std::ranges::all_of(
      filter.states, [](const StateSelector& selector) { return selector.state && is_finished(*selector.state); });
}

void set_times(JobFilter& filter, const FilterOptions& options, const Context& context) {
  const Timestamp now = context.now();
  filter.time_field = time_field_of(options.time_field);
  if (!options.since.empty()) filter.since = moment("--since", options.since, context);
  if (!options.until.empty()) filter.until = moment("--until", options.until, context);
  if (options.last_hours) filter.since = before("--last-hours", *options.last_hours, 3.6e9, now);
  if (options.older_than_days) filter.until = before("--older-than-days", *options.older_than_days, 8.64e10, now);
  if (filter.since && filter.until && *filter.since >= *filter.until)
    throw Error(ErrorKind::usage, "no time lies between " + to_rfc3339(*filter.since) + " (since) and " +
                                      to_rfc3339(*filter.until) + " (until)")
        .with_hint("--since must be earlier than --until");
  if (is_about_ends(filter)) refer_to_ends(filter, options);
}

std::string error_group_of(const std::string& typed) {
  const std::string digits = lower_case(trimmed(typed));
  if (digits.size() != 8 || digits.find_first_not_of("0123456789abcdef") != std::string::npos)
    throw bad_value("--error-group", typed, "write the 8 hex digits that `queuetrace job errors` prints as GROUP");
  return digits;
}

/// The values of a flag whose empty text would match nothing, or everything by mistake.
std::vector<std::string> not_empty(const std::string& flag, const std::vector<std::string>& values) {
  for (const std::string& value : values)
    if (trimmed(value).empty())
      throw Error(ErrorKind::usage, flag + ": the value is empty").with_hint("leave the option out to match all");
  return values;
}

}  // namespace

OptionTable<FilterOptions> filter_options() { return {table, "Filters"}; }

void refer_to_ends(JobFilter& filter, const FilterOptions& options) {
  if (options.time_field.empty() && (filter.since || filter.until)) filter.time_field = TimeField::ended;
}

JobFilter make_filter(const FilterOptions& options, const Context& context, FilterUse use) {
  JobFilter filter;
  filter.traces = traces_of(options, context);
  filter.correlation_ids = not_empty("--correlation-id", options.correlation_ids);
  filter.span_ids = not_empty("--span-id", options.span_ids);
  filter.queues = not_empty("--queue", options.queues);
  filter.states = states_of(options, use);
  filter.kinds = not_empty("--kind", options.kinds);
  for (const std::string& id : not_empty("--id", options.ids)) {
    if (id == "-") {
      const std::vector<std::string> lines = read_lines(context.in, "--id");
      filter.ids.insert(filter.ids.end(), lines.begin(), lines.end());
      // What only looks also finds what stands between blanks; what changes jobs takes each line as it is.
      if (use == FilterUse::reading)
        for (const std::string& line : lines)
          if (const std::string_view inside = trimmed(line); inside != line) filter.ids.emplace_back(inside);
    } else {
      filter.ids.push_back(id);
    }
  }
  filter.errors = not_empty("--error", options.errors);
  for (const std::string& group : options.error_groups) filter.error_groups.push_back(error_group_of(group));
  set_times(filter, options, context);
  for (const std::string& typed : options.where) filter.where.push_back(condition_of(typed));
  filter.priorities = not_empty("--priority", options.priorities);
  filter.workers = not_empty("--worker", options.workers);
  filter.tenants = not_empty("--tenant", options.tenants);
  filter.workflows = not_empty("--workflow", options.workflows);
  return filter;
}

}  // namespace queuetrace
