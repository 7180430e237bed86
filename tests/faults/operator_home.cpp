#include "tests/faults/operator_home.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/clean_environment.hpp"

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<json> records_of(const fs::path& file) {
  std::vector<json> records;
  std::ifstream text(file);
  for (std::string line; std::getline(text, line);) records.push_back(json::parse(line));
  return records;
}

}  // namespace

OperatorHome::OperatorHome(const ReplayedQueue& queue) {
  const Source source = queue.source();
  fs::create_directories(folder_ / "config/queuetrace");
  std::ofstream file(folder_ / "config/queuetrace/config.toml");
  file << "[sources." << source_name << "]\nurl = \"" << source.url.reveal() << "\"\n";
  if (source.system) file << "system = \"" << *source.system << "\"\n";
}

ProgramResult OperatorHome::run(std::vector<std::string> words) const {
  words.insert(words.begin(), QUEUETRACE_PROGRAM);
  // Not bounded: nothing is stopped because the machine is slow.
  words.insert(words.end(), {"--full", "-s", source_name});
  return run_program(words, clean_environment(folder_.path()));
}

ProgramResult OperatorHome::change(std::vector<std::string> words) const {
  words.insert(words.end(), {"--yes", "--confirm", source_name, "--max", "0", "-o", "json"});
  return run(std::move(words));
}

std::vector<fs::path> OperatorHome::files_in(const char* folder) const {
  std::vector<fs::path> files;
  const fs::path place = folder_.path() / "state/queuetrace" / folder;
  if (fs::exists(place))
    for (const fs::directory_entry& entry : fs::directory_iterator(place)) files.push_back(entry.path());
  return files;
}

std::vector<std::string> OperatorHome::disagreements(const JobLedger& ledger) const {
  std::vector<std::string> problems;
  for (const char* folder : {"plans", "operations"})
    for (const fs::path& file : files_in(folder)) problems.push_back("left behind: " + file.string());
  std::map<std::string, int> done;
  for (const json& line : records_of(folder_.path() / "state/queuetrace/audit.jsonl")) {
    const json& counts = line.at("counts");
    done[line.at("action")] += counts.at("done").get<int>();
    if (counts.at("failed") != 0 || counts.at("unknown") != 0 || counts.at("not_tried") != 0)
      problems.push_back("the audit says " + line.dump());
  }
  const JobAccount total = ledger.total();
  const int gone = done["purge"] + done["delete"];
  // A cancelled job is gone in some systems, and then counted as erased.
  if (done["retry"] != total.retries || gone + done["cancel"] != total.erasures + total.cancellations)
    problems.push_back(
        fmt::format("the audit says {} retried, {} cancelled, {} erased", done["retry"], done["cancel"], gone));
  return problems;
}

std::set<std::string> OperatorHome::restore_newest(std::size_t most, const std::set<std::string>& erased,
                                                   std::vector<std::string>& problems) const {
  std::vector<fs::path> backups = files_in("backups");
  std::ranges::sort(backups, std::ranges::greater(), [](const fs::path& file) { return fs::last_write_time(file); });
  backups.resize(std::min(backups.size(), most));
  std::set<std::string> back;
  for (const fs::path& backup : backups) {
    const ProgramResult result = change({"job", "restore", backup.string()});
    const json report = json::parse(result.output, nullptr, false);
    if (report.is_discarded()) {
      problems.push_back(fmt::format("job restore ended with {}: {}", result.exit_code, result.messages));
      continue;
    }
    for (const json& job : report.at("jobs"))
      if (job.at("outcome") == "done") back.insert(job.at("id").get<std::string>());
    for (const std::string& id : ids_in_backup(backup))
      if (erased.contains(id) && !back.contains(id))
        problems.push_back(fmt::format("job {} is not put back from {}", id, backup.filename().string()));
  }
  return back;
}

std::set<std::string> ids_in_backup(const fs::path& backup) {
  std::set<std::string> ids;
  for (const json& record : records_of(backup))
    if (record.contains("content")) ids.insert(record.at("id").get<std::string>());
  return ids;
}

}  // namespace queuetrace::test
