// What we do while workers run the same jobs: retry, purge, cancel, delete and move them, again and again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/faults/job_ledger.hpp"
#include "tests/faults/operator_home.hpp"
#include "tests/faults/replayed_queue.hpp"

namespace queuetrace::test {

/// Repeated by a thread of its own as long as the race lasts.
struct Round {
  std::string name;
  /// Called once in that thread, which opens what it needs; the answer is what is repeated.
  std::function<std::function<void()>()> begin;
};

/// Through the interface that the commands use: small pages, one after the other as fast as it goes. What the queue and
/// the ledger are must outlive the rounds.
std::vector<Round> rounds_of_administration(const ReplayedQueue& queue, JobLedger& ledger);

/// Through the program, as an operator types it: everything that matches at once, backed up by default.
std::vector<Round> rounds_of_the_program(const ReplayedQueue& queue, JobLedger& ledger, const OperatorHome& home);

}  // namespace queuetrace::test
