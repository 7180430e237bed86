// Where moments and ticks lie on the time line.
#include "formatters/timeline_layout.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/incident.hpp"

using namespace queuetrace;
using queuetrace::testing::incident_time;

namespace {

TraceTree lasting(std::int64_t microseconds) {
  TraceTree tree;
  tree.first = incident_time(0);
  tree.last = incident_time(0) + std::chrono::microseconds(microseconds);
  return tree;
}

std::string labels(std::int64_t microseconds, std::size_t most) {
  const std::vector<TimeTick> ticks = TimeAxis(lasting(microseconds)).ticks(most);
  CHECK(ticks.size() <= most);
  std::string out;
  for (const TimeTick& tick : ticks) out += (out.empty() ? "" : " ") + tick.label;
  return out;
}

std::string bar(std::vector<TraceSegment> segments, std::size_t cells) {
  TraceNode node;
  node.segments = std::move(segments);
  std::string out;
  for (const BarCell cell : bar_cells(node, TimeAxis(lasting(1'000'000)), cells))
    out += std::string_view(" -.?#")[static_cast<std::size_t>(cell)];
  return out;
}

TraceSegment segment(TraceSegment::Kind kind, std::int64_t begin, std::int64_t end) {
  return {kind, incident_time(begin), incident_time(end), false, false};
}

}  // namespace

TEST_CASE("ticks stand at round offsets of the unit that fits, never more than asked for") {
  CHECK(labels(7, 5) == "0 2us 4us 6us");
  CHECK(labels(15'900'000, 5) == "0 5s 10s 15s");
  CHECK(labels(1'700'000, 5) == "0 500ms 1s 1.5s");
  CHECK(labels(320'000, 4) == "0 200ms");
  CHECK(labels(95'000'000, 5) == "0 30s 1m 1m30s");
  CHECK(labels(600'000'000, 4) == "0 5m 10m");
  CHECK(labels(7LL * 3'600'000'000, 4) == "0 3h 6h");
  CHECK(labels(40LL * 86'400'000'000, 4) == "0 20d 40d");
  CHECK(labels(0, 5) == "0");
  for (std::int64_t length = 1; length < 400LL * 86'400'000'000; length = length * 3 + 1)
    for (const std::size_t most : {2u, 3u, 5u, 9u}) {
      const std::vector<TimeTick> ticks = TimeAxis(lasting(length)).ticks(most);
      CHECK(ticks.size() <= most);
      CHECK(ticks.back().position <= 1.0);
    }
}

TEST_CASE("positions are clamped to the line") {
  const TimeAxis axis(lasting(1'000'000));
  CHECK(axis.position(incident_time(-5)) == 0.0);
  CHECK(axis.position(incident_time(250)) == 0.25);
  CHECK(axis.position(incident_time(2'000)) == 1.0);
  CHECK(axis.position(infinite_future) == 1.0);
}

TEST_CASE("every part of a job takes a cell, and running wins where parts meet") {
  using Kind = TraceSegment::Kind;
  CHECK(bar({segment(Kind::held, 0, 300), segment(Kind::waiting, 300, 600), segment(Kind::running, 600, 1000)}, 10) ==
        "---...####");
  CHECK(bar({segment(Kind::waiting, 0, 990), segment(Kind::running, 990, 1000)}, 10) == ".........#");
  CHECK(bar({segment(Kind::unknown, 500, 500)}, 10) == "     ?    ");
  CHECK(bar({segment(Kind::running, 1000, 1000)}, 4) == "   #");
  CHECK(bar({segment(Kind::running, 0, 1000)}, 0).empty());
}

TEST_CASE("idle stretches of over a fifth of the time line are folded where that is asked for") {
  using Kind = TraceSegment::Kind;
  TraceTree tree = lasting(100'000'000);  // incident_time() counts milliseconds
  tree.nodes.resize(2);
  tree.nodes[0].segments = {segment(Kind::waiting, 0, 1'000), segment(Kind::running, 1'000, 4'000),
                            segment(Kind::unknown, 4'000, 96'000), segment(Kind::running, 96'000, 100'000)};
  tree.nodes[1].segments = {segment(Kind::running, 20'000, 22'000)};  // 16 s of nothing before it are too little
  const TimeAxis axis(tree, TimeAxis::Idle::folded);
  REQUIRE(axis.folds().size() == 1);
  CHECK(axis.folds()[0].first == axis.position(incident_time(22'000)));
  CHECK(axis.folds()[0].second == axis.position(incident_time(96'000)));
  CHECK(axis.folds()[0].second - axis.folds()[0].first == doctest::Approx(0.04));
  double before = -1;
  for (std::int64_t at = 0; at <= 100'000; at += 500) {
    const double position = axis.position(incident_time(at));
    CHECK(position > before);
    before = position;
  }
  CHECK(before == 1.0);
  std::string drawn;
  for (const BarCell cell : bar_cells(tree.nodes[0], axis, 50))
    drawn += std::string_view(" -.?#:")[static_cast<std::size_t>(cell)];
  CHECK(drawn.find("?:") != std::string::npos);
  CHECK(drawn.find(":#") != std::string::npos);
  std::string labels;
  for (const TimeTick& tick : axis.ticks(7)) labels += (labels.empty() ? "" : " ") + tick.label;
  CHECK(labels == "0 5s 10s 15s 20s 1m40s");
  CHECK(TimeAxis(tree).folds().empty());
  CHECK(TimeAxis(lasting(1'000'000), TimeAxis::Idle::folded).folds().empty());
}
