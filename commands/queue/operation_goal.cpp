#include "commands/queue/operation_goal.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "commands/change/audit_history.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/write_target.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t page_size = 500;
constexpr std::size_t ids_per_question = 500;              // one statement, or one pipeline of lookups
constexpr std::size_t most_bytes = 1u << 20;               // of the ids of one question
constexpr std::size_t ids_worth_a_walk = 50;               // more are cheaper to pick out of everything
constexpr std::size_t most_alike = 20 * ids_per_question;  // jobs whose ids begin as those of one question
constexpr std::size_t most_samples = 5;

using Ids = std::unordered_set<std::string>;

/// What one look found of each job: unfinished where any job of that id is.
using Found = std::unordered_map<std::string, Job>;

void take(Page& page, const Ids& wanted, Found& found) {
  for (Job& job : page.jobs) {
    const std::string& id = job.ref.id.raw();
    if (!wanted.contains(id)) continue;  // a longer one
    const auto [place, is_new] = found.try_emplace(id, job);
    if (!is_new && is_finished(place->second.state)) place->second = std::move(job);
  }
}

/// One question to one store; without ids everything is looked at.
void ask(JobStore& store, std::vector<std::string> ids, const Ids& wanted, const ReadLimits& limits, Found& found,
         SourceOutcome& outcome) {
  JobQuery query;
  const std::size_t most = ids.empty() ? SIZE_MAX : most_alike;
  query.filter.ids = std::move(ids);
  query.page_size = page_size;
  query.order = JobOrder::storage;
  query.brief = true;
  query.limits = limits;
  for (std::size_t read = 0; !outcome.truncated;) {
    Page page = store.list(query);
    read += page.jobs.size();
    outcome.scanned = std::max(outcome.scanned, page.scanned);
    outcome.truncated = page.truncated;
    take(page, wanted, found);
    if (!page.next) return;
    if (read >= most) outcome.truncated = "more than " + grouped(most) + " jobs have IDs that begin like these";
    query.after = page.next;
  }
}

void ask_in_chunks(JobStore& store, const Ids& wanted, const ReadLimits& limits, Found& found, SourceOutcome& outcome) {
  if (store.capabilities().id == Lookup::scanned && wanted.size() > ids_worth_a_walk)
    return ask(store, {}, wanted, limits, found, outcome);
  std::vector<std::string> ids;
  std::size_t bytes = 0;
  for (const std::string& id : wanted) {
    ids.push_back(id);
    bytes += id.size();
    if (ids.size() < ids_per_question && bytes < most_bytes) continue;
    ask(store, std::exchange(ids, {}), wanted, limits, found, outcome);
    bytes = 0;
  }
  if (!ids.empty()) ask(store, std::move(ids), wanted, limits, found, outcome);
}

/// The jobs that have not ended yet, and how the others did. Those are not read again.
class OperationJobs {
 public:
  explicit OperationJobs(Ids ids) : left_(std::move(ids)) {}

  WaitLook look(std::vector<OpenedSource>& sources, const ReadLimits& limits) {
    WaitLook look;
    Found found = read(sources, left_, limits, look);
    Ids missing;
    for (const std::string& id : left_)
      if (!found.contains(id)) missing.insert(id);
    // A job on its way from one list to another is in neither for a moment, but not twice.
    if (!missing.empty() && look.is_complete()) found.merge(read(sources, missing, limits, look));
    for (auto& [id, job] : found) {
      if (is_finished(job.state)) {
        ++ended_[job.state];
        left_.erase(id);
      } else {
        look.running += job.state == JobState::running ? 1 : 0;
        if (look.samples.size() < most_samples) look.samples.push_back(std::move(job));
      }
    }
    if (look.is_complete())
      for (const std::string& id : missing)
        if (!found.contains(id)) gone_ += left_.erase(id);
    look.matching = left_.size();
    look.ended = ended_;
    look.gone = gone_;
    look.met = left_.empty();
    look.more = !look.is_complete();
    look.decided = look.met || !look.samples.empty() || look.is_complete();
    return look;
  }

