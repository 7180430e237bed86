// -o mermaid: the incident whole, and labels that nothing can end.
#include "formatters/mermaid.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("the incident as a flowchart") {
  const TraceHeading heading{"Trace 4bf92f3577b34da6a3ce929d0e0e4736", std::nullopt, {"files: incomplete"}};
  const std::string text = mermaid_text(build_trace_tree(incident_jobs(), incident_now()), heading);
  CHECK(text.substr(0, text.find("  classDef")) ==
        R"~(flowchart TD
  subgraph trace["Trace 4bf92f3577b34da6a3ce929d0e0e4736"]
  n0["orders create_order<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000001<br/>completed, try 1/3<br/>wait 20ms, run 330ms"]:::completed
  n1["payments charge_card<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000002<br/>completed, try 2/3<br/>wait 200ms, run 800ms"]:::completed
  n2["email send_receipt<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000003<br/>completed, try 1/5<br/>wait 12.4s, run 300ms"]:::completed
  n3["inventory reserve_stock<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000004<br/>dead, try 5/5<br/>wait 100ms, run 300ms"]:::dead
  n4["shipping print_label<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000006<br/>blocked<br/>wait -, run -"]:::blocked
  n5["shipping book_parcel<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000007<br/>blocked<br/>wait -, run -"]:::blocked
  n6["low<br/>files/job-7781<br/>completed<br/>wait ~700ms, run ~5.0s"]:::completed
  n7["parent not found<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-00000000dead<br/>not found"]:::missing
  n8["audit write_entry<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000005<br/>completed<br/>wait 100ms, run 50ms"]:::completed
  n9["reports sum_up<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000008<br/>completed<br/>wait #63;, run #63;"]:::completed
  end
  n0 -->|dependency| n1
  n1 -->|dependency| n2
  n0 -.->|parent-job| n3
  n5 x--x|dependency cut| n4
  n4 -->|dependency| n5
  n7 -->|dependency| n8
  remark0["files: incomplete"]:::missing
  class n0,n1,n2 critical
)~");
}

TEST_CASE("hostile names are entities") {
  const std::string text =
      mermaid_text(build_trace_tree({hostile_job()}, incident_now()), {"Trace \"]", std::nullopt, {}});
  CHECK(
      text.find(
          R"~(  n0["q#34;#93; --#62; x#59; #37;#37;#123;init: #123;#125;#125;#37;#37; #96;cat#96; #34; onload#61;#34;alert#40;1#41;<br/>shop/#60;/title#62;#60;script#62;alert#40;1#41;#60;/script#62;<br/>failed<br/>wait 10ms, run 10ms"]:::failed)~") !=
      std::string::npos);
  CHECK(text.find("subgraph trace[\"Trace #34;#93;\"]\n") != std::string::npos);
  for (const char* never : {"<script", "%%", "`", "\"]-->", "%{"}) CHECK(text.find(never) == std::string::npos);
}

TEST_CASE("links to jobs that are not drawn are not drawn") {
  TraceTree tree = build_trace_tree(incident_jobs(), incident_now());
  hide_below(tree, 0);
  const std::string text = mermaid_text(tree, {"Trace", std::nullopt, {}});
  CHECK(text.find("n5") == std::string::npos);
  CHECK(text.find("completed, 3 jobs below not shown") != std::string::npos);
}
