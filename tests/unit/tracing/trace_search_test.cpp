// The viewer's own search: what is asked of each API, in its language, and what becomes of the answers.
#include "tracing/span_store/trace_search.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "tests/support/http_receiver.hpp"
#include "tracing/span_store/trace_ql.hpp"

using namespace queuetrace;
using test::http_response;
using test::HttpReceiver;
using test::HttpRequest;

namespace {

std::string recorded(const std::string& file) {
  std::ifstream stream("answers/" + file, std::ios::binary);
  REQUIRE(stream.good());
  return {std::istreambuf_iterator<char>(stream), {}};
}

TraceSearch search_for(std::vector<std::pair<std::string, std::string>> tags, const std::string& service = "") {
  TraceSearch search;
  search.tags = std::move(tags);
  search.service = service;
  search.since = *parse_timestamp("2026-11-28T20:00:00Z");
  search.until = *parse_timestamp("2026-11-29T00:00:00Z");
  search.limit = 5;
  return search;
}

/// What a store answers to the beginnings of paths, and what it was asked.
struct Asked {
  SearchAnswer answer;
  std::vector<std::string> paths;
};

Asked ask(SpanApi api, const std::map<std::string, std::string>& answers, const TraceSearch& search) {
  const HttpReceiver receiver([answers](const HttpRequest& request) -> std::optional<std::string> {
    for (const auto& [path, answer] : answers)
      if (request.line.starts_with("GET " + path)) return answer;
    return http_response("404 page not found", "404 Not Found");
  });
  Asked asked;
  asked.answer = search_traces({"test", api, receiver.url(), "", {}}, search,
                               {std::chrono::steady_clock::now() + std::chrono::seconds(20)});
  for (const HttpRequest& request : receiver.requests())
    asked.paths.push_back(request.line.substr(4, request.line.rfind(' ') - 4));
  return asked;
}

/// One line a trace.
std::string described(const SearchAnswer& answer) {
  std::string text;
  for (const FoundTrace& found : answer.traces)
    text += found.id + " '" + found.name.raw() + "' " + found.service.raw() + " " +
            (found.begin ? to_rfc3339(*found.begin) : "?") + " " +
            (found.length ? std::to_string(found.length->count()) : "?") + " " +
            (found.spans ? std::to_string(*found.spans) : "?") + " " +
            (found.errors ? std::to_string(*found.errors) : "?") + "\n";
  return text + answer.problem + answer.incomplete;
}

}  // namespace

TEST_CASE("Jaeger's first API: with a service, and service by service") {
  const std::map<std::string, std::string> answers{
      {"/api/services", http_response(recorded("jaeger-v1-services.json"))},
      {"/api/traces?service=", http_response(recorded("jaeger-v1-search.json"))}};
  const Asked one = ask(SpanApi::jaeger, answers, search_for({{"job.id", "job \"uuid\""}}, "go redis&queue"));
  CHECK(one.paths == std::vector<std::string>{
                         "/api/traces?service=go%20redis%26queue&tags=%7B%22job.id%22%3A%22job%20%5C%22uuid%5C%22%22%7D"
                         "&start=1795896000000000&end=1795910400000000&limit=5"});
  CHECK(described(one.answer) ==
        "550e8400e29b41d4a716446655440000 'POST /checkout uuid' shop 2026-11-28T23:36:12.647Z 900 3 1\n");
  const Asked all = ask(SpanApi::jaeger, answers, search_for({{"job.id", "job-uuid"}}));
  REQUIRE(all.paths.size() == 3);
  CHECK(all.paths[1].starts_with("/api/traces?service=go-redis-work-queue&"));
  CHECK(all.paths[2].starts_with("/api/traces?service=shop&"));
  CHECK(described(all.answer) == described(one.answer));
}

