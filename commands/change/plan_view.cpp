#include "commands/change/plan_view.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

#include "commands/change/fact_lines.hpp"
#include "commands/change/plan_words.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/attention.hpp"
#include "formatters/escape.hpp"
#include "formatters/plan_queue_record.hpp"
#include "formatters/plan_record.hpp"
#include "formatters/redaction.hpp"
#include "formatters/short_ids.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_listed = 50;
constexpr const char* targets_schema = "queuetrace.targets/1";

constexpr std::array overview_columns{Column{.field = "action", .heading = "ACTION", .wraps = true, .headline = true},
                                      Column{.field = "target", .heading = "DATABASE", .headline = true},
                                      Column{.field = "to", .heading = "TO", .wraps = true},
                                      Column{.field = "filter", .heading = "JOBS", .wraps = true},
                                      Column{.field = "queue", .heading = "QUEUE", .wraps = true},
                                      Column{.field = "what", .heading = "WHAT", .wraps = true},
                                      Column{.field = "beside", .heading = "BESIDE IT", .wraps = true},
                                      Column{.field = "backup", .heading = "BACKUP"}};

/// `Retry 166 jobs in shop (Hammerwork), PROTECTED; 2 skipped`
std::string headline_of(const PlanFacts& facts) {
  const PlanCounts& counts = *facts.counts;
  std::string line = facts.verb + " " + count_words(counts.act, "job") + " in " + facts.header->address + " (" +
                     facts.title + ")" + (facts.source->is_protected ? ", PROTECTED" : "");
  line.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(line.front())));
  if (counts.already > 0) line += "; " + grouped(counts.already) + " need no change";
  if (counts.skip > 0) line += "; " + grouped(counts.skip) + " skipped";
  if (counts.may_force > 0) line += " (--force would include " + grouped(counts.may_force) + " of them)";
  return line;
}

Record record_of(const Untrusted& queue, const QueueShare& share) {
  return plan_queue_record({queue, share.jobs, share.first_end, share.last_end, share.usual_error()});
}

/// Where the jobs go; empty where they stay in their queues.
std::string target_line(const PlanFacts& facts) {
  const Action& action = facts.header->action;
  if (action.kind != ActionKind::move) return {};
  return "queue " + in_quotes(action.queue) + (facts.new_queue ? " (NEW: named by --new-queue)" : "");
}

/// Where more than one job is acted upon: the queues that lose or get jobs, those with most jobs first, and what is
/// known of those jobs.
void write_queues(const PlanCounts& counts, Formatter& formatter) {
  constexpr std::size_t most_shown = 6;
  formatter.begin(
      {targets_schema, "queues", plan_queue_columns(), Heading::Layout::list, "queue", &plan_queue_table()});
  std::uint64_t others = counts.act;
  const auto queues = counts.queues.largest_first();
  for (std::size_t i = 0; i < std::min(queues.size(), most_shown); ++i) {
    formatter.row(record_of(queues[i].first, queues[i].second));
    others -= queues[i].second.jobs;
  }
  if (queues.size() > most_shown)
    formatter.row(plan_rest_record(count_words(queues.size() - most_shown, "more queue"), others));
  formatter.end({});
}

/// The same as text for the terminal that is asked.
std::string queue_table(const PlanCounts& counts, const Context& context) {
  FormatterOptions options = context.format_options;
  options.terminal = true;
  options.width = context.surroundings.message_width > 0 ? context.surroundings.message_width : 80;
  options.color = options.hyperlinks = false;
  options.headers = true;
  options.fields.clear();
  std::ostringstream text;
  write_queues(counts, *find_output_format("table")->make(text, options));
  return text.str();
}

bool shows_queues(const PlanCounts& counts) { return counts.act > 1 && !counts.queues.shares().empty(); }

/// The one queue of a plan for one job.
std::string queue_line(const PlanCounts& counts) {
  if (shows_queues(counts) || counts.queues.shares().empty()) return {};
  const auto& [queue, share] = *counts.queues.shares().begin();
  return terminal_text(queue, Profile::ident, table_cell);
}

std::string beside_line(const PlanCounts& counts) {
  if (counts.with_effect == 0) return {};
  return "with " + count_words(counts.with_effect, "job") + (counts.with_effect > 1 ? ", such as: " : ": ") +
         counts.effect;
}

