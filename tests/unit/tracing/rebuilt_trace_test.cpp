// Traces rebuilt from jobs: which spans, under which ids, and their JSON.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tracing/rebuilt_trace.hpp"
#include "tracing/span_document.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/trace_tree_builder.hpp"

namespace {

using namespace queuetrace;
using nlohmann::json;
using Kind = RebuiltSpan::Kind;

const std::string id = "0af7651916cd43dd8448eb211c80319c";
constexpr Timestamp start{std::chrono::seconds(1767323045)};  // 2026-01-02T03:04:05Z
constexpr Timestamp now = start + std::chrono::hours(1);

Timestamp at(int seconds) { return start + std::chrono::seconds(seconds); }

Job job_of(const std::string& name, const std::string& trace, JobState state = JobState::completed) {
  Job job;
  job.ref = {"shop", Untrusted(name)};
  job.system = "hammerwork";
  job.queue = Untrusted("email");
  job.state = state;
  if (!trace.empty()) job.trace.trace_id = Untrusted(trace);
  job.trace.status = classify_trace_id(trace);
  job.created_at = at(0);
  job.started_at = at(10);
  if (state != JobState::running) job.finished_at = at(30);
  return job;
}

RebuiltTraces rebuilt(std::vector<Job> jobs) { return rebuild_traces(build_trace_tree(std::move(jobs), now)); }

const RebuiltSpan* find(const RebuiltTrace& trace, const std::string& name) {
  for (const RebuiltSpan& span : trace.spans)
    if (span.name == name) return &span;
  return nullptr;
}

std::string attribute(const RebuiltSpan& span, const std::string& name) {
  for (const Field& field : span.attributes) {
    if (field.name != name) continue;
    if (const auto* text = std::get_if<std::string>(&field.value)) return *text;
    if (const auto* data = std::get_if<Untrusted>(&field.value)) return data->raw();
    if (const auto* flag = std::get_if<bool>(&field.value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) return std::to_string(*number);
  }
  return "-";
}

TEST_CASE("one consumer span a job, with a span for each part of its life") {
  Job job = job_of("a1", id, JobState::dead);
  job.trace.span_id = Untrusted("b7ad6b7169203331");
  job.trace.correlation_id = Untrusted("order-1");
  job.scheduled_at = at(4);
  job.error = Untrusted("boom");
  job.attempts = 1;
  const RebuiltTraces all = rebuilt({job});
  REQUIRE(all.traces.size() == 1);
  const RebuiltTrace& trace = all.traces[0];
  CHECK(hex32(trace.id) == id);
  CHECK(trace.jobs == 1);
  REQUIRE(trace.spans.size() == 4);
  const RebuiltSpan& own = trace.spans[0];
  CHECK(own.kind == Kind::consumer);
  CHECK(own.name == "process email");
  CHECK(hex16(own.id) == "b7ad6b7169203331");
  CHECK_FALSE(own.parent);
  CHECK(own.begin == at(0));
  CHECK(own.end == at(30));
  CHECK(own.failed);
  CHECK(own.failure == Untrusted("boom"));
  CHECK(attribute(own, "messaging.system") == "hammerwork");
  CHECK(attribute(own, "messaging.destination.name") == "email");
  CHECK(attribute(own, "messaging.message.id") == "a1");
  CHECK(attribute(own, "messaging.message.conversation_id") == "order-1");
  CHECK(attribute(own, "messaging.operation.type") == "process");
  CHECK(attribute(own, "job.id") == "a1");
  CHECK(attribute(own, "queuetrace.state") == "dead");
  CHECK(attribute(own, "error.type") == "dead");
  for (const RebuiltSpan& span : trace.spans) CHECK(attribute(span, "queuetrace.rebuilt") == "true");
  const std::vector<std::string> parts{"held", "waiting", "running"};
  const std::vector<int> begins{0, 4, 10}, ends{4, 10, 30};
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const RebuiltSpan& span = trace.spans[part + 1];
    CHECK(span.name == parts[part]);
    CHECK(span.kind == Kind::internal);
    CHECK(span.parent == own.id);
    CHECK(span.begin == at(begins[part]));
    CHECK(span.end == at(ends[part]));
    CHECK(attribute(span, "queuetrace.open") == "-");
  }
}

TEST_CASE("a job that another one made stands below the span in which it was sent") {
  const std::string maker_id = "00000001-0000-4000-8000-000000000001";
  const Job maker = job_of(maker_id, id);
  Job made = job_of("a2", id, JobState::running);
  made.queue = Untrusted("sms");
  made.created_at = at(20);
  made.started_at = at(25);
  made.trace.parent_span_id = Untrusted(maker_id);
  const RebuiltTrace trace = rebuilt({maker, made}).traces.at(0);
  const RebuiltSpan* const sent = find(trace, "send sms");
  const RebuiltSpan* const run = find(trace, "process sms");
  REQUIRE(sent != nullptr);
  REQUIRE(run != nullptr);
  CHECK(sent->kind == Kind::producer);
  CHECK(sent->parent == trace.spans[0].id);
  CHECK(sent->begin == at(20));
  CHECK(sent->end == at(20));
  CHECK(attribute(*sent, "messaging.operation.type") == "send");
  CHECK(run->parent == sent->id);
  CHECK(run->end == now);
  CHECK(attribute(*run, "queuetrace.open") == "true");
  CHECK(attribute(*run, "error.type") == "-");
}

TEST_CASE("a job that waited for others stands below one and is linked to the rest, without a sender") {
  const Job first = job_of("aaaaaaaaaaaaaaaa", id);
  Job second = job_of("bbbbbbbbbbbbbbbb", id);
  second.finished_at = at(40);
  Job last = job_of("cccccccccccccccc", id);
  last.started_at = at(50);
  last.finished_at = at(60);
  last.parents = {first.ref.id, second.ref.id};
  const RebuiltTrace trace = rebuilt({first, second, last}).traces.at(0);
  for (const RebuiltSpan& span : trace.spans) CHECK(span.kind != Kind::producer);
  const RebuiltSpan* child = nullptr;
  for (const RebuiltSpan& span : trace.spans)
    if (attribute(span, "messaging.message.id") == "cccccccccccccccc") child = &span;
  REQUIRE(child != nullptr);
  REQUIRE(child->parent);
  REQUIRE(child->links.size() == 1);
  CHECK(child->links[0].why == "dependency");
  CHECK(child->links[0].span != *child->parent);
}

TEST_CASE("ids: the same jobs give the same spans, no id twice, none of zeros") {
  Job copied = job_of("a1", id), copy = job_of("a2", id), makers = job_of("a3", id), zeros = job_of("a4", id);
  copied.trace.span_id = copy.trace.span_id = Untrusted("b7ad6b7169203331");  // of the maker of both
  makers.trace.span_id = makers.trace.parent_span_id = Untrusted("00f067aa0ba902b7");
  zeros.trace.span_id = Untrusted("0000000000000000");
  const std::vector<Job> jobs{copied, copy, makers, zeros};
  const RebuiltTraces first = rebuilt(jobs), again = rebuilt(jobs);
  std::set<std::uint64_t> ids;
  for (const RebuiltSpan& span : first.traces.at(0).spans) ids.insert(span.id);
  CHECK(ids.size() == first.traces[0].spans.size());
  CHECK_FALSE(ids.contains(0));
  CHECK_FALSE(ids.contains(0xb7ad6b7169203331U));
  CHECK_FALSE(ids.contains(0x00f067aa0ba902b7U));
  REQUIRE(again.traces.at(0).spans.size() == first.traces[0].spans.size());
  for (std::size_t index = 0; index < first.traces[0].spans.size(); ++index)
    CHECK(again.traces[0].spans[index].id == first.traces[0].spans[index].id);
}

TEST_CASE("the trace of a job: its own id, that of the job above, a hash of other texts; never zero") {
  const std::string uuid = "trace-550e8400-e29b-41d4-a716-446655440000";
  const std::string other = "4bf92f3577b34da6a3ce929d0e0e4736";
  CHECK(hex32(rebuilt({job_of("a1", uuid)}).traces.at(0).id) == "550e8400e29b41d4a716446655440000");
  const RebuiltTrace opaque = rebuilt({job_of("a1", "order-17")}).traces.at(0);
  CHECK_FALSE(opaque.id.is_zero());
  CHECK(opaque.id == rebuilt({job_of("a2", "order-17")}).traces.at(0).id);
  for (const std::string none : {"", "00000000000000000000000000000000"})
    CHECK_FALSE(rebuilt({job_of("a1", none)}).traces.at(0).id.is_zero());

  Job root = job_of("00000001-0000-4000-8000-000000000001", id);
  Job untraced = job_of("a2", ""), stranger = job_of("a3", other);
  untraced.trace.causation_id = stranger.trace.causation_id = root.ref.id;
  const RebuiltTraces both = rebuilt({root, untraced, stranger});
  REQUIRE(both.traces.size() == 2);
  CHECK(hex32(both.traces[0].id) == id);
  CHECK(both.traces[0].jobs == 2);
  CHECK(hex32(both.traces[1].id) == other);
  CHECK(both.traces[1].jobs == 1);
  const RebuiltSpan& far = both.traces[1].spans[0];
  CHECK_FALSE(far.parent);
  REQUIRE(far.links.size() == 1);
  CHECK(hex32(far.links[0].trace) == id);
  CHECK(far.links[0].span == both.traces[0].spans[0].id);
}

TEST_CASE("fresh ids: topmost spans are linked to the trace they are a copy of") {
  RebuiltTraces all = rebuilt({job_of("a1", id)});
  const std::uint64_t span = all.traces.at(0).spans[0].id;
  give_fresh_ids(all);
  const RebuiltTrace& trace = all.traces[0];
  CHECK(trace.original == number_from_hex(id));
  CHECK(hex32(trace.id) != id);
  CHECK_FALSE(trace.id.is_zero());
  for (const RebuiltSpan& one : trace.spans) {
    CHECK(one.trace == trace.id);
    CHECK(one.links.size() == (one.parent ? 0 : 1));
  }
  CHECK(hex32(trace.spans[0].links[0].trace) == id);
  CHECK(trace.spans[0].links[0].span == span);
  CHECK(attribute(trace.spans[0], "queuetrace.original_trace_id") == id);
}

TEST_CASE("jobs without times, and with times before 1970, make no span and are counted") {
  Job timeless = job_of("a1", id), ancient = job_of("a2", id);
  timeless.created_at = timeless.started_at = timeless.finished_at = std::nullopt;
  ancient.created_at = ancient.started_at = ancient.finished_at = Timestamp(std::chrono::seconds(-5));
  const RebuiltTraces all = rebuilt({timeless, ancient, job_of("a3", id)});
  CHECK(all.jobs_without_times == 2);
  CHECK(all.traces.at(0).jobs == 1);
}

std::vector<std::string> documents(const RebuiltTrace& trace, SpanEncoding encoding, std::size_t most) {
  std::vector<std::string> texts;
  std::size_t spans = 0;
  write_span_documents(
      trace.spans, encoding, "1.2",
      [&](const SpanDocument& document) {
        texts.push_back(document.text);
        spans += document.spans;
        return true;
      },
      most);
  CHECK(spans == trace.spans.size());
  return texts;
}

TEST_CASE("OTLP: one resource a service, hex ids, times as text") {
  Job job = job_of("a1", id, JobState::failed);
  job.trace.span_id = Untrusted("b7ad6b7169203331");
  job.error = Untrusted("bad \xff byte");
  const std::vector<std::string> texts = documents(rebuilt({job}).traces.at(0), SpanEncoding::otlp, 1'000'000);
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].find('\n') == std::string::npos);
  const json whole = json::parse(texts[0]);
  REQUIRE(whole["resourceSpans"].size() == 1);
  CHECK(whole["resourceSpans"][0]["resource"]["attributes"] ==
        json::parse(R"([{"key":"service.name","value":{"stringValue":"hammerwork"}}])"));
  const json& scope = whole["resourceSpans"][0]["scopeSpans"][0];
  CHECK(scope["scope"] == json::parse(R"({"name":"queuetrace","version":"1.2"})"));
  const json& span = scope["spans"][0];
  CHECK(span["traceId"] == id);
  CHECK(span["spanId"] == "b7ad6b7169203331");
  CHECK_FALSE(span.contains("parentSpanId"));
  CHECK(span["kind"] == 5);
  CHECK(span["startTimeUnixNano"] == "1767323045000000000");
  CHECK(span["endTimeUnixNano"] == "1767323075000000000");
  CHECK(span["status"]["code"] == 2);
  CHECK(span["status"]["message"] == "bad \xef\xbf\xbd byte");
  CHECK(scope["spans"][1]["parentSpanId"] == "b7ad6b7169203331");
  CHECK(scope["spans"][1]["kind"] == 1);
}

