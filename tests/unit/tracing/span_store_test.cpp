// Spans read over HTTP: answers recorded from Jaeger and Zipkin, one of Tempo's form, and servers that answer anything
// else.
#include "tracing/span_store/span_store.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/support/http_receiver.hpp"

using namespace queuetrace;
using test::http_response;
using test::HttpReceiver;
using test::HttpRequest;
using Outcome = SpanAnswer::Outcome;

namespace {

const TraceNumber number{0x0af7651916cd43dd, 0x8448eb211c80319c};
const std::string id = "0af7651916cd43dd8448eb211c80319c";

std::string recorded(const std::string& file) {
  std::ifstream stream("answers/" + file, std::ios::binary);
  REQUIRE(stream.good());
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Answers by path; everything else is not found.
class Store {
 public:
  using Answers = std::map<std::string, std::string>;
  explicit Store(Answers answers)
      : receiver_([answers = std::move(answers)](const HttpRequest& request) {
          const std::string path = request.line.substr(4, request.line.rfind(' ') - 4);
          const auto found = answers.find(path);
          return std::optional(found == answers.end() ? http_response("404 page not found", "404 Not Found")
                                                      : found->second);
        }) {}

  SpanStoreSettings settings(SpanApi api) const { return {"test", api, receiver_.url(), receiver_.url(), {}}; }
  SpanAnswer read(SpanApi api, TraceNumber trace = number) const {
    return read_spans(settings(api), trace, {std::chrono::steady_clock::now() + std::chrono::seconds(20)});
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const HttpRequest& request : receiver_.requests()) lines.push_back(request.line);
    return lines;
  }

 private:
  HttpReceiver receiver_;
};

/// The answer of a server that says this to everything.
SpanAnswer answer_to(const std::string& response, SpanApi api = SpanApi::zipkin) {
  const HttpReceiver receiver(response);
  return read_spans({"test", api, receiver.url(), "", {}}, number,
                    {std::chrono::steady_clock::now() + std::chrono::seconds(20)});
}

/// One line a span: id, parent, kind, service, name, begin, microseconds, status and error.
std::string described(const SpanAnswer& answer) {
  std::string text;
  for (const Span& span : answer.spans) {
    CHECK(span.trace == id);
    text += span.id + " <" + span.parent + " " + std::string(to_word(span.kind)) + " " + span.service.raw() + " '" +
            span.name.raw() + "' " + to_rfc3339_exact(*span.begin) + " " +
            std::to_string((*span.end - *span.begin).count()) + " " + std::string(to_word(span.status)) + " " +
            span.error.raw() + "\n";
  }
  return text;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

constexpr const char* jaeger_spans_text =
    "b7ad6b7169203c3e <b7ad6b7169203331 client go-redis-work-queue 'INSERT orders plain' 2026-11-28T23:36:13.047116Z "
    "200000 error duplicate key\n"
    "b7526b71692033ce < server shop 'POST /checkout plain' 2026-11-28T23:36:12.647116Z 900000 unset \n"
    "b7ad6b7169203331 <b7526b71692033ce consumer go-redis-work-queue 'job.process plain' 2026-11-28T23:36:12.947116Z "
    "500000 unset \n";
constexpr const char* otlp_spans_text =
    "b7526b71692033ce < server shop 'POST /checkout plain' 2026-11-28T23:36:12.647116Z 900000 unset \n"
    "b7ad6b7169203331 <b7526b71692033ce consumer go-redis-work-queue 'job.process plain' 2026-11-28T23:36:12.947116Z "
    "500000 unset \n"
    "b7ad6b7169203c3e <b7ad6b7169203331 client go-redis-work-queue 'INSERT orders plain' 2026-11-28T23:36:13.047116Z "
    "200000 error duplicate key\n";

}  // namespace

TEST_CASE("the same trace from each API") {
  const Store jaeger(Store::Answers{{"/api/traces/" + id, http_response(recorded("jaeger-v1-trace.json"))}});
  CHECK(described(jaeger.read(SpanApi::jaeger)) == jaeger_spans_text);
  CHECK(jaeger.lines() == std::vector<std::string>{"GET /api/traces/" + id + " HTTP/1.1"});

  const Store third(Store::Answers{{"/api/v3/traces/" + id, http_response(recorded("jaeger-v1-v3-trace.json"))}});
  CHECK(described(third.read(SpanApi::jaeger)) == otlp_spans_text);

  const Store tempo(Store::Answers{{"/api/traces/" + id, http_response(recorded("tempo-trace.json"))}});
  CHECK(described(tempo.read(SpanApi::tempo)) == otlp_spans_text);
  const Store second(
      Store::Answers{{"/api/v2/traces/" + id, http_response("{\"trace\":" + recorded("tempo-trace.json") + "}")}});
  CHECK(described(second.read(SpanApi::tempo)) == otlp_spans_text);

  const Store zipkin(Store::Answers{{"/api/v2/trace/" + id, http_response(recorded("zipkin-trace.json"))}});
  CHECK(described(zipkin.read(SpanApi::zipkin)) ==
        "b7526b71692033ce < server shop 'post /checkout plain' 2026-11-28T22:56:25.939106Z 900000 unset \n"
        "b7ad6b7169203331 <b7526b71692033ce consumer go-redis-work-queue 'job.process plain' "
        "2026-11-28T22:56:26.239106Z 500000 unset \n"
        "b7ad6b7169203c3e <b7ad6b7169203331 client go-redis-work-queue 'insert orders plain' "
        "2026-11-28T22:56:26.339106Z 200000 error duplicate key\n");
}

TEST_CASE("attributes of spans are read, and ids of 64 bits are asked for with 16 digits") {
  const Store zipkin(Store::Answers{{"/api/v2/trace/" + id, http_response(recorded("zipkin-trace.json"))}});
  const SpanAnswer answer = zipkin.read(SpanApi::zipkin);
  REQUIRE(answer.spans.size() == 3);
  REQUIRE(answer.spans[1].attribute("job.id") != nullptr);
  CHECK(answer.spans[1].attribute("job.id")->raw() == "job-plain");
  CHECK(zipkin.read(SpanApi::zipkin, {0, 0xab}).outcome == Outcome::not_found);
  CHECK(zipkin.lines().back() == "GET /api/v2/trace/00000000000000ab HTTP/1.1");
}

TEST_CASE("a trace that is not there") {
  const Store jaeger(
      Store::Answers{{"/api/traces/" + id, http_response(recorded("jaeger-v1-trace-404.json"), "404 Not Found")},
                     {"/api/v3/traces/" + id, http_response(recorded("jaeger-v1-v3-404.json"), "404 Not Found")}});
  CHECK(jaeger.read(SpanApi::jaeger).outcome == Outcome::not_found);
  CHECK(jaeger.lines().size() == 2);
  const Store old(Store::Answers{{"/api/traces/" + id, http_response("{}", "404 Not Found")},
                                 {"/api/v3/traces/" + id, http_response("<html>the page of every path</html>")}});
  CHECK(old.read(SpanApi::jaeger).outcome == Outcome::not_found);
  CHECK(answer_to(http_response("no", "404 Not Found"), SpanApi::tempo).outcome == Outcome::not_found);
  CHECK(answer_to(http_response("[]")).outcome == Outcome::not_found);
}

TEST_CASE("servers that answer something else") {
  const auto problem = [](const std::string& response, SpanApi api = SpanApi::zipkin) {
    const SpanAnswer answer = answer_to(response, api);
    CHECK(answer.outcome == Outcome::failed);
    CHECK(answer.spans.empty());
    return answer.problem;
  };
  CHECK(problem(http_response("boom", "500 Oops")) == "it answered 500");
  CHECK(problem(http_response("XYZ should be lower-hex", "400 Bad Request")) ==
        "it answered 400: it does not take the question");
  CHECK(problem(http_response("", "401 Unauthorized")) ==
        "it answered 401: set spans_token or spans_headers of the viewer");
  CHECK(problem(http_response("<html>")) == "its answer is not JSON that can be read");
  CHECK(problem(http_response("\xff\xfe")) == "its answer is not JSON that can be read");
  CHECK(problem(http_response("[{\"id\":")) == "its answer is not JSON that can be read");
  CHECK(problem(http_response("{\"data\":1}")) == "its answer is not one of this API");
  CHECK(problem(http_response("[1,{},[\"x\"],{\"id\":\"zz\"}]")) == "its answer holds no span that can be read");
  CHECK(problem(http_response("<html>"), SpanApi::jaeger) == "its answer is not JSON that can be read");
  CHECK(problem(http_response(std::string(100'000, '['))) == "its answer is not JSON that can be read");
  CHECK(problem("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]") == "its answer ended early");
  CHECK(problem("nonsense\r\n\r\n") != "");
  CHECK(problem("") == "it closed the connection without an answer");
  CHECK(problem(http_response("no gzip", "200 OK", "Content-Encoding: gzip\r\n")) ==
        "its compressed answer cannot be unpacked");
}

TEST_CASE("what is no span is left out, which is said; the others are there") {
  const SpanAnswer answer = answer_to(http_response(
      R"([{"traceId":"1","id":"2","name":7,"timestamp":"x","tags":[1]},{"id":"3"},{"traceId":"1","id":"4","timestamp":-5},)"
      R"({"traceId":"1","id":"5","timestamp":9e400},{"traceId":"1","id":"6","timestamp":1795906585939106,"duration":-1}])"));
  CHECK(answer.outcome == Outcome::found);
  REQUIRE(answer.spans.size() == 4);
  CHECK(answer.spans[0].name.empty());
  CHECK_FALSE(answer.spans[1].begin);
  CHECK_FALSE(answer.spans[2].begin);
  CHECK(answer.spans[3].begin);
  CHECK_FALSE(answer.spans[3].end);
  CHECK(answer.incomplete == "1 of its entries cannot be read as spans");
}

TEST_CASE("10,000 spans at most, of values cut") {
  std::string body = "[";
  for (int count = 0; count <= 10'000; ++count) body += R"({"traceId":"1","id":"2","name":"n"},)";
  body += R"({"traceId":"1","id":"2"}])";
  const SpanAnswer answer = answer_to(http_response(body));
  CHECK(answer.spans.size() == 10'000);
  CHECK(answer.incomplete == "only its first 10,000 spans are read");
  const SpanAnswer long_ones = answer_to(http_response(R"([{"traceId":"1","id":"2","name":")" + std::string(5000, 'n') +
                                                       R"(","tags":{"k":")" + std::string(9000, 'v') + R"("}}])"));
  REQUIRE(long_ones.spans.size() == 1);
  CHECK(long_ones.spans[0].name.size() == 1024);
  CHECK(long_ones.spans[0].attributes[0].value.size() == 4096);
}

TEST_CASE("what many spans share does not multiply in memory") {
  const std::string process = R"({"serviceName":"shop","tags":[{"key":"big","value":")" + std::string(5000, 'x') +
                              R"("},{"key":"host","value":"h1"}]})";
  const SpanAnswer answer =
      answer_to(http_response(R"({"data":[{"spans":[{"traceID":"1","spanID":"2","processID":"p"}],"processes":{"p":)" +
                              process + "}}]}"),
                SpanApi::jaeger);
  REQUIRE(answer.spans.size() == 1);
  CHECK(answer.spans[0].attribute("big") == nullptr);
  REQUIRE(answer.spans[0].attribute("host") != nullptr);
}

TEST_CASE("gzip is asked for and unpacked, and the bound counts what comes out of it") {
  const HttpReceiver receiver(
      http_response(gzip(recorded("zipkin-trace.json")), "200 OK", "Content-Encoding: gzip\r\n"));
  const SpanStoreSettings store{"test", SpanApi::zipkin, receiver.url(), "", {}};
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  CHECK(read_spans(store, number, {soon}).spans.size() == 3);
  CHECK(receiver.requests().front().headers.at("accept-encoding") == "gzip");
  CHECK(receiver.requests().front().headers.at("accept") == "application/json");
  CHECK(read_spans(store, number, {soon, 900}).problem == "its answer is longer than 900 bytes");
  const SpanAnswer bomb =
      answer_to(http_response(gzip(std::string(40 * 1024 * 1024, ' ')), "200 OK", "Content-Encoding: gzip\r\n"));
  CHECK(bomb.problem == "its answer is longer than 32 MiB");
}

TEST_CASE("a silent server is given up in time, and at once when the run is stopped") {
  const HttpReceiver silent{std::optional<std::string>()};
  const SpanStoreSettings store{"test", SpanApi::jaeger, silent.url(), "", {}};
  CHECK(read_spans(store, number, {std::chrono::steady_clock::now() + std::chrono::milliseconds(50)}).problem ==
        "no whole answer in time");
  std::stop_source stop;
  stop.request_stop();
  CHECK(read_spans(store, number, {std::chrono::steady_clock::now() + std::chrono::hours(1), 1000, stop.get_token()})
            .problem == "interrupted");
}

TEST_CASE("nobody listens") {
  std::string url;
  {
    const HttpReceiver gone;
    url = gone.url();
  }
  const SpanAnswer answer = read_spans({"test", SpanApi::jaeger, url, "", {}}, number,
                                       {std::chrono::steady_clock::now() + std::chrono::seconds(20)});
  CHECK(answer.problem == "cannot connect");
}

TEST_CASE("redirects are followed on the same host only, and headers go nowhere else") {
  const auto moved = [](const std::string& where) {
    return http_response("", "302 Found", "Location: " + where + "\r\n");
  };
  const Store same(
      {{"/api/v2/trace/" + id, moved("/other")}, {"/other", http_response(recorded("zipkin-trace.json"))}});
  CHECK(same.read(SpanApi::zipkin).spans.size() == 3);

  const HttpReceiver other(http_response(recorded("zipkin-trace.json")));
  const HttpReceiver sends_away(moved(other.url() + "/api/v2/trace/" + id));
  const SpanStoreSettings store{
      "test", SpanApi::zipkin, sends_away.url(), "", {Secret("Authorization: Bearer CANARY-51e7")}};
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const SpanAnswer answer = read_spans(store, number, {soon});
  CHECK(answer.problem == "it redirects to another host, " + other.url() + ", which is not followed");
  CHECK(other.requests().empty());
  CHECK(sends_away.requests().front().headers.at("authorization") == "Bearer CANARY-51e7");

  CHECK(answer_to(moved("https://127.0.0.1/")).problem ==
        "it redirects to another host, https://127.0.0.1:443, which is not followed");
  CHECK(answer_to(moved("file:///etc/passwd")).problem.find("it redirects to another host") == 0);
  CHECK(answer_to(moved("/again")).problem == "it redirects over and over");
  CHECK(answer_to(http_response("", "304 Not Modified")).problem == "it answered 304 and does not say where to go");
}
