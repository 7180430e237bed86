#include "tracing/trace_times.hpp"

#include <algorithm>

#include "model/plausible_time.hpp"

namespace queuetrace {
namespace {

using Kind = TraceSegment::Kind;

constexpr Timestamp latest_usable{std::chrono::seconds{253'402'300'800}};
/// A wait or run time beyond this is no time.
constexpr Milliseconds longest = std::chrono::hours(24 * 3650);

/// Whether a note says that a time this segment is made of is estimated: `started-at-estimated` and the like.
bool is_estimated(const Job& job, Kind kind) {
  return std::any_of(job.notes.begin(), job.notes.end(), [kind](const Note& note) {
    if (note.code.find("estimated") == std::string::npos) return false;
    if (note.code.starts_with("finished") || note.code.starts_with("run"))
      return kind != Kind::waiting && kind != Kind::held;
    if (note.code.starts_with("created") || note.code.starts_with("scheduled") || note.code.starts_with("wait"))
      return kind != Kind::running;
    return true;
  });
}

/// Gathers segments; empty ones of a known kind are left out.
class Life {
 public:
  Life(const Job& job, Timestamp now) : job_(job), now_(now) {}

  void add(Kind kind, Timestamp begin, Timestamp end, bool open = false) {
    if (end < begin) return;
    if (end == begin && kind != Kind::running) return;
    segments_.push_back({kind, begin, end, open, is_estimated(job_, kind)});
  }
  void add_until_now(Kind kind, Timestamp begin) { add(kind, begin, std::max(begin, now_), true); }
  /// Only this moment is known.
  void add_moment(Timestamp at) {
    segments_.push_back({Kind::unknown, at, at, false, is_estimated(job_, Kind::unknown)});
  }

  std::vector<TraceSegment> take() { return std::move(segments_); }

 private:
  const Job& job_;
  Timestamp now_;
  std::vector<TraceSegment> segments_;
};

/// The usable times of a job, with started_at worked out from the end and the run time where only those are stored.
struct Times {
  std::optional<Timestamp> created, scheduled, started, finished;

  explicit Times(const Job& job)
      : created(usable(job.created_at)),
        scheduled(usable(job.scheduled_at)),
        started(usable(job.started_at)),
        finished(usable(job.finished_at)) {
    if (!started && finished && job.run && *job.run >= Milliseconds(0) && *job.run < longest)
      started = *finished - *job.run;
    if (!created) created = scheduled && (!started || *scheduled <= *started) ? scheduled : std::nullopt;
  }
};

bool had_earlier_attempts(const Job& job) { return job.attempts.value_or(0) > 1; }

void add_before_start(Life& life, const Job& job, const Times& times, const Dependencies& dependencies) {
  if (!times.created) return;
  const Timestamp started = *times.started;
  Timestamp runnable = *times.created;
  Kind before = Kind::held;
  // A time later than the start belongs to the next attempt.
  const bool schedule_counts = times.scheduled && *times.scheduled > runnable && *times.scheduled <= started;
  if (schedule_counts) runnable = *times.scheduled;
  if (had_earlier_attempts(job)) {
    before = Kind::unknown;
    if (!schedule_counts) runnable = started;
  } else if (job.wait && *job.wait >= Milliseconds(0) && *job.wait < longest && started - *job.wait > runnable) {
    runnable = started - *job.wait;
  }
  if (dependencies.released && *dependencies.released > runnable && *dependencies.released <= started)
    runnable = *dependencies.released;
  life.add(before, *times.created, runnable);
  life.add(Kind::waiting, runnable, started);
}

void add_after_start(Life& life, const Job& job, const Times& times, Timestamp started, Timestamp now) {
  const bool running = job.state == JobState::running;
  if (times.finished && *times.finished >= started && !running) {
    life.add(Kind::running, started, *times.finished);
  } else if (running) {
    life.add_until_now(Kind::running, started);
  } else if (is_finished(job.state) && !times.finished && job.run && *job.run >= Milliseconds(0) &&
             *job.run < longest) {
    life.add(Kind::running, started, started + *job.run);
  } else if (is_finished(job.state) || job.state == JobState::unknown) {
    life.add_moment(started);
  } else if (times.scheduled && *times.scheduled > started && *times.scheduled < now) {
    life.add(Kind::unknown, started, *times.scheduled);
    life.add_until_now(Kind::waiting, *times.scheduled);
  } else {
    life.add_until_now(Kind::unknown, started);
  }
}

/// A job of which no start is known.
void add_without_start(Life& life, const Job& job, const Times& times, Timestamp now,
                       const Dependencies& dependencies) {
  if (is_finished(job.state) || job.state == JobState::unknown) {
    if (times.created && times.finished && *times.finished > *times.created)
      life.add(Kind::unknown, *times.created, *times.finished);
    else if (times.finished || times.created)
      life.add_moment(times.finished ? *times.finished : *times.created);
    return;
  }
  if (!times.created) return;
  if (job.state == JobState::running) {
    life.add_until_now(Kind::unknown, *times.created);
    return;
  }
  if (job.state == JobState::blocked || dependencies.open) {
    life.add_until_now(Kind::held, *times.created);
    return;
  }
  Timestamp runnable = *times.created;
  if (times.scheduled) runnable = std::max(runnable, *times.scheduled);
  if (dependencies.released) runnable = std::max(runnable, *dependencies.released);
  const Kind before = had_earlier_attempts(job) || job.state == JobState::retrying ? Kind::unknown : Kind::held;
  if (runnable >= now) {
    life.add_until_now(before, *times.created);
    return;
  }
  life.add(before, *times.created, runnable);
  life.add_until_now(Kind::waiting, runnable);
}

}  // namespace

std::optional<Timestamp> usable(const std::optional<Timestamp>& time) {
  if (!time || *time < earliest_plausible || *time >= latest_usable) return std::nullopt;
  return time;
}

std::vector<TraceSegment> job_segments(const Job& job, Timestamp now, const Dependencies& dependencies) {
  const Times times(job);
  Life life(job, now);
  if (times.started) {
    add_before_start(life, job, times, dependencies);
    add_after_start(life, job, times, *times.started, now);
  } else {
    add_without_start(life, job, times, now, dependencies);
  }
  return life.take();
}

}  // namespace queuetrace
