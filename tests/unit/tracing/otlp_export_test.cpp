// Spans of admin operations, sent to a receiver shaped like a collector.
#include "tracing/otlp_export.hpp"

#include <curl/curl.h>
#include <doctest/doctest.h>

#include <chrono>

#include "tests/support/http_receiver.hpp"
#include "tracing/otlp_settings.hpp"

using namespace queuetrace;
using test::HttpReceiver;
using test::HttpRequest;

namespace {

constexpr const char* parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
constexpr const char* canary = "CANARY-7f3a";

AdminSpan peeked() {
  AdminSpan span;
  span.operation = "peek";
  span.trace = {0x0af7651916cd43dd, 0x8448eb211c80319c};
  span.id = 0x00f067aa0ba902b7;
  span.begin = *parse_timestamp("2026-01-02T03:04:05.000001Z");
  span.end = *parse_timestamp("2026-01-02T03:04:05.25Z");
  span.attributes = {{"queue.name", Values{Untrusted("high"), Untrusted("it's \"low\"")}},
                     {"admin.affected_count", std::int64_t{9'007'199'254'740'993}},
                     {"admin.destructive", false},
                     {"admin.rate", 2.5},
                     {"admin.waited", Milliseconds(1500)},
                     {"admin.unknown", Value()}};
  return span;
}

SpanExport exported(const Environment& environment, const AdminSpan& span = peeked()) {
  return export_span(span, environment, "0.1.0");
}

/// What the receiver got from one export.
HttpRequest received(Environment environment, const AdminSpan& span = peeked(), bool base = true) {
  HttpReceiver receiver;
  if (base) environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.url();
  for (auto& [name, value] : environment)
    if (const std::size_t mark = value.find("RECEIVER"); mark != std::string::npos)
      value.replace(mark, 8, receiver.url());
  const SpanExport result = export_span(span, environment, "0.1.0");
  CHECK(result.wanted);
  CHECK(result.sent);
  CHECK(result.problem == "");
  REQUIRE(receiver.requests().size() == 1);
  return receiver.requests().front();
}

/// The problem of an export that reaches nobody.
std::string problem(const Environment& environment) {
  const SpanExport result = export_span(peeked(), environment, "0.1.0");
  CHECK_FALSE(result.sent);
  return result.problem;
}

}  // namespace

TEST_CASE("the whole request, to the letter") {
  const HttpRequest request = received({});
  CHECK(request.line == "POST /v1/traces HTTP/1.1");
  CHECK(request.headers.at("content-type") == "application/json");
  CHECK(request.headers.at("user-agent") == "queuetrace/0.1.0 OTel-OTLP-Exporter-queuetrace/0.1.0");
  CHECK(request.headers.count("expect") == 0);
  CHECK(
      request.body ==
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"queuetrace"}}]},)"
      R"("scopeSpans":[{"scope":{"name":"queuetrace","version":"0.1.0"},"spans":[{)"
      R"("traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7","name":"admin.peek","kind":1,)"
      R"("startTimeUnixNano":"1767323045000001000","endTimeUnixNano":"1767323045250000000","attributes":[)"
      R"({"key":"queue.name","value":{"arrayValue":{"values":[{"stringValue":"high"},{"stringValue":"it's \"low\""}]}}},)"
      R"({"key":"admin.affected_count","value":{"intValue":"9007199254740993"}},)"
      R"({"key":"admin.destructive","value":{"boolValue":false}},{"key":"admin.rate","value":{"doubleValue":2.5}},)"
      R"({"key":"admin.waited","value":{"intValue":"1500"}}],"status":{},"flags":257}]}]}]})");
}

TEST_CASE("parent, failure, resource") {
  AdminSpan span = peeked();
  span.operation = "purge";
  span.parent = 0xb7ad6b7169203331;
  span.attributes.clear();
  span.failure = "purge refused";
  const HttpRequest request =
      received({{"OTEL_SERVICE_NAME", "night shift"},
                {"OTEL_RESOURCE_ATTRIBUTES", "service.name=other, deployment.environment=prod%2Ceu ,host.id=a%3Db"}},
               span);
  CHECK(request.body ==
        R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"night shift"}},)"
        R"({"key":"deployment.environment","value":{"stringValue":"prod,eu"}},)"
        R"({"key":"host.id","value":{"stringValue":"a=b"}}]},)"
        R"("scopeSpans":[{"scope":{"name":"queuetrace","version":"0.1.0"},"spans":[{)"
        R"("traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7",)"
        R"("parentSpanId":"b7ad6b7169203331","name":"admin.purge","kind":1,)"
        R"("startTimeUnixNano":"1767323045000001000","endTimeUnixNano":"1767323045250000000","attributes":[],)"
        R"("status":{"code":2,"message":"purge refused"},"flags":769}]}]}]})");
}

