// `peek`: what workers take next, in their exact order, and what waits and why.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "commands/change/admin_operation.hpp"
#include "commands/change/queue_facts.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/check.hpp"
#include "commands/job/links.hpp"
#include "commands/job/list_options.hpp"
#include "commands/queue/notes.hpp"
#include "commands/queue/waiting_count.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/trace/tracing_record.hpp"
#include "formatters/escape.hpp"
#include "formatters/peek_overview.hpp"
#include "formatters/peek_record.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct PeekOptions {
  std::vector<std::string> queues;
  std::size_t most = 10;  ///< jobs of each queue
  bool count = false;
  bool why = false;
  bool payload = false;
  std::string worker;
  bool include_tracing = false;
};

constexpr Option<PeekOptions> options_of_peek[] = {
    {{.names = "-q,--queue",
      .value = "NAME",
      .help = "Queue name, or a pattern with * and ? (default: all with jobs to take)"},
     into<&PeekOptions::queues>},
    {{.names = "-n,--limit,--n", .value = "N", .help = "Jobs to show per queue", .shows_default = true},
     into<&PeekOptions::most, 1>},
    {{.names = count_option.names,
      .help = "Print how many jobs wait, taken next or held, instead of listing them",
      .excludes = "--worker"},
     into<&PeekOptions::count>},
    {{.names = "--why", .help = "Also show what is not taken now, and what it waits for"}, into<&PeekOptions::why>},
    {{.names = "--worker", .value = "NAME", .help = "Choose as this worker would, where the system matches workers"},
     into<&PeekOptions::worker>},
    {{.names = "--include-tracing", .help = "Also show each job's trace status and links"},
     into<&PeekOptions::include_tracing>},
    {{.names = "--payload", .help = "Also show payloads"}, into<&PeekOptions::payload>},
};

/// What all stores said, in source order.
struct Peeked {
  std::vector<std::pair<std::string, PeekQueue>> queues;  ///< with the store's address
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
};

Peeked ask(std::vector<OpenedSource>& sources, const PeekQuery& query) {
  std::vector<PeekResult> results(outcome_count(sources));
  Peeked peeked;
  peeked.outcomes =
      for_each_store(sources, [&](JobStore& store, std::size_t index) { results[index] = store.peek(query); });
  for (std::size_t index = 0; index < results.size(); ++index) {
    SourceOutcome& outcome = peeked.outcomes[index];
    outcome.truncated = results[index].truncated;
    peeked.warnings.insert(peeked.warnings.end(), results[index].warnings.begin(), results[index].warnings.end());
    for (PeekQueue& queue : results[index].queues) {
      for (Job& job : queue.next)
        if (job.ref.source.empty()) job.ref.source = outcome.address;
      peeked.queues.emplace_back(outcome.address, std::move(queue));
    }
  }
  return peeked;
}

Values queues_value(const Peeked& peeked, bool why) {
  Values queues;
  for (const auto& [address, queue] : peeked.queues) {
    Values notes(queue.notes.begin(), queue.notes.end());
    Fields fields{{"source", address}, {"queue", queue.queue}, {"exact", queue.exact}, {"notes", std::move(notes)}};
    if (why) {
      Values waiting;
      for (const Waiting& one : queue.waiting) {
        Fields reason;
        for (Field& field : waiting_record(address, queue, one))
          if (field.name != "source" && field.name != "queue") reason.push_back(std::move(field));
        waiting.push_back(std::move(reason));
      }
      fields.push_back({"waiting", std::move(waiting)});
    }
    queues.push_back(std::move(fields));
  }
  return queues;
}

/// The second table of `--why`.
void print_waiting(const Peeked& peeked, const Context& context) {
  bool any = false;
  for (const auto& [address, queue] : peeked.queues) any = any || !queue.waiting.empty();
  if (!any) return;
  context.out << '\n';
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.waiting/1", "waiting", waiting_columns(), Heading::Layout::list, "queue",
                           &waiting_table(), several_answered(peeked.outcomes)});
  for (const auto& [address, queue] : peeked.queues)
    for (const Waiting& waiting : queue.waiting) formatter->row(waiting_record(address, queue, waiting));
  formatter->end({});
}

std::uint64_t paused_in(const Peeked& peeked) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(peeked.queues, [](const auto& one) { return one.second.pause.has_value(); }));
}

