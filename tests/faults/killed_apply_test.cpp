// SIGKILL at every step of an apply.
#include <doctest/doctest.h>

#include "tests/faults/change_trial.hpp"
#include "tests/faults/stopped_program.hpp"

namespace queuetrace::test {
namespace {

/// The last moment before which nothing of an operation is written.
constexpr const char* first_step = "/operations/";

/// The moments of that one of three runs which has the fewest: how often the program writes to a socket differs from
/// run to run, so that most moments of this one come again.
std::vector<Moment> steady_moments(ChangeTrial& trial, Ending ending, const std::vector<std::string>& words) {
  std::vector<Moment> fewest;
  for (int run = 0; run < 3; ++run) {
    trial.prepare(ending);
    std::vector<Moment> moments = moments_of(trial.world(), words, first_step);
    if (run == 0 || moments.size() < fewest.size()) fewest = std::move(moments);
  }
  return fewest;
}

/// Kills at every `step`th moment from the first step on.
void kill_at_steps(std::unique_ptr<ReplayedQueue> queue, std::size_t step) {
  ChangeTrial trial(*queue);
  const std::vector<Moment> purging = steady_moments(trial, Ending::completed, trial.purge());
  std::size_t tried = 0, killed = 0;
  // The last moments may still not come: then it has ended.
  const auto was_killed = [&](const ProgramResult& result) {
    ++tried;
    killed += result.exit_code == 137 ? 1 : 0;
    CHECK((result.exit_code == 137 || result.exit_code == 0));
    return result.exit_code == 137;
  };
  for (std::size_t i = step / 2; i < purging.size(); i += step) {
    CAPTURE(purging[i].line);
    trial.prepare(Ending::completed);
    if (!was_killed(run_until(trial.world(), trial.purge(), purging[i]))) continue;
    trial.check_legal();
    trial.complete();
    CHECK(trial.files_in("plans").empty());
    trial.check_legal();
    trial.check_purge_and_undo();
  }
  const std::vector<Moment> retrying = steady_moments(trial, Ending::dead, trial.retry());
  for (std::size_t i = step / 2; i < retrying.size(); i += step) {
    CAPTURE(retrying[i].line);
    trial.prepare(Ending::dead);
    if (!was_killed(run_until(trial.world(), trial.retry(), retrying[i]))) continue;
    trial.check_legal();
    trial.complete();
    CHECK(trial.files_in("plans").empty());
    trial.check_retry();
  }
  CHECK(10 * killed >= 9 * tried);
  MESSAGE(purging.size() << " moments of a purge, " << retrying.size() << " of a retry");
}

/// Before an operation begins there is only the plan, which goes with the process.
TEST_CASE("killed while it plans: nothing is left, and nothing is to be told") {
  const std::unique_ptr<ReplayedQueue> queue = replayed_go_redis();
  ChangeTrial trial(*queue);
  trial.prepare(Ending::completed);
  const std::vector<std::string> before = queue->snapshot();
  const std::vector<Moment> moments = moments_of(trial.world(), trial.purge(), "/plans");
  int killed = 0;
  for (const Moment& moment : moments) {
    CAPTURE(moment.line);
    if (moment.line.find(first_step) != std::string::npos) break;
    trial.prepare(Ending::completed);
    killed += run_until(trial.world(), trial.purge(), moment).exit_code == 137 ? 1 : 0;
    CHECK(trial.files_in("plans").empty());
    CHECK(trial.unfinished().empty());
    CHECK(queue->snapshot() == before);
  }
  CHECK(killed > 3);
  MESSAGE(killed << " moments of planning");
}

TEST_CASE("killed at every step: hammerwork") { kill_at_steps(replayed_hammerwork(), 1); }
TEST_CASE("killed at every step: go-redis-work-queue") { kill_at_steps(replayed_go_redis(), 1); }
TEST_CASE("killed at some steps: procrastinate") { kill_at_steps(replayed_procrastinate(), 5); }
TEST_CASE("killed at some steps: river") { kill_at_steps(replayed_river(), 5); }
TEST_CASE("killed at some steps: emp-job-queue") { kill_at_steps(replayed_emp(), 5); }

}  // namespace
}  // namespace queuetrace::test
