#include "backends/engines/redis/job_inspection.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include "backends/engines/redis/history_note.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/scan_walker.hpp"
#include "model/fingerprint.hpp"

namespace queuetrace {
namespace {

constexpr std::uint64_t most_examined_of_a_job = 100'000;
/// Jobs whose identity is remembered: about 64 MiB.
constexpr std::size_t most_remembered = 1'000'000;
/// Jobs looked at again; with more of one kind nobody passes by.
constexpr std::size_t most_looked_at_again = 1'000;
constexpr std::chrono::milliseconds second_look{50};
/// Clocks of machines differ; jobs further ahead than this mislead.
constexpr std::chrono::seconds furthest_ahead{60};

/// Against a job's way: what finished, what runs, what waits.
int order_of(PlaceRole role) {
  switch (role) {
    case PlaceRole::completed: return 0;
    case PlaceRole::dead: return 1;
    case PlaceRole::any: return 2;
    case PlaceRole::running: return 3;
    case PlaceRole::waiting: return 4;
    case PlaceRole::later: break;
  }
  return 5;
}

bool lies_in_lists(const Place& place) { return place.container == Container::list && place.holds == Holds::payloads; }

/// What stays the same of a job on its way. Ids alone are given twice by some producers.
std::uint64_t identity_of(const Job& job) {
  const std::uint64_t made =
      job.created_at ? static_cast<std::uint64_t>(job.created_at->time_since_epoch().count()) : 0;
  return fingerprint(job.ref.id.raw(), fingerprint(std::to_string(made)));
}

}  // namespace

JobInspection::JobInspection(RedisKeyspace& keys, const DecodeContext& context, const ReadLimits& limits,
                             DiagnosisReport& report)
    : keys_(keys),
      context_(context),
      limits_(limits),
      report_(report),
      most_(limits.scan ? std::min(*limits.scan, most_examined_of_a_job) : UINT64_MAX),
      watcher_(keys.system().explain.watch == nullptr ? nullptr : keys.system().explain.watch()),
      orphans_(keys, limits) {}

void JobInspection::run(const OpenLists& open) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < open.lists.size(); ++i)
    if (open.lists[i].place->listed) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return order_of(open.lists[i].place->role); });
  for (const std::size_t list : order) walk(open, list);
  look_again(open);
  if (watcher_ != nullptr) watcher_->tell(report_, !cut_);
  if (cut_ || !open.complete) orphans_.miss();
  orphans_.tell(report_);
  if (cut_ || !open.complete) report_.not_answered("not-all-jobs");
}

void JobInspection::walk(const OpenLists& open, std::size_t list) {
  const OpenList& one = open.lists[list];
  if (read_at_once(*one.place)) {
    for (const Job& job : keys_.read_running(one, context_)) see(job, list, *one.place, {});
    return;
  }
  ListProgress progress;
  progress.key = one.key;
  progress.length = one.length;
  progress.memory = one.memory;
  const std::unique_ptr<Walker> walker =
      make_walker(keys_.connection(), keys_.system(), *one.place, std::move(progress));
  const JobFilter anything;
  EntryReader reader(keys_, anything, context_, EntryReader::Depth::summary);
  for (std::uint64_t examined = 0; !walker->finished();) {
    const bool in_time = !limits_.stop.stop_requested() && std::chrono::steady_clock::now() < limits_.deadline;
    if (!in_time || examined >= most_) {
      cut_ = cut_ || !in_time || one.place->role != PlaceRole::completed;
      orphans_.miss();
      break;
    }
    if (!walker->request(largest_window)) break;
    walker->receive();
    const Window window = walker->take();
    for (const MatchedEntry& found : reader.read(one, window, window.elements.size()).jobs)
      see(found.job, list, *one.place, window.elements[found.element].raw);
    orphans_.see(one, window.elements);
    examined += window.elements.size();
  }
  if (reader.skipped() > 0) report_.add_count("wrong-key-type", reader.skipped());
}

void JobInspection::see(const Job& job, std::size_t list, const Place& place, std::string_view element) {
  for (const RedisDiagnosisRule& rule : keys_.system().explain.diagnoses) apply(rule, job, list, place, element);
  if (job.created_at && *job.created_at > context_.now + furthest_ahead)
    report_.add_job("created-in-the-future", job.ref.id, job.queue);
  if (lies_in_lists(place) && tells_jobs_apart(job)) look_for_copies(job, place);
  if (watcher_ != nullptr) watcher_->see(job);
}

/// Ids that were made of a job's bytes are equal for equal jobs, and one may be done as often as it was enqueued.
bool JobInspection::tells_jobs_apart(const Job& job) const {
  const std::string_view made = keys_.system().read.made_ids;
  const std::string& id = job.ref.id.raw();
  return !id.empty() && (made.empty() || !id.starts_with(made)) && !has_note(job, history_note);
}

void JobInspection::apply(const RedisDiagnosisRule& rule, const Job& job, std::size_t list, const Place& place,
                          std::string_view element) {
  if (rule.concerns == nullptr || !rule.concerns(job, keys_.deployment())) return;
  if (rule.passing && place.container == Container::records && candidates_.size() < most_looked_at_again)
    candidates_.push_back({&rule, list, std::string(element), job.ref.id});
  else
    report_.add_job(rule.code, job.ref.id, job.queue);
}

void JobInspection::look_for_copies(const Job& job, const Place& place) {
  const std::uint64_t identity = identity_of(job);
  const auto [known, first] = copies_.size() < most_remembered ? copies_.try_emplace(identity, Copies{place.role})
                                                               : std::pair(copies_.find(identity), false);
  // Finished twice is history; waiting or running beside another copy is work done twice.
  if (first || known == copies_.end() || known->second.told) return;
  if (place.role != PlaceRole::waiting && place.role != PlaceRole::running) return;
  known->second.told = true;
  if (place.role == PlaceRole::running || known->second.first == PlaceRole::running)
    beside_running_.emplace_back(identity, job.ref.id);
  else
    report_.add_job("double-listed", job.ref.id, job.queue);
}

void JobInspection::look_again(const OpenLists& open) {
  if (candidates_.empty() && beside_running_.empty()) return;
  std::this_thread::sleep_for(second_look);
  if (!beside_running_.empty()) {
    std::set<std::uint64_t> running;
    for (const Job& job : keys_.running_jobs(open, context_)) running.insert(identity_of(job));
    for (auto& [identity, id] : beside_running_)
      if (running.contains(identity)) report_.add_job("double-listed", std::move(id));
  }
  const JobFilter anything;
  EntryReader reader(keys_, anything, context_, EntryReader::Depth::summary);
  for (std::size_t list = 0; list < open.lists.size(); ++list) {
    std::vector<const Candidate*> of_list;
    Window window;
    for (const Candidate& candidate : candidates_)
      if (candidate.list == list) {
        of_list.push_back(&candidate);
        window.elements.push_back({candidate.element});
      }
    for (const MatchedEntry& found : reader.read(open.lists[list], window, window.elements.size()).jobs) {
      const Candidate& candidate = *of_list[found.element];
      if (candidate.rule->concerns(found.job, keys_.deployment()))
        report_.add_job(candidate.rule->code, candidate.id, found.job.queue);
    }
  }
}

}  // namespace queuetrace
