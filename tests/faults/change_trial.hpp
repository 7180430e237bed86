// One change of jobs that something goes wrong with: what must hold afterwards, whatever it was. No job is lost or
// doubled, doctor explains what is unfinished, the command it names completes it, and backups put everything back.
#pragma once

#include <string>
#include <vector>

#include "tests/faults/replayed_queue.hpp"
#include "tests/faults/world.hpp"

namespace queuetrace::test {

class ChangeTrial {
 public:
  static constexpr int targets = 60;  ///< jobs that the command is about, in chunks of 20
  static constexpr int others = 12;   ///< jobs that it must leave alone

  /// `url`: how the program reaches the queue; empty: directly.
  explicit ChangeTrial(ReplayedQueue& queue, std::string url = {});

  const World& world() const { return world_; }
  std::vector<std::string> purge() const;
  std::vector<std::string> retry() const;

  /// Forgets what was; then jobs that ended as asked, others that ended differently and others that wait.
  void prepare(Ending ending);

  /// Each job is in one place or, for a purge, nowhere, and nothing contradicts it.
  void check_legal();
  /// Runs what doctor says until nothing is unfinished.
  void complete();
  /// Purges what is left and puts everything back that is in backups: it must be as it was.
  /// `more`: backups outside the state folder.
  void check_purge_and_undo(const std::vector<std::filesystem::path>& more = {});
  /// Retries what is left: every job that was to wait waits once, the others are as they were.
  void check_retry();

  /// Where the program keeps what it did.
  std::filesystem::path state() const { return world_.home() / "state/queuetrace"; }
  /// Files in a folder of the state, sorted.
  std::vector<std::filesystem::path> files_in(const char* folder) const;
  /// The command that doctor names to complete the one unfinished operation; empty when it knows of none.
  std::string unfinished() const;

 private:
  ReplayedQueue& queue_;
  World world_;
  std::string url_;
  std::vector<std::string> before_;
};

}  // namespace queuetrace::test
