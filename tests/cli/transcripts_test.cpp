// Runs every transcript of tests/cli/cases and compares both streams and the exit code to the letter. With
// QUEUETRACE_ACCEPT=1 the files are rewritten with what was printed; read the difference before it is committed.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <sstream>

#include "formatters/unicode.hpp"
#include "tests/cli/recorded_stores.hpp"
#include "tests/cli/stage.hpp"
#include "tests/cli/transcript.hpp"

namespace queuetrace::test {
namespace {

std::vector<std::filesystem::path> case_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(CLI_CASES))
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Makes the cursor of an answer usable as `${CURSOR}` by the next step.
void keep_cursor(Stage& stage, const std::string& printed) {
  static const std::regex cursor(R"re((?:"next_cursor":"|--cursor )([A-Za-z0-9_.~-]{16,}))re");
  if (std::smatch match; std::regex_search(printed, match, cursor)) stage.set("CURSOR", match[1]);
}

/// The first line of what a terminal showed that is wider than it; empty: none. Commands, links and ids are never
/// parted, so that lines that hold nothing else may be.
std::string too_wide(const Step& step, const std::string& output) {
  static const std::regex asked(R"re(COLUMNS=([0-9]+))re"), escapes(R"re(\\e(\[[0-9;]*m|\][^\\]*\\e\\))re");
  std::smatch match;
  if (!std::regex_search(step.command, match, asked)) return {};
  const std::size_t width = std::stoul(match[1]);
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const std::string plain = std::regex_replace(line, escapes, "");
    const std::string_view text = std::string_view(plain).substr(std::min(plain.find_first_not_of(' '), plain.size()));
    const bool whole = text.starts_with("queuetrace ") || plain.find("://") != std::string::npos;
    if (!whole && unicode::display_width(plain) > width) return line;
  }
  return {};
}

TEST_CASE("transcripts") {
  const RecordedStores stores(CLI_SPANS);
  Stage stage({{"SPANS", stores.url()}});
  const bool accept = std::getenv("QUEUETRACE_ACCEPT") != nullptr;
  const char* only = std::getenv("QUEUETRACE_CASE");
  const std::vector<std::filesystem::path> files = case_files();
  REQUIRE_FALSE(files.empty());
  for (const std::filesystem::path& file : files) {
    if (only != nullptr && file.stem() != only) continue;
    std::vector<Step> steps = read_transcript(file);
    REQUIRE_MESSAGE(!steps.empty(), file.string(), " holds no command");
    for (Step& step : steps) {
      const ProgramResult result = stage.run(split_command(step.command, stage.values()), step.input);
      keep_cursor(stage, result.output + result.messages);
      INFO(file.filename().string(), ": ", step.command);
      CHECK(too_wide(step, result.output) == "");
      const std::string output = generalised(result.output, stage.values());
      const std::string messages = generalised(result.messages, stage.values());
      if (accept) {
        step.output = output;
        step.messages = messages;
        step.exit_code = result.exit_code;
        continue;
      }
      CHECK(output == step.output);
      CHECK(messages == step.messages);
      CHECK(result.exit_code == step.exit_code);
    }
    if (accept) write_transcript(file, steps);
  }
}

/// The same command in colour.
std::string in_colour(std::string command) {
  const std::string_view without = "NO_COLOR=1";
  return command.replace(command.find(without), without.size(), "CLICOLOR_FORCE=1");
}

TEST_CASE("colour adds nothing and takes nothing away") {
  static const std::regex escapes(R"re(\\e\[[0-9;]*m)re");
  Stage stage;
  std::size_t compared = 0;
  for (const std::filesystem::path& file : case_files()) {
    for (const Step& step : read_transcript(file)) {
      if (!step.command.starts_with("COLUMNS=") || step.command.find(" NO_COLOR=1 ") == std::string::npos) continue;
      INFO(step.command);
      const ProgramResult seen = stage.run(split_command(in_colour(step.command), stage.values()), step.input);
      const std::string plain = std::regex_replace(seen.output, escapes, "");
      CHECK(plain.find("\\e") == std::string::npos);
      CHECK(generalised(plain, stage.values()) == step.output);
      ++compared;
    }
  }
  CHECK(compared > 50);
}

}  // namespace
}  // namespace queuetrace::test