/// `webhooks in shop: nothing is taken: paused 3h49m by maria@example.com: partner API is down; would be next:`
Remarks remarks_on(const Peeked& peeked, Timestamp now) {
  std::uint64_t jobs = 0;
  for (const auto& [address, queue] : peeked.queues) jobs += queue.next.size();
  Remarks remarks;
  if (peeked.queues.size() > 1) {
    remarks.summary.push_back({"what workers take next from " + count_words(peeked.queues.size(), "queue") + " in " +
                               answered(peeked.outcomes) + ": " + count_words(jobs, "job")});
    if (const std::uint64_t paused = paused_in(peeked); paused > 0)
      remarks.summary.push_back({"; nothing while paused from " + grouped(paused) + " of them", "33"});
  } else if (peeked.queues.size() == 1) {
    const auto& [address, queue] = peeked.queues.front();
    remarks.summary.push_back({queue.queue.raw() + " in " + address + ": "});
    if (queue.pause)
      remarks.summary.push_back({"nothing is taken: " + pause_words(*queue.pause, now), "33"});
    else if (queue.next.empty())
      remarks.summary.push_back({"nothing to take now", "33"});
    if (!queue.next.empty()) remarks.summary.push_back({queue.pause ? "; would be next:" : "what workers take next"});
  }
  return remarks;
}

/// Whether a person asks why jobs wait without saying where: then a line for each queue is the answer, if there are
/// several.
bool wants_overview(const PeekOptions& options, const Context& context) {
  return options.why && options.queues.empty() && is_for_people(context) && context.format.name == "table" &&
         context.format_options.fields.empty();
}

/// Jobs to take that are counted for a line of the overview, at most.
constexpr std::size_t most_due_counted = 100;

/// Whether more jobs than were asked for may be taken from a queue, or from all that are drained in one order.
Exactness exactness_of_due(const Peeked& peeked, const std::string& address, const PeekQueue& queue) {
  std::size_t in_store = 0;
  for (const auto& [store, other] : peeked.queues)
    if (store == address) in_store += other.next.size();
  return queue.next.size() >= most_due_counted || in_store == most_due_counted ? Exactness::at_least : Exactness::exact;
}

/// Nothing is taken from it now.
bool stands(const PeekQueue& queue) { return queue.next.empty() || queue.pause; }

/// Queues from which nothing is taken come first, then those with most jobs that are held.
void print_overview(Peeked& peeked, const Context& context) {
  const auto held = [](const PeekQueue& queue) {
    std::uint64_t jobs = 0;
    for (const Waiting& waiting : queue.waiting) jobs += waiting.count.value_or(1);
    return jobs;
  };
  std::ranges::stable_sort(peeked.queues, [&](const auto& left, const auto& right) {
    const bool left_stands = stands(left.second), right_stands = stands(right.second);
    return left_stands != right_stands ? left_stands : held(left.second) > held(right.second);
  });
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.peek_overview/1", "queues", peek_overview_columns(), Heading::Layout::list,
                           "queue", &peek_overview_table(), several_answered(peeked.outcomes)});
  for (const auto& [address, queue] : peeked.queues)
    formatter->row(peek_overview_record(address, queue, exactness_of_due(peeked, address, queue)));
  const auto standing = static_cast<std::uint64_t>(
      std::ranges::count_if(peeked.queues, [](const auto& one) { return stands(one.second); }));
  std::vector<Phrase> words{{count_words(peeked.queues.size(), "queue") + " in " + answered(peeked.outcomes)}};
  if (standing > 0) words.push_back({"; from " + grouped(standing) + " of them nothing is taken now"});
  if (const std::uint64_t paused = paused_in(peeked); paused > 0)
    words.push_back({paused == standing ? paused == 1 ? ": it is paused" : ": they are paused"
                                        : ", " + grouped(paused) + (paused == 1 ? " is paused" : " are paused"),
                     "33"});
  formatter->tell({std::move(words), "one in full: " + command_from_here({"peek", "--why", "-q", "NAME"}, context)});
  formatter->end({});
}

/// A table of one queue says in its first line that, since when and why it is paused.
bool says_pause_above(const Peeked& peeked, const Context& context) {
  return is_table(context) && context.format_options.headers && peeked.queues.size() == 1 &&
         peeked.queues.front().second.pause;
}

