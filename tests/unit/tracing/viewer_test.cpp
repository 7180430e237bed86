// Templates, presets and the viewers of a configuration beyond the golden URLs.
#include <doctest/doctest.h>

#include <string>

#include "model/error.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/viewer.hpp"

namespace {

using namespace queuetrace;

const std::string id = "0af7651916cd43dd8448eb211c80319c";
constexpr Timestamp now{std::chrono::seconds(1767323045)};

Job job_with(const std::string& trace_id) {
  Job job;
  job.ref = {"prod", Untrusted("job-1")};
  job.system = "hammerwork";
  job.trace.trace_id = Untrusted(trace_id);
  job.trace.status = classify_trace_id(trace_id);
  return job;
}

Viewer preset(const std::string& name, const std::string& base = "",
              std::map<std::string, std::string> variables = {}) {
  ViewerSettings settings;
  settings.name = name;
  settings.preset = name;
  settings.base = base;
  settings.variables = std::move(variables);
  return Viewer(settings);
}

Viewer custom(const std::string& url, std::map<std::string, std::string> variables = {}) {
  ViewerSettings settings;
  settings.name = "custom";
  settings.url = url;
  settings.variables = std::move(variables);
  return Viewer(settings);
}

std::string text(const Viewer::Link& link) { return link.url ? *link.url : "no link: " + link.reason; }
std::string link(const Viewer& viewer, const std::string& trace_id = id) {
  return text(viewer.trace_link(job_with(trace_id), now));
}

TEST_CASE("the four spellings of the seeds, and the digits as they are stored") {
  for (const char* placeholder : {"{{traceID}}", "{{trace_id}}", "{traceID}", "{trace_id}", "{TRACEID}", "{{traceId}}"})
    CHECK(link(custom(std::string("https://my-trace-viewer.com/trace/") + placeholder), "abc123def456") ==
          "https://my-trace-viewer.com/trace/abc123def456");
  const Viewer jaeger = preset("jaeger", "http://localhost:16686");
  CHECK(link(jaeger, "abc123def456") == "http://localhost:16686/trace/abc123def456");
  CHECK(link(jaeger, "ABC123DEF456") == "http://localhost:16686/trace/abc123def456");
  CHECK(link(jaeger, "8330054363468631196") == "http://localhost:16686/trace/739a4c4f1e3d8c9c");
  CHECK(link(jaeger, "00-" + id + "-b7ad6b7169203331-01") ==
        "http://localhost:16686/trace/" + id + "?uiFind=b7ad6b7169203331");
  CHECK(link(custom("https://v.example/?t={traceIDUUID}&d={traceIDDec128}&x={traceIDHex16}")) ==
        "https://v.example/?t=0af76519-16cd-43dd-8448-eb211c80319c&d=14576827793038113322513871894673895836&"
        "x=8448eb211c80319c");
}

TEST_CASE("base URLs") {
  for (const char* base : {"http://localhost:16686", "http://localhost:16686/", "http://localhost:16686//"})
    CHECK(link(preset("jaeger", base)) == "http://localhost:16686/trace/" + id);
  CHECK(link(preset("zipkin", "https://obs.example.com/a/b/")) == "https://obs.example.com/a/b/zipkin/traces/" + id);
  CHECK(link(preset("jaeger", "http://[::1]:16686")) == "http://[::1]:16686/trace/" + id);
  CHECK(link(preset("datadog", "https://us3.datadoghq.com")) == "https://us3.datadoghq.com/apm/trace/" + id);
  CHECK(preset("jaeger", "HTTPS://Obs.example.com").origin() == "https://Obs.example.com");
}

TEST_CASE("an id of 64 bits is padded for 128-bit viewers and kept by Jaeger and Zipkin") {
  const std::string padded = "000000000000000048485a3953bb6124";
  CHECK(link(preset("jaeger", "http://j"), "48485a3953bb6124") == "http://j/trace/48485a3953bb6124");
  CHECK(link(preset("zipkin", "http://z"), "48485A3953BB6124") == "http://z/zipkin/traces/48485a3953bb6124");
  CHECK(link(preset("signoz", "http://s"), "48485a3953bb6124") == "http://s/trace/" + padded);
  CHECK(link(preset("xray", "", {{"region", "eu-1"}}), "48485a3953bb6124") ==
        "https://console.aws.amazon.com/xray/home?region=eu-1#/traces/1-00000000-0000000048485a3953bb6124");
  for (const ViewerPreset& known : viewer_presets()) {
    CAPTURE(known.name);
    if (known.url.find("{traceIDHex32}") == std::string_view::npos) continue;
    const Viewer viewer = preset(std::string(known.name), "https://base.example",
                                 {{"team", "t"},
                                  {"environment", "e"},
                                  {"dataset", "d"},
                                  {"org", "o"},
                                  {"project", "p"},
                                  {"region", "r"},
                                  {"realm", "u"},
                                  {"tenant", "t"},
                                  {"workspace", "w"}});
    CHECK(link(viewer, "48485a3953bb6124").find(padded) != std::string::npos);
  }
}

TEST_CASE("no link without an id, with the reason") {
  const Viewer jaeger = preset("jaeger", "http://j");
  CHECK(link(jaeger, "") == "no link: no trace id stored");
  CHECK(text(jaeger.trace_link(Job(), now)) == "no link: no trace id stored");
  CHECK(text(jaeger.trace_link("", now)) == "no link: no trace id given");
  CHECK(link(jaeger, "00000000000000000000000000000000") ==
        "no link: the stored trace id is a placeholder that names no trace");
  CHECK(link(jaeger, "order-12345") == "no link: the stored trace id is not one that a viewer can open");
  CHECK(link(jaeger, "trace-550e8400-e29b-41d4-a716-446655440000") ==
        "no link: the stored trace id is a UUID made by the application, not the id of a trace");
  CHECK(text(jaeger.trace_link("550e8400-e29b-41d4-a716-446655440000", now)) ==
        "http://j/trace/550e8400e29b41d4a716446655440000");
  CHECK(link(preset("jaeger")) == "no link: viewer 'jaeger' has no URL configured");
  CHECK(link(preset("honeycomb", "", {{"team", "t"}})) == "no link: viewer 'honeycomb' needs var.environment");
  CHECK(link(preset("splunk")) == "no link: viewer 'splunk' needs var.realm");
  CHECK(link(preset("grafana", "http://g")) == "no link: viewer 'grafana' needs var.datasourceUid");
  CHECK(link(preset("lightstep", "", {{"project", "p"}})) == "no link: viewer 'lightstep' needs spanID");
  CHECK(link(preset("azure")) == "no link: viewer 'azure' needs var.resourceId");
  CHECK(link(custom("https://v.example/" + std::string(8200, 'a') + "/{traceID}")) ==
        "no link: refused: the link would be longer than 8192 bytes");
}

TEST_CASE("unknown values leave their parameter out") {
  CHECK(link(custom("https://v.example/{traceID}?a={spanID}&b={jobID}&c={spanID}&d=1#x;s={spanID};e=2")) ==
        "https://v.example/" + id + "?b=job-1&d=1#x;e=2");
  CHECK(link(preset("gcp", "", {{"project", "p"}})) ==
        "https://console.cloud.google.com/traces/explorer;traceId=" + id + "?project=p");
  CHECK(link(preset("sentry", "", {{"org", "o"}})) == "https://o.sentry.io/explore/traces/trace/" + id + "/");
}

TEST_CASE("values are inserted once and encoded") {
  Job job = job_with(id);
  job.ref.id = Untrusted("{traceID}&x=1#/..");
  CHECK(text(custom("https://v.example/?job={jobID}&t={traceID}").trace_link(job, now)) ==
        "https://v.example/?job=%7BtraceID%7D%26x%3D1%23%2F..&t=" + id);
  CHECK(link(custom("https://{var.host}.example/{var.org}/{traceID}", {{"host", "a-b"}, {"org", "x y"}})) ==
        "https://a-b.example/x%20y/" + id);
}

TEST_CASE("bad templates are configuration errors") {
  const auto problem = [](const std::string& url, std::map<std::string, std::string> variables = {}) {
    try {
      custom(url, std::move(variables));
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(problem("https://v.example/{traceid}/{nope}") == "viewer 'custom': unknown placeholder {nope}");
  CHECK(problem("https://v.example/{traceID") == "viewer 'custom': '{' without '}' in its URL");
  CHECK(problem("https://v.example/traceID}") == "viewer 'custom': '}' without '{' in its URL");
  CHECK(problem("https://{traceID}.example/") == "viewer 'custom': {traceID} must not stand in the host of its URL");
  CHECK(problem("https://v.example:{var.port}/") ==
        "viewer 'custom': a placeholder must not stand in the port of its URL");
  CHECK(problem("https://{var.h}/", {{"h", "evil/x"}}) == "viewer 'custom': var.h is not a host name");
  for (const char* url :
       {"javascript:alert(1)", "ftp://v.example/", "{traceID}://v.example/", "//v.example/", "https://",
        "https://u:p@v.example/", "https://v.example/a b", "https://v.example/\\", "https://v.example/'",
        "https://v.example/\"", "https://v.example/\xc3\xa9", "https://v.example/\x01", "v.example"})
    CHECK_MESSAGE(problem(url).starts_with("viewer 'custom': its URL is not usable: "), url);
  CHECK_THROWS_WITH_AS(preset("jager"), "viewer 'jager': unknown preset 'jager'", Error);
  CHECK_THROWS_AS(preset("jaeger", "http://j/{traceID}"), Error);
}

TEST_CASE("attribute searches escape for their language first") {
  Job job = job_with("order-1");
  job.ref.id = Untrusted("a\"b\\c & d");
  job.created_at = now;
  job.finished_at = now;
  CHECK(text(preset("jaeger", "http://j", {{"service", "api"}}).search_link(job, now)) ==
        "http://j/search?service=api&tags=%7B%22job.id%22%3A%22a%5C%22b%5C%5Cc%20%26%20d%22%7D&start=1767322145000000&"
        "end=1767323945000000&limit=20");
  Job event = job;
  event.system = "outbox";
  event.spans = {"event.id", "shop server"};
  CHECK(text(preset("jaeger", "http://j").search_link(event, now))
            .find("http://j/search?service=shop%20server&tags=%7B%22event.id%22%3A%22") == 0);
  CHECK(text(preset("jaeger", "http://j", {{"search_attribute", "event_id"}}).search_link(event, now))
            .find("tags=%7B%22event_id%22%3A%22") != std::string::npos);
  CHECK(text(preset("zipkin", "http://z").search_link(job, now, "job.correlation_id", "order-12345")) ==
        "http://z/zipkin/?serviceName=hammerwork&annotationQuery=job.correlation_id%3Dorder-12345&lookback=millis&"
        "millis=1800000&endTs=1767323945000&limit=10");
  const std::string grafana = text(preset("grafana", "http://g", {{"datasource_uid", "t"}}).search_link(job, now));
  CHECK(grafana.find("%7B%20.job.id%20%3D%20%5C%22a%5C%5C%5C%22b%5C%5C%5C%5Cc%20%26%20d%5C%22%20%7D") !=
        std::string::npos);
  CHECK(preset("jaeger", "http://j", {{"search_attribute", "event.id"}}).search_attribute(job) == "event.id");
  job.ref.id = Untrusted("a\nb");
  CHECK(text(preset("jaeger", "http://j").search_link(job, now)) == "no link: refused: control character");
  job.ref.id = Untrusted("a and b=c");
  CHECK_FALSE(preset("zipkin", "http://z").search_link(job, now).url);
  CHECK(text(preset("signoz", "http://s").search_link(job, now)) ==
        "no link: viewer 'signoz' has no attribute search that can be linked");
}

TEST_CASE("times without end do not overflow") {
  Job job = job_with(id);
  job.created_at = infinite_past;
  job.finished_at = infinite_future;
  const std::string url = "https://v.example/{traceID}?from={startMs}";
  CHECK(text(custom(url).trace_link(job, now)) == "https://v.example/" + id);
}

TEST_CASE("the viewers of a configuration, and falling back to Jaeger") {
  Configuration configuration;
  CHECK(Viewers(configuration).preferred().origin() == "http://localhost:16686");
  CHECK(Viewers(configuration).get("zipkin").origin() == "http://localhost:9411");
  configuration.default_viewer = "custom";
  CHECK(Viewers(configuration).preferred().name() == "jaeger");
  ViewerSettings settings;
  settings.name = "custom";
  configuration.viewers = {settings};
  CHECK(Viewers(configuration).preferred().name() == "jaeger");
  configuration.viewers[0].url = "https://v.example/{traceID}";
  CHECK(Viewers(configuration).preferred().name() == "custom");
  CHECK(Viewers(configuration).all().size() == 3);
  configuration.default_viewer = "jager";
  CHECK_THROWS_WITH_AS(Viewers{configuration}, "default_trace_viewer names viewer 'jager', which is not configured",
                       Error);
  CHECK_THROWS_WITH_AS(Viewers(Configuration()).get("nope"), "no viewer 'nope' is configured", Error);
}

}  // namespace
