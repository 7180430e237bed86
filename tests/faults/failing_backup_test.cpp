// The disk of the backup is full, or broken: the purge stops before it deletes what is not kept.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/faults/change_trial.hpp"
#include "tests/faults/stopped_program.hpp"

namespace queuetrace::test {
namespace {

struct Failure {
  const char* call;
  const char* error;
  int count;
  int kept;   ///< jobs that are in the backup and gone
  bool file;  ///< a backup is left
};

/// A header, 20 records and a sync, then twice 20 records and a sync.
constexpr Failure failures[] = {{"openat", "ENOSPC", 1, 0, false}, {"write", "ENOSPC", 1, 0, false},
                                {"write", "ENOSPC", 2, 0, false},  {"write", "ENOSPC", 3, 20, true},
                                {"write", "ENOSPC", 4, 20, true},  {"fsync", "EIO", 1, 0, true},
                                {"fsync", "ENOSPC", 2, 20, true}};

void fail_backups(std::unique_ptr<ReplayedQueue> queue) {
  ChangeTrial trial(*queue);
  const std::filesystem::path file = trial.world().home() / "kept.jsonl";
  std::vector<std::string> words = trial.purge();
  words.insert(words.end(), {"--backup", file.string()});
  for (const Failure& failure : failures) {
    CAPTURE(failure.call);
    CAPTURE(failure.count);
    std::filesystem::remove(file);
    trial.prepare(Ending::completed);
    const ProgramResult result = run_failing(trial.world(), words, file, failure.call, failure.error, failure.count);
    CHECK_MESSAGE((result.exit_code == 1 || result.exit_code == 6), result.messages);
    CHECK_MESSAGE(result.messages.find("kept.jsonl") != std::string::npos, result.messages);
    const std::string reason = failure.error == std::string("EIO") ? "Input/output error" : "No space left on device";
    CHECK_MESSAGE(result.messages.find(reason) != std::string::npos, result.messages);
    trial.check_legal();
    CHECK(queue->places().size() ==
          static_cast<std::size_t>(ChangeTrial::targets + ChangeTrial::others - failure.kept));
    std::vector<std::filesystem::path> backups;
    if (std::filesystem::exists(file)) backups.push_back(file);
    CHECK(backups.empty() != failure.file);
    trial.complete();
    trial.check_purge_and_undo(backups);
  }
}

TEST_CASE("failing backup: hammerwork") { fail_backups(replayed_hammerwork()); }
TEST_CASE("failing backup: go-redis-work-queue") { fail_backups(replayed_go_redis()); }

}  // namespace
}  // namespace queuetrace::test
