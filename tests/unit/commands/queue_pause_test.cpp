// `queue pause` and `queue resume`: what is asked, told and printed.
#include <doctest/doctest.h>

#include "tests/unit/commands/change_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

struct World : Change {
  World() {
    QueueStatistics email;
    email.queue = Untrusted("email");
    email.paused = false;
    email.states = {
        {JobState::pending, {29}, {}, {}}, {JobState::scheduled, {3}, {}, {}}, {JobState::running, {9}, {}, {}}};
    jobs->statistics.now = test_now();
    jobs->statistics.queues = {email};
    fields = {"queue", "paused", "outcome", "result", "was_paused", "waiting", "running"};
    closing = {"dry_run"};
  }
  void hold() {
    QueueStatistics& email = jobs->statistics.queues.front();
    email.paused = true;
    email.pause = QueuePause{test_now() - std::chrono::minutes(5), Untrusted("maria"), Untrusted("partner is down")};
    administration->paused = {"email"};
  }
  void protect() {
    describe_last([](Source& source) { source.is_protected = true; });
    can_ask = true;
  }
};

std::string answer(const std::string& row, bool dry_run = false) {
  return "begin queuetrace.queue_report/1 queues list\nrow queue=email " + row +
         "\nend dry_run=" + (dry_run ? "true" : "false") + "\n";
}

}  // namespace

TEST_CASE("a dry run says what would be") {
  World world;
  CHECK(world.run("queue pause", {"email", "--dry-run"}) == ExitCode::done);
  CHECK(world.output == answer("paused=true result=would be paused was_paused=false waiting=32 running=9", true));
  CHECK(world.run("queue resume", {"email", "--dry-run"}) == ExitCode::done);
  CHECK(world.output == answer("paused=false result=is not paused was_paused=false waiting=32 running=9", true));
  world.hold();
  CHECK(world.run("queue pause", {"email", "--dry-run"}) == ExitCode::done);
  CHECK(world.output == answer("paused=true result=is paused already was_paused=true waiting=32 running=9", true));
  CHECK(world.run("queue resume", {"email", "--dry-run"}) == ExitCode::done);
  CHECK(world.output == answer("paused=false result=would be resumed was_paused=true waiting=32 running=9", true));
  CHECK(world.administration->calls.empty());
}

TEST_CASE("what is done is told, with the jobs that it holds") {
  World world;
  world.machine = false;
  world.format_name = "table";
  CHECK(world.run("queue pause", {"email"}) == ExitCode::done);
  CHECK(world.output == answer("paused=true outcome=done result=paused was_paused=false waiting=32 running=9"));
  REQUIRE(world.notices.notes.size() == 3);
  CHECK(world.notices.notes[0] ==
        "32 jobs wait: 29 pending, 3 scheduled; workers take none of them until it is resumed");
  CHECK(world.notices.notes[1] == "9 still run");
  CHECK(world.notices.notes[2].starts_with("to undo it: queuetrace undo "));
  CHECK(world.run("queue pause", {"email"}) == ExitCode::done);
  CHECK(world.output ==
        answer("paused=true outcome=already result=was paused already was_paused=false waiting=32 running=9"));
  CHECK(world.run("queue resume", {"email"}) == ExitCode::done);
  CHECK(world.notices.notes.front() == "32 jobs wait: 29 pending, 3 scheduled; workers take at once what is pending");
}

TEST_CASE("the question is about the queue: who paused it, why, and what will start") {
  World world;
  world.protect();
  world.hold();
  world.input = "prod\n";
  CHECK(world.run("queue resume", {"email"}) == ExitCode::done);
  CHECK_MESSAGE(world.notices.asked.find("now        paused 5m by maria: partner is down\n") != std::string::npos,
                world.notices.asked);
  CHECK(world.notices.asked.find("jobs       32 jobs wait: 29 pending, 3 scheduled; workers take at once what is") !=
        std::string::npos);
  CHECK(world.notices.asked.ends_with("resume queue 'email'? Type the source's name (prod) to continue: "));
}

TEST_CASE("a store that cannot count is paused all the same; a queue nobody knows is not") {
  World world;
  world.jobs->statistics.queues.clear();
  CHECK(world.run("queue pause", {"email"}) == ExitCode::done);
  CHECK(world.output == answer("paused=true outcome=done result=paused"));
  CHECK(world.failure("queue pause", {"emial"}) ==
        "not_found: no queue is called 'emial' in prod; nothing was changed | did you mean 'email'? An empty queue is "
        "not known; --force accepts the name as typed");
}
