// The whole server is killed while jobs are changed, and started again on its data: no job is lost, doubled or half
// changed, doctor tells what was under way, and the command that was named goes on to the end.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "tests/faults/change_trial.hpp"
#include "tests/faults/replayed_servers.hpp"
#include "tests/support/cutting_proxy.hpp"

namespace queuetrace::test {
namespace {

using namespace std::chrono_literals;

/// At the `request`th request, counted from the first one that writes: before the server sees it, or so much `after`.
struct Death {
  int request = 1;
  std::optional<std::chrono::microseconds> after;
};

/// Ends a queue's server at a chosen moment of one change.
class Killer {
 public:
  explicit Killer(ReplayedQueue& queue)
      : queue_(queue), proxy_(queue.server_socket(), [this](std::string_view request) { return judge(request); }) {}

  std::string url() const { return queue_.source_at(proxy_.port()).url.reveal(); }
  void arm(const Death& death) {
    death_ = death;
    writes_ = false;
    left_ = death.request;
  }
  /// Whether the moment came. Then the server is dead.
  bool happened() {
    const std::scoped_lock lock(judging_);  // the last request, which says good-bye, may be the one
    const bool came = left_.exchange(0) == done;
    if (dying_.joinable()) dying_.join();
    return came;
  }

 private:
  static constexpr int done = -1;

  Verdict judge(std::string_view request) {
    const std::scoped_lock lock(judging_);
    writes_ = writes_ || request.find("READ WRITE") != std::string_view::npos || runs_script(request);
    if (left_ <= 0 || !writes_ || --left_ > 0) return Verdict::pass;
    left_ = done;
    if (!death_.after) {
      queue_.end_server();
      return Verdict::cut_before;
    }
    dying_ = std::thread([this] {
      std::this_thread::sleep_for(*death_.after);
      queue_.end_server();
    });
    return Verdict::pass;
  }

  ReplayedQueue& queue_;
  std::mutex judging_;
  Death death_;
  bool writes_ = false;
  std::atomic<int> left_{0};
  std::thread dying_;
  CuttingProxy proxy_;
};

/// The command after `Continue with: ` in what was said.
std::string going_on(const std::string& messages) {
  const std::string lead = "Continue with: ";
  const std::size_t begin = messages.find(lead);
  if (begin == std::string::npos) return {};
  const std::string rest = messages.substr(begin + lead.size());
  return rest.substr(0, rest.find_first_of("\"\n"));
}

/// Kills the server at that moment of the command, starts it again and goes on. False: the moment did not come.
bool survives(ChangeTrial& trial, ReplayedQueue& queue, Killer& killer, const std::vector<std::string>& command,
              const Death& death) {
  killer.arm(death);
  const ProgramResult result = trial.world().run(command);
  if (!killer.happened()) {
    CHECK_MESSAGE(result.exit_code == 0, result.messages);
    return false;
  }
  queue.start_server();
  trial.check_legal();
  const nlohmann::json report = nlohmann::json::parse(result.output);
  if (result.exit_code == 0) {  // its last answer came before the end
    CHECK(report["counts"]["done"] == ChangeTrial::targets);
    CHECK(trial.unfinished().empty());
    return true;
  }
  CHECK_MESSAGE(result.exit_code == 5, result.messages);
  CHECK_MESSAGE(report["result"] == "lost connection", result.output);
  const nlohmann::json& counts = report["counts"];
  CHECK_MESSAGE(counts["done"].get<int>() + counts["unknown"].get<int>() + counts["failed"].get<int>() +
                        counts["not_tried"].get<int>() ==
                    ChangeTrial::targets,
                counts.dump());
  const std::string command_to_go_on = going_on(result.messages);
  REQUIRE_MESSAGE(command_to_go_on.starts_with("queuetrace "), result.messages);
  CHECK(trial.unfinished() == command_to_go_on);
  const ProgramResult again = trial.world().shell(command_to_go_on);
  CHECK_MESSAGE((again.exit_code == 0 || again.exit_code == 7), again.messages);
  CHECK(trial.unfinished().empty());
  trial.check_legal();
  if (command == trial.purge()) CHECK(queue.places().size() == ChangeTrial::others);  // nothing was passed over
  return true;
}

/// At every `step`th request of a purge and of a retry.
void kill_servers(std::unique_ptr<ReplayedQueue> queue, int step) {
  Killer killer(*queue);
  ChangeTrial trial(*queue, killer.url());
  int killed = 0, last = 0;
  const std::optional<std::chrono::microseconds> moments[] = {std::nullopt, 0us, 300us, 1'500us};
  for (const Ending ending : {Ending::completed, Ending::dead}) {
    bool came = true;
    for (int number = 0; came; ++number) {
      const Death death{1 + number * step, moments[number % std::size(moments)]};
      CAPTURE(death.request);
      trial.prepare(ending);
      came = survives(trial, *queue, killer, ending == Ending::completed ? trial.purge() : trial.retry(), death);
      killed += came ? 1 : 0;
      if (came) last = death.request;
      if (ending == Ending::completed)
        trial.check_purge_and_undo();
      else
        trial.check_retry();
    }
  }
  MESSAGE("killed " << killed << " times, the last at request " << last);
  CHECK(killed >= 8);
}

TEST_CASE("dead server: hammerwork") { kill_servers(replayed_hammerwork(true), 3); }
TEST_CASE("dead server: procrastinate") { kill_servers(replayed_procrastinate(true), 3); }
TEST_CASE("dead server: river") { kill_servers(replayed_river(true), 3); }
TEST_CASE("dead server: go-redis-work-queue") { kill_servers(replayed_go_redis(true), 3); }
TEST_CASE("dead server: emp-job-queue") { kill_servers(replayed_emp(true), 12); }

}  // namespace
}  // namespace queuetrace::test
