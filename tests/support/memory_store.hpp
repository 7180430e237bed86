// A job store in memory for tests of commands and of gathering: holds what it is given, filters and pages as a real one
// must, fails when told to, and records what it was asked.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/gather.hpp"
#include "backends/job_store.hpp"
#include "model/error.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace::testing {

/// What the store answers and what it was asked. Shared with the test, which keeps it while the store is moved around.
struct MemoryStoreData {
  std::string system_name = "memory";
  StorageFamily family = StorageFamily::postgresql;
  std::vector<StateMapping> states;
  Capabilities capabilities;
  std::vector<Job> jobs;  ///< in storage order; list() sorts newest first when asked to
  std::vector<std::string> queue_names;
  PeekResult peek;
  Statistics statistics;
  StoreCheck check;
  std::vector<Finding> unseen;
  std::optional<Error> failure;          ///< thrown by every call
  std::optional<std::uint64_t> give_up;  ///< jobs looked at before a listing is cut short
  std::vector<std::string> warnings;

  std::vector<JobQuery> lists;
  std::vector<PeekQuery> peeks;
  std::vector<StatisticsQuery> statistics_queries;
  int queue_calls = 0;
};

class MemoryStore : public JobStore {
 public:
  explicit MemoryStore(std::shared_ptr<MemoryStoreData> data) : data_(std::move(data)) {
    info_.name = data_->system_name;
    info_.title = data_->system_name;
    info_.family = data_->family;
    info_.states = data_->states;
  }

  const SystemInfo& system() const override { return info_; }
  Capabilities capabilities() const override { return data_->capabilities; }

  Page list(const JobQuery& query) override {
    data_->lists.push_back(query);
    fail_if_told();
    std::vector<Job> sorted = data_->jobs;
    if (query.order == JobOrder::newest)
      std::stable_sort(sorted.begin(), sorted.end(),
                       [](const Job& left, const Job& right) { return left.created_at > right.created_at; });
    Page page;
    page.warnings = query.after ? std::vector<std::string>{} : data_->warnings;
    std::size_t position = query.after ? std::stoul(*query.after) : 0;
    while (position < sorted.size() && page.jobs.size() < query.page_size) {
      if (data_->give_up && position >= *data_->give_up) {
        page.truncated = "stopped after " + std::to_string(position) + " entries";
        break;
      }
      Job& job = sorted[position++];
      if (!fits(query.filter, job)) continue;
      job.ref.source = address();
      job.system = data_->system_name;
      if (!query.payload) {
        job.payload.reset();
        job.result.reset();
      }
      page.jobs.push_back(std::move(job));
    }
    page.scanned = position;
    if (position < sorted.size()) page.next = std::to_string(position);
    return page;
  }

  PeekResult peek(const PeekQuery& query) override {
    data_->peeks.push_back(query);
    fail_if_told();
    PeekResult result = data_->peek;
    for (PeekQueue& queue : result.queues) {
      if (queue.next.size() > query.count) queue.next.resize(query.count);
      if (!query.why) queue.waiting.clear();
      for (Job& job : queue.next) job.ref.source = address();
    }
    std::erase_if(result.queues,
                  [&](const PeekQueue& queue) { return !any_glob(query.queues, Untrusted(queue.queue)); });
    return result;
  }

  Statistics statistics(const StatisticsQuery& query) override {
    data_->statistics_queries.push_back(query);
    fail_if_told();
    Statistics result = data_->statistics;
    std::erase_if(result.queues,
                  [&](const QueueStatistics& queue) { return !any_glob(query.queues, Untrusted(queue.queue)); });
    return result;
  }

  std::vector<Untrusted> queues(const ReadLimits&) override {
    ++data_->queue_calls;
    fail_if_told();
    std::vector<Untrusted> names;
    for (const std::string& name : data_->queue_names) names.emplace_back(name);
    return names;
  }

  StoreCheck check(const ReadLimits&) override {
    fail_if_told();
    return data_->check;
  }

