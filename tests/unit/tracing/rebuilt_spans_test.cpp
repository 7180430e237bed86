// Spans that were made of rows: left out beside these rows, kept where the job is gone.
#include "tracing/rebuilt_spans.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace queuetrace;

namespace {

using Attributes = std::vector<std::pair<std::string, std::string>>;

Span span(const std::string& id, const std::string& parent, Span::Kind kind, const Attributes& attributes) {
  Span made;
  made.id = id;
  made.parent = parent;
  made.kind = kind;
  for (const auto& [name, value] : attributes) made.attributes.push_back({Untrusted(name), Untrusted(value)});
  return made;
}

}  // namespace

TEST_CASE("spans rebuilt from jobs that are here are left out, with what their time was spent on") {
  Job job;
  job.ref = {"shop", Untrusted("job-1")};
  const std::pair<std::string, std::string> mark{"queuetrace.rebuilt", "true"}, here{"messaging.message.id", "job-1"},
      gone{"messaging.message.id", "job-2"};
  std::vector<Span> spans{span("1", "", Span::Kind::server, {}),
                          span("2", "1", Span::Kind::consumer, {here}),
                          span("3", "", Span::Kind::consumer, {mark, here}),
                          span("4", "3", Span::Kind::internal, {mark}),
                          span("5", "3", Span::Kind::internal, {}),
                          span("6", "3", Span::Kind::producer, {mark, gone}),
                          span("7", "6", Span::Kind::consumer, {mark, gone}),
                          span("8", "7", Span::Kind::unspecified, {mark}),
                          span("9", "1", Span::Kind::consumer, {{"queuetrace.rebuilt", "false"}, here})};
  CHECK(leave_out_rebuilt(spans, {job}) == 2);
  std::string left;
  for (const Span& one : spans) left += one.id;
  CHECK(left == "1256789");
  CHECK(leave_out_rebuilt(spans, {}) == 0);
  CHECK(spans.size() == 7);
}
