// Nodes and totals as records of queuetrace.trace/1.
#include "formatters/trace_record.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;
using nlohmann::json;

namespace {

json document_of(const TraceTree& tree) {
  std::ostringstream out;
  const std::unique_ptr<Formatter> formatter = find_output_format("json")->make(out, {});
  formatter->begin({.schema = "queuetrace.trace/1", .list_key = "nodes", .columns = trace_columns()});
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) formatter->row(trace_record(tree, index, {}));
  formatter->end(trace_summary(tree));
  return json::parse(out.str());
}

}  // namespace

TEST_CASE("a node is its job's record with its place in the tree and its times") {
  const json document = document_of(build_trace_tree(incident_jobs(), incident_now()));
  CHECK(document["schema"] == "queuetrace.trace/1");
  const json& email = document["nodes"][2];
  CHECK(email["ref"] == "shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000003");
  CHECK(email["queue"] == "email");
  CHECK(email["parent_ref"] == "shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000002");
  CHECK(email["edge"] == "dependency");
  CHECK(email["depth"] == 2);
  CHECK(email["critical"] == true);
  CHECK(email["segments"] == json::parse(R"([
    {"kind":"held","begin":"2026-11-21T07:10:00.120Z","end":"2026-11-21T07:10:03.200Z","length_ms":3080,"open":false,"estimated":false},
    {"kind":"waiting","begin":"2026-11-21T07:10:03.200Z","end":"2026-11-21T07:10:15.600Z","length_ms":12400,"open":false,"estimated":false},
    {"kind":"running","begin":"2026-11-21T07:10:15.600Z","end":"2026-11-21T07:10:15.900Z","length_ms":300,"open":false,"estimated":false}])"));
  CHECK(email["links"] ==
        json::parse(R"([{"ref":"shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000001","edge":"dependency","use":"implied"}])"));
  const json& missing = document["nodes"][7];
  CHECK(missing == json::parse(R"({"ref":"shop/0b9e4d5e-6f0a-4c1b-9d2e-00000000dead","source":"shop",
    "id":"0b9e4d5e-6f0a-4c1b-9d2e-00000000dead","depth":0,"critical":false,"found":false})"));
  const json& blocked = document["nodes"][4];
  CHECK_FALSE(blocked["segments"][0].contains("end"));
  CHECK(blocked["segments"][0]["open"] == true);
}

TEST_CASE("the summary has totals and the critical path") {
  const json trace = document_of(build_trace_tree(incident_jobs(), incident_now()))["trace"];
  CHECK(trace["jobs"] == 9);
  CHECK(trace["missing"] == 1);
  CHECK(trace["waiting_ms"] == 13'520);
  CHECK(trace["first_at"] == "2026-11-21T07:10:00.000Z");
  CHECK(trace["critical_ms"] == 15'900);
  CHECK(trace["critical_path"].size() == 3);
  CHECK(trace["critical_shares"][0] == json::parse(R"({"kind":"waiting","queue":"email","length_ms":12400})"));
  CHECK(trace["critical_shares"][2] == json::parse(R"({"kind":"running","length_ms":1430})"));
}