void print_block(const Record& record, const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({targets_schema, "plan", overview_columns, Heading::Layout::detail, "action"});
  formatter->row(record);
  formatter->end({});
}

/// In the order of a question: what and where, how many of which queue, what that does.
void print_overview(const PlanFacts& facts, const Context& context) {
  const PlanCounts& counts = *facts.counts;
  Record record{{"action", Untrusted(headline_of(facts))},
                {"target", Untrusted(facts.header->target)},
                {"to", text_or_nothing(target_line(facts))},
                {"filter", facts.header->filter.empty() ? Value{} : Value{Untrusted(facts.header->filter)}},
                {"queue", text_or_nothing(queue_line(counts))}};
  const Record effect{{"what", text_or_nothing(facts.offer.effect)},
                      {"beside", text_or_nothing(beside_line(counts))},
                      {"backup", facts.backup.empty() ? Value{} : Value{Untrusted(facts.backup)}}};
  if (shows_queues(counts)) {
    print_block(record, context);
    context.out << '\n';
    write_queues(counts, *context.formatter());
    context.out << '\n';
    print_block(effect, context);
  } else {
    record.insert(record.end(), effect.begin(), effect.end());
    print_block(record, context);
  }
  context.out << '\n';
  if (counts.reasons.empty()) return;
  const std::unique_ptr<Formatter> reasons = context.formatter();
  reasons->begin({targets_schema, "counts", verdict_count_columns(), Heading::Layout::list, "word"});
  if (counts.act > 0) reasons->row(count_record(std::string(to_word(Verdict::act)), "", counts.act));
  for (const auto& [reason, jobs] : counts.reasons)
    reasons->row(count_record(std::string(to_word(reason.first)), reason.second, jobs));
  reasons->end({});
  context.out << '\n';
}

/// What is to be known before the plan is applied.
std::vector<std::string> warnings_of(const PlanFacts& facts) {
  std::vector<std::string> warnings = facts.offer.warnings;
  warnings.insert(warnings.end(), facts.counts->warnings.begin(), facts.counts->warnings.end());
  return warnings;
}

/// Documents have a place of their own for them.
void say_warnings(const PlanFacts& facts, const Context& context) {
  if (context.format.machine) return;
  for (const std::string& warning : warnings_of(facts)) context.notices.warning(warning);
}

Fields closing_fields(const PlanFacts& facts) {
  const PlanCounts& counts = *facts.counts;
  const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  Values reasons, warnings;
  for (const auto& [reason, jobs] : counts.reasons)
    reasons.push_back(
        Fields{{"verdict", std::string(to_word(reason.first))}, {"reason", reason.second}, {"jobs", number(jobs)}});
  Values queues;
  for (const auto& [queue, share] : counts.queues.largest_first()) queues.push_back(record_of(queue, share));
  for (const std::string& text : warnings_of(facts)) warnings.emplace_back(text);
  return {{"action", action_fields(facts.header->action)},
          {"source", Untrusted(facts.header->source)},
          {"target", Untrusted(facts.header->target)},
          {"system", Untrusted(facts.header->system)},
          {"filter", Untrusted(facts.header->filter)},
          {"effect", facts.offer.effect},
          {"counts", Fields{{"act", number(counts.act)},
                            {"already", number(counts.already)},
                            {"skip", number(counts.skip)},
                            {"may_force", number(counts.may_force)},
                            {"with_effect", number(counts.with_effect)}}},
          {"queues", std::move(queues)},
          {"target_queue",
           facts.header->action.kind == ActionKind::move ? Value{Untrusted(facts.header->action.queue)} : Value{}},
          {"paused_queues", Values(counts.paused_queues.begin(), counts.paused_queues.end())},
          {"reasons", std::move(reasons)},
          {"truncated", counts.truncated ? Value{*counts.truncated} : Value{false}},
          {"warnings", std::move(warnings)}};
}

