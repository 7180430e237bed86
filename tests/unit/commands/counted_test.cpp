// `--count` of the commands that list, against stores in memory: the number alone, the same whatever --limit says.
#include "commands/report/counted.hpp"

#include <doctest/doctest.h>

#include "tests/unit/commands/change_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

const Error unreachable_error(ErrorKind::unreachable, "no answer");

struct World : Change {
  World() {
    fields = {"total", "exactness"};
    closing = {};
    for (const char* name : {"email", "files", "webhooks"}) {
      QueueStatistics& queue = jobs->statistics.queues.emplace_back();
      queue.queue = Untrusted(name);
      queue.paused = queue.queue.raw() == "files";
      jobs->queue_names.push_back(name);
    }
    for (std::size_t i = 0; i < jobs->jobs.size(); ++i) {
      Job& job = jobs->jobs[i];
      if (job.state == JobState::dead) job.error = Untrusted(i == 0 ? "ETIMEDOUT" : "no route to host");
      job.trace.trace_id = Untrusted("0af7651916cd43dd8448eb211c80319" + std::to_string(i % 2));
      job.trace.status = TraceStatus::w3c;
    }
  }

  std::string counted(const char* command, std::vector<std::string> words = {}) {
    words.emplace_back("--count");
    const ExitCode code = run(command, words);
    return output + "exit " + std::to_string(static_cast<int>(code));
  }
};

std::string answer(const std::string& total, int exit_code = 0, const std::string& exactness = "exact") {
  return "begin queuetrace.count/1 counts list\nrow total=" + total + " exactness=" + exactness + "\nend \nexit " +
         std::to_string(exit_code);
}

}  // namespace

TEST_CASE("every command that lists counts as well") {
  World world;
  CHECK(world.counted("queue list") == answer("3"));
  CHECK(world.counted("queue list", {"--paused"}) == answer("1"));
  CHECK(world.counted("job errors") == answer("2"));
  CHECK(world.counted("job errors", {"--limit", "1"}) == answer("2"));
  CHECK(world.counted("trace list") == answer("2"));
  CHECK(world.counted("trace list", {"--limit", "1"}) == answer("2"));
  CHECK(world.counted("doctor") == answer("0"));
  CHECK(world.counted("source list") == answer("1"));
  CHECK(world.counted("history") == answer("0"));
  CHECK(world.run("job retry", {"d1"}) == ExitCode::done);
  CHECK(world.counted("history") == answer("1"));
  const std::string systems = world.counted("system list");
  CHECK(systems.starts_with("begin queuetrace.count/1 counts list\nrow total="));
}

TEST_CASE("a count is honest about what was not seen") {
  World world;
  CHECK(world.counted("trace list", {"--jobs", "3"}) == answer("2", 0, "at_least"));
  world.add_failing_source("two", unreachable_error);
  CHECK(world.counted("queue list") == answer("3", 7, "at_least"));
  CHECK(world.counted("job errors") == answer("2", 7, "at_least"));
  CHECK(world.counted("trace list") == answer("2", 7, "at_least"));
  CHECK(world.counted("doctor") == answer("0", 7, "at_least"));
}

TEST_CASE("numbers in words") {
  CHECK(counted_words(1, Exactness::exact, "queue") == "1 queue");
  CHECK(counted_words(12'345, Exactness::exact, "queue") == "12,345 queues");
  CHECK(counted_words(1, Exactness::at_least, "queue") == "1+ queues");
  CHECK(counted_words(12, Exactness::estimated, "queue") == "about 12 queues");
}

TEST_CASE("--count excludes what it has no place for") {
  World world;
  CHECK(world.failure("trace list", {"--count", "--watch"}).starts_with("usage: "));
  CHECK(world.failure("source list", {"--count", "--check"}).starts_with("usage: "));
  world.format_name = "openmetrics";
  CHECK(world.failure("queue list", {"--count"}) ==
        "usage: --count is one number, and -o openmetrics tells more of each queue | leave one of them out");
}
