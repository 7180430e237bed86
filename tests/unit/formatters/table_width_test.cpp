// No row of a table is wider than its terminal, whatever stores hold: all jobs of all fixtures, and names and messages
// in many scripts, at every width from 60 to 200.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "formatters/job_table.hpp"
#include "formatters/short_ids.hpp"
#include "formatters/unicode.hpp"
#include "model/long_id.hpp"
#include "tests/unit/formatters/formatted.hpp"
#include "tests/unit/formatters/hard_texts.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

namespace fs = std::filesystem;

Job job_of(const std::string& id, const nlohmann::json& facts, const std::string& source) {
  Job job;
  job.ref = {source, Untrusted(id)};
  const auto text = [&](const char* name) -> std::optional<Untrusted> {
    const auto found = facts.find(name);
    if (found == facts.end() || !found->is_string()) return std::nullopt;
    return Untrusted(found->get<std::string>());
  };
  const auto time = [&](const char* name) -> std::optional<Timestamp> {
    const std::optional<Untrusted> found = text(name);
    return found ? parse_timestamp(found->raw()) : std::nullopt;
  };
  job.queue = text("queue");
  job.kind = text("kind");
  job.error = text("error");
  if (const auto state = text("state")) job.state = parse_job_state(state->raw()).value_or(JobState::unknown);
  if (facts.contains("attempts") && facts["attempts"].is_number()) job.attempts = facts["attempts"].get<int>();
  if (facts.contains("max_attempts") && facts["max_attempts"].is_number())
    job.max_attempts = facts["max_attempts"].get<int>();
  job.created_at = time("created_at");
  job.scheduled_at = time("scheduled_at");
  job.started_at = time("started_at");
  job.finished_at = time("finished_at");
  job.trace.trace_id = text("trace_id");
  if (facts.contains("parents") && facts["parents"].is_array())
    for (const auto& parent : facts["parents"])
      if (parent.is_string()) job.parents.emplace_back(parent.get<std::string>());
  return job;
}

/// The jobs of each fixture.
std::map<std::string, std::vector<Job>> fixtures() {
  std::map<std::string, std::vector<Job>> all;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(TEST_SYSTEMS)) {
    if (entry.path().filename() != "expected.json") continue;
    std::ifstream file(entry.path());
    const nlohmann::json expected = nlohmann::json::parse(file);
    std::vector<Job>& jobs = all[entry.path().parent_path().string()];
    const std::string source = entry.path().parent_path().filename().string();
    if (expected.contains("jobs"))
      for (const auto& [id, facts] : expected["jobs"].items()) jobs.push_back(job_of(id, facts, source));
  }
  return all;
}

/// Jobs with names and messages that are hard to cut.
std::vector<Job> hard_jobs() {
  const std::vector<std::string> texts = hard_texts();
  std::vector<Job> jobs;
  for (std::size_t index = 0; index < texts.size() * 4; ++index) {
    Job job = full_job();
    job.ref = {index % 3 == 0 ? "shop" : "files",
               Untrusted("5d5bca46-1111-4222-8333-" + std::to_string(100'000'000'000 + index))};
    if (index % 7 == 0) job.ref.id = Untrusted(texts[index % texts.size()] + std::to_string(index));
    job.queue = Untrusted(texts[index % texts.size()]);
    job.kind = Untrusted(texts[(index * 5 + 1) % texts.size()]);
    job.error = Untrusted(texts[(index * 7 + 2) % texts.size()] + " " + texts[(index * 3) % texts.size()]);
    job.state = all_job_states[index % all_job_states.size()];
    job.scheduled_at = now + std::chrono::minutes(index * 50);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

std::string table(const std::vector<Job>& jobs, int width, bool ascii = false, bool several_sources = false) {
  std::ostringstream out;
  FormatterOptions options;
  options.terminal = true;
  options.width = width;
  options.ascii = ascii;
  options.now = now;
  const auto formatter = find_output_format("table")->make(out, options);
  formatter->begin(
      {"queuetrace.jobs/1", "jobs", job_columns(), Heading::Layout::list, "ref", &job_table(), several_sources});
  for (const Job& job : jobs) formatter->row(job_record(job, {}));
  formatter->end({});
  return out.str();
}

void check_width(const std::string& text, std::size_t rows, int width) {
  std::istringstream lines(text);
  std::size_t count = 0;
  std::string widest;
  for (std::string line; std::getline(lines, line); ++count)
    if (unicode::display_width(line) > unicode::display_width(widest)) widest = line;
  CAPTURE(widest);
  CHECK(unicode::display_width(widest) <= static_cast<std::size_t>(width));
  CHECK(count == rows + (rows > 0 ? 1 : 0));
}

}  // namespace

TEST_CASE("no row of any fixture is wider than the terminal") {
  const auto all = fixtures();
  REQUIRE(all.size() > 30);
  for (const auto& [name, jobs] : all) {
    CAPTURE(name);
    for (int width = 60; width <= 200; ++width) check_width(table(jobs, width), jobs.size(), width);
  }
}

TEST_CASE("no row is wider than the terminal in any script, with jobs of everywhere in one table") {
  std::vector<Job> jobs = hard_jobs();
  for (const bool ascii : {false, true})
    for (int width = 60; width <= 200; ++width) check_width(table(jobs, width, ascii), jobs.size(), width);
  for (auto& [name, more] : fixtures()) std::move(more.begin(), more.end(), std::back_inserter(jobs));
  for (const int width : {60, 80, 100, 120, 200}) check_width(table(jobs, width), jobs.size(), width);
}

TEST_CASE("a table of more rows than a page keeps its width, and says what its first page did not") {
  std::vector<Job> jobs(2'500, full_job());
  for (Job& job : jobs) job.error.reset();
  jobs[2'200].error = Untrusted("late");
  jobs[2'200].queue = Untrusted(std::string(100, 'q'));
  const std::string text = table(jobs, 80);
  CHECK(text.find("late") != std::string::npos);
  check_width(text, jobs.size() + 1, 80);  // headings once more, above the page that has errors
}

TEST_CASE("an id that a table shows means one job of its page") {
  for (const auto& [name, jobs] : fixtures()) {
    CAPTURE(name);
    std::vector<std::string> ids;
    for (const Job& job : jobs) ids.push_back(job.ref.id.raw());
    const std::vector<std::string> shown = short_ids(ids);
    for (std::size_t index = 0; index < ids.size(); ++index) {
      CHECK(ids[index].starts_with(shown[index]));
      CHECK((shown[index] == ids[index] || shown[index].size() >= 8));
      const auto fits = std::count_if(ids.begin(), ids.end(), [&](const std::string& id) {
        return id == shown[index] || (start_of_long_id(id) != std::string::npos && id.starts_with(shown[index]));
      });
      CHECK((fits == 1 || shown[index] == ids[index]));
    }
  }
}

TEST_CASE("the source of each job is named where several answered, even if all jobs of a page are of one") {
  const std::vector<Job> jobs(2, full_job());
  CHECK(table(jobs, 80).find("SOURCE") == std::string::npos);
  const std::string text = table(jobs, 80, false, true);
  CHECK(text.find("SOURCE") != std::string::npos);
  CHECK(text.find("prod") != std::string::npos);
}
