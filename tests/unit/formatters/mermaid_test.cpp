// -o mermaid: the incident whole, and labels that nothing can end.
#include "formatters/mermaid.hpp"

#include <doctest/doctest.h>

#include <string>

#include "model/count_words.hpp"
#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("the incident as a flowchart") {
  const TraceHeading heading{"Trace 4bf92f3577b34da6a3ce929d0e0e4736", std::nullopt, {"files: incomplete"}, {}};
  const auto [text, folded] = mermaid_drawing(build_trace_tree(incident_jobs(), incident_now()), heading);
  CHECK(folded == 0);
  CHECK(text.substr(0, text.find("  classDef")) ==
        R"~(flowchart TB
  subgraph trace["Trace 4bf92f3577b34da6a3ce929d0e0e4736"]
  direction TB
  n0["orders create_order<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000001<br/>completed, try 1/3<br/>wait 20ms, run 330ms"]:::completed
  n1["payments charge_card<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000002<br/>completed, try 2/3<br/>wait 200ms, run 800ms"]:::completed
  n2["email send_receipt<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000003<br/>completed, try 1/5<br/>wait 12.4s, run 300ms"]:::completed
  n3["inventory reserve_stock<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000004<br/>dead, try 5/5<br/>wait 100ms, run 300ms"]:::dead
  n4["shipping print_label<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000006<br/>blocked<br/>wait -, run -"]:::blocked
  n5["shipping book_parcel<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000007<br/>blocked<br/>wait -, run -"]:::blocked
  n6["low<br/>files/job-7781<br/>completed<br/>wait ~700ms, run ~5.0s"]:::completed
  n7["parent not found<br/>shop/0b9e4d5e-6f0a-4c1b-9d2e-00000000d<br/>not found"]:::missing
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
      mermaid_drawing(build_trace_tree({hostile_job()}, incident_now()), {"Trace \"]", std::nullopt, {}, {}}).text;
  CHECK(
      text.find(
          R"~(  n0["q#34;#93; --#62; x#59; #37;#37;#123;init: #123;#125;#125;#37;#37; #96;cat#96; #34; onload#61;#34;alert#40;1#41;<br/>#60;/title#62;#60;script#62;alert#40;1#41;#60;/script#62;<br/>failed<br/>wait 10ms, run 10ms"]:::failed)~") !=
      std::string::npos);
  CHECK(text.find("subgraph trace[\"Trace #34;#93;\"]\n") != std::string::npos);
  for (const char* never : {"<script", "%%", "`", "\"]-->", "%{"}) CHECK(text.find(never) == std::string::npos);
}

TEST_CASE("links to jobs that are not drawn are not drawn") {
  TraceTree tree = build_trace_tree(incident_jobs(), incident_now());
  hide_below(tree, 0);
  const std::string text = mermaid_drawing(tree, {"Trace", std::nullopt, {}, {}}).text;
  CHECK(text.find("n5") == std::string::npos);
  CHECK(text.find("completed, 3 jobs below not shown") != std::string::npos);
}

namespace {

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++found;
  return found;
}

/// One order with jobs that all depend on it, every hundredth of them dead.
TraceTree wide_tree(std::size_t jobs) {
  std::vector<Job> all{incident_job("order", "orders", "create", JobState::completed)};
  for (std::size_t at = 1; at < jobs; ++at) {
    all.push_back(incident_job("job" + std::to_string(10'000 + at), "email", "send_" + std::to_string(at % 7),
                               at % 100 == 99 ? JobState::dead : JobState::completed));
    all.back().parents = {Untrusted("order")};
    all.back().created_at = incident_time(static_cast<std::int64_t>(at));
  }
  return build_trace_tree(std::move(all), incident_now());
}

}  // namespace

TEST_CASE("ids are short where they are long") {
  Job job = incident_job("7f3a4d5e-6f0a-4c1b-9d2e-000000000001", "q", "", JobState::completed);
  job.kind.reset();
  const std::string text = mermaid_drawing(build_trace_tree({job}, incident_now()), {"Trace", {}, {}, {}}).text;
  CHECK(text.find("n0[\"q<br/>7f3a4d5e<br/>completed<br/>wait #63;, run #63;\"]") != std::string::npos);
}

TEST_CASE("what Mermaid would refuse is folded: failures stay, the others are counted below their parent") {
  for (const std::size_t jobs : {450u, 700u, 5000u}) {
    const TraceTree tree = wide_tree(jobs);
    const auto [text, folded] = mermaid_drawing(tree, {"Trace", std::nullopt, {}, {}});
    CHECK(text.size() <= mermaid_characters);
    CHECK(count(text, "| n") + count(text, "-.-") <= mermaid_edges);
    CHECK(count(text, "\n  n") - count(text, "| n") - count(text, "-.- more") == jobs - folded);
    CHECK(folded > 0);
    CHECK(count(text, ":::dead") == jobs / 100);
    CHECK(text.find("more0[\"" + grouped(folded) + " more jobs: " + std::to_string(folded) +
                    " completed\"]:::missing\n") != std::string::npos);
    CHECK(text.find("  n0 -.- more0\n") != std::string::npos);
    CHECK(text.find(grouped(folded) + " of " + grouped(jobs) + " jobs are only counted") != std::string::npos);
  }
  CHECK(mermaid_drawing(wide_tree(200), {"Trace", std::nullopt, {}, {}}).folded == 0);
}

TEST_CASE("a chain that is too long is folded at its end") {
  std::vector<Job> jobs;
  for (int at = 0; at < 3000; ++at) {
    jobs.push_back(incident_job("job" + std::to_string(at), "q", "k", JobState::completed));
    if (at > 0) jobs.back().parents = {Untrusted("job" + std::to_string(at - 1))};
  }
  const auto [text, folded] =
      mermaid_drawing(build_trace_tree(std::move(jobs), incident_now()), {"Trace", std::nullopt, {}, {}});
  CHECK(text.size() <= mermaid_characters);
  CHECK(folded > 2400);
  CHECK(text.find(" more jobs: ") != std::string::npos);
}
