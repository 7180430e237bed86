// The known viewer products (docs/tracing.md section 1.2, where each source is named).
#include "tracing/viewer.hpp"

#include <algorithm>
#include <array>

namespace queuetrace {
namespace {

constexpr std::string_view jaeger_search =
    "{base}/search?service={service}&tags={tagsJSON}&start={startUs}&end={endUs}&limit=20";
constexpr std::string_view zipkin_search =
    "{base}/zipkin/?serviceName={service}&annotationQuery={annotationQuery}&lookback=millis&millis={windowMs}"
    "&endTs={endMs}&limit=10";
constexpr std::string_view grafana_search = "{base}/explore?schemaVersion=1&panes={searchPanesJSON}&orgId={var.orgId}";

constexpr std::array presets{
    ViewerPreset{"jaeger", "{base}/trace/{traceID}?uiFind={spanID}", jaeger_search, "verified"},
    ViewerPreset{"zipkin", "{base}/zipkin/traces/{traceID}", zipkin_search, "verified"},
    ViewerPreset{"grafana", "{base}/explore?schemaVersion=1&panes={panesJSON}&orgId={var.orgId}", grafana_search,
                 "verified"},
    ViewerPreset{"grafana-left", "{base}/explore?orgId={var.orgId}&left={leftJSON}", grafana_search, "verified"},
    // Sites with a prefix (us3., us5., ap1.) have no `app.` in front: set `base` for them.
    ViewerPreset{"datadog", "https://app.{var.site}/apm/trace/{traceIDHex32}?spanID={spanIDDec}&timeHint={eventMs}", "",
                 "reported", "site=datadoghq.com"},
    ViewerPreset{"datadog-64", "https://app.{var.site}/apm/trace/{traceIDDec}?spanID={spanIDDec}&timeHint={eventMs}",
                 "", "reported", "site=datadoghq.com"},
    ViewerPreset{"honeycomb",
                 "https://{var.host}/{var.team}/environments/{var.environment}/datasets/{var.dataset}/trace"
                 "?trace_id={traceIDHex32}&span={spanID}&trace_start_ts={startS}&trace_end_ts={endS}",
                 "", "verified", "host=ui.honeycomb.io"},
    ViewerPreset{"dash0",
                 "https://app.dash0.com/goto/traces/explorer?dataset={var.dataset}&from={startISO}&to={endISO}"
                 "&trace_id={traceIDHex32}",
                 "", "reported", "dataset=default"},
    ViewerPreset{"signoz", "{base}/trace/{traceIDHex32}?spanId={spanID}", "", "verified"},
    ViewerPreset{"newrelic", "https://one.newrelic.com/distributed-tracing?query=trace.id%3D{traceIDHex32}", "",
                 "unverified"},
    ViewerPreset{"dynatrace",
                 "{base}/ui/apps/dynatrace.distributedtracing/explorer?v=spans&filter=trace.id+%3D+{traceIDHex32}"
                 "&traceId={traceIDHex32}&spanId={spanID}&tf={startISO}%3B{endISO}&cv=a%2Cfalse&sidebar=a%2Cfalse",
                 "", "reported"},
    ViewerPreset{"dynatrace-classic", "{base}/#trace;gf={var.managementZone};traceId={traceIDHex32}", "", "reported",
                 "managementZone=all"},
    ViewerPreset{"elastic", "{base}/app/apm/link-to/trace/{traceIDHex32}?rangeFrom={startISO}&rangeTo={endISO}", "",
                 "verified"},
    ViewerPreset{"elastic-exact",
                 "{base}/app/apm/services/{service}/transactions/view?rangeFrom={startISO}&rangeTo={endISO}"
                 "&transactionName={var.transactionName}&transactionType={var.transactionType}"
                 "&transactionId={spanID}&traceId={traceIDHex32}",
                 "", "reported"},
    ViewerPreset{"opensearch", "{base}/app/observability-traces#/traces?datasourceId={var.ds}&traceId={traceIDHex32}",
                 "", "verified", "ds="},
    ViewerPreset{"splunk", "https://app.{var.realm}.signalfx.com/#/apm/traces/{traceIDHex32}", "", "reported"},
    ViewerPreset{"lightstep",
                 "https://app.lightstep.com/{var.project}/trace?span_guid={spanID}&at_micros={eventUs}#span-{spanID}",
                 "", "reported"},
    ViewerPreset{"sentry", "https://{var.org}.sentry.io/explore/traces/trace/{traceIDHex32}/?node=span-{spanID}", "",
                 "verified"},
    ViewerPreset{"uptrace", "{base}/traces/{traceIDHex32}", "", "verified"},
    ViewerPreset{"openobserve",
                 "{base}/web/traces/trace-details?stream={var.stream}&trace_id={traceIDHex32}&from={startUs}&to={endUs}"
                 "&org_identifier={var.org}&span_id={spanID}",
                 "", "verified", "stream=default&org=default"},
    // Application Insights shows events, not traces, so the link runs a query in Logs.
    ViewerPreset{
        "azure",
        "https://portal.azure.com/#blade/Microsoft_OperationsManagementSuite_Workspace/AnalyticsBlade/initiator/"
        "AnalyticsShareLinkToQuery/isQueryEditorVisible/true/scope/{azureScopeJSON}/query/{azureQuery}"
        "/isQueryBase64Compressed/true/timespan/{azureTimespan}",
        "", "verified"},
    ViewerPreset{"xray", "https://console.aws.amazon.com/xray/home?region={var.region}#/traces/{traceIDXRay}", "",
                 "verified"},
    ViewerPreset{"xray-cloudwatch",
                 "https://{var.region}.console.aws.amazon.com/cloudwatch/home?region={var.region}"
                 "#xray:traces/{traceIDXRay}",
                 "", "reported"},
    ViewerPreset{"gcp",
                 "https://console.cloud.google.com/traces/explorer;traceId={traceIDHex32};spanId={spanID}"
                 "?project={var.project}",
                 "", "reported"},
    ViewerPreset{"gcp-old", "https://console.cloud.google.com/traces/list?project={var.project}&tid={traceIDHex32}", "",
                 "reported"},
    ViewerPreset{"logfire",
                 "https://logfire-{var.region}.pydantic.dev/{var.org}/{var.project}"
                 "?q=trace_id%3D%27{traceIDHex32}%27&traceId={traceIDHex32}&spanId={spanID}&since={startISO}"
                 "&until={endISO}",
                 "", "reported"},
    ViewerPreset{"axiom", "https://app.axiom.co/{var.org}/query?initForm={axiomJSON}", "", "verified"},
    ViewerPreset{"aspire", "{base}/traces/detail/{traceIDHex32}?spanId={spanID}", "", "verified"},
    ViewerPreset{"phoenix", "{base}/redirects/traces/{traceIDHex32}", "", "verified"},
    // No `timestamp`: Langfuse looks on that UTC day only, and our window may begin on the day before.
    ViewerPreset{"langfuse", "{base}/project/{var.project}/traces/{traceID}?observation={spanID}", "", "verified"},
    ViewerPreset{"observe",
                 "https://{var.tenant}.observeinc.com/workspace/{var.workspace}/trace-inspector?traceId={traceID}", "",
                 "verified"},
    ViewerPreset{"hyperdx", "{base}/trace/{traceIDHex32}", "", "reported"},
    ViewerPreset{"clickstack", "{base}/trace/{traceIDHex32}", "", "reported"},
    ViewerPreset{"coroot", "{base}/p/{var.project}/traces?query={corootJSON}&from={startMs}&to={endMs}", "",
                 "reported"},
    ViewerPreset{"grafana-drilldown",
                 "{base}/a/grafana-exploretraces-app/explore?var-ds={var.datasourceUid}&traceId={traceIDHex32}"
                 "&spanId={spanID}",
                 "", "reported"},
    ViewerPreset{"coralogix",
                 "{base}/#/explore?dataset=spans&query=traceID%3A%22{traceIDHex32}%22&from={startMs}&to={endMs}", "",
                 "unverified"},
};

}  // namespace

std::span<const ViewerPreset> viewer_presets() { return presets; }

const ViewerPreset* find_viewer_preset(std::string_view name) {
  const auto found = std::ranges::find(presets, name, &ViewerPreset::name);
  return found == presets.end() ? nullptr : &*found;
}

}  // namespace queuetrace