TEST_CASE("Jaeger's third API does not look at tags: they are looked for here") {
  const std::map<std::string, std::string> answers{
      {"/api/v3/services", http_response(R"({"services":["shop","api"]})")},
      {"/api/v3/traces?query.service_name=api&", http_response(recorded("jaeger-v1-v3-404.json"), "404 Not Found")},
      {"/api/v3/traces?query.service_name=shop&", http_response(recorded("jaeger-v1-v3-search.json"))}};
  const Asked asked = ask(SpanApi::jaeger, answers, search_for({{"job.id", "job-plain"}}, "shop"));
  REQUIRE(asked.paths.size() == 2);
  CHECK(asked.paths[1] ==
        "/api/v3/traces?query.service_name=shop&query.start_time_min=2026-11-28T20%3A00%3A00.000Z"
        "&query.start_time_max=2026-11-29T00%3A00%3A00.000Z&query.num_traces=200");
  CHECK(described(asked.answer) ==
        "0af7651916cd43dd8448eb211c80319c 'POST /checkout plain' shop 2026-11-28T23:36:12.647Z 900 3 1\n");
  const Asked all =
      ask(SpanApi::jaeger, answers, search_for({{"job.id", "job-plain"}}));  // which finds nothing by no name
  REQUIRE(all.paths.size() == 4);
  CHECK(all.paths[1] == "/api/v3/services");
  CHECK(all.paths[2].starts_with("/api/v3/traces?query.service_name=api&"));
  CHECK(all.paths[3].starts_with("/api/v3/traces?query.service_name=shop&"));
  CHECK(described(all.answer) == described(asked.answer));
  CHECK(described(ask(SpanApi::jaeger, answers, search_for({{"job.id", "job"}})).answer).empty());
  CHECK(described(
            ask(SpanApi::jaeger, answers, search_for({{"job.id", "job-plain"}, {"db.system", "postgresql"}})).answer)
            .empty());
  CHECK(described(ask(SpanApi::jaeger, {}, search_for({{"a", "b"}})).answer) == "it answered 404");
  const std::map<std::string, std::string> nothing{
      {"/api/v3/services", http_response(R"({"services":["shop"]})")},
      {"/api/v3/traces?", http_response(recorded("jaeger-v1-v3-404.json"), "404 Not Found")}};
  CHECK(described(ask(SpanApi::jaeger, nothing, search_for({{"a", "b"}})).answer).empty());
}

TEST_CASE("Zipkin: all tags in one query") {
  const std::map<std::string, std::string> answers{
      {"/api/v2/traces?", http_response(recorded("zipkin-search-tag.json"))}};
  const Asked asked =
      ask(SpanApi::zipkin, answers, search_for({{"job.id", "job-uuid"}, {"queue.name", "high"}}, "shop"));
  CHECK(asked.paths == std::vector<std::string>{
                           "/api/v2/traces?annotationQuery=job.id%3Djob-uuid%20and%20queue.name%3Dhigh&serviceName=shop"
                           "&endTs=1795910400000&lookback=14400000&limit=5"});
  CHECK(described(asked.answer) ==
        "550e8400e29b41d4a716446655440000 'post /checkout uuid' shop 2026-11-28T22:56:25.939Z 900 3 1\n");
  const Asked refused = ask(SpanApi::zipkin, answers, search_for({{"a", "b and c"}}));
  CHECK(refused.paths.empty());
  CHECK(refused.answer.kind == ErrorKind::usage);
}

TEST_CASE("Tempo: TraceQL in which a value is only a value") {
  CHECK(trace_ql({{"order.id", "x\" } || { .a = \"\\"}}, "") == R"({ .order.id = "x\" } || { .a = \"\\" })");
  CHECK(trace_ql({{"n", "12"}, {"f", "true"}, {"big", "1234567890123456789"}}, "my shop") ==
        R"({ (.n = "12" || .n = 12) && (.f = "true" || .f = true) && .big = "1234567890123456789" && )"
        R"(resource.service.name = "my shop" })");
  CHECK(trace_ql({{"a b} ", "1.5"}}, "") == R"({ ."a b} " = "1.5" })");
  const std::map<std::string, std::string> answers{
      {"/api/search?",
       http_response(
           R"({"traces":[{"traceID":"af7651916cd43dd8448eb211c80319c","rootServiceName":"shop","rootTraceName":"POST /",)"
           R"("startTimeUnixNano":"1795906585939106000","durationMs":900,"serviceStats":{"shop":{"spanCount":2},)"
           R"("worker":{"spanCount":3,"errorCount":1}}},{"traceID":"1"},{"traceID":"no"}],"metrics":{}})")}};
  const Asked asked = ask(SpanApi::tempo, answers, search_for({{"job.id", "j"}}));
  CHECK(asked.paths == std::vector<std::string>{"/api/search?q=%7B%20.job.id%20%3D%20%22j%22%20%7D&start=1795896000"
                                                "&end=1795910401&limit=5"});
  CHECK(described(asked.answer) ==
        "0af7651916cd43dd8448eb211c80319c 'POST /' shop 2026-11-28T22:56:25.939Z 900 5 1\n"
        "00000000000000000000000000000001 ''  ? ? ? ?\n");
}

TEST_CASE("a store that refuses, fails, or has as many as were asked for") {
  CHECK(described(ask(SpanApi::zipkin, {{"/", http_response("", "403 Forbidden")}}, search_for({{"a", "b"}})).answer) ==
        "it answered 403: set spans_token or spans_headers of the viewer");
  CHECK(described(ask(SpanApi::tempo, {{"/", http_response("[]")}}, search_for({{"a", "b"}})).answer) ==
        "its answer is not one of this API");
  const std::string body = R"([[{"traceId":"1","id":"1"}],[{"traceId":"2","id":"1"}],[{"traceId":"3","id":"1"}]])";
  TraceSearch search = search_for({{"a", "b"}});
  search.limit = 2;
  const SearchAnswer answer = ask(SpanApi::zipkin, {{"/", http_response(body)}}, search).answer;
  CHECK(answer.traces.size() == 2);
  CHECK(answer.more);
}
