#include "commands/job/read_matches.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "commands/report/pasted_id.hpp"
#include "formatters/escape.hpp"
#include "model/count_words.hpp"
#include "model/job_reference.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_matches = 10'000;

/// What the job's store calls it besides its id; nullptr: nothing under this name.
const Untrusted* other_name(const Job& job, std::string_view field) {
  const auto found =
      std::find_if(job.extra.begin(), job.extra.end(), [&](const Field& one) { return one.name == field; });
  return found == job.extra.end() ? nullptr : std::get_if<Untrusted>(&found->value);
}

/// Whether a record in Redis names this id although its key names another one.
bool is_other_id(const Job& job, const std::string& id) {
  const Untrusted* const other = other_name(job, "record_id");
  return other != nullptr && other->raw() == id;
}

/// Whether a part of the job's id was typed that may stand for it.
bool is_part_of_id(const std::string& typed, const Job& job) {
  const std::string& id = job.ref.id.raw();
  if (other_name(job, "id_in_queue") != nullptr) return means_reference(typed, id);
  return typed.size() >= shortest_prefix && id.starts_with(typed);
}

bool is_indexed(const Capabilities& can, const JobFilter& question) {
  const Lookup lookup = !question.traces.empty()            ? can.trace
                        : !question.correlation_ids.empty() ? can.correlation
                                                            : can.id;
  return lookup != Lookup::scanned;
}

/// The questions, put together so that each index is used once and everything else is looked through once. What an
/// index serves comes first: it is found even where looking through the rest takes too long.
std::vector<JobFilter> put_together(const Capabilities& can, std::vector<JobFilter> questions) {
  std::vector<JobFilter> indexed, scanned;
  for (JobFilter& question : questions) (is_indexed(can, question) ? indexed : scanned).push_back(std::move(question));
  if (can.one_walk && !scanned.empty()) std::ranges::move(std::exchange(indexed, {}), std::back_inserter(scanned));
  std::vector<JobFilter> together;
  for (std::vector<JobFilter>* group : {&indexed, &scanned}) {
    if (group->size() == 1) together.push_back(std::move(group->front()));
    if (group->size() > 1) together.emplace_back().any_of = std::move(*group);
  }
  return together;
}

/// Sorts the jobs of one page into what they are an answer to. What questions `before` this one answered counts no
/// second time; within one question an id may stand several times, and counts each time. `now`: what this question
/// answers.
void sort_in(std::vector<Job> jobs, const std::vector<Readings>& asked, const FurtherQuestions& further,
             const std::set<std::string>& before, std::set<std::string>& now, Answer& answer) {
  for (Job& job : jobs) {
    const std::string& id = job.ref.id.raw();
    if (before.contains(id)) continue;
    bool whole = false;
    for (std::size_t index = 0; index < asked.size(); ++index) {
      const Readings& readings = asked[index];
      const auto is_id = [&](const std::string& one) { return id == one || is_other_id(job, one); };
      const auto is_part = [&](const std::string& one) { return is_part_of_id(one, job); };
      if (std::ranges::any_of(readings.whole, is_id)) {
        whole = true;
        answer.matches[index].whole.push_back(job);
      } else if (readings.pasted && is_id(*readings.pasted)) {
        whole = true;
        answer.matches[index].pasted.push_back(job);
      } else if (std::ranges::any_of(readings.whole, is_part) || (readings.pasted && is_part(*readings.pasted))) {
        answer.matches[index].longer.push_back(job);
      }
    }
    const bool fits = !whole && further.fit && further.fit(job);
    if (whole || fits) now.insert(id);
    if (fits) answer.further.push_back(std::move(job));
  }
}

}  // namespace

Readings readings_of(const std::string& id) {
  if (id.empty()) return {};
  Readings readings{{id}, std::nullopt};
  if (id.find('\\') != std::string::npos)
    if (std::optional<std::string> bytes = bytes_of_terminal_text(id); bytes && *bytes != id && !bytes->empty())
      readings.whole.push_back(std::move(*bytes));
  if (std::string pasted = as_pasted(id); pasted != id) readings.pasted = std::move(pasted);
  return readings;
}

void read_matches(JobStore& store, const std::vector<Readings>& asked, const FurtherQuestions& further,
                  const Context& context, bool payload, Answer& answer) {
  answer.matches.resize(asked.size());
  std::vector<JobFilter> questions = further.filters;
  JobFilter by_id;
  const auto ask_for = [&](const std::string& id) {
    if (std::ranges::find(by_id.ids, id) == by_id.ids.end()) by_id.ids.push_back(id);
  };
  for (const Readings& readings : asked) {
    std::ranges::for_each(readings.whole, ask_for);
    if (readings.pasted) ask_for(*readings.pasted);
  }
  if (!by_id.ids.empty()) questions.push_back(std::move(by_id));
  std::set<std::string> before;
  for (JobFilter& filter : put_together(store.capabilities(), std::move(questions))) {
    JobQuery query;
    query.filter = std::move(filter);
    query.page_size = 200;
    query.payload = payload;
    query.order = further.filters.empty() ? JobOrder::storage : JobOrder::newest;
    query.limits = context.limits;
    std::set<std::string> now;
    std::size_t read = 0;
    while (true) {
      Page page = store.list(query);
      answer.warnings.insert(answer.warnings.end(), page.warnings.begin(), page.warnings.end());
      answer.outcome.scanned = std::max(answer.outcome.scanned, page.scanned);
      if (page.truncated) answer.outcome.truncated = page.truncated;
      read += page.jobs.size();
      sort_in(std::move(page.jobs), asked, further, before, now, answer);
      if (!page.next || page.truncated || answer.further.size() > further.most) break;
      if (read >= most_matches) {
        answer.outcome.truncated = "more than " + count_words(most_matches, "job") + " have IDs with this prefix";
        break;
      }
      query.after = page.next;
    }
    before.merge(now);
  }
}

}  // namespace queuetrace
