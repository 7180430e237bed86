// The manual pages say what the program does: options, exit codes, job fields, configuration keys.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "cli/app.hpp"
#include "commands/exit_code.hpp"
#include "formatters/job_record.hpp"

using namespace queuetrace;
using Names = std::set<std::string>;

namespace {

const std::filesystem::path manual = "../../../man";  // CTest runs this program in tests/unit/cli

std::string read(const std::string& page) {
  std::ifstream file(manual / page);
  REQUIRE_MESSAGE(file.good(), page);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The lines that begin with this macro, without it.
std::vector<std::string> lines_of(const std::string& text, const std::string& macro) {
  std::vector<std::string> result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(macro)) result.push_back(line.substr(macro.size()));
  return result;
}

/// `-s` and `--source` from `.It Fl s , Fl -source Ar NAME`.
Names documented_options(const std::string& page) {
  Names names;
  for (const std::string& item : lines_of(read(page), ".It ")) {
    std::istringstream words(item);
    for (std::string word; words >> word;)
      if (word == "Fl" && words >> word) names.insert("-" + word);
  }
  return names;
}

Names parsed_options(const CommandDescription& command) {
  Names names;
  for (const OptionDescription& option : command.options)
    if (!option.positional && !option.hidden) names.insert(option.names.begin(), option.names.end());
  return names;
}

std::string page_of(std::string path) {
  for (char& c : path)
    if (c == ' ') c = '-';
  return "queuetrace-" + path + ".1";
}

}  // namespace

TEST_CASE("every option of every command is in its page, and nothing else") {
  const CommandDescription root = describe_program();
  CHECK(documented_options("queuetrace.1") == parsed_options(root));
  for (const Command& command : commands()) {
    const std::string path(command.path);
    CAPTURE(path);
    const CommandDescription* described = find_command(root, path);
    REQUIRE(described != nullptr);
    Names options = parsed_options(*described);
    options.erase("-h");
    options.erase("--help");  // with the shared options, in queuetrace.1
    CHECK(documented_options(page_of(path)) == options);
    CHECK(read("queuetrace.1").find(".It Xr " + page_of(path).substr(0, page_of(path).size() - 2) + " 1\n") !=
          std::string::npos);
  }
}

TEST_CASE("no page without a command") {
  Names expected{"queuetrace.1", "queuetrace-config.5", "queuetrace-output.5"};
  for (const Command& command : commands()) expected.insert(page_of(std::string(command.path)));
  Names found;
  for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator(manual))
    found.insert(entry.path().filename().string());
  CHECK(found == expected);
}

TEST_CASE("exit codes") {
  std::string text = read("queuetrace.1");
  text = text.substr(text.find(".Sh EXIT STATUS"));
  text = text.substr(0, text.find(".El"));
  std::string expected;
  for (const ExitCodeMeaning& entry : exit_code_meanings)
    expected += ".It " + std::to_string(static_cast<int>(entry.code)) + "\n" + std::string(entry.meaning) + "\n";
  CHECK(text.substr(text.find(".It")) == expected);
}

TEST_CASE("fields of a job") {
  std::vector<std::string> expected;
  for (const Field& field : job_record(Job{}, JobLinks{})) expected.push_back(field.name);
  const std::string text = read("queuetrace-output.5");
  Names documented;
  for (const std::string& name : lines_of(text, ".It Va ")) documented.insert(name);
  for (const std::string& name : expected) CHECK_MESSAGE(documented.contains(name), name);
  for (const Column& column : job_columns())
    CHECK_MESSAGE(documented.contains(std::string(column.field)), std::string(column.field));
}
