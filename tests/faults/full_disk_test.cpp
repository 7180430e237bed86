// Disks that are really full, and files that may not grow: whatever cannot be written, no job is removed that is not in
// the backup, what is told is true, and with room the same change comes to its end.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/faults/change_trial.hpp"
#include "tests/support/small_disk.hpp"

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream text(file);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// The jobs that can be put back from these backups: those whose line is whole.
std::set<std::string> kept_in(const std::vector<fs::path>& backups) {
  std::set<std::string> ids;
  for (const fs::path& backup : backups)
    for (const std::string& line : lines_of(backup)) {
      const json record = json::parse(line, nullptr, false);
      if (record.is_object() && record.contains("content")) ids.insert(record.at("id").get<std::string>());
    }
  return ids;
}

/// A purge for which there was too little room, and what became of it.
class Shortage {
 public:
  Shortage(ChangeTrial& trial, ReplayedQueue& queue, const char* reason)
      : trial_(trial), queue_(queue), reason_(reason), before_(queue.snapshot()) {
    std::ranges::sort(before_);
  }

  /// How many jobs are gone.
  int check(const ProgramResult& result, const std::vector<fs::path>& backups) const {
    trial_.check_legal();
    const std::set<std::string> kept = kept_in(backups);
    const auto places = queue_.places();
    int gone = 0;
    for (int number = 0; number < ChangeTrial::targets + ChangeTrial::others; ++number) {
      const std::string id = queue_.id_of(number);
      if (places.contains(id)) continue;
      ++gone;
      CHECK_MESSAGE(kept.contains(id), id);
    }
    std::vector<std::string> after = queue_.snapshot();
    std::ranges::sort(after);
    CHECK(std::ranges::includes(before_, after));  // nothing of the rest is touched
    check_words(result, gone);
    check_audit(result, gone);
    return gone;
  }

 private:
  void check_words(const ProgramResult& result, int gone) const {
    const json report = json::parse(result.output, nullptr, false);
    if (report.is_object() && report.contains("counts")) {
      CHECK_MESSAGE(report["counts"]["done"] == gone, result.output);
      CHECK_MESSAGE(
          report["counts"]["done"].get<int>() + report["counts"]["not_tried"].get<int>() == ChangeTrial::targets,
          result.output);
    } else {
      CHECK_MESSAGE(gone == 0, result.messages);
    }
    if (result.exit_code == 0) {
      CHECK(gone == ChangeTrial::targets);
      return;
    }
    CHECK_MESSAGE((result.exit_code == 1 || result.exit_code == 6), result.messages);
    CHECK_MESSAGE(result.messages.find(reason_) != std::string::npos, result.messages);
    if (gone == ChangeTrial::targets)
      CHECK(result.messages.find("the change is not in the audit") == std::string::npos);
  }

  /// Every line of the audit is whole, and all of them together say what is gone.
  void check_audit(const ProgramResult& result, int gone) const {
    int done = 0;
    for (const std::string& line : lines_of(trial_.state() / "audit.jsonl")) {
      const json record = json::parse(line, nullptr, false);
      REQUIRE_MESSAGE(record.is_object(), line);
      done += record.at("counts").at("done").get<int>();
      CHECK_MESSAGE(record.at("result") == (result.exit_code == 0 ? "done" : "failed"), line);
    }
    CHECK_MESSAGE(done == gone, result.messages);
  }

  ChangeTrial& trial_;
  ReplayedQueue& queue_;
  std::string reason_;
  std::vector<std::string> before_;
};

/// Completes what doctor names, or does the purge again; then everything is undone.
void go_on(ChangeTrial& trial, const std::vector<fs::path>& more) {
  trial.complete();
  trial.check_legal();
  trial.check_purge_and_undo(more);
}

