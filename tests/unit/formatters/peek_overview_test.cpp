// The line that each queue has where somebody asks why jobs wait.
#include "formatters/peek_overview.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "formatters/formatter.hpp"

using namespace queuetrace;
using namespace std::chrono_literals;

namespace {

const Timestamp now = Timestamp(24h * 365 * 56);

PeekQueue queue(const std::string& name, bool takes) {
  PeekQueue out;
  out.queue = Untrusted(name);
  if (!takes) return out;
  Job job;
  job.ref = {"shop", Untrusted("82027feb")};
  job.created_at = now - 3min;
  out.next.push_back(job);
  return out;
}

std::string shown(const std::vector<PeekQueue>& queues, Exactness due = Exactness::exact) {
  std::ostringstream out;
  FormatterOptions options;
  options.terminal = true;
  options.width = 80;
  options.now = now;
  const auto formatter = find_output_format("table")->make(out, options);
  formatter->begin({"queuetrace.peek_overview/1", "queues", peek_overview_columns(), Heading::Layout::list, "queue",
                    &peek_overview_table()});
  for (const PeekQueue& one : queues) formatter->row(peek_overview_record("shop", one, due));
  formatter->end({});
  return out.str();
}

}  // namespace

TEST_CASE("of a paused queue nothing is next, and the pause is the first reason") {
  PeekQueue paused = queue("webhooks", true);
  paused.pause = QueuePause{now - 3h - 49min, {}, {}};
  paused.waiting = {
      {"scheduled", "", 3, false, {}, {}}, {"paused", "", 29, false, {}, {}}, {"retrying-state", "", 7, false, {}, {}}};
  PeekQueue long_ago = queue("billing", true);
  long_ago.pause.emplace();  // since when is not recorded
  PeekQueue runs = queue("email", true);
  runs.waiting = {{"paused", "", 1, false, {}, {}}};  // of another queue that is peeked at together with it
  CHECK(shown({paused, long_ago, runs, queue("empty", false)}) ==
        "QUEUE     NEXT      AGE  DUE  HELD  WHY HELD\n"
        "webhooks  -           -    0    39  paused 3h, 7 retrying, 3 scheduled\n"
        "billing   -           -    0     0  paused\n"
        "email     82027feb   3m    1     1  1 paused\n"
        "empty     -           -    0     0\n");
}

TEST_CASE("beside long ids and names what is next gives way, and why jobs are held stays readable") {
  std::vector<PeekQueue> queues;
  for (const std::string region : {"us-east-1", "eu-west-1"}) {
    PeekQueue& one = queues.emplace_back(queue("customer-data-platform.profile-enrichment." + region, true));
    one.next.front().ref.id =
        Untrusted("repeat:customer-data-platform.profile-enrichment:" + region + ":1767328200000");
    one.waiting = {{"scheduled", "", 4, false, {}, {}}, {"retrying-state", "", 6, false, {}, {}}};
  }
  CHECK(shown(queues).find("6 retrying, 4 scheduled") != std::string::npos);
}

TEST_CASE("where more jobs may be due than were counted it says so") {
  PeekQueue full = queue("email", true);
  full.next.resize(100, full.next.front());
  CHECK(shown({full}, Exactness::at_least) ==
        "QUEUE  NEXT      AGE   DUE  HELD\n"
        "email  82027feb   3m  100+     0\n");
}
