// The golden URLs of docs/tracing.md section 1.4.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tracing/trace_id.hpp"
#include "tracing/viewer.hpp"

namespace {

using namespace queuetrace;

const std::string id = "0af7651916cd43dd8448eb211c80319c";
constexpr Timestamp start{std::chrono::seconds(1767323045)};  // 2026-01-02T03:04:05Z

Job golden_job(const std::string& trace_id, bool with_span, bool with_times) {
  Job job;
  job.ref = {"prod", Untrusted("job-1")};
  job.system = "hammerwork";
  job.trace.trace_id = Untrusted(trace_id);
  job.trace.status = classify_trace_id(trace_id);
  if (with_span) job.trace.span_id = Untrusted("b7ad6b7169203331");
  if (with_times) {
    job.created_at = start;
    job.finished_at = start + std::chrono::seconds(10);
  }
  return job;
}

Viewer viewer(const std::string& preset, const std::string& base, std::map<std::string, std::string> variables = {}) {
  ViewerSettings settings;
  settings.name = preset;
  settings.preset = preset;
  settings.base = base;
  settings.variables = std::move(variables);
  return Viewer(settings);
}

struct Golden {
  std::string name, preset, base;
  std::map<std::string, std::string> variables;
  bool with_span, with_times;
  std::string url;
};

// clang-format off
const std::vector<Golden> golden{
    {"jaeger", "jaeger", "http://localhost:16686", {}, true, true,
     "http://localhost:16686/trace/0af7651916cd43dd8448eb211c80319c?uiFind=b7ad6b7169203331"},
    {"jaeger-base", "jaeger", "https://obs.example.com/jaeger/", {}, false, true,
     "https://obs.example.com/jaeger/trace/0af7651916cd43dd8448eb211c80319c"},
    {"zipkin", "zipkin", "http://localhost:9411", {}, true, true,
     "http://localhost:9411/zipkin/traces/0af7651916cd43dd8448eb211c80319c"},
    {"grafana", "grafana", "https://grafana.example.com", {{"datasourceUid", "tempo1"}, {"orgId", "1"}}, true, true,
     "https://grafana.example.com/explore?schemaVersion=1&panes=%7B%22trc%22%3A%7B%22datasource%22%3A%22tempo1%22%2C%22queries%22%3A%5B%7B%22refId%22%3A%22A%22%2C%22datasource%22%3A%7B%22type%22%3A%22tempo%22%2C%22uid%22%3A%22tempo1%22%7D%2C%22queryType%22%3A%22traceql%22%2C%22limit%22%3A20%2C%22tableType%22%3A%22traces%22%2C%22query%22%3A%220af7651916cd43dd8448eb211c80319c%22%7D%5D%2C%22range%22%3A%7B%22from%22%3A%221767322145000%22%2C%22to%22%3A%221767323955000%22%7D%2C%22panelsState%22%3A%7B%22trace%22%3A%7B%22spanId%22%3A%22b7ad6b7169203331%22%7D%7D%7D%7D&orgId=1"},
    {"grafana-left", "grafana-left", "https://grafana.example.com", {{"datasourceUid", "tempo1"}, {"orgId", "1"}}, true, true,
     "https://grafana.example.com/explore?orgId=1&left=%7B%22datasource%22%3A%22tempo1%22%2C%22queries%22%3A%5B%7B%22refId%22%3A%22A%22%2C%22datasource%22%3A%7B%22type%22%3A%22tempo%22%2C%22uid%22%3A%22tempo1%22%7D%2C%22queryType%22%3A%22traceql%22%2C%22query%22%3A%220af7651916cd43dd8448eb211c80319c%22%7D%5D%2C%22range%22%3A%7B%22from%22%3A%221767322145000%22%2C%22to%22%3A%221767323955000%22%7D%7D"},
    {"datadog", "datadog", "", {}, true, true,
     "https://app.datadoghq.com/apm/trace/0af7651916cd43dd8448eb211c80319c?spanID=13235353014750950193&timeHint=1767323045000"},
    {"datadog-64", "datadog-64", "", {{"site", "datadoghq.eu"}}, false, false,
     "https://app.datadoghq.eu/apm/trace/9532127138774266268"},
    {"honeycomb", "honeycomb", "", {{"team", "acme"}, {"environment", "prod"}, {"dataset", "jobs"}}, true, true,
     "https://ui.honeycomb.io/acme/environments/prod/datasets/jobs/trace?trace_id=0af7651916cd43dd8448eb211c80319c&span=b7ad6b7169203331&trace_start_ts=1767322145&trace_end_ts=1767323955"},
    {"dash0", "dash0", "", {}, true, true,
     "https://app.dash0.com/goto/traces/explorer?dataset=default&from=2026-01-02T02%3A49%3A05.000Z&to=2026-01-02T03%3A19%3A15.000Z&trace_id=0af7651916cd43dd8448eb211c80319c"},
    {"signoz", "signoz", "https://signoz.example.com", {}, true, true,
     "https://signoz.example.com/trace/0af7651916cd43dd8448eb211c80319c?spanId=b7ad6b7169203331"},
    {"dynatrace", "dynatrace", "https://abc12345.apps.dynatrace.com", {}, true, true,
     "https://abc12345.apps.dynatrace.com/ui/apps/dynatrace.distributedtracing/explorer?v=spans&filter=trace.id+%3D+0af7651916cd43dd8448eb211c80319c&traceId=0af7651916cd43dd8448eb211c80319c&spanId=b7ad6b7169203331&tf=2026-01-02T02%3A49%3A05.000Z%3B2026-01-02T03%3A19%3A15.000Z&cv=a%2Cfalse&sidebar=a%2Cfalse"},
    {"dynatrace-classic", "dynatrace-classic", "https://abc12345.live.dynatrace.com", {}, true, true,
     "https://abc12345.live.dynatrace.com/#trace;gf=all;traceId=0af7651916cd43dd8448eb211c80319c"},
    {"elastic", "elastic", "https://kb.example.com/s/ops", {}, true, true,
     "https://kb.example.com/s/ops/app/apm/link-to/trace/0af7651916cd43dd8448eb211c80319c?rangeFrom=2026-01-02T02%3A49%3A05.000Z&rangeTo=2026-01-02T03%3A19%3A15.000Z"},
    {"newrelic", "newrelic", "", {}, true, true,
     "https://one.newrelic.com/distributed-tracing?query=trace.id%3D0af7651916cd43dd8448eb211c80319c"},
    {"observe", "observe", "", {{"tenant", "acme"}, {"workspace", "41000000"}}, true, true,
     "https://acme.observeinc.com/workspace/41000000/trace-inspector?traceId=0af7651916cd43dd8448eb211c80319c"},
    {"elastic-exact", "elastic-exact", "https://kb.example.com", {{"service", "shop"}, {"transactionName", "POST /pay"}, {"transactionType", "request"}}, true, true,
     "https://kb.example.com/app/apm/services/shop/transactions/view?rangeFrom=2026-01-02T02%3A49%3A05.000Z&rangeTo=2026-01-02T03%3A19%3A15.000Z&transactionName=POST%20%2Fpay&transactionType=request&transactionId=b7ad6b7169203331&traceId=0af7651916cd43dd8448eb211c80319c"},
    {"opensearch", "opensearch", "https://osd.example.com", {}, true, true,
     "https://osd.example.com/app/observability-traces#/traces?datasourceId=&traceId=0af7651916cd43dd8448eb211c80319c"},
    {"splunk", "splunk", "", {{"realm", "us1"}}, true, true,
     "https://app.us1.signalfx.com/#/apm/traces/0af7651916cd43dd8448eb211c80319c"},
    {"lightstep", "lightstep", "", {{"project", "my-project"}}, true, true,
     "https://app.lightstep.com/my-project/trace?span_guid=b7ad6b7169203331&at_micros=1767323045000000#span-b7ad6b7169203331"},
    {"sentry", "sentry", "", {{"org", "acme"}}, true, true,
     "https://acme.sentry.io/explore/traces/trace/0af7651916cd43dd8448eb211c80319c/?node=span-b7ad6b7169203331"},
    {"uptrace", "uptrace", "https://uptrace.example.com", {}, true, true,
     "https://uptrace.example.com/traces/0af7651916cd43dd8448eb211c80319c"},
    {"openobserve", "openobserve", "https://o2.example.com", {}, true, true,
     "https://o2.example.com/web/traces/trace-details?stream=default&trace_id=0af7651916cd43dd8448eb211c80319c&from=1767322145000000&to=1767323955000000&org_identifier=default&span_id=b7ad6b7169203331"},
    {"xray", "xray", "", {{"region", "us-east-1"}}, true, true,
     "https://console.aws.amazon.com/xray/home?region=us-east-1#/traces/1-0af76519-16cd43dd8448eb211c80319c"},
    {"xray-cw", "xray-cloudwatch", "", {{"region", "us-east-1"}}, true, true,
     "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#xray:traces/1-0af76519-16cd43dd8448eb211c80319c"},
    {"gcp", "gcp", "", {{"project", "my-proj"}}, true, true,
     "https://console.cloud.google.com/traces/explorer;traceId=0af7651916cd43dd8448eb211c80319c;spanId=b7ad6b7169203331?project=my-proj"},
    {"gcp-old", "gcp-old", "", {{"project", "my-proj"}}, true, true,
     "https://console.cloud.google.com/traces/list?project=my-proj&tid=0af7651916cd43dd8448eb211c80319c"},
    {"logfire", "logfire", "", {{"region", "us"}, {"org", "acme"}, {"project", "prod"}}, true, true,
     "https://logfire-us.pydantic.dev/acme/prod?q=trace_id%3D%270af7651916cd43dd8448eb211c80319c%27&traceId=0af7651916cd43dd8448eb211c80319c&spanId=b7ad6b7169203331&since=2026-01-02T02%3A49%3A05.000Z&until=2026-01-02T03%3A19%3A15.000Z"},
    {"axiom", "axiom", "", {{"org", "acme"}, {"dataset", "jobs"}}, true, true,
     "https://app.axiom.co/acme/query?initForm=%7B%22apl%22%3A%22%5B%27jobs%27%5D%20%7C%20where%20trace_id%20%3D%3D%20%5C%220af7651916cd43dd8448eb211c80319c%5C%22%22%7D"},
    {"aspire", "aspire", "https://localhost:18888", {}, true, true,
     "https://localhost:18888/traces/detail/0af7651916cd43dd8448eb211c80319c?spanId=b7ad6b7169203331"},
    {"phoenix", "phoenix", "https://phoenix.example.com", {}, true, true,
     "https://phoenix.example.com/redirects/traces/0af7651916cd43dd8448eb211c80319c"},
    {"langfuse", "langfuse", "https://cloud.langfuse.com", {{"project", "proj1"}}, true, true,
     "https://cloud.langfuse.com/project/proj1/traces/0af7651916cd43dd8448eb211c80319c?observation=b7ad6b7169203331"},
    {"grafana over jaeger", "grafana", "https://grafana.example.com", {{"datasourceUid", "j1"}, {"datasourceType", "jaeger"}, {"orgId", "1"}}, true, true,
     "https://grafana.example.com/explore?schemaVersion=1&panes=%7B%22trc%22%3A%7B%22datasource%22%3A%22j1%22%2C%22queries%22%3A%5B%7B%22refId%22%3A%22A%22%2C%22datasource%22%3A%7B%22type%22%3A%22jaeger%22%2C%22uid%22%3A%22j1%22%7D%2C%22query%22%3A%220af7651916cd43dd8448eb211c80319c%22%7D%5D%2C%22range%22%3A%7B%22from%22%3A%221767322145000%22%2C%22to%22%3A%221767323955000%22%7D%2C%22panelsState%22%3A%7B%22trace%22%3A%7B%22spanId%22%3A%22b7ad6b7169203331%22%7D%7D%7D%7D&orgId=1"},
    {"grafana-left over zipkin", "grafana-left", "https://grafana.example.com", {{"datasourceUid", "z1"}, {"datasourceType", "zipkin"}}, true, false,
     "https://grafana.example.com/explore?left=%7B%22datasource%22%3A%22z1%22%2C%22queries%22%3A%5B%7B%22refId%22%3A%22A%22%2C%22datasource%22%3A%7B%22type%22%3A%22zipkin%22%2C%22uid%22%3A%22z1%22%7D%2C%22query%22%3A%220af7651916cd43dd8448eb211c80319c%22%7D%5D%7D"},
    {"grafana-drilldown", "grafana-drilldown", "https://grafana.example.com", {{"datasourceUid", "tempo1"}}, true, true,
     "https://grafana.example.com/a/grafana-exploretraces-app/explore?var-ds=tempo1&traceId=0af7651916cd43dd8448eb211c80319c&spanId=b7ad6b7169203331"},
    {"hyperdx", "hyperdx", "https://www.hyperdx.io", {}, true, true,
     "https://www.hyperdx.io/trace/0af7651916cd43dd8448eb211c80319c"},
    {"clickstack", "clickstack", "http://localhost:8080", {}, true, true,
     "http://localhost:8080/trace/0af7651916cd43dd8448eb211c80319c"},
    {"coroot", "coroot", "https://coroot.example.com", {{"project", "q2rk"}}, true, true,
     "https://coroot.example.com/p/q2rk/traces?query=%7B%22view%22%3A%22traces%22%2C%22trace_id%22%3A%220af7651916cd43dd8448eb211c80319c%22%7D&from=1767322145000&to=1767323955000"},
    {"coralogix", "coralogix", "https://acme.app.eu2.coralogix.com", {}, true, true,
     "https://acme.app.eu2.coralogix.com/#/explore?dataset=spans&query=traceID%3A%220af7651916cd43dd8448eb211c80319c%22&from=1767322145000&to=1767323955000"},
    {"azure", "azure", "", {{"resourceId", "/subscriptions/1/resourceGroups/r/providers/microsoft.insights/components/shop"}}, true, true,
     "https://portal.azure.com/#blade/Microsoft_OperationsManagementSuite_Workspace/AnalyticsBlade/initiator/AnalyticsShareLinkToQuery/isQueryEditorVisible/true/scope/%7B%22resources%22%3A%5B%7B%22resourceId%22%3A%22%2Fsubscriptions%2F1%2FresourceGroups%2Fr%2Fproviders%2Fmicrosoft.insights%2Fcomponents%2Fshop%22%7D%5D%7D/query/H4sIAAAAAAAAAxWKsRKDIBAFf%2BWG2sKLBLHwA%2FyKDN69TGyQAI4p%2FHhJtzu7R9z2SBnfA6WWjhQJURFlQzP8BKm2o3HNQVDoovODDNoTcvin16I0z2T68B7dkyd2onZQ9dZ6rA9m8f3Ak5gbV4HAoGsAAAA%3D/isQueryBase64Compressed/true/timespan/2026-01-02T02%3A49%3A05.000Z%2F2026-01-02T03%3A19%3A15.000Z"},
};
// clang-format on

TEST_CASE("every preset makes its golden URL") {
  for (const Golden& row : golden) {
    CAPTURE(row.name);
    const Viewer::Link link =
        viewer(row.preset, row.base, row.variables).trace_link(golden_job(id, row.with_span, row.with_times), start);
    CHECK_MESSAGE(link.url.value_or(link.reason) == row.url, link.url.value_or(link.reason));
  }
}

TEST_CASE("every preset is in the table") {
  for (const ViewerPreset& preset : viewer_presets())
    CHECK_MESSAGE(std::ranges::find(golden, preset.name, &Golden::preset) != golden.end(), preset.name);
}

TEST_CASE("the attribute search of Jaeger") {
  const Job job = golden_job("trace-550e8400-e29b-41d4-a716-446655440000", false, true);
  const Viewer::Link link =
      viewer("jaeger", "http://localhost:16686").search_link(job, start, "job.trace_id", job.trace.trace_id->raw());
  CHECK(link.url.value_or(link.reason) ==
        "http://localhost:16686/"
        "search?service=hammerwork&tags=%7B%22job.trace_id%22%3A%22trace-550e8400-e29b-41d4-a716-446655440000%22%7D&"
        "start=1767322145000000&end=1767323955000000&limit=20");
}

}  // namespace
