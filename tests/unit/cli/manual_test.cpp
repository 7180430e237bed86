// The manual pages say what the program does: options, exit codes, job fields, configuration keys.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "cli/option_tree.hpp"
#include "commands/command.hpp"
#include "formatters/doctor_record.hpp"
#include "formatters/error_group_record.hpp"
#include "formatters/health_record.hpp"
#include "formatters/job_record.hpp"
#include "formatters/metrics.hpp"
#include "formatters/pause_record.hpp"
#include "formatters/peek_record.hpp"
#include "formatters/plan_record.hpp"
#include "formatters/queue_record.hpp"
#include "formatters/report_record.hpp"
#include "formatters/source_record.hpp"
#include "formatters/statistics_record.hpp"
#include "formatters/store_check_record.hpp"
#include "formatters/system_record.hpp"
#include "formatters/trace_record.hpp"
#include "formatters/wait_record.hpp"

using namespace queuetrace;
using Names = std::set<std::string>;

namespace {

const std::filesystem::path manual = MANUAL;  // as installed: with the filters taken in

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
    if (!option.positional) names.insert(option.names.begin(), option.names.end());
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
    CHECK(documented_options(page_of(path)) == parsed_options(*described));
    std::string summary(command.summary);
    CHECK(read("queuetrace.1")
              .find(".It Xr " + page_of(path).substr(0, page_of(path).size() - 2) + " 1\n" + summary + "\n") !=
          std::string::npos);
    summary.front() = static_cast<char>(std::tolower(summary.front()));
    CHECK(lines_of(read(page_of(path)), ".Nd ") == std::vector<std::string>{summary});
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

namespace {

/// The fields that the section of this schema lists.
std::vector<std::string> documented_fields(const std::string& heading) {
  const std::string text = read("queuetrace-output.5");
  const std::size_t begin = text.find(".Ss " + heading);
  REQUIRE_MESSAGE(begin != std::string::npos, heading);
  return lines_of(text.substr(begin, text.find("\n.S", begin) - begin), ".It Va ");
}

std::vector<std::string> names_of(const Record& record) {
  std::vector<std::string> names;
  for (const Field& field : record) names.push_back(field.name);
  return names;
}

std::vector<std::string> without_job_fields(const Record& record) {
  const std::vector<std::string> of_job = names_of(job_record(Job{}, JobLinks{}));
  std::vector<std::string> names;
  for (const Field& field : record)
    if (std::find(of_job.begin(), of_job.end(), field.name) == of_job.end()) names.push_back(field.name);
  return names;
}

}  // namespace

TEST_CASE("every metric") {
  std::vector<std::string> names;
  for (const MetricFamily& family : statistics_families()) names.emplace_back(family.name);
  for (const MetricFamily& family : health_families())
    if (std::ranges::find(names, family.name) == names.end()) names.emplace_back(family.name);
  CHECK(documented_fields("Metrics of queues") == names);
}

TEST_CASE("fields of every record") {
  const Record job = job_record(Job{}, JobLinks{});
  Names documented;
  for (const std::string& name : documented_fields("Fields of a job")) documented.insert(name);
  for (const std::string& name : names_of(job)) CHECK_MESSAGE(documented.contains(name), name);
  CHECK(documented.size() == job.size());
  CHECK(documented_fields("What workers take next") == without_job_fields(peek_record({}, {}, 1, {}, {})));
  CHECK(documented_fields("What waits") == names_of(waiting_record("", {}, {})));
  CHECK(documented_fields("Queues:") == names_of(queue_statistics_record("", "", {}, {})));
  CHECK(documented_fields("Queues and their pauses") == names_of(queue_record("", "", {}, std::nullopt)));
  CHECK(documented_fields("States of queues") == names_of(state_statistics_record("", "", {}, {}, {})));
  CHECK(documented_fields("Limits of queues") == names_of(health_record({})));
  CHECK(documented_fields("The end of a wait") == names_of(wait_record({})));
  TraceTree tree;
  tree.nodes.resize(1);
  tree.nodes[0].job.emplace();
  tree.totals.spans = 1;  // all fields, those of --spans among them
  CHECK(documented_fields("A trace") == without_job_fields(trace_record(tree, 0, {})));
  CHECK(documented_fields("Checks of sources") == names_of(store_check_record("", "", {})));
  CHECK(documented_fields("What doctor finds") == names_of(doctor_record("", "", {})));
  CHECK(documented_fields("Groups of errors") == names_of(error_group_record({})));
  CHECK(documented_fields("Sources:") == names_of(source_record({})));
  Record system = system_record({});
  for (Field& field : behaviour_fields({}, false)) system.push_back(std::move(field));
  CHECK(documented_fields("Queue systems") == names_of(system));
  CHECK(documented_fields("A plan:") == names_of(plan_record({})));
  CHECK(documented_fields("A change:") == names_of(report_record({}, {})));
  CHECK(documented_fields("A pause:") == names_of(pause_record({}, {})));
}
