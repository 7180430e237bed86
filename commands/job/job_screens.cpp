#include "commands/job/job_screens.hpp"

#include <algorithm>
#include <memory>

#include "backends/offered_actions.hpp"
#include "commands/job/listing_remarks.hpp"
#include "commands/report/command_line.hpp"
#include "formatters/job_screen.hpp"
#include "formatters/job_table.hpp"
#include "formatters/table_view.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr const char* jobs_schema = "queuetrace.jobs/1";

/// `7 other jobs of its trace: 1 dead, 4 completed`
std::vector<Phrase> related_words(const RelatedJobs& related) {
  const std::uint64_t all = related.shown.size() + related.more;
  const auto by_trace = static_cast<std::size_t>(std::ranges::count_if(related.shown, &RelatedJob::by_trace));
  std::string text = (related.more > 0 ? grouped(related.shown.size()) + " of " : "") +
                     (related.at_least ? "at least " : "") + count_words(all, "other job");
  text += by_trace == related.shown.size() ? " of its trace"
          : by_trace == 0                  ? " of its correlation id"
                                           : " of its trace or correlation id";
  StateCounts counts;
  for (const RelatedJob& other : related.shown) ++counts[other.job.state];
  std::vector<Phrase> phrases{{text + (related.more > 0 ? "; of these " : ": ")}};
  for (Phrase& phrase : state_phrases(counts)) phrases.push_back(std::move(phrase));
  return phrases;
}

bool several_sources(const RelatedJobs& related) {
  return std::ranges::any_of(related.shown, [&](const RelatedJob& other) {
    return other.job.ref.source != related.shown.front().job.ref.source;
  });
}

}  // namespace

bool JobScreens::can(ActionKind action, const Job& job) const {
  return std::ranges::any_of(sources_, [&](const OpenedSource& source) {
    return !source.source.read_only && std::ranges::any_of(source.stores, [&](const auto& store) {
      return store->address() == job.ref.source && offers(store->system(), action);
    });
  });
}

std::string JobScreens::hint_for(const Job& job, const std::string& id, const JobOutlook& outlook) const {
  std::vector<std::vector<std::string>> commands;
  if (job.trace.trace_id || job.trace.correlation_id) commands.push_back({"trace", "show", id});
  const bool ended_badly = job.state == JobState::dead || job.state == JobState::failed;
  const bool waits = !is_finished(job.state) && job.state != JobState::running && job.state != JobState::unknown;
  if (outlook.pause && job.queue) commands.push_back({"queue", "show", job.queue->raw()});
  if (ended_badly && can(ActionKind::retry, job)) commands.push_back({"job", "retry", id});
  if (waits && can(ActionKind::cancel, job)) commands.push_back({"job", "cancel", id});
  std::string hint;
  for (std::vector<std::string>& command : commands)
    hint += (hint.empty() ? "" : "\n") + command_from_here(std::move(command), context_);
  return hint;
}

void JobScreens::print_related(const RelatedJobs& related, const std::string& hint) {
  context_.out << '\n';
  const std::unique_ptr<Formatter> table = context_.formatter();
  table->begin(Heading{jobs_schema, "jobs", job_columns(), Heading::Layout::list, "ref", &job_table(),
                       several_sources(related)});
  for (const RelatedJob& other : related.shown) table->row(links_.record(other.job));
  table->tell({related_words(related), hint});
  table->end({});
}

void JobScreens::print(Job job, const std::string& typed, const JobOutlook& outlook, const RelatedJobs* related) {
  if (!first_) context_.out << '\n';
  first_ = false;
  if (outlook.pause)
    std::erase_if(job.notes, [](const Note& note) { return note.code == "queue-paused"; });  // said above
  const JobLinks links = links_.links(job);
  Record record = job_screen_record(job, links, context_.format_options);
  add_outlook_for_people(record, job, outlook, context_.now());
  if (related != nullptr) {
    const Viewer::Link link = links_.viewer_for(job.ref.source).trace_link(job, context_.now());
    if (!link.url && !link.reason.empty()) record.push_back({"no_link", link.reason});
  }
  const std::string hint = hint_for(job, typed, outlook);
  const bool below = related != nullptr && !related->shown.empty();
  const std::unique_ptr<Formatter> facts = context_.formatter();
  facts->begin(Heading{jobs_schema, "jobs", job_screen_columns(), Heading::Layout::detail, "ref"});
  facts->row(record);
  if (!below) facts->tell({{}, hint});
  facts->end({});
  if (below) print_related(*related, hint);
}

}  // namespace queuetrace
