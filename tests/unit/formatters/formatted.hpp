// Jobs to be printed, and what a format makes of them.
#pragma once

#include <sstream>
#include <string>

#include "formatters/escape.hpp"
#include "formatters/formatter.hpp"
#include "formatters/job_record.hpp"
#include "model/error.hpp"

namespace queuetrace::testing {

inline const Timestamp now = *parse_timestamp("2026-01-02T03:04:05.678Z");

inline Job full_job() {
  Job job;
  job.ref = {"prod", Untrusted("1001")};
  job.system = "hammerwork";
  job.queue = Untrusted("email");
  job.kind = Untrusted("send");
  job.state = JobState::dead;
  job.native_state = Untrusted("Dead");
  job.priority = std::int64_t{9007199254740993};
  job.attempts = 3;
  job.max_attempts = 5;
  job.created_at = now - std::chrono::minutes(5);
  job.run = Milliseconds(1500);
  job.error = Untrusted("refused: Bearer abc.def\nretry");
  job.payload = Payload{Payload::Form::json, Untrusted(R"({ "to": "a@b", "password": "x", "n": 1e999 })"), 44};
  job.trace = {Untrusted("0af7651916cd43dd8448eb211c80319c"), {}, {}, Untrusted("=cmd"), {}, {}, TraceStatus::w3c};
  job.parents = {Untrusted("7"), Untrusted("8")};
  job.notes = {{"times-estimated", "start is estimated"}};
  job.extra = {{"api_key", Untrusted("k")}, {"shard", std::int64_t{2}}, {"none", Value()}};
  return job;
}

inline Job bare_job() {
  Job job;
  job.ref = {"prod", Untrusted("a\x1b[2J")};
  job.queue = Untrusted("p\u0430yments");
  return job;
}

struct Printed {
  std::string text;
  std::uint64_t hidden = 0;
};

inline Printed print(std::string_view format, const std::vector<Record>& records, FormatterOptions options = {},
                     Heading::Layout layout = Heading::Layout::list, const Fields& summary = {}) {
  std::ostringstream out;
  options.now = now;
  const auto formatter = find_output_format(format)->make(out, options);
  formatter->begin({"queuetrace.jobs/1", "jobs", job_columns(), layout});
  for (const Record& record : records) formatter->row(record);
  formatter->end(summary);
  return {out.str(), formatter->hidden_values()};
}

inline std::vector<Record> records() {
  return {job_record(full_job(), {"http://jaeger:16686/trace/0af7651916cd43dd8448eb211c80319c",
                                  {{"copy", "Copy", "queuetrace trace copy 1001", "", ""}}}),
          job_record(bare_job(), {})};
}

inline FormatterOptions only(std::vector<std::string> fields) {
  FormatterOptions options;
  options.fields = std::move(fields);
  return options;
}

}  // namespace queuetrace::testing
