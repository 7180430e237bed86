// What a plan tells of each queue: how many jobs, since when, and what most of them say.
#include <doctest/doctest.h>

#include "commands/change/plan_queues.hpp"
#include "tests/unit/commands/change_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;
using namespace std::chrono_literals;

namespace {

Job ended(const std::string& queue, std::optional<std::chrono::minutes> ago, const std::string& error = "") {
  Job job = test_job("1", JobState::dead);
  job.queue = Untrusted(queue);
  job.finished_at = ago ? std::optional<Timestamp>(Timestamp(24h) - *ago) : std::nullopt;
  job.error = error.empty() ? std::nullopt : std::optional<Untrusted>(Untrusted(error));
  return job;
}

}  // namespace

TEST_CASE("queues with most jobs come first, each with its first and last end and its usual error") {
  PlanQueues queues;
  queues.add(ended("mail", 3min, "timeout after 30 s"));
  queues.add(ended("mail", 40min, "timeout after 31 s"));
  queues.add(ended("mail", std::nullopt, "no such host"));
  queues.add(ended("mail", 20min));
  queues.add(ended("orders", std::nullopt));
  queues.add(Untrusted("orders"), 9);
  queues.add(std::nullopt, 100);  // in no queue
  const auto largest = queues.largest_first();
  REQUIRE(largest.size() == 2);
  CHECK(largest[0].first == Untrusted("orders"));
  CHECK(largest[0].second.jobs == 10);
  CHECK_FALSE(largest[0].second.first_end);
  CHECK_FALSE(largest[0].second.usual_error());
  const QueueShare& mail = largest[1].second;
  CHECK(mail.jobs == 4);
  CHECK(mail.first_end == Timestamp(24h) - 40min);
  CHECK(mail.last_end == Timestamp(24h) - 3min);
  CHECK(mail.usual_error() == std::pair(Untrusted("timeout after <n> s"), std::uint64_t{2}));
  CHECK(queues.jobs_in(Untrusted("mail")) == 4);
  CHECK(queues.jobs_in(Untrusted("nothing")) == 0);
}

TEST_CASE("what is kept of queues and errors is bounded, the jobs of kept queues are all counted") {
  PlanQueues queues;
  for (std::size_t i = 0; i < PlanQueues::most_queues + 10; ++i)
    for (const char* error : {"a failed", "b failed", "c failed"})
      queues.add(ended("queue-" + std::to_string(i), 1min, error));
  CHECK(queues.shares().size() == PlanQueues::most_queues);
  std::size_t errors = 0;
  std::uint64_t jobs = 0;
  for (const auto& [queue, share] : queues.shares()) {
    errors += share.errors.size();
    jobs += share.jobs;
  }
  CHECK(errors == PlanQueues::most_errors);
  CHECK(jobs == 3 * PlanQueues::most_queues);
}

TEST_CASE("of more jobs than are looked at no error is told") {
  PlanQueues queues;
  for (std::uint64_t i = 0; i < PlanQueues::most_looked_at; ++i) queues.add(ended("mail", 1min, "timeout"));
  CHECK(queues.shares().at(Untrusted("mail")).usual_error()->second == PlanQueues::most_looked_at);
  queues.add(ended("orders", 2min, "timeout"));
  queues.add(ended("orders", 3min, "timeout"));
  for (const auto& [queue, share] : queues.shares()) CHECK_FALSE(share.usual_error());
  CHECK(queues.jobs_in(Untrusted("mail")) == PlanQueues::most_looked_at);
  CHECK(queues.shares().at(Untrusted("orders")).first_end == Timestamp(24h) - 3min);
}

TEST_CASE("the question shows six queues, the rest in one row, and hides what drives a terminal") {
  Change change(0);
  for (int queue = 1; queue <= 8; ++queue)
    for (int job = 0; job < (queue == 8 ? 5 : 1); ++job) {
      Job one = ended(queue == 8 ? "ma\x1b[31mil" : "q" + std::to_string(queue), 5min,
                      job > 1 ? std::string(1, "abcde"[job]) : "password=hunter2 \x1b[2J is wrong");
      one.ref.id = Untrusted("d" + std::to_string(queue) + std::to_string(job));
      one.finished_at = test_now() - 5min * queue;
      change.jobs->jobs.push_back(one);
    }
  change.can_ask = true;
  change.input = "n\n";
  CHECK(change.failure("job retry", {"--dead"}) == "refused: not confirmed; nothing was changed");
  const std::string asked = change.notices.asked;
  const std::size_t table = asked.find("\n\nQUEUE");
  REQUIRE_MESSAGE(table != std::string::npos, asked);
  CHECK(asked.substr(table, asked.find("\n\n", table + 2) - table) ==
        "\n\nQUEUE          JOBS  SINCE  MOST OF THEM SAY\n"
        "ma\\x1b[31mil      5  40m    2 of 5: password=***<n> [<n>J is wrong\n"
        "q1                1  5m     password=***<n> [<n>J is wrong\n"
        "q2                1  10m    password=***<n> [<n>J is wrong\n"
        "q3                1  15m    password=***<n> [<n>J is wrong\n"
        "q4                1  20m    password=***<n> [<n>J is wrong\n"
        "q5                1  25m    password=***<n> [<n>J is wrong\n"
        "2 more queues     2  -");
  CHECK(asked.find("\x1b") == std::string::npos);
  CHECK(asked.find("hunter2") == std::string::npos);
}
