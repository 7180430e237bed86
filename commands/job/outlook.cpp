#include "commands/job/outlook.hpp"

#include <algorithm>

#include "commands/change/queue_facts.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_ahead = 100;  ///< jobs of the queue that are looked at
constexpr std::size_t most_awaited = 20;

bool may_be_taken(JobState state) {
  return state == JobState::pending || state == JobState::retrying || state == JobState::scheduled;
}

/// Failures of what is told beside the answer are no failures of the answer.
template <typename Ask>
void try_to(const Ask& ask) {
  try {
    ask();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) throw;
  }
}

/// `3 jobs are taken before it`; empty: its place is not known.
std::string turn_words(const JobOutlook& outlook) {
  if (!outlook.position) return {};
  const auto before = static_cast<std::uint64_t>(*outlook.position - 1);
  const std::string then = outlook.held || outlook.pause ? ", once the queue is resumed" : "";
  if (before == 0) return (outlook.position_exact ? "workers take it next" : "workers may take it next") + then;
  return (outlook.position_exact ? "" : "about ") + count_words(before, "job is", "jobs are") + " taken before it" +
         then;
}

std::vector<Job>::const_iterator place_of(const std::vector<Job>& jobs, const Untrusted& id) {
  return std::ranges::find_if(jobs, [&](const Job& job) { return job.ref.id == id; });
}

}  // namespace

const PeekQueue* JobOutlookReader::next_in(JobStore& store, const std::string& queue) {
  const auto [known, is_new] = asked_.try_emplace({store.address(), queue});
  std::optional<PeekQueue>& answer = known->second;
  if (is_new)
    try_to([&] {
      PeekQuery query;
      query.queues = {quoted_glob(queue)};
      query.count = most_ahead;
      query.limits = context_.limits;
      PeekResult result = store.peek(query);
      const auto found = std::ranges::find(result.queues, Untrusted(queue), &PeekQueue::queue);
      if (found != result.queues.end()) answer = std::move(*found);
    });
  return answer ? &*answer : nullptr;
}

JobOutlook JobOutlookReader::outlook_of(const Job& job) {
  JobOutlook outlook;
  const bool is_blocked = job.state == JobState::blocked && !job.parents.empty();
  if (!is_blocked && !(may_be_taken(job.state) && job.queue)) return outlook;
  JobStore* store = nullptr;
  for (OpenedSource& source : sources_)
    for (const std::unique_ptr<JobStore>& one : source.stores)
      if (one->address() == job.ref.source) store = one.get();
  if (store == nullptr) return outlook;
  if (is_blocked) {
    try_to([&] {
      JobQuery query;
      for (const Untrusted& id : job.parents)
        if (query.filter.ids.size() < most_awaited) query.filter.ids.push_back(id.raw());
      query.page_size = most_awaited;
      query.limits = context_.limits;
      outlook.waits_for = store->list(query).jobs;
    });
    return outlook;
  }
  const PeekQueue* queue = next_in(*store, job.queue->raw());
  if (queue == nullptr) return outlook;
  for (const std::string& note : queue->notes)
    if (!outlook.held && note.starts_with("queue is paused")) outlook.held = note;
  outlook.pause = queue->pause;
  const auto place = place_of(queue->next, job.ref.id);
  if (place != queue->next.end()) outlook.position = place - queue->next.begin() + 1;
  outlook.position_exact = queue->exact;
  return outlook;
}

void add_outlook_for_people(Record& record, const Job& job, const JobOutlook& outlook, Timestamp now) {
  std::string text = outlook.pause  ? "not taken: its queue is " + pause_words(*outlook.pause, now)
                     : outlook.held ? "not taken: " + *outlook.held
                                    : std::string();
  if (const std::string turn = turn_words(outlook); !turn.empty()) text += (text.empty() ? "" : "\n") + turn;
  if (!text.empty()) {
    const auto facts = std::ranges::find_if(
        record, [](const Field& field) { return field.name != "headline" && field.name != "error"; });
    record.insert(facts, {"outlook", std::move(text)});
  }
  for (Field& field : record) {
    auto* parents = field.name == "parents" ? std::get_if<Values>(&field.value) : nullptr;
    for (std::size_t index = 0; parents != nullptr && index < std::min(parents->size(), job.parents.size()); ++index)
      if (const auto found = place_of(outlook.waits_for, job.parents[index]); found != outlook.waits_for.end())
        (*parents)[index] = Untrusted(found->ref.id.raw() + (found->queue ? " " + found->queue->raw() : "") + ", " +
                                      std::string(to_word(found->state)));
  }
}

void add_outlook(Record& record, const Job& job, const JobOutlook& outlook) {
  if (outlook.position) {
    record.push_back({"position", *outlook.position});
    record.push_back({"position_exact", outlook.position_exact});
  }
  if (outlook.held) record.push_back({"held", *outlook.held});
  for (Field& field : record) {
    auto* awaited = field.name == "waits_for" ? std::get_if<Values>(&field.value) : nullptr;
    for (std::size_t index = 0; awaited != nullptr && index < std::min(awaited->size(), job.parents.size()); ++index) {
      const auto found = place_of(outlook.waits_for, job.parents[index]);
      if (found == outlook.waits_for.end()) continue;
      auto& fields = std::get<Fields>((*awaited)[index]);
      if (found->queue) fields.push_back({"queue", *found->queue});
      fields.push_back({"state", std::string(to_word(found->state))});
    }
  }
}

}  // namespace queuetrace
