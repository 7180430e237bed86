// The 88 vectors of docs/tracing.md section 2.4.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tracing/trace_id.hpp"

namespace {

using namespace queuetrace;

struct Vector {
  std::string_view name, text, kind, error, canonical, span, also, note;
};

// clang-format off
constexpr Vector vectors[] = {
    {"N01", "0af7651916cd43dd8448eb211c80319c", "hex128", "", "0af7651916cd43dd8448eb211c80319c", "", "", ""},
    {"N02", "0AF7651916CD43DD8448EB211C80319C", "hex128", "", "0af7651916cd43dd8448eb211c80319c", "", "", ""},
    {"N03", "  0af7651916cd43dd8448eb211c80319c\n", "hex128", "", "0af7651916cd43dd8448eb211c80319c", "", "", ""},
    {"N04", "463ac35c9f6413ad48485a3953bb6124", "hex128", "", "463ac35c9f6413ad48485a3953bb6124", "", "", ""},
    {"N05", "48485a3953bb6124", "hex64", "", "000000000000000048485a3953bb6124", "", "", ""},
    {"N06", "48485A3953BB6124", "hex64", "", "000000000000000048485a3953bb6124", "", "", ""},
    {"N07", "000000000000000048485a3953bb6124", "hex128", "", "000000000000000048485a3953bb6124", "", "", ""},
    {"N08", "af7651916cd43dd8448eb211c80319c", "hex-short", "", "0af7651916cd43dd8448eb211c80319c", "", "", ""},
    {"N09", "abc123def456", "hex-short", "", "00000000000000000000abc123def456", "", "", ""},
    {"N10", "1", "hex-short", "", "00000000000000000000000000000001", "", "", "ambiguous-decimal"},
    {"N11", "0", "", "zero", "", "", "", ""},
    {"N12", "00000000000000000000000000000000", "", "zero", "", "", "", ""},
    {"N13", "0000000000000000", "", "zero", "", "", "", ""},
    {"N14", "ffffffffffffffffffffffffffffffff", "hex128", "", "ffffffffffffffffffffffffffffffff", "", "", ""},
    {"N15", "fffffffffffffffffffffffffffffffff", "", "too-many-hex-digits", "", "", "", ""},
    {"N16", "gggggggggggggggggggggggggggggggg", "opaque", "", "", "", "", ""},
    {"N17", "550e8400-e29b-41d4-a716-446655440000", "uuid", "", "550e8400e29b41d4a716446655440000", "", "", ""},
    {"N18", "550E8400-E29B-41D4-A716-446655440000", "uuid", "", "550e8400e29b41d4a716446655440000", "", "", ""},
    {"N19", "{550e8400-e29b-41d4-a716-446655440000}", "uuid", "", "550e8400e29b41d4a716446655440000", "", "", ""},
    {"N20", "urn:uuid:550e8400-e29b-41d4-a716-446655440000", "uuid", "", "550e8400e29b41d4a716446655440000", "", "", ""},
    {"N21", "trace-550e8400-e29b-41d4-a716-446655440000", "prefixed-uuid", "", "550e8400e29b41d4a716446655440000", "", "", ""},
    {"N22", "550e8400-e29b-41d4-a716-44665544000", "opaque", "", "", "", "", ""},
    {"N23", "00000000-0000-0000-0000-000000000000", "", "zero", "", "", "", ""},
    {"N24", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceparent", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N25", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "traceparent", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N26", "TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", "traceparent", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N27", "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01", "traceparent", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", "nonconforming-case"},
    {"N28", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "", "bad-traceparent", "", "", "", ""},
    {"N29", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra", "traceparent", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N30", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra", "", "bad-traceparent", "", "", "", ""},
    {"N31", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "", "zero", "", "", "", ""},
    {"N32", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "", "zero-span", "", "", "", ""},
    {"N33", "traceparent: 00-xyz", "", "bad-traceparent", "", "", "", ""},
    {"N34", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90", "b3", "", "80f198ee56343ba864fe8b2a57d3eff7", "e457b5a2e4d86bd1", "", ""},
    {"N35", "64fe8b2a57d3eff7-e457b5a2e4d86bd1-d", "b3", "", "000000000000000064fe8b2a57d3eff7", "e457b5a2e4d86bd1", "", ""},
    {"N36", "b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1", "b3", "", "80f198ee56343ba864fe8b2a57d3eff7", "e457b5a2e4d86bd1", "", ""},
    {"N37", "b3: 0", "", "b3-no-id", "", "", "", ""},
    {"N38", "X-B3-TraceId: 463ac35c9f6413ad48485a3953bb6124", "hex128", "", "463ac35c9f6413ad48485a3953bb6124", "", "", ""},
    {"N39", "d4cda95b652f4a1592b449d5929fda1b-6e0c63257de34c92-1", "b3", "", "d4cda95b652f4a1592b449d5929fda1b", "6e0c63257de34c92", "", ""},
    {"N40", "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1", "uber", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N41", "af7651916cd43dd8448eb211c80319c%3Ab7ad6b7169203331%3A0%3A1", "uber", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N42", "48485a3953bb6124:1:0:d", "uber", "", "000000000000000048485a3953bb6124", "0000000000000001", "", ""},
    {"N43", "a:b:c:zz", "opaque", "", "", "", "", ""},
    {"N44", "uber-trace-id: a:b:c:zz", "", "bad-uber", "", "", "", ""},
    {"N45", "ns:default:job:77x", "opaque", "", "", "", "", ""},
    {"N46", "1-5759e988-bd862e3fe1be46a994272793", "xray", "", "5759e988bd862e3fe1be46a994272793", "", "", ""},
    {"N47", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", "xray", "", "5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8", "", ""},
    {"N48", "X-Amzn-Trace-Id: Self=1-67891234-12456789abcdef012345678a;Root=1-67891233-abcdef012345678912345678", "xray", "", "67891233abcdef012345678912345678", "", "", ""},
    {"N49", "Root=1-5759e988-bd862e3fe1be46a99427279", "", "bad-xray", "", "", "", ""},
    {"N50", "2-5759e988-bd862e3fe1be46a994272793", "opaque", "", "", "", "", ""},
    {"N51", "105445aa7843bc8bf206b12000100000/123;o=1", "gcp-header", "", "105445aa7843bc8bf206b12000100000", "000000000000007b", "", ""},
    {"N52", "projects/my-proj/traces/105445aa7843bc8bf206b12000100000", "gcp-resource", "", "105445aa7843bc8bf206b12000100000", "", "", ""},
    {"N53", "8330054363468631196", "decimal64", "", "0000000000000000739a4c4f1e3d8c9c", "", "00000000000008330054363468631196", "ambiguous-hex"},
    {"N54", "x-datadog-trace-id: 8330054363468631196", "decimal64", "", "0000000000000000739a4c4f1e3d8c9c", "", "", ""},
    {"N55", "{\"x-datadog-trace-id\":\"8330054363468631196\",\"x-datadog-tags\":\"_dd.p.dm=-0,_dd.p.tid=66c4e3e900000000\"}", "json-carrier", "", "66c4e3e900000000739a4c4f1e3d8c9c", "", "", ""},
    {"N56", "18446744073709551615", "decimal64", "", "0000000000000000ffffffffffffffff", "", "00000000000018446744073709551615", "ambiguous-hex"},
    {"N57", "18446744073709551616", "decimal128", "", "00000000000000010000000000000000", "", "00000000000018446744073709551616", ""},
    {"N58", "340282366920938463463374607431768211455", "decimal128", "", "ffffffffffffffffffffffffffffffff", "", "", ""},
    {"N59", "340282366920938463463374607431768211456", "", "overflow", "", "", "", ""},
    {"N60", "1234567890123456", "hex64", "", "00000000000000001234567890123456", "", "0000000000000000000462d53c8abac0", "ambiguous-decimal"},
    {"N61", "12345678901234567890123456789012", "hex128", "", "12345678901234567890123456789012", "", "0000009bd30a3c645943dd1690a03a14", "ambiguous-decimal"},
    {"N62", "dec:1234567890123456", "decimal64", "", "0000000000000000000462d53c8abac0", "", "", ""},
    {"N63", "hex:12", "hex", "", "00000000000000000000000000000012", "", "", ""},
    {"N64", "CvdlGRbNQ92ESOshHIAxnA==", "base64", "", "0af7651916cd43dd8448eb211c80319c", "", "", ""},
    {"N65", "ovtKHRqW0xI=", "base64", "", "0000000000000000a2fb4a1d1a96d312", "", "", ""},
    {"N66", "b64:CvdlGRbNQ92ESOshHIAxnA", "base64", "", "0af7651916cd43dd8448eb211c80319c", "", "", ""},
    {"N67", "my-custom-trace-id-001", "opaque", "", "", "", "", ""},
    {"N68", "0x48485a3953bb6124", "hex", "", "000000000000000048485a3953bb6124", "", "", ""},
    {"N69", "trace_id=0af7651916cd43dd8448eb211c80319c;span_id=b7ad6b7169203331;trace_flags=TraceFlags(1)", "kv-context", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N70", "{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\",\"tracestate\":\"\"}", "json-carrier", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N71", "{\"a\":1}", "", "no-trace-in-json", "", "", "", ""},
    {"N72", "http://localhost:16686/trace/0af7651916cd43dd8448eb211c80319c?uiFind=b7ad6b7169203331", "url", "", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", ""},
    {"N73", "http://localhost:9411/zipkin/traces/48485a3953bb6124", "url", "", "000000000000000048485a3953bb6124", "", "", ""},
    {"N74", "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#xray:traces/1-5759e988-bd862e3fe1be46a994272793", "url", "", "5759e988bd862e3fe1be46a994272793", "", "", ""},
    {"N75", "https://console.cloud.google.com/traces/explorer;traceId=105445aa7843bc8bf206b12000100000?project=p", "url", "", "105445aa7843bc8bf206b12000100000", "", "", ""},
    {"N76", "https://app.datadoghq.com/apm/trace/4f199e8e4b37b233e7c6844df074f304?spanID=17717225011287168071", "url", "", "4f199e8e4b37b233e7c6844df074f304", "f5e03a4723701447", "", ""},
    {"N77", "https://app.us1.signalfx.com/#/apm/traces/4bf92f3577b34da6a3ce929d0e0e4736", "url", "", "4bf92f3577b34da6a3ce929d0e0e4736", "", "", ""},
    {"N78", "https://ui.honeycomb.io/t/environments/e/datasets/d/trace?trace_id=0af7651916cd43dd8448eb211c80319c", "url", "", "0af7651916cd43dd8448eb211c80319c", "", "", ""},
    {"N79", "https://example.com/about", "", "no-trace-in-url", "", "", "", ""},
    {"N80", "order-12345", "opaque", "", "", "", "", ""},
    {"N81", "corr-550e8400-e29b-41d4-a716-446655440000", "opaque", "", "", "", "", ""},
    {"N82", "raw:0af7651916cd43dd8448eb211c80319c", "opaque", "", "", "", "", ""},
    {"N83", "", "", "empty", "", "", "", ""},
    {"N84", "   ", "", "empty", "", "", "", ""},
    {"N85", "abc\x1b[31m", "", "control-char", "", "", "", ""},
    {"N86", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "", "too-long", "", "", "", ""},
    {"N87", "\xff\xfe", "", "invalid-utf8", "", "", "", ""},
    {"N88", "'; rm -rf /; '", "opaque", "", "", "", "", ""},
};
// clang-format on

TEST_CASE("every vector reads as documented") {
  CHECK(std::size(vectors) == 88);
  for (const Vector& vector : vectors) {
    CAPTURE(vector.name);
    const ParsedTraceId parsed = parse_trace_id(vector.text);
    CHECK(parsed.kind == vector.kind);
    CHECK(parsed.error == vector.error);
    CHECK(parsed.canonical == vector.canonical);
    CHECK(parsed.span == vector.span);
    CHECK(parsed.also.size() == (vector.also.empty() ? 0U : 1U));
    if (!parsed.also.empty()) CHECK(parsed.also.front() == vector.also);
    CHECK(parsed.note == vector.note);
  }
}

}  // namespace