bool is_about_pause(const std::string& note) { return note.starts_with("queue is paused"); }

/// What a table has no place for: what is to be known about each queue.
void say_notes(const Peeked& peeked, const PeekOptions& options, Context& context) {
  std::vector<QueueNotes> notes;
  for (const auto& [address, queue] : peeked.queues) {
    notes.push_back({queue.queue.raw(), queue.notes});
    if (says_pause_above(peeked, context)) std::erase_if(notes.back().notes, is_about_pause);
    if (queue.next.empty() && (peeked.queues.size() > 1 || !is_table(context)))
      notes.back().notes.emplace_back("nothing to take now");
  }
  say_queue_notes(notes, context.notices);
  if (options.why && !is_table(context))
    context.notices.note("what waits and why is shown by -o table and -o json only");
  if (peeked.queues.empty()) context.notices.note("Nothing to take now.");
}

ExitCode show_next(const PeekOptions& options, const PeekQuery& query, Context& context, OperationFacts& facts) {
  facts.queues = options.queues;
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  PeekQuery counted = query;
  if (wants_overview(options, context)) counted.count = most_due_counted;
  Peeked peeked = ask(sources, counted);
  facts.systems_of(peeked.outcomes);
  throw_only_failure(peeked.outcomes);
  if (peeked.queues.empty()) {
    const std::vector<std::string> unknown = check_queues(options.queues, sources, context.limits);
    peeked.warnings.insert(peeked.warnings.end(), unknown.begin(), unknown.end());
  }

  if (wants_overview(options, context) && peeked.queues.size() > 1) {
    facts.counts = {{"admin.queue_count", static_cast<std::int64_t>(peeked.queues.size())}};
    print_overview(peeked, context);
    report_outcomes(peeked.outcomes, peeked.warnings, context.notices);
    return exit_code_of(peeked.outcomes);
  }
  for (auto& [address, queue] : peeked.queues)
    if (queue.next.size() > query.count) queue.next.resize(query.count);  // counted for an overview
  const LinkMaker maker(context, sources_of(sources));
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.peek/1", "jobs", peek_columns(), Heading::Layout::list, "ref", &peek_table(),
                           several_answered(peeked.outcomes)});
  std::int64_t shown = 0;
  for (const auto& [address, queue] : peeked.queues) {
    std::int64_t position = 0;
    shown += static_cast<std::int64_t>(queue.next.size());
    for (const Job& job : queue.next) {
      const JobLinks links = maker.links(job);
      Record record = peek_record(queue, job, ++position, links, context.now());
      if (options.include_tracing)
        record.push_back({"tracing", tracing_record(job, links, maker.viewer_for(job.ref.source), context.now())});
      formatter->row(record);
    }
  }
  facts.counts = {{"admin.job_count", shown}, {"admin.queue_count", static_cast<std::int64_t>(peeked.queues.size())}};
  Fields summary{{"queues", queues_value(peeked, options.why)}};
  for (Field& field : outcome_fields(peeked.outcomes, peeked.warnings)) summary.push_back(std::move(field));
  formatter->tell(remarks_on(peeked, context.now()));
  formatter->end(summary);
  if (options.why && is_table(context)) print_waiting(peeked, context);
  if (!context.format.machine) say_notes(peeked, options, context);
  report_outcomes(peeked.outcomes, peeked.warnings, context.notices);
  return exit_code_of(peeked.outcomes);
}

/// One record a job, `position` 1 being taken next in its queue; what is known about each queue closes the document
/// (`queues`) and, for tables, is said on stderr. not_found when no store knows any of the named queues; partial when a
/// source failed or was cut short.
ExitCode peek(const PeekOptions& options, Context& context) {
  PeekQuery query;
  query.queues = options.queues;
  query.count = options.most;
  query.why = options.why;
  query.payload = reads_payloads(options.payload, context.format_options);
  if (!options.worker.empty()) query.worker = options.worker;
  query.limits = context.limits;
  return traced_operation("peek", context, [&](OperationFacts& facts) {
    return options.count ? print_waiting_count(options.queues, context, facts)
                         : show_next(options, query, context, facts);
  });
}

}  // namespace

CommandForm form(At<"peek">) {
  const auto options = std::make_shared<PeekOptions>();
  CommandForm form(options, peek);
  form.takes(*options, options_of_peek);
  return form;
}

}  // namespace queuetrace
