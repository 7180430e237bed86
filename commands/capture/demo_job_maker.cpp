#include "commands/capture/demo_job_maker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

/// Hammerwork's word for a state (docs/systems/hammerwork.md section 3): what is refined by other columns is Pending.
std::string_view hammerwork_word(JobState state) {
  switch (state) {
    case JobState::running: return "Running";
    case JobState::completed: return "Completed";
    case JobState::failed: return "Failed";
    case JobState::dead: return "Dead";
    default: return "Pending";
  }
}

void set_trace(Job& job, const DemoTrace& trace) {
  if (!trace.trace_id.empty()) job.trace.trace_id = Untrusted(std::string(trace.trace_id));
  job.trace.status = classify_trace_id(trace.trace_id);
  if (!trace.correlation_id.empty()) job.trace.correlation_id = Untrusted(std::string(trace.correlation_id));
}

}  // namespace

Payload json_payload(std::string text) {
  const std::uint64_t size = text.size();
  return Payload{Payload::Form::json, Untrusted(std::move(text)), size};
}

Job& DemoJobMaker::hammerwork(std::string_view queue, JobState state, std::chrono::milliseconds created,
                              const DemoTrace& trace, std::string_view payload) {
  Job job;
  job.ref = {"orders-db", Untrusted(uuid())};
  job.system = "hammerwork";
  job.queue = Untrusted(std::string(queue));
  job.state = state;
  job.native_state = Untrusted(std::string(hammerwork_word(state)));
  job.priority = std::int64_t{2};
  job.attempts = state == JobState::pending || state == JobState::blocked || state == JobState::scheduled ? 0 : 1;
  job.max_attempts = 3;
  job.created_at = at(created);
  job.scheduled_at = job.created_at;
  job.payload = json_payload(std::string(payload));
  set_trace(job, trace);
  return add(std::move(job));
}

Job& DemoJobMaker::file(const DemoFile& file, JobState state, std::chrono::milliseconds created, const DemoTrace& trace,
                        std::int64_t retries) {
  Job job;
  job.ref = {"files-redis", Untrusted(hex_digits(32))};
  job.system = "go-redis-work-queue";
  job.queue = Untrusted(fmt::format("jobqueue:{}_priority", file.priority));
  job.kind = Untrusted("file");
  job.state = state;
  job.priority = Untrusted(std::string(file.priority));
  const bool waits = state == JobState::pending || state == JobState::retrying;
  job.attempts = waits ? retries : retries + 1;  // executions begun; see docs/systems/go-redis-work-queue.md section 3
  job.max_attempts = 4;
  job.created_at = at(created);
  set_trace(job, {trace.trace_id, {}});  // the system keeps no correlation id
  if (job.trace.trace_id) job.trace.span_id = Untrusted(hex_digits(16));
  job.payload = json_payload(fmt::format(
      R"({{"id":"{}","filepath":"{}","filesize":{},"priority":"{}","retries":{},"creation_time":"{}","trace_id":"{}",)"
      R"("span_id":"{}"}})",
      job.ref.id.raw(), file.path, file.size, file.priority, retries, to_rfc3339(*job.created_at), trace.trace_id,
      job.trace.span_id ? job.trace.span_id->raw() : ""));
  job.extra = {{"filepath", Untrusted(std::string(file.path))}, {"filesize", file.size}};
  if (!waits)
    job.notes.push_back({"queue-guessed", "the list says nothing about the queue; this is the one of its priority"});
  return add(std::move(job));
}

void DemoJobMaker::ran(Job& job, Milliseconds wait, Milliseconds run) const {
  job.wait = wait;
  job.started_at = *job.created_at + wait;
  if (is_finished(job.state)) {
    job.finished_at = *job.started_at + run;
    job.run = run;
  } else {
    job.run = std::chrono::duration_cast<Milliseconds>(now_ - *job.started_at);
  }
}

void DemoJobMaker::fail(Job& job, std::string_view error) const { job.error = Untrusted(std::string(error)); }

std::vector<DemoJob> DemoJobMaker::take() {
  std::map<Untrusted, std::int64_t> places;
  std::vector<DemoJob> jobs;
  for (const std::unique_ptr<Job>& job : jobs_) {
    const bool next = job->state == JobState::pending ||
                      (job->state == JobState::retrying && job->scheduled_at.value_or(now_) <= now_);
    std::optional<std::int64_t> place;
    if (next) place = ++places[*job->queue];
    jobs.push_back({std::move(*job), place});
  }
  jobs_.clear();
  return jobs;
}

/// SplitMix64: a fixed sequence, so that a demo can be written about.
std::string DemoJobMaker::hex_digits(std::size_t count) {
  std::string digits;
  while (digits.size() < count) {
    std::uint64_t word = state_ += 0x9e3779b97f4a7c15;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    digits += fmt::format("{:016x}", word ^ (word >> 31));
  }
  return digits.substr(0, count);
}

/// Version 4, as the library makes them.
std::string DemoJobMaker::uuid() {
  const std::string digits = hex_digits(30);
  return fmt::format("{}-{}-4{}-a{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 3),
                     digits.substr(15, 3), digits.substr(18, 12));
}

Job& DemoJobMaker::add(Job job) {
  jobs_.push_back(std::make_unique<Job>(std::move(job)));
  return *jobs_.back();
}

}  // namespace queuetrace
