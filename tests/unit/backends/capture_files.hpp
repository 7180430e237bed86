// Captures written and read back for tests.
#pragma once

#include <cmath>
#include <limits>

#include "backends/capture.hpp"
#include "model/error.hpp"
#include "tests/support/job_equality.hpp"
#include "tests/support/read_capture.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace::testing {

using namespace std::string_literals;

inline Timestamp at(std::int64_t microseconds) { return Timestamp(std::chrono::microseconds(microseconds)); }

inline JobQuery everything(JobOrder order = JobOrder::storage) {
  JobQuery query;
  query.page_size = 500;
  query.order = order;
  query.payload = true;
  return query;
}

inline Job bare_job(const std::string& id) {
  Job job;
  job.ref = {"orders", Untrusted(id)};
  job.system = "hammerwork";
  job.state = JobState::pending;
  return job;
}

inline Job full_job() {
  Job job = bare_job("b9c7\0\xff\x1b[31m"s);
  job.queue = Untrusted("p\xc3\xa4yments");
  job.kind = Untrusted("");
  job.state = JobState::dead;
  job.native_state = Untrusted("\"Dead\"");
  job.priority = std::int64_t{-4};
  job.attempts = 3;
  job.max_attempts = std::numeric_limits<std::int64_t>::max();
  job.created_at = at(1'700'000'000'123'456);
  job.scheduled_at = infinite_future;
  job.started_at = infinite_past;
  job.finished_at = at(-1);
  job.wait = Milliseconds(5);
  job.run = Milliseconds(86'400'000);
  job.worker = Untrusted("worker \xfe");
  job.error = Untrusted("line\nline\0tail"s);
  job.payload = Payload{Payload::Form::json, Untrusted(R"({"order_id":"order-12345"})"), 26};
  job.result = Payload{Payload::Form::binary, Untrusted("\0\x01\xff\0"s), 4};
  job.trace.trace_id = Untrusted("0AF7651916CD43DD8448EB211C80319C");
  job.trace.span_id = Untrusted("b7ad6b7169203331");
  job.trace.parent_span_id = Untrusted("00f067aa0ba902b7");
  job.trace.correlation_id = Untrusted("order-12345");
  job.trace.causation_id = Untrusted("cause");
  job.trace.status = TraceStatus::w3c;
  job.tenant = Untrusted("acme");
  job.workflow_id = Untrusted("w");
  job.batch_id = Untrusted("b");
  job.parents = {Untrusted("p1"), Untrusted("\xff\0"s), Untrusted("")};
  job.notes = {{"quoted-state", "the state \"Dead\" is quoted"}, {"started-at-estimated", "from the heartbeat"}};
  job.extra = {{"text", Untrusted("t\xc3\xa4xt")},
               {"bytes", Untrusted("\xff\0"s)},
               {"own", "our own text"s},
               {"yes", true},
               {"number", std::numeric_limits<std::int64_t>::min()},
               {"real", 0.1},
               {"whole real", 3.0},
               {"nan", std::nan("")},
               {"minus", -HUGE_VAL},
               {"unknown", std::monostate{}},
               {"time", infinite_future},
               {"span", Milliseconds(-1)},
               {"json", JsonText{Untrusted("{\"a\": 1, }")}},
               {"list", Values{Value(std::int64_t{1}), Value(Values{}), Value(Untrusted("x"))}},
               {"nested", Fields{{"z", Untrusted("1")}, {"a", Fields{{"$time", Untrusted("not a time")}}}}},
               {"doubles", Fields{{"same", true}, {"same", false}, {"\xff", std::int64_t{1}}}}};
  return job;
}

}  // namespace queuetrace::testing
