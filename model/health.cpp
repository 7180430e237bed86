#include "model/health.hpp"

#include <algorithm>
#include <cmath>

namespace queuetrace {
namespace {

bool waits(JobState state) {
  return state == JobState::pending || state == JobState::scheduled || state == JobState::blocked ||
         state == JobState::retrying;
}

std::uint64_t total(const QueueStatistics& queue) {
  std::uint64_t sum = 0;
  for (const StateStatistics& state : queue.states) sum += state.count.value;
  return sum;
}

/// What a server expects of a queue without having counted may be far off: it decides nothing.
constexpr const char* only_estimated = "there was no time to count its jobs";

/// What a store counted, when it may not have seen everything.
Exactness at_best(Exactness told, bool complete) { return complete ? told : std::max(told, Exactness::at_least); }

}  // namespace

std::string_view to_word(HealthMeasure measure) {
  switch (measure) {
    case HealthMeasure::age: return "age";
    case HealthMeasure::depth: return "depth";
    case HealthMeasure::dead: return "dead";
    case HealthMeasure::failures: return "failures";
    case HealthMeasure::failure_rate: return "failure_rate";
    case HealthMeasure::stale: return "stale";
    case HealthMeasure::coverage: return "coverage";
  }
  return "";
}

std::string_view to_word(HealthVerdict verdict) {
  switch (verdict) {
    case HealthVerdict::ok: return "ok";
    case HealthVerdict::undecided: return "undecided";
    case HealthVerdict::tripped: return "tripped";
  }
  return "";
}

std::string_view unit_of(HealthMeasure measure) {
  if (measure == HealthMeasure::age) return "ms";
  return measure == HealthMeasure::failure_rate || measure == HealthMeasure::coverage ? "percent" : "jobs";
}

void QueueHealth::Sum::add(double part, Exactness part_exactness) {
  value += part;
  exactness = std::max(exactness, part_exactness);
}

void QueueHealth::Sum::miss(const std::string& why) {
  if (unknown.empty()) unknown = why;
}

void QueueHealth::add(const QueueStatistics& queue, const Answer& answer) {
  const bool is_empty = total(queue) == 0 && answer.complete;
  ++queues_;
  paused_ = paused_ || queue.paused.value_or(false);
  bool any_running = false;
  for (const StateStatistics& state : queue.states) {
    if (!answer.complete && state.count.exactness == Exactness::estimated) {
      if (waits(state.state)) depth_.miss(only_estimated);
      if (state.state == JobState::dead) dead_.miss(only_estimated);
      if (waits(state.state) && age_unknown_.empty()) age_unknown_ = only_estimated;
      continue;
    }
    const auto count = static_cast<double>(state.count.value);
    const Exactness exactness = at_best(state.count.exactness, answer.complete);
    if (waits(state.state)) depth_.add(count, exactness);
    if (state.state == JobState::dead) dead_.add(count, exactness);
    any_running = any_running || (state.state == JobState::running && state.count.value > 0);
    if (state.count.value == 0) continue;
    if (state.untimed > 0 && (state.state == JobState::pending || state.state == JobState::retrying))
      age_unknown_ = "jobs wait whose stored times cannot be true";
    if (state.state == JobState::retrying) {
      // Between two tries a job waits by intent; without the time of the next one nothing can be said of it.
      if (!state.due || !answer.now || *state.due > *answer.now) continue;
    } else if (state.state != JobState::pending) {
      continue;
    }
    const std::optional<Timestamp> since = state.due ? state.due : state.oldest;
    if (!since || !answer.now || *since == infinite_past) {
      if (age_unknown_.empty()) age_unknown_ = "it is not recorded since when pending jobs are due";
      continue;
    }
    const double age = std::chrono::duration<double, std::milli>(*answer.now - *since).count();
    if (!age_ || age > *age_) age_ = std::max(0.0, std::floor(age));
    age_exactness_ = std::max(age_exactness_, exactness);
  }
  if (!answer.complete) {
    for (Sum* sum : {&depth_, &dead_, &stale_, &failures_}) sum->add(0, Exactness::at_least);
    age_exactness_ = std::max(age_exactness_, Exactness::at_least);
  }
  if (queue.stale)
    stale_.add(static_cast<double>(queue.stale->value), at_best(queue.stale->exactness, answer.complete));
  else if (any_running || !answer.complete)
    stale_.miss("it is not known which running jobs have lost their worker");
  const double minutes = static_cast<double>(answer.looked_back.count()) / 60'000;
  const auto add_rate = [&](Sum& sum, const std::optional<double>& per_minute, bool elsewhere) {
    if (per_minute)
      sum.add(std::round(*per_minute * minutes), Exactness::exact);
    else if (!is_empty && !elsewhere)
      sum.miss(answer.no_rates);
  };
  add_rate(failures_, queue.failed_per_minute, answer.failures_elsewhere);
  add_rate(completed_, queue.completed_per_minute, answer.completions_elsewhere);
  if (queue.coverage) {
    const Exactness exactness = queue.coverage->sampled || !answer.complete ? Exactness::estimated : Exactness::exact;
    traced_.add(static_cast<double>(queue.coverage->w3c), exactness);
    examined_.add(static_cast<double>(queue.coverage->examined), exactness);
  } else if (!is_empty) {
    traced_.miss("its jobs were not checked for trace ids");
  }
}

void QueueHealth::add_missing(const std::string& source) {
  const std::string why = source + " did not answer";
  for (Sum* sum : {&depth_, &dead_, &stale_, &failures_, &completed_, &traced_}) sum->miss(why);
  if (age_unknown_.empty()) age_unknown_ = why;
}

void QueueHealth::add_unseen(const std::string& why) {
  if (unseen_.empty()) unseen_ = why;
}

HealthCheck QueueHealth::at_most(HealthMeasure measure, const Sum& sum, double limit) const {
  HealthCheck check;
  check.measure = measure;
  check.limit = limit;
  const bool any_known = sum.unknown.empty() || sum.value > 0;
  if (any_known) check.value = sum.value;
  check.exactness = sum.unknown.empty() ? sum.exactness : std::max(sum.exactness, Exactness::at_least);
  if (sum.value > limit) {
    check.verdict = HealthVerdict::tripped;
  } else if (!sum.unknown.empty()) {
    check.verdict = HealthVerdict::undecided;
    check.reason = sum.unknown;
  } else if (sum.exactness == Exactness::at_least) {
    check.verdict = HealthVerdict::undecided;
    check.reason = "not everything was counted";
  }
  return check;
}

HealthCheck QueueHealth::judge_age(Milliseconds limit) const {
  Sum oldest;
  oldest.value = age_.value_or(0);
  oldest.exactness = age_exactness_;
  oldest.unknown = age_unknown_;
  HealthCheck check = at_most(HealthMeasure::age, oldest, static_cast<double>(limit.count()));
  if (!age_) check.value.reset();
  if (check.verdict == HealthVerdict::tripped && paused_)
    check.reason = queues_ > 1 ? "one of the queues is paused" : "the queue is paused";
  return check;
}

HealthCheck QueueHealth::judge_failure_rate(double limit) const {
  HealthCheck check;
  check.measure = HealthMeasure::failure_rate;
  check.limit = limit;
  const std::string& unknown = failures_.unknown.empty() ? completed_.unknown : failures_.unknown;
  const double finished = failures_.value + completed_.value;
  if (!unknown.empty()) {
    check.verdict = HealthVerdict::undecided;
    check.reason = unknown;
  } else if (finished == 0) {
    check.reason = "nothing finished in this time";
  } else {
    check.value = failures_.value * 100 / finished;
    // Of what was not seen, the other part may be the larger one.
    check.exactness = failures_.exactness == Exactness::exact ? Exactness::exact : Exactness::estimated;
    if (*check.value > limit) check.verdict = HealthVerdict::tripped;
  }
  return check;
}

HealthCheck QueueHealth::judge_coverage(double limit) const {
  HealthCheck check;
  check.measure = HealthMeasure::coverage;
  check.limit = limit;
  check.exactness = examined_.exactness;
  if (examined_.value > 0) check.value = traced_.value * 100 / examined_.value;
  if (!traced_.unknown.empty()) {
    check.verdict = HealthVerdict::undecided;
    check.reason = traced_.unknown;
  } else if (!check.value) {
    check.reason = "there are no jobs to look at";
  } else if (*check.value < limit) {
    check.verdict = HealthVerdict::tripped;
  }
  return check;
}

std::vector<HealthCheck> QueueHealth::judge(const HealthLimits& limits) const {
  std::vector<HealthCheck> checks;
  const auto count = [&](HealthMeasure measure, const Sum& sum, const std::optional<std::uint64_t>& limit) {
    if (limit) checks.push_back(at_most(measure, sum, static_cast<double>(*limit)));
  };
  if (limits.age) checks.push_back(judge_age(*limits.age));
  count(HealthMeasure::depth, depth_, limits.depth);
  count(HealthMeasure::dead, dead_, limits.dead);
  count(HealthMeasure::failures, failures_, limits.failures);
  if (limits.failure_rate) checks.push_back(judge_failure_rate(*limits.failure_rate));
  count(HealthMeasure::stale, stale_, limits.stale);
  if (limits.coverage) checks.push_back(judge_coverage(*limits.coverage));
  if (unseen_.empty()) return checks;
  for (HealthCheck& check : checks) {
    const bool is_share = unit_of(check.measure) == "percent";
    check.exactness = std::max(check.exactness, is_share ? Exactness::estimated : Exactness::at_least);
    if (check.verdict != HealthVerdict::ok) continue;
    check.verdict = HealthVerdict::undecided;
    check.reason = unseen_;
  }
  return checks;
}

}  // namespace queuetrace
