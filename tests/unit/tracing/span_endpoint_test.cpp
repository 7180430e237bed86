// Where spans are sent, what is sent along, and what counts as a trace that is there.
#include <doctest/doctest.h>
#include <zlib.h>

#include "model/error.hpp"
#include "tests/support/http_receiver.hpp"
#include "tracing/gzip.hpp"
#include "tracing/span_endpoint.hpp"
#include "tracing/trace_presence.hpp"

namespace {

using namespace queuetrace;

const TraceNumber trace{0x0af7651916cd43ddU, 0x8448eb211c80319cU};

std::string url(const std::string& typed, std::optional<SpanEncoding> encoding = {}) {
  const SpanEndpoint endpoint = read_span_endpoint(typed, encoding, {});
  return (endpoint.encoding == SpanEncoding::zipkin ? "zipkin " : "otlp ") + endpoint.post.url.reveal();
}

TEST_CASE("an address is completed, and tells what it takes") {
  CHECK(url("http://localhost:4318") == "otlp http://localhost:4318/v1/traces");
  CHECK(url("http://localhost:4318/") == "otlp http://localhost:4318/v1/traces");
  CHECK(url("https://c.example/otlp/v1/traces?key=1") == "otlp https://c.example/otlp/v1/traces?key=1");
  CHECK(url("http://localhost:9411") == "zipkin http://localhost:9411/api/v2/spans");
  CHECK(url("http://z.example/zipkin/api/v2/spans") == "zipkin http://z.example/zipkin/api/v2/spans");
  CHECK(url("http://z.example:9999", SpanEncoding::zipkin) == "zipkin http://z.example:9999/api/v2/spans");
  CHECK(url("http://localhost:9411", SpanEncoding::otlp) == "otlp http://localhost:9411/v1/traces");
  CHECK(read_span_endpoint("http://z.example/zipkin/api/v2/spans", {}, {}).base == "http://z.example/zipkin");
  for (const char* bad : {"", "localhost:4318", "ftp://h/", "http://user:secret@h/", "http://h/#x", "http://h/ x"})
    CHECK_THROWS_AS(url(bad), Error);
}

TEST_CASE("headers go to the host that the environment names, and to no other") {
  const Environment environment{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a.example:4318"},
                                {"OTEL_EXPORTER_OTLP_HEADERS", "x-token=secret"},
                                {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                                {"OTEL_TRACES_EXPORTER", "none"}};
  const auto headers = [&](const std::string& typed, const Environment& given) {
    return read_span_endpoint(typed, {}, given).post.headers.size();
  };
  CHECK(headers("http://b.example:4318", {{"OTEL_EXPORTER_OTLP_HEADERS", "x-token=secret"}}) == 1);
  Environment on = environment;
  on.erase("OTEL_TRACES_EXPORTER");
  CHECK(headers("http://a.example:4318", on) == 1);
  CHECK(headers("http://b.example:4318", on) == 0);
}

TEST_CASE("packed text comes back") {
  const std::string text(10'000, 'a');
  const std::string packed = gzipped(text);
  CHECK(packed.size() < 200);
  CHECK(packed == gzipped(text));
  std::string unpacked(text.size(), ' ');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string input = packed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(unpacked.data());
  stream.avail_out = static_cast<uInt>(unpacked.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  inflateEnd(&stream);
  CHECK(unpacked == text);
  CHECK_FALSE(gzipped("").empty());
}

SpanStoreSettings store_at(const std::string& base, SpanApi api) { return {"mine", api, base, base, {}}; }

HttpBounds bounds() {
  return {.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1), .bytes = 10'000, .stop = {}};
}

PresenceAnswer ask(SpanApi api, const std::string& status, const std::string& body) {
  const test::HttpReceiver server(test::http_response(body, status));
  const PresenceAnswer answer = trace_presence(store_at(server.url(), api), trace, bounds());
  REQUIRE(server.requests().size() >= 1);
  CHECK(server.requests()[0].line == (api == SpanApi::jaeger
                                          ? "GET /api/traces/0af7651916cd43dd8448eb211c80319c HTTP/1.1"
                                          : "GET /api/v2/trace/0af7651916cd43dd8448eb211c80319c HTTP/1.1"));
  return answer;
}

TEST_CASE("only the answers of the store itself say whether a trace is there") {
  using enum SpanApi;
  const std::string not_found =
      R"({"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":404,"msg":"trace not found"}]})";
  CHECK(ask(jaeger, "200 OK", R"({"data":[{"traceID":"0af7","spans":[]}]})").presence == Presence::there);
  CHECK(ask(jaeger, "200 OK", R"({"data":[]})").presence == Presence::not_there);
  CHECK(ask(jaeger, "404 X", not_found).presence == Presence::not_there);
  CHECK(ask(zipkin, "200 OK", R"([{"traceId":"0af7"}])").presence == Presence::there);
  CHECK(ask(zipkin, "200 OK", "[]").presence == Presence::not_there);
  CHECK(ask(zipkin, "404 X", "0af7651916cd43dd8448eb211c80319c not found").presence == Presence::not_there);
  const PresenceAnswer proxy = ask(jaeger, "404 X", "<html>404</html>");
  CHECK(proxy.presence == Presence::unknown);
  CHECK(proxy.answered);
  CHECK(proxy.problem == "it answered 404, and not as Jaeger does");
  CHECK(ask(zipkin, "404 X", "404 page").problem == "it answered 404, and not as Zipkin does");
  CHECK(ask(zipkin, "500 X", "").presence == Presence::unknown);
  CHECK(ask(jaeger, "200 OK", "[[[[").presence == Presence::unknown);
  CHECK(ask(zipkin, "200 OK", std::string(20'000, '[')).problem == "its answer is longer than 10000 bytes");
  CHECK(trace_presence(store_at("http://127.0.0.1:1", tempo), trace, bounds()).presence == Presence::unknown);
}

TEST_CASE("a Jaeger without its first API is asked by the third") {
  const auto ask_third = [](const std::string& status, const std::string& body) {
    const test::HttpReceiver server([&](const test::HttpRequest& request) {
      const bool third = request.line == "GET /api/v3/traces/0af7651916cd43dd8448eb211c80319c HTTP/1.1";
      return third ? test::http_response(body, status) : test::http_response("404 page not found", "404 Not Found");
    });
    return trace_presence(store_at(server.url(), SpanApi::jaeger), trace, bounds()).presence;
  };
  CHECK(ask_third("200 OK", R"({"result":{"resourceSpans":[{"scopeSpans":[]}]}})") == Presence::there);
  CHECK(ask_third("404 Not Found", R"({"error":{"httpCode":404,"message":"No traces found"}})") == Presence::not_there);
  CHECK(ask_third("404 Not Found", "404 page not found") == Presence::unknown);
  CHECK(ask_third("200 OK", "<html>") == Presence::unknown);
}

TEST_CASE("nobody there is no answer") {
  std::string base;
  {
    const test::HttpReceiver gone;
    base = gone.url();
  }
  const PresenceAnswer answer = trace_presence(store_at(base, SpanApi::jaeger), trace, bounds());
  CHECK(answer.presence == Presence::unknown);
  CHECK_FALSE(answer.answered);
  CHECK(answer.problem == "cannot connect");
}

}  // namespace
