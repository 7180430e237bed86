// Which store of spans a viewer means, and what is sent to it besides the question.
#include <doctest/doctest.h>

#include "tracing/span_store/span_store.hpp"

using namespace queuetrace;

TEST_CASE("which viewers can be asked, and how") {
  const auto viewer = [](const std::string& preset, const std::string& base) {
    ViewerSettings settings;
    settings.name = "mine";
    if (!preset.empty()) settings.preset = preset;
    settings.base = base;
    return settings;
  };
  const SpanStoreChoice jaeger = span_store_settings(viewer("jaeger", "https://jaeger.example/base/"), {});
  REQUIRE(jaeger.settings);
  CHECK(jaeger.settings->base == "https://jaeger.example/base");
  CHECK(jaeger.settings->origin == "https://jaeger.example");
  CHECK(jaeger.settings->headers.empty());

  ViewerSettings grafana = viewer("grafana", "https://grafana.example");
  CHECK(span_store_settings(grafana, {}).problem == "viewer 'mine' does not say which data source has the spans");
  grafana.variables["datasourceUid"] = "a/b";
  CHECK(span_store_settings(grafana, {}).settings->base == "https://grafana.example/api/datasources/proxy/uid/a%2Fb");
  CHECK(span_store_settings(grafana, {}).settings->api == SpanApi::tempo);
  grafana.variables["datasourceType"] = "zipkin";
  CHECK(span_store_settings(grafana, {}).settings->api == SpanApi::zipkin);
  grafana.variables["spans_url"] = "http://tempo:3200";
  grafana.variables["spans_api"] = "tempo";
  CHECK(span_store_settings(grafana, {}).settings->base == "http://tempo:3200");

  const SpanStoreChoice other = span_store_settings(viewer("honeycomb", ""), {});
  CHECK(other.problem == "no spans can be read from viewer 'mine': Jaeger, Zipkin and Tempo are understood");
  CHECK(span_store_settings(viewer("jaeger", ""), {}).problem ==
        "viewer 'mine' has no usable spans_url: it must begin with http:// or https://");
}

TEST_CASE("tokens and headers, configured or of the environment; none is shown") {
  ViewerSettings viewer;
  viewer.name = "mine";
  viewer.preset = "jaeger";
  viewer.base = "http://localhost:1";
  Environment environment{{"QUEUETRACE_SPANS_TOKEN", "CANARY-env"}, {"QUEUETRACE_SPANS_HEADERS", "X-Tenant=a%2Cb"}};
  const auto headers = [&] {
    std::vector<std::string> lines;
    const SpanStoreChoice choice = span_store_settings(viewer, environment);
    REQUIRE(choice.settings);
    for (const Secret& line : choice.settings->headers) lines.push_back(line.reveal());
    return lines;
  };
  CHECK(headers() == std::vector<std::string>{"X-Tenant: a,b", "Authorization: Bearer CANARY-env"});
  viewer.variables["spans_token"] = "${MINE}";
  viewer.variables["spans_header.X-Scope-OrgID"] = "7";
  viewer.variables["spans_header.X-Key"] = "${MINE}";
  environment["MINE"] = "CANARY-mine";
  CHECK(headers() == std::vector<std::string>{"X-Key: CANARY-mine", "X-Scope-OrgID: 7", "X-Tenant: a,b",
                                              "Authorization: Bearer CANARY-mine"});
  environment["MINE"] = "CANARY\r\nX: y";
  CHECK(span_store_settings(viewer, environment).problem == "viewer 'mine': a header of spans_headers cannot be sent");
  viewer.variables.erase("spans_header.X-Key");
  CHECK(span_store_settings(viewer, environment).problem ==
        "the token for viewer 'mine' holds a character that cannot be sent");
  viewer.variables["spans_header.a b"] = "CANARY";
  CHECK(span_store_settings(viewer, {}).problem == "viewer 'mine': a header of spans_headers cannot be sent");
  viewer.variables.clear();
  CHECK(span_store_settings(viewer, {{"QUEUETRACE_SPANS_HEADERS", "CANARY"}}).problem ==
        "QUEUETRACE_SPANS_HEADERS is not a list of name=value that can be sent");
  environment.erase("MINE");
  for (const auto& [name, value] : without_secrets(environment)) CHECK(value.find("CANARY") == std::string::npos);
}
