// What tables say of queues that wait: from which ages on they stand out, and where no worker was seen.
#include <doctest/doctest.h>

#include "formatters/peek_record.hpp"
#include "formatters/queue_tables.hpp"
#include "formatters/statistics_record.hpp"
#include "tests/unit/formatters/formatted.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;
using namespace std::chrono_literals;

namespace {

/// A queue whose jobs wait, due since `age` ago.
QueueStatistics waiting_queue(std::chrono::minutes age) {
  QueueStatistics queue;
  queue.queue = Untrusted("email");
  StateStatistics& pending = queue.states.emplace_back();
  pending.state = JobState::pending;
  pending.count.value = 9;
  pending.oldest = pending.due = now - age;
  return queue;
}

/// The row of `stats` about it, with colours.
std::string row_of(const QueueStatistics& queue, const AgeLimits& ages = {}, int width = 100) {
  std::ostringstream out;
  FormatterOptions options;
  options.terminal = options.color = true;
  options.headers = false;
  options.width = width;
  options.now = now;
  options.ages = ages;
  const auto formatter = find_output_format("table")->make(out, options);
  formatter->begin({"queuetrace.stats/1", "queues", queue_statistics_columns(), Heading::Layout::list, "queue",
                    &statistics_table()});
  Record record = queue_statistics_record("shop", "hammerwork", queue, now);
  add_table_fields(record, queue, now);
  formatter->row(record);
  formatter->end({});
  return out.str();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr const char* yellow_age = "\x1b[33m11m";
constexpr const char* red_age = "\x1b[31m11m";

}  // namespace

TEST_CASE("ages stand out from the limits of the configuration on") {
  CHECK(has(row_of(waiting_queue(11min)), yellow_age));
  CHECK(has(row_of(waiting_queue(11min), {1min, 10min}), red_age));
  const std::string plain = row_of(waiting_queue(11min), {20min, 1h});
  CHECK_FALSE(has(plain, yellow_age));
  CHECK_FALSE(has(plain, red_age));
  CHECK(has(plain, "11m"));
}

TEST_CASE("no worker was seen where due jobs wait, none runs and none was done") {
  CHECK(has(row_of(waiting_queue(11min)), "no worker"));
  CHECK_FALSE(has(row_of(waiting_queue(9min)), "no worker"));
  CHECK_FALSE(has(row_of(waiting_queue(11min), {20min, 1h}), "no worker"));
  QueueStatistics queue = waiting_queue(11min);
  queue.completed_per_minute = 0.1;
  CHECK_FALSE(has(row_of(queue), "no worker"));
  queue = waiting_queue(11min);
  queue.paused = true;
  CHECK_FALSE(has(row_of(queue), "no worker"));
  queue = waiting_queue(11min);
  StateStatistics& running = queue.states.emplace_back();
  running.state = JobState::running;
  running.count.value = 2;
  CHECK_FALSE(has(row_of(queue), "no worker"));
  queue.stale = Count{2, Exactness::exact};
  CHECK(has(row_of(queue), "no worker, 2 stale"));
}

TEST_CASE("what a queue suffers from is whole before rates and percentages are shown") {
  QueueStatistics queue = waiting_queue(11min);
  queue.queue = Untrusted("customer-data-platform.us-east-1");
  queue.completed_per_minute = 12.5;
  queue.failed_per_minute = 1.5;
  queue.wait = queue.run = Percentiles{9, Milliseconds(1), Milliseconds(86'399'000), Milliseconds(2), Milliseconds(3)};
  queue.coverage = TraceCoverage{3, 1, 1, 0, 1, true};
  queue.paused = true;
  queue.pause.emplace().since = now - std::chrono::days(332);
  queue.stale = Count{12, Exactness::exact};
  for (const int width : {80, 100, 120}) {
    CAPTURE(width);
    CHECK(has(row_of(queue, {}, width), "paused 332d, 12 stale"));
  }
  CHECK_FALSE(has(row_of(queue, {}, 80), "33%"));
  CHECK(has(row_of(queue, {}, 160), "33%"));
}

TEST_CASE("jobs whose time has come are overdue, and not next") {
  const auto why = [](Timestamp earliest) {
    PeekQueue queue;
    queue.queue = Untrusted("email");
    Waiting waiting;
    waiting.reason = "scheduled";
    waiting.explanation = "their time has not come";
    waiting.count = 3;
    waiting.earliest = earliest;
    std::ostringstream out;
    FormatterOptions options;
    options.now = now;
    const auto formatter = find_output_format("table")->make(out, options);
    formatter->begin(
        {"queuetrace.waiting/1", "waiting", waiting_columns(), Heading::Layout::list, "queue", &waiting_table()});
    formatter->row(waiting_record("shop", queue, waiting));
    formatter->end({});
    return out.str();
  };
  CHECK(has(why(now + std::chrono::minutes(5)), "; the next in 5m"));
  CHECK(has(why(now - std::chrono::days(152)), "; overdue: the first was due 152d ago"));
}
