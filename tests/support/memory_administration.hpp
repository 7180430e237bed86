// An administration in memory for tests of the commands: acts on the jobs of a MemoryStore, looks again before it does,
// fails when told to, and records in which order it was asked.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/memory_store.hpp"

namespace queuetrace::testing {

struct MemoryAdministrationData {
  ActionOffer offer{true, "it is done to the job", "", "", {}, false};
  ActionOffer pause_offer{true, "no job of the queue is taken", "", "", {}, false};
  std::size_t chunk = 100;
  /// Verdict for a job, where it is not `act`.
  std::function<void(const Job&, Target&)> judge = [](const Job&, Target&) {};
  std::function<void()> before_back_up = [] {};
  std::function<void()> before_apply = [] {};
  std::function<void()> before_restore = [] {};  ///< not when it only compares
  bool counts_plans = false;                     ///< tally() has an answer
  std::optional<Error> pauses_failure;           ///< thrown by paused_among()
  std::optional<std::size_t> lose_at_apply;      ///< the number of the apply() that is left in doubt, from 1

  std::vector<std::string> calls;  ///< `back_up a,b`, `apply a,b`, `restore a,b`, `pause q`
  std::vector<Action> actions;
  std::vector<std::string> paused;
};

/// The version of a job is its state: a job whose state changed is not as the plan saw it.
class MemoryAdministration : public JobAdministration {
 public:
  MemoryAdministration(JobStore& store, std::shared_ptr<MemoryStoreData> jobs,
                       std::shared_ptr<MemoryAdministrationData> data)
      : store_(store), jobs_(std::move(jobs)), data_(std::move(data)) {}

  ActionOffer offer(const Action& action) const override {
    ActionOffer offer = data_->offer;
    offer.removes = action.kind == ActionKind::erase;
    return offer;
  }

  TargetPage plan(const Action& action, const JobQuery& query) override {
    data_->actions.push_back(action);
    Page page = store_.list(query);
    TargetPage out{{}, page.next, page.scanned, page.truncated, page.warnings};
    for (const Job& job : page.jobs) {
      Target& target = out.targets.emplace_back();
      target.job = job;
      target.locator = std::string(to_word(job.state));
      data_->judge(job, target);
    }
    return out;
  }

  std::optional<PlanTally> tally(const Action& action, const JobFilter& filter, const ReadLimits& limits) override {
    if (!data_->counts_plans) return std::nullopt;
    data_->calls.emplace_back("tally");
    JobQuery query;
    query.filter = filter;
    query.page_size = jobs_->jobs.size() + 1;
    query.order = JobOrder::storage;
    query.limits = limits;
    PlanTally tally;
    for (const Target& target : plan(action, query).targets) {
      auto part = std::ranges::find_if(tally.parts, [&](const PlanTally::Part& one) {
        return one.verdict == target.verdict && one.reason == target.reason && one.queue == target.job.queue;
      });
      if (part == tally.parts.end())
        part = tally.parts.insert(part, {target.verdict, target.reason, target.may_force, 0, target.job.queue});
      ++part->jobs;
    }
    return tally;
  }

  std::vector<BackupRecord> back_up(std::span<const Target> targets, const ReadLimits&) override {
    data_->before_back_up();
    data_->calls.push_back("back_up " + names(targets));
    std::vector<BackupRecord> records;
    for (const Target& target : targets)
      if (const Job* job = find(target)) records.push_back({job->ref.id, "{\"state\":\"" + target.locator + "\"}"});
    return records;
  }

  std::vector<TargetReport> report_left_out(const Action&, std::span<const Target> targets,
                                            const ReadLimits&) override {
    std::vector<TargetReport> reports;
    for (const Target& target : targets) {
      const bool there =
          std::ranges::any_of(jobs_->jobs, [&](const Job& job) { return job.ref.id == target.job.ref.id; });
      reports.push_back({target.job.ref.id,
                         there ? Outcome::changed : Outcome::already,
                         there ? "it changed after the plan was made" : "it is not there",
                         {}});
    }
    return reports;
  }

  std::vector<TargetReport> apply(const Action& action, std::span<const Target> targets, const ReadLimits&) override {
    data_->before_apply();
    data_->calls.push_back("apply " + names(targets));
    ++applied_;
    std::vector<TargetReport> reports;
    for (const Target& target : targets) {
      TargetReport& report = reports.emplace_back();
      report.id = target.job.ref.id;
      if (data_->lose_at_apply && applied_ == *data_->lose_at_apply) {
        report.outcome = Outcome::unknown;
        report.reason = "the connection was lost before the server answered";
        continue;
      }
      Job* job = find(target);
      if (job == nullptr) {
        report.outcome = Outcome::changed;
        report.reason = "it changed after the plan was made";
      } else if (action.kind == ActionKind::erase) {
        std::erase_if(jobs_->jobs, [&](const Job& one) { return one.ref.id == report.id; });
      } else if (action.kind == ActionKind::move) {
        report.undo = undo_content(*job);
        job->queue = Untrusted(action.queue);
      } else {
        report.undo = undo_content(*job);
        job->state = action.kind == ActionKind::retry ? JobState::pending : JobState::cancelled;
      }
    }
    return reports;
  }