  std::vector<Finding> unseen() override { return data_->unseen; }

 private:
  void fail_if_told() const {
    if (data_->failure) throw *data_->failure;
  }

  static bool any_glob(const std::vector<std::string>& patterns, const std::optional<Untrusted>& text) {
    return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
             return text && matches_glob(pattern, text->raw());
           });
  }

  static bool any_equal(const std::vector<std::string>& wanted, const std::optional<Untrusted>& text) {
    return wanted.empty() || (text && std::find(wanted.begin(), wanted.end(), text->raw()) != wanted.end());
  }

  static bool fits(const JobFilter& filter, const Job& job) {
    const auto id_fits = [&](const std::string& id) {
      return job.ref.id.raw() == id || (id.size() >= 4 && job.ref.id.raw().starts_with(id));
    };
    const auto state_fits = [&](const StateSelector& selector) {
      return selector.state ? *selector.state == job.state
                            : job.native_state && job.native_state->raw() == selector.word;
    };
    const auto trace_fits = [&](const TraceQuery& query) {
      return job.trace.trace_id && matches(query, job.trace.trace_id->raw());
    };
    const auto any = [](const auto& values, const auto& test) {
      return values.empty() || std::any_of(values.begin(), values.end(), test);
    };
    const auto names_parent = [&](const std::string& id) {
      return std::find(job.parents.begin(), job.parents.end(), Untrusted(id)) != job.parents.end() ||
             (job.trace.causation_id && job.trace.causation_id->raw() == id);
    };
    const auto span_fits = [&](const std::string& span) {
      return any_equal({span}, job.trace.span_id) || any_equal({span}, job.trace.parent_span_id);
    };
    const auto alternative_fits = [&](const JobFilter& one) { return fits(one, job); };
    return any(filter.any_of, alternative_fits) && any(filter.span_ids, span_fits) &&
           any(filter.parents, names_parent) && any_equal(filter.workflows, job.workflow_id) &&
           any_equal(filter.batches, job.batch_id) && any(filter.ids, id_fits) && any(filter.states, state_fits) &&
           any(filter.traces, trace_fits) && any_equal(filter.correlation_ids, job.trace.correlation_id) &&
           any_glob(filter.queues, job.queue) && any_glob(filter.kinds, job.kind) &&
           (!filter.since || (time_of(filter, job) && time_of(filter, job) >= filter.since)) &&
           (!filter.until || (time_of(filter, job) && time_of(filter, job) < filter.until));
  }

  static std::optional<Timestamp> time_of(const JobFilter& filter, const Job& job) {
    switch (filter.time_field) {
      case TimeField::created: return job.created_at;
      case TimeField::scheduled: return job.scheduled_at;
      case TimeField::started: return job.started_at;
      case TimeField::finished: return job.finished_at;
      case TimeField::ended:
        return job.finished_at ? job.finished_at : job.started_at ? job.started_at : job.created_at;
      case TimeField::due: return job.scheduled_at.value_or(infinite_past);
    }
    return std::nullopt;
  }

  std::shared_ptr<MemoryStoreData> data_;
  SystemInfo info_;
};

/// A source of that name whose stores are in memory, one a data; addressed by `name`, or by `name/system` when there
/// are several.
inline OpenedSource memory_source(const std::string& name,
                                  const std::vector<std::shared_ptr<MemoryStoreData>>& stores) {
  OpenedSource opened;
  opened.source.name = name;
  for (const std::shared_ptr<MemoryStoreData>& data : stores) {
    opened.stores.push_back(std::make_unique<MemoryStore>(data));
    opened.stores.back()->set_address(stores.size() == 1 ? name : name + "/" + data->system_name);
  }
  return opened;
}

/// A source that could not be opened.
inline OpenedSource failed_source(const std::string& name, Error error) {
  OpenedSource opened;
  opened.source.name = name;
  opened.error = std::move(error);
  return opened;
}

}  // namespace queuetrace::testing