TEST_CASE("Zipkin: its own names, microseconds, tags as text, an error tag") {
  Job job = job_of("a1", "48485a3953bb6124", JobState::failed);
  job.finished_at = job.started_at;
  const std::vector<std::string> texts = documents(rebuilt({job}).traces.at(0), SpanEncoding::zipkin, 1'000'000);
  const json spans = json::parse(texts.at(0));
  REQUIRE(spans.size() == 3);
  CHECK(spans[0]["traceId"] == "48485a3953bb6124");
  CHECK(spans[0]["kind"] == "CONSUMER");
  CHECK(spans[0]["timestamp"] == 1767323045000000);
  CHECK(spans[0]["duration"] == 10000000);
  CHECK(spans[0]["localEndpoint"] == json::parse(R"({"serviceName":"hammerwork"})"));
  CHECK(spans[0]["tags"]["queuetrace.rebuilt"] == "true");
  CHECK(spans[0]["tags"]["error"] == "true");
  CHECK_FALSE(spans[1].contains("kind"));
  CHECK(spans[2]["name"] == "running");
  CHECK(spans[2]["duration"] == 1);  // none would be unknown
}

TEST_CASE("documents stay below their bound, and every span is in one of them") {
  std::vector<Job> jobs;
  for (int number = 0; number < 300; ++number) {
    Job& job = jobs.emplace_back(job_of("job-" + std::to_string(number), id, JobState::dead));
    job.error = Untrusted(std::string(5'000, 'x'));
    if (number % 2 == 0) job.system = "river";
  }
  const RebuiltTrace trace = rebuilt(jobs).traces.at(0);
  for (const SpanEncoding encoding : {SpanEncoding::otlp, SpanEncoding::zipkin}) {
    const std::vector<std::string> texts = documents(trace, encoding, 100'000);
    CHECK(texts.size() > 10);
    std::set<std::string> ids;
    for (const std::string& text : texts) {
      CHECK(text.size() <= 100'000);
      const json whole = json::parse(text);
      if (encoding == SpanEncoding::zipkin)
        for (const json& span : whole) ids.insert(span["id"].get<std::string>());
      else
        for (const json& resource : whole["resourceSpans"])
          for (const json& span : resource["scopeSpans"][0]["spans"]) ids.insert(span["spanId"].get<std::string>());
    }
    CHECK(ids.size() == trace.spans.size());
  }
}

}  // namespace
