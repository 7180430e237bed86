// A run of a command that changes jobs: one source with dead jobs and a running one, and a state folder of its own.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/commands/command_run.hpp"

namespace queuetrace::testing {

using Names = std::vector<std::string>;

/// A run with a state folder of its own, one source `prod`, and dead jobs in it.
struct Change : Run {
  explicit Change(int dead = 3) : jobs(add_source("prod")) {
    environment["XDG_STATE_HOME"] = folder.path().string();
    fields = {"ref", "outcome", "reason"};
    closing = {"counts", "result"};
    jobs->queue_names = {"email"};
    for (int i = 1; i <= dead; ++i) jobs->jobs.push_back(test_job("d" + std::to_string(i), JobState::dead));
    jobs->jobs.push_back(test_job("run1", JobState::running));
    administration->judge = [](const Job& job, Target& target) {
      if (job.state != JobState::running) return;
      target.verdict = Verdict::skip;
      target.reason = "it runs";
    };
  }

  std::filesystem::path state(const char* name) const { return folder.path() / "queuetrace" / name; }
  /// Files of a folder of the state, or nothing when it was not made.
  Names files(const char* name) const {
    Names names;
    if (std::filesystem::exists(state(name)))
      for (const auto& entry : std::filesystem::directory_iterator(state(name))) names.push_back(entry.path());
    return names;
  }
  std::vector<nlohmann::json> lines_of(const std::filesystem::path& path) const {
    std::vector<nlohmann::json> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }
  std::vector<nlohmann::json> audit() const { return lines_of(state("audit.jsonl")); }

  TemporaryFolder folder;
  std::shared_ptr<MemoryStoreData> jobs;
};

inline std::string counts(const std::string& text) { return "end counts={" + text + "} result=done\n"; }

}  // namespace queuetrace::testing