/// The backup alone is on the full disk.
void fill_the_backup_disk(std::unique_ptr<ReplayedQueue> queue, SmallDisk& disk) {
  ChangeTrial trial(*queue);
  const fs::path backup = disk.path() / "kept.jsonl";
  std::vector<std::string> words = trial.purge();
  words.insert(words.end(), {"--backup", backup.string()});
  std::set<int> seen;
  for (std::size_t blocks = 0; !seen.contains(ChangeTrial::targets); blocks += 2) {
    CAPTURE(blocks);
    disk.clear();
    trial.prepare(Ending::completed);
    const Shortage shortage(trial, *queue, "No space left on device");
    disk.leave(blocks);
    const ProgramResult result = trial.world().run(words);
    std::vector<fs::path> backups;
    if (fs::exists(backup)) backups.push_back(backup);
    seen.insert(shortage.check(result, backups));
    if (result.exit_code != 0) CHECK_MESSAGE(result.messages.find("kept.jsonl") != std::string::npos, result.messages);
    disk.make_room();
    go_on(trial, backups);
  }
  CHECK(seen == std::set<int>{0, 20, 60});  // the second and third 20 are backed up together
}

/// The whole state folder is on the full disk: plan, audit, journal and backup.
void fill_the_state_folder(std::unique_ptr<ReplayedQueue> queue, SmallDisk& disk) {
  ChangeTrial trial(*queue);
  std::set<int> seen;
  for (std::size_t blocks = 0; !seen.contains(ChangeTrial::targets); blocks += 2) {
    CAPTURE(blocks);
    disk.clear();
    trial.prepare(Ending::completed);
    const Shortage shortage(trial, *queue, "No space left on device");
    fs::create_directory_symlink(disk.path(), trial.world().home() / "state");
    disk.leave(blocks);
    const ProgramResult result = trial.world().run(trial.purge());
    seen.insert(shortage.check(result, trial.files_in("backups")));
    disk.make_room();
    CHECK((result.exit_code != 0 || trial.files_in("operations").empty()));
    go_on(trial, {});
  }
  CHECK(seen.contains(0));
  CHECK(seen.size() > 2);  // some were stopped in the middle
}

/// No file may grow over the limit (setrlimit(2)).
void limit_files(std::unique_ptr<ReplayedQueue> queue) {
  ChangeTrial trial(*queue);
  std::set<int> seen;
  for (int kibibytes = 0; !seen.contains(ChangeTrial::targets); kibibytes += 4) {
    CAPTURE(kibibytes);
    trial.prepare(Ending::completed);
    const Shortage shortage(trial, *queue, "File too large");
    std::string line = "ulimit -f " + std::to_string(kibibytes) + "; queuetrace";
    for (const std::string& word : trial.purge()) line += " '" + word + "'";
    const ProgramResult result = trial.world().shell(line);
    seen.insert(shortage.check(result, trial.files_in("backups")));
    go_on(trial, {});
  }
  CHECK(seen.contains(0));
}

/// Where nothing may be mounted, as in most containers, only the limit of files is tried.
std::unique_ptr<SmallDisk> small_disk() {
  try {
    return std::make_unique<SmallDisk>();
  } catch (const std::runtime_error& error) {
    MESSAGE("NOT TRIED, " << error.what());
    return nullptr;
  }
}

TEST_CASE("the disk of the backup is full: hammerwork") {
  if (const auto disk = small_disk()) fill_the_backup_disk(replayed_hammerwork(), *disk);
}
TEST_CASE("the disk of the backup is full: emp-job-queue") {
  if (const auto disk = small_disk()) fill_the_backup_disk(replayed_emp(), *disk);
}
TEST_CASE("the disk of the state folder is full: hammerwork") {
  if (const auto disk = small_disk()) fill_the_state_folder(replayed_hammerwork(), *disk);
}
TEST_CASE("the disk of the state folder is full: go-redis-work-queue") {
  if (const auto disk = small_disk()) fill_the_state_folder(replayed_go_redis(), *disk);
}
TEST_CASE("files may not grow: procrastinate") { limit_files(replayed_procrastinate()); }
TEST_CASE("files may not grow: river") { limit_files(replayed_river()); }

}  // namespace
}  // namespace queuetrace::test
