// Files of the state folder written and read back, and plans to be written.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "commands/change/plan_file.hpp"
#include "commands/change/private_file.hpp"
#include "model/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::testing::files {

inline std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline std::filesystem::path write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

template <typename Work>
inline std::string failure(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return std::string(to_word(error.kind())) + ": " + error.what();
  }
  return "no error";
}

inline PlanHeader test_header() {
  PlanHeader header;
  header.source = header.address = "prod";
  header.target = "postgresql://db/jobs";
  header.system = "hammerwork";
  header.action.kind = ActionKind::move;
  header.action.queue = "low\x01\xff";
  header.action.reset_attempts = false;
  header.action.force = true;
  header.filter = "--state dead";
  header.made_at = *parse_timestamp("2026-01-02T03:04:05Z");
  return header;
}

inline Target test_target(const std::string& id, Verdict verdict = Verdict::act) {
  Target target;
  target.job.ref = {"prod", Untrusted(id)};
  target.job.state = JobState::dead;
  target.job.queue = Untrusted("email");
  target.locator = std::string("0\0\xff\n", 4);
  target.verdict = verdict;
  if (verdict != Verdict::act) target.reason = "it runs";
  return target;
}

inline std::filesystem::path write_plan(const std::filesystem::path& path, const std::vector<Target>& targets) {
  PrivateFile file(path, PrivateFile::Mode::create);
  PlanWriter writer(file, test_header());
  for (const Target& target : targets) writer.add(target);
  writer.counts().truncated = "only the first 10";
  writer.counts().warnings = {"a row could not be read"};
  writer.finish();
  return path;
}

}  // namespace queuetrace::testing::files