 private:
  /// Appends to what the look says of warnings; of several reads the outcomes of the last one count.
  static Found read(std::vector<OpenedSource>& sources, const Ids& wanted, const ReadLimits& limits, WaitLook& look) {
    const std::size_t stores = outcome_count(sources);
    std::vector<Found> found(stores);
    std::vector<SourceOutcome> told(stores);
    look.outcomes = for_each_store(sources, [&](JobStore& store, std::size_t index) {
      ask_in_chunks(store, wanted, limits, found[index], told[index]);
    });
    Found all;
    for (std::size_t index = 0; index < stores; ++index) {
      look.outcomes[index].scanned = told[index].scanned;
      look.outcomes[index].truncated = told[index].truncated;
      for (auto& [id, job] : found[index])
        if (const auto [place, is_new] = all.try_emplace(id, job); !is_new && is_finished(place->second.state))
          place->second = std::move(job);
    }
    return all;
  }

  Ids left_;
  std::map<JobState, std::uint64_t> ended_;
  std::uint64_t gone_ = 0;
};

[[noreturn]] void refuse(const PastOperation& past, const std::string& why, const std::string& hint) {
  throw Error(ErrorKind::refused, "the " + past.verb + " " + short_operation(past.id) + " " + why).with_hint(hint);
}

Ids jobs_of(const PastOperation& past) {
  constexpr const char* another_way = "wait for queues (--empty, --idle) or with filters and --count instead";
  std::error_code error;
  const std::string& path = past.kept.empty() ? past.backup : past.kept;
  if (path.empty() || !std::filesystem::exists(path, error))
    refuse(past, "kept no list of its jobs, or no longer has it", another_way);
  BackupReader file(path);
  if (file.action() == "pause" || file.action() == "resume") refuse(past, "changed a queue and no jobs", another_way);
  if (file.is_removed() && past.kept.empty() && past.undoes.empty() && past.verb != "restore")
    refuse(past, "removed its jobs: there is nothing to wait for", "queuetrace undo puts them back");
  Ids ids;
  while (const std::optional<BackupRecord> record = file.next()) {
    ids.insert(record->id.raw());
    if (ids.size() > most_jobs_of_operation)
      refuse(past,
             "changed more than " + grouped(most_jobs_of_operation) + " jobs, which every poll would have to read",
             another_way);
  }
  return ids;
}

/// Of several installations of the system that of the change stays, where it was written down.
void keep_store_of(const PastOperation& past, OpenedSource& opened) {
  std::erase_if(opened.stores, [&](const auto& store) { return store->system().name != past.system; });
  const std::string name = store_of_change(past.address, past.source, past.system);
  const auto is_it = [&](const auto& store) { return is_called(*store, name, opened.source); };
  if (std::ranges::any_of(opened.stores, is_it))
    std::erase_if(opened.stores, [&](const auto& store) { return !is_it(store); });
}

}  // namespace

WaitGoal operation_goal(const std::string& typed, const Context& context, std::vector<OpenedSource>& sources) {
  const std::vector<PastOperation> operations = past_operations(context.surroundings.environment);
  const PastOperation& past = find_operation(operations, typed);
  Ids ids = jobs_of(past);
  const std::string name = terminal_text(past.verb + " " + short_operation(past.id), Profile::text);
  if (ids.size() < past.done)
    context.notices.warning("of " + count_words(past.done, "job") + " of the " + name + " only " + grouped(ids.size()) +
                            " were written down; the others are not waited for");
  Source place = place_of_change(past.source, past.target, {"wait", "--operation", short_operation(past.id)}, context);
  if (!place.system) place.system = past.system;  // a store that is empty by now shows no sign of it
  sources = context.open({place});
  keep_store_of(past, sources.front());
  if (!sources.front().error && sources.front().stores.empty())
    throw Error(ErrorKind::not_found, in_quotes(past.system) + " is no longer in source " + in_quotes(past.source));
  WaitGoal goal;
  goal.remaining = "jobs left";
  goal.runs_too = true;
  goal.words = "the jobs of the " + name + " have ended";
  goal.met = "The jobs of the " + name + " have ended";
  goal.unmet = "Not all have ended";
  goal.look = [jobs = std::make_shared<OperationJobs>(std::move(ids))](
                  std::vector<OpenedSource>& opened, const ReadLimits& limits) { return jobs->look(opened, limits); };
  return goal;
}

}  // namespace queuetrace
