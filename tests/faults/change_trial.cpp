#include "tests/faults/change_trial.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string difference(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    const std::string was = i < before.size() ? before[i] : "(nothing)";
    const std::string is = i < after.size() ? after[i] : "(nothing)";
    if (was != is) return "line " + std::to_string(i) + "\nwas " + was + "\nis  " + is;
  }
  return {};
}

}  // namespace

ChangeTrial::ChangeTrial(ReplayedQueue& queue, std::string url)
    : queue_(queue), url_(url.empty() ? queue.source().url.reveal() : std::move(url)) {}

std::vector<std::string> ChangeTrial::purge() const {
  return {"purge", "--state", "completed", "--yes", "--chunk", "20", "-o", "json", "-s", url_};
}
std::vector<std::string> ChangeTrial::retry() const {
  return {"job", "retry", "--state", "dead,failed", "--yes", "--chunk", "20", "-o", "json", "-s", url_};
}

void ChangeTrial::prepare(Ending ending) {
  fs::remove_all(world_.home() / "state");
  queue_.clear();
  const std::unique_ptr<ReplayedWorker> worker = queue_.worker(0);
  const int ended = targets + others / 2;
  queue_.enqueue(0, ended);
  const Ending other = ending == Ending::completed ? Ending::dead : Ending::completed;
  for (int i = 0; i < ended; ++i) {
    const std::optional<TakenJob> job = worker->take();
    REQUIRE(job);
    // Among each other, so that what is taken out of a list comes from many places of it.
    REQUIRE(worker->finish(*job, i % 11 == 5 ? other : ending));
  }
  queue_.enqueue(ended, others / 2);
  before_ = queue_.snapshot();
}

std::vector<fs::path> ChangeTrial::files_in(const char* folder) const {
  std::vector<fs::path> files;
  const fs::path place = state() / folder;
  if (fs::exists(place))
    for (const fs::directory_entry& entry : fs::directory_iterator(place)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

void ChangeTrial::check_legal() {
  const auto places = queue_.places();
  std::vector<std::string> erased;
  for (int number = 0; number < targets + others; ++number) {
    const std::string id = queue_.id_of(number);
    const auto found = places.find(id);
    if (found == places.end())
      erased.push_back(id);
    else
      CHECK_MESSAGE(found->second.size() == 1, id);
  }
  for (const std::string& problem : queue_.inconsistencies(erased)) CHECK_MESSAGE(false, problem);
}

std::string ChangeTrial::unfinished() const {
  const ProgramResult result = world_.run({"doctor", "-o", "json", "-s", url_});
  const json document = json::parse(result.output);
  const std::string lead = "complete it: ";
  std::string command;
  for (const json& finding : document.at("findings")) {
    if (finding.at("code") != "unfinished-operation") continue;
    CHECK_MESSAGE(command.empty(), finding.dump());
    const std::string remedy = finding.at("remedy");
    // Killed before the journal had its first line, nothing had begun: there is only something to forget.
    // Nor when it was killed before the plan had its name, or after it was removed because all was done.
    const bool has_begun = remedy.starts_with(lead);
    const std::string forget = "rm ";
    const std::size_t rm = remedy.rfind(forget);
    REQUIRE_MESSAGE(rm != std::string::npos, remedy);
    command = has_begun ? remedy.substr(lead.size(), remedy.find("; or ") - lead.size()) : remedy.substr(rm);
  }
  return command;
}

void ChangeTrial::complete() {
  const std::string command = unfinished();
  CHECK(files_in("operations").empty() == command.empty());
  if (command.empty()) return;
  const ProgramResult again = world_.shell(command);
  CHECK_MESSAGE((again.exit_code == 0 || again.exit_code == 7), again.messages);
  CHECK(unfinished().empty());
  CHECK(files_in("operations").empty());
}

void ChangeTrial::check_purge_and_undo(const std::vector<fs::path>& more) {
  const ProgramResult rest = world_.run(purge());
  CHECK_MESSAGE(rest.exit_code == 0, rest.messages);
  CHECK(queue_.places().size() == others);
  std::vector<fs::path> backups = files_in("backups");
  backups.insert(backups.end(), more.begin(), more.end());
  // The newest first, as places in lists are told from what lay there then. Killed before its first line, a backup is
  // empty, and nothing was touched.
  std::erase_if(backups, [](const fs::path& backup) { return fs::file_size(backup) == 0; });
  std::ranges::sort(backups, std::ranges::greater(),
                    [](const fs::path& backup) { return fs::last_write_time(backup); });
  for (const fs::path& backup : backups) {
    const ProgramResult restored = world_.run({"job", "restore", backup.string(), "--yes", "-o", "json", "-s", url_});
    CHECK_MESSAGE((restored.exit_code == 0 || restored.exit_code == 7), restored.messages);
  }
  CHECK(difference(before_, queue_.snapshot()) == "");
}

void ChangeTrial::check_retry() {
  const ProgramResult rest = world_.run(retry());
  CHECK_MESSAGE(rest.exit_code == 0, rest.messages);
  check_legal();
  const auto places = queue_.places();
  CHECK(places.size() == targets + others);
  CHECK(std::ranges::count_if(places, [](const auto& one) { return one.second.front().is_waiting; }) ==
        targets + others / 2);
}

}  // namespace queuetrace::test
