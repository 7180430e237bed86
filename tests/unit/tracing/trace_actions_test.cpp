// The trace actions of a job: the labels of go-redis-work-queue, commands of our own.
#include <doctest/doctest.h>

#include <string>

#include "model/error.hpp"
#include "tracing/trace_actions.hpp"
#include "tracing/trace_id.hpp"

namespace {

using namespace queuetrace;

Job job_with(const std::string& trace_id, std::vector<std::string_view> placeholders = {}) {
  Job job;
  job.ref = {"prod/hammerwork", Untrusted("job_1.a:b")};
  if (!trace_id.empty()) job.trace.trace_id = Untrusted(trace_id);
  job.trace.status = classify_trace_id(trace_id, placeholders);
  return job;
}

std::string shown(const JobLinks& links) {
  std::string text = links.trace_url.value_or("-");
  for (const TraceAction& action : links.actions)
    text +=
        "\n" + action.type + "|" + action.label + "|" + action.command + "|" + action.url + "|" + action.description;
  return text;
}

TEST_CASE("a usable id: copy, open, view") {
  const Viewers viewers{Configuration()};
  CHECK(shown(job_links(job_with("abc123def456"), viewers, "", true, true, {})) ==
        "http://localhost:16686/trace/abc123def456\n"
        "copy|Copy Trace ID|queuetrace trace copy prod/hammerwork/job_1.a:b||Copy trace ID to clipboard\n"
        "open|Open Trace|queuetrace trace open prod/hammerwork/job_1.a:b|http://localhost:16686/trace/abc123def456|"
        "Open trace in jaeger\n"
        "view|View Trace ID|||Trace ID: abc123def456");
  CHECK(shown(job_links(job_with("abc123def456"), viewers, "zipkin", false, false, {})) ==
        "http://localhost:9411/zipkin/traces/abc123def456\nview|View Trace ID|||Trace ID: abc123def456");
  CHECK_THROWS_AS(job_links(job_with("abc123def456"), viewers, "nope", true, true, {}), Error);
}

TEST_CASE("no id and placeholders: only the attribute search") {
  const Viewers viewers{Configuration()};
  const std::string search =
      "-\nopen|Search in jaeger|queuetrace trace open prod/hammerwork/job_1.a:b|"
      "http://localhost:16686/search?tags=%7B%22job.id%22%3A%22job_1.a%3Ab%22%7D&limit=20|Search jaeger for job.id";
  CHECK(shown(job_links(job_with(""), viewers, "", true, true, {})) == search);
  CHECK(shown(job_links(job_with("temp", {"temp"}), viewers, "", true, true, {})) == search);
  CHECK(job_links(job_with(""), viewers, "", true, false, {}).actions.empty());
}

TEST_CASE("an opaque id can be copied and searched, and stays printable") {
  const Viewers viewers{Configuration()};
  const JobLinks links = job_links(job_with("x'; \x1b[31m\\"), viewers, "", true, true, {});
  CHECK_FALSE(links.trace_url);
  REQUIRE(links.actions.size() == 3);
  CHECK(links.actions[1].label == "Search in jaeger");
  CHECK(links.actions[2].description == "Trace ID: x'; \\x1b[31m\\\\");
}

}  // namespace