/// One line for a person who must decide: nothing in it can drive the terminal, and no secret of an error is in it.
std::string sample_line(const Target& target, const std::string& shown_id) {
  const Job& job = target.job;
  const auto shown = [](const std::optional<Untrusted>& text) {
    return text ? "  " + terminal_text(*text, Profile::ident, table_cell) : std::string();
  };
  std::string line = shown_id + "  " + std::string(to_word(job.state)) + shown(job.queue);
  if (job.kind != job.queue) line += shown(job.kind);
  if (job.error && !job.error->empty()) {
    std::string safe;
    Redaction().hide_in_text(job.error->raw().substr(0, 60), safe);
    line += "  " + terminal_text(safe, Profile::text, table_cell);
  }
  return line;
}

/// The ids of the samples, whose source the first line of the plan names.
std::vector<std::string> sample_ids(const std::vector<Target>& samples, bool whole) {
  std::vector<std::string> ids;
  for (const Target& target : samples) ids.push_back(terminal_text(target.job.ref.id, Profile::ident, table_cell));
  return whole ? ids : short_ids(ids);
}

}  // namespace

std::vector<Phrase> plan_summary(const PlanFacts& facts, const Context& context) {
  const PlanCounts& counts = *facts.counts;
  const int width = context.surroundings.message_width;
  FactLines subject(width, terminal_text(headline_of(facts), Profile::ident));
  subject.add_given("database", terminal_text(facts.header->target, Profile::ident));
  if (const std::string to = target_line(facts); !to.empty()) subject.add_given("to", to);
  if (!facts.header->filter.empty()) subject.add_given("jobs", terminal_text(facts.header->filter, Profile::text));
  if (const std::string queue = queue_line(counts); !queue.empty()) subject.add_given("queue", queue);

  FactLines lines(width);
  lines.add("what", facts.offer.effect);
  for (const auto& [reason, jobs] : counts.reasons)
    lines.add("", "  " + grouped(jobs) + " " + std::string(to_word(reason.first)) + ": " + reason.second);
  if (counts.with_effect > 0) lines.add("beside it", beside_line(counts));
  // Some of many would say nothing: --dry-run lists them.
  if (counts.act == counts.samples.size()) {
    const std::vector<std::string> ids = sample_ids(counts.samples, context.format_options.full_ids);
    for (std::size_t i = 0; i < counts.samples.size(); ++i)
      lines.add_given(i == 0 ? "namely" : "", sample_line(counts.samples[i], ids[i]));
  }
  if (!facts.backup.empty()) lines.add_given("backup", terminal_text(facts.backup, Profile::ident));
  for (const std::string& warning : warnings_of(facts)) lines.add("warning", warning, yellow);
  if (counts.truncated) lines.add("incomplete", *counts.truncated, yellow);
  if (!facts.undo.empty()) lines.add("undo", facts.undo);
  std::vector<Phrase> all = subject.phrases();
  if (shows_queues(counts)) all.push_back({"\n" + queue_table(counts, context) + "\n"});
  all.insert(all.end(), lines.phrases().begin(), lines.phrases().end());
  return all;
}

void print_samples(const PlanFacts& facts, Context& context) {
  const PlanCounts& counts = *facts.counts;
  if (is_table(context) && context.format_options.fields.empty()) print_overview(facts, context);
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({targets_schema, "targets", plan_columns(), Heading::Layout::list, "ref", &plan_table()});
  for (const Target& target : counts.samples) formatter->row(plan_record(target));
  Fields closing = closing_fields(facts);
  closing.push_back({"samples_only", true});
  formatter->end(closing);
  say_warnings(facts, context);
  context.notices.note("samples of " + count_words(counts.total(), "job") +
                       "; to list all: --list-all, or --save-plan FILE");
}

void print_plan(const PlanFacts& facts, PlanReader& plan, Context& context) {
  const bool tables = is_table(context) && context.format_options.fields.empty();
  if (tables) print_overview(facts, context);
  if (tables && facts.counts->total() == 0) {
    say_warnings(facts, context);
    return;
  }
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({targets_schema, "targets", plan_columns(), Heading::Layout::list, "ref", &plan_table()});
  std::uint64_t listed = 0, left = 0;
  while (const std::optional<Target> target = plan.next()) {
    if (tables && listed == most_listed) {
      ++left;
      continue;
    }
    ++listed;
    formatter->row(plan_record(*target));
  }
  formatter->end(closing_fields(facts));
  say_warnings(facts, context);
  if (left > 0) context.notices.note(count_words(left, "more job") + "; to see all: -o json");
}

}  // namespace queuetrace
