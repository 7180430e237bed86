// Others change the same jobs: workers take some before every single request of a command, and two of us apply the same
// plan at the same time.
#include <doctest/doctest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/faults/change_trial.hpp"
#include "tests/support/cutting_proxy.hpp"

namespace queuetrace::test {
namespace {

using nlohmann::json;

constexpr int waiting = 30;
constexpr int taken_at_once = 3;

/// Ids of the report's jobs with this outcome.
std::set<std::string> with_outcome(const std::string& output, const std::string& outcome) {
  std::set<std::string> ids;
  const json report = json::parse(output);
  for (const json& job : report.at("jobs"))
    if (job.at("outcome") == outcome) CHECK(ids.insert(job.at("id")).second);
  return ids;
}

/// Before the first, second, ... request of the command a worker takes the next three jobs, and works on them until the
/// command has ended. Whenever that is: what the worker has is left alone, and everything else is done.
void take_before_each_request(std::unique_ptr<ReplayedQueue> queue, const std::vector<std::string>& command) {
  const World world;
  int requests = 0;
  bool came = true;
  for (int moment = 1; came; ++moment) {
    CAPTURE(moment);
    queue->clear();
    queue->enqueue(0, waiting);
    const auto worker = [&](int number) { return queue->worker(number); };
    std::vector<std::unique_ptr<ReplayedWorker>> workers;
    std::vector<TakenJob> taken;
    for (int number = 0; number < taken_at_once; ++number) workers.push_back(worker(number));
    requests = 0;
    const CuttingProxy proxy(queue->server_socket(), [&](std::string_view) {
      if (++requests == moment)
        for (const auto& one : workers) taken.push_back(one->take().value_or(TakenJob{}));
      return Verdict::pass;
    });
    std::vector<std::string> words = command;
    words.insert(words.end(),
                 {"--state", "pending", "--yes", "-o", "json", "-s", queue->source_at(proxy.port()).url.reveal()});
    const ProgramResult result = world.run(words);
    came = requests >= moment;
    REQUIRE_MESSAGE((result.exit_code == 0 || result.exit_code == 7), result.messages);

    const std::set<std::string> done = with_outcome(result.output, "done");
    std::size_t held = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (taken[i].id.empty()) continue;  // it came too late: nothing waited any more
      ++held;
      CHECK_MESSAGE(!done.contains(taken[i].id), taken[i].id);
      CHECK_MESSAGE(workers[i]->finish(taken[i], Ending::completed), taken[i].id);
    }
    CHECK(done.size() + held == waiting);
    int at_rest = 0;
    const auto places = queue->places();
    for (const auto& [id, place] : places) {
      CHECK_MESSAGE(place.size() == 1, id);
      at_rest += place.front().is_waiting ? 0 : 1;
    }
    CHECK(at_rest == static_cast<int>(places.size()));
    const std::vector<std::string> gone(done.begin(), done.end());
    for (const std::string& problem :
         queue->inconsistencies(command.back() == "delete" ? gone : std::vector<std::string>()))
      CHECK_MESSAGE(false, problem);
  }
  MESSAGE(requests << " requests");
}

const std::vector<std::string> cancel{"job", "cancel"};
const std::vector<std::string> erase{"job", "delete"};

TEST_CASE("taken meanwhile: hammerwork cancel") { take_before_each_request(replayed_hammerwork(), cancel); }
TEST_CASE("taken meanwhile: procrastinate cancel") { take_before_each_request(replayed_procrastinate(), cancel); }
TEST_CASE("taken meanwhile: emp-job-queue cancel") { take_before_each_request(replayed_emp(), cancel); }
TEST_CASE("taken meanwhile: go-redis-work-queue delete") { take_before_each_request(replayed_go_redis(), erase); }

/// Two processes apply one plan: each job is done by one of them, once.
void apply_twice(std::unique_ptr<ReplayedQueue> queue, Ending ending) {
  ChangeTrial trial(*queue);
  trial.prepare(ending);
  const World& world = trial.world();
  const std::string plan = (world.home() / "plan.jsonl").string();
  std::vector<std::string> making = ending == Ending::dead ? trial.retry() : trial.purge();
  making.insert(making.end(), {"--save-plan", plan});
  std::erase(making, "--yes");
  REQUIRE_MESSAGE(world.run(making).exit_code == 0, plan);

  std::vector<std::string> applying =
      ending == Ending::dead ? std::vector<std::string>{"job", "retry"} : std::vector<std::string>{"purge"};
  applying.insert(applying.end(),
                  {"--plan", plan, "--yes", "--chunk", "3", "-o", "json", "-s", queue->source().url.reveal()});
  std::future<ProgramResult> other = std::async(std::launch::async, [&] { return world.run(applying); });
  const ProgramResult mine = world.run(applying);
  const ProgramResult theirs = other.get();
  for (const ProgramResult& one : {mine, theirs})
    CHECK_MESSAGE((one.exit_code == 0 || one.exit_code == 7), one.messages);
  std::set<std::string> done = with_outcome(mine.output, "done");
  for (const std::string& id : with_outcome(theirs.output, "done")) CHECK_MESSAGE(done.insert(id).second, id);
  CHECK(done.size() == ChangeTrial::targets);
  for (const ProgramResult& one : {mine, theirs})
    for (const char* bad : {"failed", "unknown"}) CHECK_MESSAGE(with_outcome(one.output, bad).empty(), one.output);
  trial.check_legal();
  if (ending == Ending::dead)
    trial.check_retry();
  else
    trial.check_purge_and_undo();
}

TEST_CASE("one plan, twice: hammerwork") {
  apply_twice(replayed_hammerwork(), Ending::dead);
  apply_twice(replayed_hammerwork(), Ending::completed);
}
TEST_CASE("one plan, twice: procrastinate") {
  apply_twice(replayed_procrastinate(), Ending::dead);
  apply_twice(replayed_procrastinate(), Ending::completed);
}
TEST_CASE("one plan, twice: go-redis-work-queue") {
  apply_twice(replayed_go_redis(), Ending::dead);
  apply_twice(replayed_go_redis(), Ending::completed);
}
TEST_CASE("one plan, twice: emp-job-queue") {
  apply_twice(replayed_emp(), Ending::dead);
  apply_twice(replayed_emp(), Ending::completed);
}

}  // namespace
}  // namespace queuetrace::test
