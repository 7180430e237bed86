#include "tracing/trace_link_finder.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tracing/trace_key.hpp"
#include "tracing/tying_id.hpp"

namespace queuetrace {
namespace {

using Numbers = std::vector<std::size_t>;

constexpr std::size_t long_id = 16;

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    const char byte = text[at];
    const bool hex = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
    if (dash ? byte != '-' : !hex) return false;
  }
  return true;
}

bool is_set(const std::optional<Untrusted>& text) { return text && !text->empty(); }

/// The position of a job within its workflow, where the system writes one (docs/systems/emp-job-queue.md section 2).
std::optional<std::int64_t> workflow_step(const Job& job) {
  for (const Field& field : job.extra) {
    if (field.name != "current_step" && field.name != "step_number") continue;
    if (const std::int64_t* number = std::get_if<std::int64_t>(&field.value)) return *number;
    const Untrusted* text = std::get_if<Untrusted>(&field.value);
    const std::string* word = std::get_if<std::string>(&field.value);
    const std::string digits = text ? text->raw() : word ? *word : std::string();
    std::int64_t number = 0;
    const auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (!digits.empty() && problem == std::errc() && rest == digits.data() + digits.size()) return number;
  }
  return std::nullopt;
}

/// The jobs by what others name them by.
class JobIndex {
 public:
  explicit JobIndex(const std::vector<Job>& jobs) : jobs_(jobs) {
    for (std::size_t number = 0; number < jobs.size(); ++number) {
      const Job& job = jobs[number];
      by_id_[job.ref.id.raw()].push_back(number);
      if (ties(job, job.trace.span_id) && job.trace.span_id != job.trace.parent_span_id)
        by_span_[job.trace.span_id->raw()].push_back(number);
      if (const std::optional<std::int64_t> step = workflow_step(job); step && is_set(job.workflow_id))
        by_step_[{job.ref.source, job.workflow_id->raw()}][*step].push_back(number);
    }
  }

  std::optional<std::size_t> with_id(const std::string& id, const Job& asking) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return std::nullopt;
    for (const std::size_t number : found->second)
      if (jobs_[number].ref.source == asking.ref.source) return number;
    return id.size() >= long_id ? std::optional(found->second.front()) : std::nullopt;
  }

  std::optional<std::size_t> with_span(const std::string& span) const {
    const auto found = by_span_.find(span);
    return found != by_span_.end() && found->second.size() == 1 ? std::optional(found->second.front()) : std::nullopt;
  }

  /// The last job of the step before.
  std::optional<std::size_t> step_before(const Job& job) const {
    const std::optional<std::int64_t> step = workflow_step(job);
    if (!step || !is_set(job.workflow_id)) return std::nullopt;
    const auto workflow = by_step_.find({job.ref.source, job.workflow_id->raw()});
    if (workflow == by_step_.end()) return std::nullopt;
    const auto here = workflow->second.lower_bound(*step);
    return here == workflow->second.begin() ? std::nullopt : std::optional(std::prev(here)->second.back());
  }

 private:
  const std::vector<Job>& jobs_;
  std::unordered_map<std::string, Numbers> by_id_;
  std::unordered_map<std::string, Numbers> by_span_;
  std::map<std::pair<std::string, std::string>, std::map<std::int64_t, Numbers>> by_step_;
};

/// The parents one job names, each once.
class ParentList {
 public:
  ParentList(std::size_t child, std::vector<NamedParent>& out) : child_(child), out_(out) {}

  void add_found(std::size_t parent, TraceEdge edge) {
    if (seen_.insert(parent).second) out_.push_back({child_, parent, {}, edge});
  }
  void add_missing(const Untrusted& id, TraceEdge edge) {
    if (missing_.insert(id).second) out_.push_back({child_, std::nullopt, id, edge});
  }
  bool empty() const { return seen_.empty() && missing_.empty(); }

 private:
  std::size_t child_;
  std::vector<NamedParent>& out_;
  std::set<std::size_t> seen_;
  std::set<Untrusted> missing_;
};

void add_parents_of(const Job& job, const JobIndex& index, ParentList& parents) {
  const auto add_by_id = [&](const Untrusted& id, TraceEdge edge) {
    if (const std::optional<std::size_t> found = index.with_id(id.raw(), job))
      parents.add_found(*found, edge);
    else
      parents.add_missing(id, edge);
  };
  for (const Untrusted& id : job.parents)
    if (!is_no_id(id.raw()) || index.with_id(id.raw(), job)) add_by_id(id, TraceEdge::dependency);
  if (is_set(job.trace.parent_span_id)) {
    const Untrusted& span = *job.trace.parent_span_id;
    if (index.with_id(span.raw(), job) || (is_uuid(span.raw()) && !is_no_id(span.raw())))
      add_by_id(span, TraceEdge::parent_job);
    else if (const std::optional<std::size_t> found =
                 ties(job, job.trace.parent_span_id) ? index.with_span(span.raw()) : std::nullopt)
      parents.add_found(*found, TraceEdge::parent_span);
  }
  if (is_set(job.trace.causation_id) && !is_no_id(job.trace.causation_id->raw()) &&
      *job.trace.causation_id != job.ref.id)
    add_by_id(*job.trace.causation_id, TraceEdge::causation);
  if (!parents.empty()) return;
  if (const std::optional<std::size_t> before = index.step_before(job))
    parents.add_found(*before, TraceEdge::workflow_step);
}

/// Empty where there is no id.
std::string text_of(const std::optional<Untrusted>& id) {
  return id && !is_no_id(id->raw()) ? id->raw() : std::string();
}

}  // namespace

std::vector<NamedParent> named_parents(const std::vector<Job>& jobs) {
  const JobIndex index(jobs);
  std::vector<NamedParent> named;
  for (std::size_t number = 0; number < jobs.size(); ++number) {
    ParentList parents(number, named);
    add_parents_of(jobs[number], index, parents);
  }
  return named;
}

std::vector<TraceEdge> shared_ties(const std::vector<Job>& jobs, const std::vector<std::size_t>& group) {
  struct Fact {
    TraceEdge edge;
    std::string (*key)(const Job& job);
  };
  const Fact facts[] = {{TraceEdge::same_trace, trace_key},
                        {TraceEdge::same_correlation, [](const Job& job) { return text_of(job.trace.correlation_id); }},
                        {TraceEdge::same_workflow, [](const Job& job) { return text_of(job.workflow_id); }},
                        {TraceEdge::same_batch, [](const Job& job) { return text_of(job.batch_id); }}};
  std::vector<TraceEdge> ties(jobs.size(), TraceEdge::none);
  for (const Fact& fact : facts) {
    std::unordered_map<std::string, std::set<std::size_t>> groups_by_key;
    std::vector<std::string> keys;
    for (std::size_t number = 0; number < jobs.size(); ++number) {
      keys.push_back(fact.key(jobs[number]));
      if (!keys.back().empty()) groups_by_key[keys.back()].insert(group[number]);
    }
    for (std::size_t number = 0; number < jobs.size(); ++number)
      if (ties[number] == TraceEdge::none && !keys[number].empty() && groups_by_key[keys[number]].size() > 1)
        ties[number] = fact.edge;
  }
  return ties;
}

}  // namespace queuetrace