  std::vector<TargetReport> restore(std::vector<BackupRecord> records, bool dry_run, const ReadLimits&) override {
    if (!dry_run) data_->before_restore();
    std::string ids;
    std::vector<TargetReport> reports;
    for (const BackupRecord& record : records) {
      ids += (ids.empty() ? "" : ",") + record.id.raw();
      const bool there =
          std::any_of(jobs_->jobs.begin(), jobs_->jobs.end(), [&](const Job& job) { return job.ref.id == record.id; });
      reports.push_back(
          {record.id, there ? Outcome::already : Outcome::done, there ? "it is there as it was" : "", {}});
      if (there || dry_run) continue;
      Job job;
      job.ref.id = record.id;
      job.state = JobState::dead;
      jobs_->jobs.push_back(job);
    }
    data_->calls.push_back((dry_run ? "compare " : "restore ") + ids);
    return reports;
  }

  std::vector<TargetReport> undo(std::vector<BackupRecord> records, bool dry_run, const ReadLimits&) override {
    std::string ids;
    std::vector<TargetReport> reports;
    for (const BackupRecord& record : records) {
      ids += (ids.empty() ? "" : ",") + record.id.raw();
      TargetReport& report = reports.emplace_back();
      report.id = record.id;
      const auto job = std::ranges::find(jobs_->jobs, record.id, [](const Job& one) { return one.ref.id; });
      const std::size_t bar = record.content.find('|');
      const bool paused = record.content == "paused|";
      if (paused || record.content == "free|") {  // of a queue
        if (!dry_run) set_paused({record.id.raw(), paused, "", ""});
      } else if (job == jobs_->jobs.end() || job->state == JobState::running) {
        report.set(Outcome::changed, "it is not as the change left it");
      } else if (undo_content(*job) == record.content) {
        report.set(Outcome::already, "it is as it was");
      } else if (!dry_run) {
        job->state = *parse_job_state(record.content.substr(0, bar));
        job->queue = Untrusted(record.content.substr(bar + 1));
      }
    }
    data_->calls.push_back((dry_run ? "look " : "undo ") + ids);
    return reports;
  }

  std::size_t largest_chunk() const override { return data_->chunk; }
  ActionOffer offer_pause() const override { return data_->pause_offer; }

  std::vector<QueueStatistics> paused_among(const std::vector<std::string>& queues, const ReadLimits&) override {
    if (data_->pauses_failure) throw *data_->pauses_failure;
    std::vector<QueueStatistics> paused;
    for (const QueueStatistics& one : jobs_->statistics.queues)
      if (one.paused.value_or(false) && std::ranges::find(queues, one.queue.raw()) != queues.end())
        paused.push_back(one);
    return paused;
  }

  TargetReport set_paused(const PauseChange& change) override {
    data_->calls.push_back((change.paused ? "pause " : "resume ") + change.queue);
    const auto found = std::find(data_->paused.begin(), data_->paused.end(), change.queue);
    const bool was = found != data_->paused.end();
    if (was == change.paused) return {Untrusted(change.queue), Outcome::already, "it is so", {}};
    if (was)
      data_->paused.erase(found);
    else
      data_->paused.push_back(change.queue);
    return {Untrusted(change.queue), Outcome::done, "", {}, was ? "paused|" : "free|"};
  }

 private:
  static std::string undo_content(const Job& job) {
    return std::string(to_word(job.state)) + "|" + (job.queue ? job.queue->raw() : "");
  }
  static std::string names(std::span<const Target> targets) {
    std::string ids;
    for (const Target& target : targets) ids += (ids.empty() ? "" : ",") + target.job.ref.id.raw();
    return ids;
  }

  /// The job in the state the plan saw.
  Job* find(const Target& target) {
    for (Job& job : jobs_->jobs)
      if (job.ref.id == target.job.ref.id && to_word(job.state) == target.locator) return &job;
    return nullptr;
  }

  JobStore& store_;
  std::shared_ptr<MemoryStoreData> jobs_;
  std::shared_ptr<MemoryAdministrationData> data_;
  std::size_t applied_ = 0;
};

/// A MemoryStore that can be changed.
class WritableMemoryStore : public MemoryStore {
 public:
  WritableMemoryStore(const std::shared_ptr<MemoryStoreData>& jobs, std::shared_ptr<MemoryAdministrationData> data)
      : MemoryStore(jobs), administration_(*this, jobs, std::move(data)) {}

  JobAdministration& administration() override { return administration_; }

 private:
  MemoryAdministration administration_;
};

}  // namespace queuetrace::testing
