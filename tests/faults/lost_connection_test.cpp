// The connection drops after a write was sent, before or after the server did it; the server is killed in the middle.
#include <doctest/doctest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "tests/faults/change_trial.hpp"
#include "tests/support/cutting_proxy.hpp"

namespace queuetrace::test {
namespace {

enum class Loss { before_the_server_saw_it, before_the_answer_came, by_the_death_of_the_server };

/// What is lost at the `number`th request that decides about a chunk of 20; armed for one change at a time.
class Loser {
 public:
  explicit Loser(ReplayedQueue& queue)
      : queue_(queue), proxy_(queue.server_socket(), [this](std::string_view request) { return judge(request); }) {}

  std::string url() const { return queue_.source_at(proxy_.port()).url.reveal(); }
  void arm(Loss loss, int number) {
    deciding_ = queue_.deciding();
    loss_ = loss;
    left_ = number;
  }
  bool happened() const { return left_ == 0; }

 private:
  Verdict judge(std::string_view request) {
    if (!deciding_ || left_ == 0 || !deciding_(request) || --left_ > 0) return Verdict::pass;
    if (loss_ == Loss::by_the_death_of_the_server) queue_.kill_server();
    return loss_ == Loss::before_the_answer_came ? Verdict::cut_after : Verdict::cut_before;
  }

  ReplayedQueue& queue_;
  std::function<bool(std::string_view)> deciding_;
  Loss loss_ = Loss::before_the_server_saw_it;
  std::atomic<int> left_{0};
  CuttingProxy proxy_;
};

/// What is told of 60 jobs in chunks of 20 when it happened with the `number`th deciding request. In SQL a chunk is one
/// such request; in Redis it is several scripts, of which some are done, two at most in doubt and the rest never sent.
void check_report(const ReplayedQueue& queue, const ProgramResult& result, int number) {
  CHECK_MESSAGE(result.exit_code == 5, result.messages);
  const nlohmann::json report = nlohmann::json::parse(result.output);
  CHECK_MESSAGE(report["result"] == "lost connection", result.output);
  const nlohmann::json& counts = report["counts"];
  if (queue.source().url.reveal().starts_with("postgresql")) {
    CHECK_MESSAGE(counts["done"] == 20 * (number - 1), counts.dump());
    CHECK_MESSAGE(counts["unknown"] == 20, counts.dump());
    CHECK_MESSAGE(counts["not_tried"] == 20 * (3 - number), counts.dump());
    return;
  }
  const int done = counts["done"], unknown = counts["unknown"], failed = counts["failed"],
            not_tried = counts["not_tried"];
  CHECK_MESSAGE(unknown > 0, counts.dump());
  CHECK_MESSAGE(done + unknown + failed + not_tried == 60, counts.dump());
  CHECK_MESSAGE(not_tried % 20 == 0, counts.dump());
}

void lose_connections(std::unique_ptr<ReplayedQueue> queue) {
  Loser loser(*queue);
  ChangeTrial trial(*queue, loser.url());
  for (const Loss loss :
       {Loss::before_the_server_saw_it, Loss::before_the_answer_came, Loss::by_the_death_of_the_server})
    for (const int number : {1, 2}) {
      CAPTURE(static_cast<int>(loss));
      CAPTURE(number);
      trial.prepare(Ending::completed);
      loser.arm(loss, number);
      check_report(*queue, trial.world().run(trial.purge()), number);
      REQUIRE(loser.happened());
      trial.check_legal();
      trial.complete();
      trial.check_legal();
      trial.check_purge_and_undo();

      trial.prepare(Ending::dead);
      loser.arm(loss, number);
      check_report(*queue, trial.world().run(trial.retry()), number);
      REQUIRE(loser.happened());
      trial.check_legal();
      trial.complete();
      trial.check_retry();
    }
}

TEST_CASE("lost connection: hammerwork") { lose_connections(replayed_hammerwork(true)); }
TEST_CASE("lost connection: procrastinate") { lose_connections(replayed_procrastinate(true)); }
TEST_CASE("lost connection: river") { lose_connections(replayed_river(true)); }
TEST_CASE("lost connection: go-redis-work-queue") { lose_connections(replayed_go_redis(true)); }
TEST_CASE("lost connection: emp-job-queue") { lose_connections(replayed_emp(true)); }

}  // namespace
}  // namespace queuetrace::test
