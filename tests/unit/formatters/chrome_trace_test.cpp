// -o chrome: a structure that Perfetto reads.
#include "formatters/chrome_trace.hpp"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;
using nlohmann::json;

namespace {

json events_of(std::vector<Job> jobs) {
  const TraceHeading heading{"Trace", std::nullopt, {}, {}};
  return json::parse(chrome_trace_json(build_trace_tree(std::move(jobs), incident_now()), heading, Redaction()));
}

}  // namespace

TEST_CASE("jobs are slices in microseconds, segments lie inside them, sources are processes") {
  const json document = events_of(incident_jobs());
  CHECK(document["displayTimeUnit"] == "ms");
  CHECK(document["otherData"]["schema"] == "queuetrace.trace/1");
  std::map<std::string, std::int64_t> processes;
  for (const json& event : document["traceEvents"])
    if (event["name"] == "process_name") processes[event["args"]["name"]] = event["pid"];
  CHECK(processes == std::map<std::string, std::int64_t>{{"shop (hammerwork)", 1}, {"files (go-redis-work-queue)", 2}});

  std::size_t jobs = 0;
  for (const json& event : document["traceEvents"]) {
    CHECK(event.contains("ph"));
    CHECK(event["pid"].is_number_integer());
    if (event["ph"] == "X" && event["cat"] != "segment") ++jobs;
    if (event["ph"] == "X") CHECK(event["dur"].get<std::int64_t>() >= 0);
    if (event["name"] != "email send_receipt") continue;
    CHECK(event["ts"] == 1'795'245'000'120'000);
    CHECK(event["dur"] == 15'780'000);
    CHECK(event["args"]["job"] == "shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000003");
    CHECK(event["args"]["critical"] == "yes");
    CHECK_FALSE(event["args"].contains("payload"));
  }
  CHECK(jobs == 8);  // the ninth has no times: an instant
}

TEST_CASE("every arrow has both ends, inside slices") {
  const json document = events_of(incident_jobs());
  std::map<std::int64_t, std::string> ends;
  for (const json& event : document["traceEvents"]) {
    if (event["ph"] != "s" && event["ph"] != "f") continue;
    ends[event["id"].get<std::int64_t>()] += event["ph"].get<std::string>();
    bool inside = false;
    for (const json& slice : document["traceEvents"])
      inside = inside || (slice["ph"] == "X" && slice["tid"] == event["tid"] && slice["ts"] <= event["ts"] &&
                          event["ts"] <= slice["ts"].get<std::int64_t>() + slice["dur"].get<std::int64_t>());
    CHECK(inside);
  }
  CHECK(ends.size() == 4);
  for (const auto& [id, phases] : ends) CHECK(phases == "sf");
}

TEST_CASE("jobs of one queue share a lane until they overlap") {
  std::vector<Job> jobs;
  for (const std::int64_t created : {0, 50, 100}) {
    Job job = incident_job("job" + std::to_string(created), "q", "k", JobState::completed);
    job.created_at = incident_time(created);
    job.started_at = incident_time(created + 10);
    job.finished_at = incident_time(created + 80);
    jobs.push_back(job);
  }
  std::map<std::string, std::int64_t> lanes;
  const json document = events_of(jobs);
  for (const json& event : document["traceEvents"])
    if (event["ph"] == "X" && event["cat"] == "completed") lanes[event["args"]["job"]] = event["tid"];
  CHECK(lanes["shop/job0"] == 1);
  CHECK(lanes["shop/job50"] == 2);
  CHECK(lanes["shop/job100"] == 1);
}

TEST_CASE("processes and lanes are sorted as the tree shows them first") {
  const json document = events_of(incident_jobs());
  std::map<std::int64_t, std::int64_t> processes, lanes;
  std::map<std::int64_t, std::string> names;
  for (const json& event : document["traceEvents"]) {
    if (event["name"] == "process_sort_index") processes[event["pid"]] = event["args"]["sort_index"];
    if (event["name"] == "thread_sort_index") lanes[event["tid"]] = event["args"]["sort_index"];
    if (event["name"] == "thread_name") names[event["tid"]] = event["args"]["name"];
  }
  CHECK(processes == std::map<std::int64_t, std::int64_t>{{1, 1}, {2, 2}});
  std::string order;
  for (const auto& [lane, place] : lanes) {
    CHECK(lane == place);
    order += names[lane] + " ";
  }
  CHECK(order == "orders payments email inventory shipping shipping #2 low audit reports ");
}

TEST_CASE("hostile texts are JSON strings of printable text") {
  const std::string text = chrome_trace_json(build_trace_tree({hostile_job()}, incident_now()),
                                             {"Trace \"x\"", std::nullopt, {}, {}}, Redaction());
  const json document = json::parse(text);
  CHECK(document["otherData"]["subject"] == "Trace \"x\"");
  for (const char byte : text) CHECK((byte == '\n' || static_cast<unsigned char>(byte) >= 0x20));
}