TEST_CASE("text that is no UTF-8, and long text") {
  AdminSpan span = peeked();
  span.attributes = {{"admin.filter", Untrusted("a\xff" + std::string(5000, 'x'))},
                     {"admin.note", Untrusted(std::string(4095, 'x') + "\xc3\xa9")}};
  const std::string body = received({}, span).body;
  CHECK(body.find("\"a\xef\xbf\xbd" + std::string(4094, 'x') + "\"") != std::string::npos);
  CHECK(body.find("\"" + std::string(4095, 'x') + "\"") != std::string::npos);
}

TEST_CASE("the environment's traceparent is continued when it can be") {
  const Timestamp now = *parse_timestamp("2026-01-02T03:04:05Z");
  const AdminSpan child = begin_admin_span("retry", {{"TRACEPARENT", parent}}, now);
  CHECK(hex32(child.trace) == "0af7651916cd43dd8448eb211c80319c");
  CHECK(hex16(child.parent.value_or(0)) == "b7ad6b7169203331");
  CHECK(child.id != 0);
  CHECK(child.id != child.parent);
  CHECK(child.begin == now);
  for (const char* unusable : {"", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                               "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                               "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                               "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "abc"}) {
    const AdminSpan root = begin_admin_span("retry", {{"TRACEPARENT", unusable}}, now);
    CHECK_FALSE(root.parent);
    CHECK_FALSE(root.trace.is_zero());
    CHECK(hex32(root.trace) != "0af7651916cd43dd8448eb211c80319c");
  }
  CHECK(begin_admin_span("peek", {}, now).trace != begin_admin_span("peek", {}, now).trace);
}

TEST_CASE("endpoints") {
  CHECK(received({{"OTEL_EXPORTER_OTLP_ENDPOINT", "RECEIVER/mycollector/"}}, peeked(), false).line ==
        "POST /mycollector/v1/traces HTTP/1.1");
  CHECK(received({{"OTEL_EXPORTER_OTLP_ENDPOINT", "RECEIVER/otlp?key=1"}}, peeked(), false).line ==
        "POST /otlp/v1/traces?key=1 HTTP/1.1");
  CHECK(received({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "RECEIVER/as/is"},
                  {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"}},
                 peeked(), false)
            .line == "POST /as/is HTTP/1.1");
  CHECK(received({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "RECEIVER"}}, peeked(), false).line == "POST / HTTP/1.1");
}

TEST_CASE("headers are decoded and sent") {
  const HttpRequest all = received(
      {{"OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20abc, X-Scope-OrgID = t1,x-empty=,x-sum=a%2Cb%3D="}});
  CHECK(all.headers.at("authorization") == "Bearer abc");
  CHECK(all.headers.at("x-scope-orgid") == "t1");
  CHECK(all.headers.at("x-empty") == "");
  CHECK(all.headers.at("x-sum") == "a,b==");
  const HttpRequest own = received(
      {{"OTEL_EXPORTER_OTLP_HEADERS", "authorization=all"}, {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-traces=1"}});
  CHECK(own.headers.at("x-traces") == "1");
  CHECK(own.headers.count("authorization") == 0);
}

TEST_CASE("nothing is sent unless a collector is named, or when it is turned off") {
  HttpReceiver receiver;
  const std::pair<std::string, std::string> named{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()};
  for (const Environment& environment :
       {Environment{}, Environment{{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}}, Environment{{"OTEL_SERVICE_NAME", "x"}},
        Environment{named, {"OTEL_SDK_DISABLED", "TRUE"}}, Environment{named, {"OTEL_TRACES_EXPORTER", "none"}}}) {
    CHECK_FALSE(exports_spans(environment));
    const SpanExport result = export_span(peeked(), environment, "0.1.0");
    CHECK_FALSE(result.wanted);
    CHECK_FALSE(result.sent);
    CHECK(result.problem == "");
  }
  CHECK(receiver.requests().empty());
  CHECK(exports_spans({named, {"OTEL_SDK_DISABLED", "1"}}));
}

TEST_CASE("what cannot be used is refused in words that hold no secret") {
  const auto with_headers = [](const std::string& headers) {
    HttpReceiver receiver;
    const std::string text =
        problem({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()}, {"OTEL_EXPORTER_OTLP_HEADERS", headers}});
    CHECK(receiver.requests().empty());
    CHECK(text.find(canary) == std::string::npos);
    return text;
  };
  for (const char* headers : {"a=b%0d%0aX: CANARY-7f3a", "a%0aX=CANARY-7f3a", "CANARY-7f3a", "a=%4CANARY-7f3a%", "=x",
                              "a b=CANARY-7f3a", "a=%00CANARY-7f3a"})
    CHECK(with_headers(headers) == "the OTLP headers in the environment are not a list of name=value that can be sent");
  CHECK(problem({{"OTEL_EXPORTER_OTLP_ENDPOINT", "file:///etc/passwd"}}) ==
        "OTEL_EXPORTER_OTLP_ENDPOINT cannot be used: it must begin with http:// or https://");
  CHECK(problem({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://me:CANARY-7f3a@h/"}}) ==
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT cannot be used: it must not hold a user name or password");
  CHECK(problem({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4317"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}) ==
        "gRPC is not spoken here: set OTEL_EXPORTER_OTLP_PROTOCOL to http/json and the port to 4318");
}

TEST_CASE("a resource that does not decode is left out as a whole, and said so") {
  HttpReceiver receiver;
  const SpanExport result = export_span(
      peeked(),
      {{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()}, {"OTEL_RESOURCE_ATTRIBUTES", "a=b,service.name=x,c=%zz"}},
      "0.1.0");
  CHECK(result.sent);
  CHECK(result.problem == "OTEL_RESOURCE_ATTRIBUTES is not a list of name=value: left out");
  REQUIRE(receiver.requests().size() == 1);
  CHECK(receiver.requests().front().body.find(
            R"("attributes":[{"key":"service.name","value":{"stringValue":"queuetrace"}}])") != std::string::npos);
}

TEST_CASE("time-outs come from the environment, and end below a second") {
  const auto timeout = [](const std::string& name, const std::string& value) {
    return otlp_settings({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://h"}, {name, value}})->timeout.count();
  };
  CHECK(timeout("OTEL_EXPORTER_OTLP_TIMEOUT", "250") == 250);
  CHECK(timeout("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "300") == 300);
  for (const char* other : {"10000", "0", "-5", "x", "", "99999999999999999999"})
    CHECK(timeout("OTEL_EXPORTER_OTLP_TIMEOUT", other) == 900);
}

TEST_CASE("a collector that is not there, is silent, or answers badly") {
  SUBCASE("nobody listens") {
    std::string url;
    {
      const HttpReceiver gone;
      url = gone.url();
    }
    const SpanExport done = exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", url}});
    CHECK(done.wanted);
    CHECK_FALSE(done.sent);
    CHECK(done.problem == url + ": " + curl_easy_strerror(CURLE_COULDNT_CONNECT));  // its words differ by release
  }
  SUBCASE("an address that swallows packets") {
    const SpanExport done = exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://192.0.2.1:4318"}});  // TEST-NET-1
    CHECK_FALSE(done.sent);
  }
  SUBCASE("it takes the request and never answers") {
    const HttpReceiver silent(std::nullopt);
    const SpanExport done = exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", silent.url()}});
    CHECK_FALSE(done.sent);
    CHECK(done.problem == silent.url() + ": no answer in time");
    CHECK(silent.requests().size() == 1);
  }
  SUBCASE("it fails") {
    const HttpReceiver failing("HTTP/1.1 500 Oops\r\nContent-Length: 11\r\n\r\nCANARY-7f3a");
    CHECK(exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", failing.url()}}).problem == failing.url() + ": it answered 500");
    CHECK(failing.requests().size() == 1);  // tried once
  }
  SUBCASE("it redirects to another host") {
    const HttpReceiver other;
    const HttpReceiver redirecting("HTTP/1.1 307 Go\r\nLocation: " + other.url() +
                                   "/v1/traces\r\nContent-Length: 0\r\n\r\n");
    CHECK(exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", redirecting.url()},
                    {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=" + std::string(canary)}})
              .problem == redirecting.url() + ": it answered 307, and redirects are not followed");
    CHECK(other.requests().empty());
  }
  SUBCASE("it takes the request and rejects the span") {
    const std::string body = R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}})";
    const HttpReceiver rejecting("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                                 body);
    const SpanExport result = exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", rejecting.url()}});
    CHECK_FALSE(result.sent);
    CHECK(result.problem == rejecting.url() + ": the collector rejected the span");
  }
  SUBCASE("it rejects nothing, in either spelling, or says what we do not know") {
    for (const std::string body :
         {R"({"partialSuccess":{"rejectedSpans":0}})", R"({"partialSuccess":{"rejectedSpans":"0"}})",
          R"({"partialSuccess":{}})", R"({"partialSuccess":7})", "[]", "no json"}) {
      const HttpReceiver well("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
      CHECK(exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", well.url()}}).sent);
    }
  }
  SUBCASE("it answers without end") {
    const HttpReceiver endless("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + std::string(9'000'000, 'x'));
    CHECK(exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", endless.url()}}).problem ==
          endless.url() + ": the answer is too long");
  }
  SUBCASE("https to a server that speaks http") {
    const HttpReceiver plain;
    const SpanExport done = exported({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https" + plain.url().substr(4)}});
    CHECK_FALSE(done.sent);
    CHECK(plain.requests().empty());
  }
}
