// The 38 hostile trace ids of docs/threats.md section 9.2: what becomes of them in commands and URLs.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tracing/trace_actions.hpp"
#include "tracing/trace_id.hpp"

namespace {

using namespace queuetrace;
using namespace std::string_view_literals;

struct Row {
  std::string_view name, text;
  bool command;
  std::string_view segment, refusal, in_query;
};

// clang-format off
constexpr Row rows[] = {
    {"S01", "0af7651916cd43dd8448eb211c80319c"sv, true, "0af7651916cd43dd8448eb211c80319c", "", ""},
    {"S02", "abc123def456"sv, true, "abc123def456", "", ""},
    {"S03", "order-12345"sv, true, "order-12345", "", ""},
    {"S04", "'; touch pwned; '"sv, false, "%27%3B%20touch%20pwned%3B%20%27", "", ""},
    {"S05", "$(touch pwned)"sv, false, "%24%28touch%20pwned%29", "", ""},
    {"S06", "`touch pwned`"sv, false, "%60touch%20pwned%60", "", ""},
    {"S07", "a && touch pwned"sv, false, "a%20%26%26%20touch%20pwned", "", ""},
    {"S08", "a|touch pwned"sv, false, "a%7Ctouch%20pwned", "", ""},
    {"S09", "a\x0atouch pwned"sv, false, "", "control character", ""},
    {"S10", "-rf"sv, false, "-rf", "", ""},
    {"S11", "--help"sv, false, "--help", "", ""},
    {"S12", "!!"sv, false, "%21%21", "", ""},
    {"S13", "%COMSPEC%"sv, false, "%25COMSPEC%25", "", ""},
    {"S14", "^& calc"sv, false, "%5E%26%20calc", "", ""},
    {"S15", "x\\"sv, false, "", "slash or backslash in a path", "x%5C"},
    {"S16", "~root"sv, false, "~root", "", ""},
    {"S17", "*"sv, false, "%2A", "", ""},
    {"S18", "a b"sv, false, "a%20b", "", ""},
    {"S19", "a\x09" "b"sv, false, "", "control character", ""},
    {"S20", "\xc3\xa9"sv, false, "%C3%A9", "", ""},
    {"S21", ".."sv, false, "", "dot segment", ""},
    {"S22", "."sv, false, "", "dot segment", ""},
    {"S23", "%2e%2e"sv, false, "%252e%252e", "", ""},
    {"S24", "../../admin"sv, false, "", "slash or backslash in a path", "..%2F..%2Fadmin"},
    {"S25", "a/b?c=d#e"sv, false, "", "slash or backslash in a path", "a%2Fb%3Fc%3Dd%23e"},
    {"S26", "{traceID}"sv, false, "%7BtraceID%7D", "", ""},
    {"S27", "{{trace_id}}"sv, false, "%7B%7Btrace_id%7D%7D", "", ""},
    {"S28", "javascript:alert(1)"sv, false, "javascript%3Aalert%281%29", "", ""},
    {"S29", "//evil.example/"sv, false, "", "slash or backslash in a path", "%2F%2Fevil.example%2F"},
    {"S30", "@evil.example"sv, false, "%40evil.example", "", ""},
    {"S31", "http://evil.example/"sv, false, "", "slash or backslash in a path", "http%3A%2F%2Fevil.example%2F"},
    {"S32", "%0d%0aSet-Cookie:x=1"sv, false, "%250d%250aSet-Cookie%3Ax%3D1", "", ""},
    {"S33", "<script>alert(1)</script>"sv, false, "", "slash or backslash in a path", "%3Cscript%3Ealert%281%29%3C%2Fscript%3E"},
    {"S34", "\"><img src=x>"sv, false, "%22%3E%3Cimg%20src%3Dx%3E", "", ""},
    {"S35", "\xe2\x80\xaehtml.exe"sv, false, "%E2%80%AEhtml.exe", "", ""},
    {"S36", "a\x00" "b"sv, false, "", "control character", ""},
    {"S37", "{\"a\":1}"sv, false, "%7B%22a%22%3A1%7D", "", ""},
    {"S38", "trace-550e8400-e29b-41d4-a716-446655440000"sv, true, "trace-550e8400-e29b-41d4-a716-446655440000", "", ""},
};
// clang-format on

Viewer custom(const std::string& url) {
  ViewerSettings settings;
  settings.name = "custom";
  settings.url = url;
  return Viewer(settings);
}

Job job_with(std::string_view text) {
  Job job;
  job.ref = {"prod", Untrusted(std::string(text))};
  job.trace.trace_id = Untrusted(std::string(text));
  job.trace.status = classify_trace_id(text);
  return job;
}

TEST_CASE("a hostile id stays inside its path segment or makes no link") {
  CHECK(std::size(rows) == 38);
  const Viewer viewer = custom("https://viewer.example/app/trace/{traceID}?from=queue#top");
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Viewer::Link links[] = {viewer.trace_link(row.text, {}), viewer.trace_link(job_with(row.text), {})};
    for (const Viewer::Link& link : links) {
      if (row.refusal.empty()) {
        REQUIRE(link.url);
        CHECK(*link.url == "https://viewer.example/app/trace/" + std::string(row.segment) + "?from=queue#top");
      } else {
        CHECK_FALSE(link.url);
        CHECK(link.reason == "refused: " + std::string(row.refusal));
      }
    }
  }
}

TEST_CASE("in a query the same ids are encoded") {
  const Viewer viewer = custom("https://viewer.example/?trace={{trace_id}}");
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Viewer::Link link = viewer.trace_link(row.text, {});
    if (row.refusal == "control character") {
      CHECK(link.reason == "refused: control character");
      continue;
    }
    REQUIRE(link.url);
    const std::string_view value = row.refusal == "dot segment" ? row.text
                                   : row.in_query.empty()       ? row.segment
                                                                : row.in_query;
    CHECK(*link.url == "https://viewer.example/?trace=" + std::string(value));
  }
}

TEST_CASE("a command is printed for references of the allow-list only") {
  const Viewers viewers{Configuration()};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Job job = job_with("0af7651916cd43dd8448eb211c80319c");
    job.ref.id = Untrusted(std::string(row.text));
    const JobLinks links = job_links(job, viewers, "", true, true, {});
    REQUIRE(links.actions.size() == 3);
    const std::string copy = row.command ? "queuetrace trace copy prod/" + std::string(row.text) : std::string();
    const std::string open = row.command ? "queuetrace trace open prod/" + std::string(row.text) : std::string();
    CHECK(links.actions[0].command == copy);
    CHECK(links.actions[1].command == open);
  }
}

}  // namespace
