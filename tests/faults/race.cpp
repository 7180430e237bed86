#include "tests/faults/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <thread>

#include "model/error.hpp"
#include "tests/faults/job_ledger.hpp"
#include "tests/faults/operator_home.hpp"
#include "tests/faults/race_rounds.hpp"

namespace queuetrace::test {
namespace {

using namespace std::chrono_literals;

constexpr int worker_count = 2;
constexpr int batch = 200;
/// So few jobs wait at most that we and the workers are after the same ones; a program takes longer to come to them.
constexpr std::size_t deepest_for(Through through) { return through == Through::the_program ? 800 : 200; }

/// Six of ten jobs succeed at once, two die first, one is given back first, one is given back and then dies.
Ending ending_of(const std::string& id, int execution) {
  switch (std::hash<std::string>()(id) % 10) {
    case 0:
    case 1: return execution == 1 ? Ending::dead : Ending::completed;
    case 2: return execution == 1 ? Ending::given_back : Ending::completed;
    case 3: return execution == 1 ? Ending::given_back : execution == 2 ? Ending::dead : Ending::completed;
    default: return Ending::completed;
  }
}

/// Whether so much was raced that the race over so many jobs proves something.
bool proves_something(const JobAccount& total, int jobs) {
  return total.retries * 20 >= jobs && total.erased_waiting * 500 >= jobs && total.erasures * 10 >= jobs &&
         total.executions * 2 >= jobs;
}

/// Threads whose failure is a breach and not the end of the test program.
class Crew {
 public:
  explicit Crew(JobLedger& ledger) : ledger_(ledger) {}

  void start(std::string name, std::function<void()> work) {
    threads_.emplace_back([this, name = std::move(name), work = std::move(work)] {
      try {
        work();
      } catch (const Error& failure) {
        ledger_.breach(name + " stopped: " + failure.what() + ": " + failure.cause().raw());
        failed_ = true;
      } catch (const std::exception& failure) {
        ledger_.breach(name + " stopped: " + failure.what());
        failed_ = true;
      }
    });
  }
  void join() { threads_.clear(); }
  bool failed() const { return failed_; }

 private:
  JobLedger& ledger_;
  std::atomic<bool> failed_{false};
  std::vector<std::jthread> threads_;
};

void work(ReplayedQueue& queue, int number, JobLedger& ledger, const std::atomic<bool>& no_more) {
  const std::unique_ptr<ReplayedWorker> worker = queue.worker(number);
  for (;;) {
    const bool last_round = no_more;
    const std::optional<TakenJob> job = worker->take();
    if (!job && last_round) return;
    if (!job) {
      std::this_thread::sleep_for(200us);
      continue;
    }
    ledger.change(job->id, &JobAccount::executions);
    const Ending ending = ending_of(job->id, ledger.executions(job->id));
    if (ending == Ending::given_back) ledger.change(job->id, &JobAccount::given_back);
    if (!worker->finish(*job, ending)) ledger.breach("job " + job->id + " was touched while it ran");
  }
}

/// Repeats rounds until the race is over. Between two of them the workers get ahead, so that a round finds something.
void repeat(const std::atomic<bool>& over, const std::function<void()>& round) {
  while (!over) {
    round();
    std::this_thread::sleep_for(20ms);
  }
}

/// What the backups hold can be put back: each job of the newest ones is there again, once.
void check_undo(const OperatorHome& home, ReplayedQueue& queue, std::set<std::string> erased,
                std::vector<std::string>& problems) {
  constexpr std::size_t backups = 5;
  const std::set<std::string> back = home.restore_newest(backups, erased, problems);
  if (back.empty()) problems.push_back("nothing was put back");
  const auto places = queue.places();
  for (const std::string& id : back) {
    const auto found = places.find(id);
    if (found == places.end() || found->second.size() != 1) problems.push_back("not put back once: job " + id);
    erased.erase(id);
  }
  const std::vector<std::string> gone(erased.begin(), erased.end());
  for (std::string& problem : queue.inconsistencies(gone)) problems.push_back("put back: " + std::move(problem));
  fmt::print("put back: {} jobs\n", back.size());
}

}  // namespace

std::vector<std::string> run_race(ReplayedQueue& queue, int jobs, Through through) {
  JobLedger ledger;
  const OperatorHome home(queue);
  const std::vector<Round> rounds = through == Through::the_program ? rounds_of_the_program(queue, ledger, home)
                                                                    : rounds_of_administration(queue, ledger);
  std::atomic<bool> over{false}, no_more{false};
  int added = std::min(jobs, 100);
  queue.enqueue(0, added);

  Crew workers(ledger), operators(ledger);
  for (int number = 0; number < worker_count; ++number)
    workers.start("a worker", [&, number] { work(queue, number, ledger, no_more); });
  for (const Round& round : rounds) operators.start(round.name, [&over, round] { repeat(over, round.begin()); });

  // However fast the one and the other are: it goes on until enough has been raced.
  while (!workers.failed() && !operators.failed()) {
    const std::size_t depth = queue.depth();
    const bool enough = added >= jobs && proves_something(ledger.total(), jobs);
    if (!enough && depth < deepest_for(through)) {
      queue.enqueue(added, batch);
      added += batch;
    } else if (enough && depth == 0) {
      break;
    } else {
      std::this_thread::sleep_for(5ms);
    }
  }
  over = true;
  operators.join();
  no_more = true;
  workers.join();

  std::vector<std::string> ids;
  for (int number = 0; number < added; ++number) ids.push_back(queue.id_of(number));
  const auto places = queue.places();
  std::vector<std::string> problems = ledger.settle(ids, places);
  std::vector<std::string> erased;
  for (const std::string& id : ids)
    if (!places.contains(id)) erased.push_back(id);
  for (std::string& problem : queue.inconsistencies(erased)) problems.push_back(std::move(problem));
  const JobAccount total = ledger.total();
  fmt::print("{} jobs: executed {}, given back {}, retried {}, cancelled {}, erased {}, of these waiting {}\n", added,
             total.executions, total.given_back, total.retries, total.cancellations, total.erasures,
             total.erased_waiting);
  if (through == Through::the_program) {
    for (std::string& problem : home.disagreements(ledger)) problems.push_back(std::move(problem));
    check_undo(home, queue, {erased.begin(), erased.end()}, problems);
  }
  return problems;
}

}  // namespace queuetrace::test
