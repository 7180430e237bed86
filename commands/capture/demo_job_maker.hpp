// Makes jobs of the demo incident as Hammerwork and go-redis-work-queue would have stored them, with ids that are the
// same on every run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/capture/demo_incident.hpp"

namespace queuetrace {

/// What tells the jobs of one trace from those of another.
struct DemoTrace {
  std::string_view trace_id;        ///< empty: none stored
  std::string_view correlation_id;  ///< empty: none; Hammerwork only
};

/// What a job of go-redis-work-queue is about.
struct DemoFile {
  std::string_view path;
  std::int64_t size = 0;      ///< bytes
  std::string_view priority;  ///< `high`, `low`
};

/// The whole of a JSON text.
Payload json_payload(std::string text);

class DemoJobMaker {
 public:
  explicit DemoJobMaker(Timestamp now) : now_(now), begin_(now - std::chrono::minutes(30)) {}

  /// A Hammerwork job created `created` after the incident began.
  Job& hammerwork(std::string_view queue, JobState state, std::chrono::milliseconds created, const DemoTrace& trace,
                  std::string_view payload);
  /// A job of go-redis-work-queue for a file, in the queue of its priority.
  Job& file(const DemoFile& file, JobState state, std::chrono::milliseconds created, const DemoTrace& trace,
            std::int64_t retries = 0);

  /// Started after `wait`, took `run`; unfinished jobs run until now.
  void ran(Job& job, Milliseconds wait, Milliseconds run) const;
  void fail(Job& job, std::string_view error) const;

  Timestamp at(std::chrono::milliseconds since_begin) const { return begin_ + since_begin; }
  Timestamp now() const { return now_; }

  /// In the order they were made; pending jobs with their place in their queue.
  std::vector<DemoJob> take();

 private:
  std::string hex_digits(std::size_t count);
  std::string uuid();
  Job& add(Job job);

  Timestamp now_, begin_;
  std::uint64_t state_ = 0x5eed;
  std::vector<std::unique_ptr<Job>> jobs_;  ///< references stay good while more are made
};

}  // namespace queuetrace
