#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/faults/race_rounds.hpp"

namespace queuetrace::test {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

constexpr int done = 0, partial = 7;  // exit codes

const Words waiting{"--state", "pending,retrying"};

Outcome outcome_of(const std::string& word) {
  for (const Outcome one : {Outcome::done, Outcome::already, Outcome::changed, Outcome::skipped, Outcome::failed})
    if (to_word(one) == word) return one;
  return Outcome::unknown;
}

/// Runs commands and enters what they report.
class ProgramOperator {
 public:
  ProgramOperator(const ReplayedQueue& queue, JobLedger& ledger, const OperatorHome& home)
      : queue_(queue), ledger_(ledger), home_(home) {}

  /// Changes some of the jobs that wait, if any does.
  void act_on_waiting(ActionKind kind, Words command) {
    constexpr const char* most = "40";
    command.insert(command.end(), waiting.begin(), waiting.end());
    Words list{"job", "list", "-o", "json", "--limit", most};
    list.insert(list.end(), waiting.begin(), waiting.end());
    const json listed = json::parse(home_.run(list).output);
    for (const json& job : listed.at("jobs")) command.insert(command.end(), {"--id", job.at("id")});
    if (!listed.at("jobs").empty()) act(kind, command);
  }

  void act(ActionKind kind, const Words& command) {
    const ProgramResult result = home_.change(command);
    const json report = json::parse(result.output, nullptr, false);
    if ((result.exit_code != done && result.exit_code != partial) || report.is_discarded())
      ledger_.breach(fmt::format("{} ended with {}: {}", fmt::join(command, " "), result.exit_code, result.messages));
    else
      enter(kind, report, result.exit_code);
  }

 private:
  void enter(ActionKind kind, const json& report, int exit_code) {
    const bool removes = kind == ActionKind::erase || (kind == ActionKind::cancel && queue_.cancelling_removes());
    if (removes && report.contains("backup") && report.at("backup").is_string())
      for (const std::string& id : ids_in_backup(report.at("backup").get<std::string>())) ledger_.back_up(id);
    std::map<std::string, int> listed;
    for (const json& job : report.at("jobs")) {
      const std::string outcome = job.at("outcome");
      ++listed[outcome];
      ledger_.enter({kind, removes, job.at("id"), parse_job_state(job.at("state").get<std::string>()).value(),
                     outcome_of(outcome), job.value("reason", "") + " " + job.value("cause", "")});
    }
    const json& counts = report.at("counts");
    for (const auto& [outcome, count] : counts.items())
      if (count != listed[outcome]) ledger_.breach(fmt::format("{} jobs listed, {}", outcome, counts.dump()));
    const bool all_done = counts.at("changed") == 0 && counts.at("failed") == 0 && counts.at("unknown") == 0;
    if (!all_done && exit_code == done) ledger_.breach(fmt::format("exit code 0, {}", counts.dump()));
    if (all_done && counts.at("skipped") == 0 && exit_code != done)
      ledger_.breach(fmt::format("exit code {}, {}", exit_code, counts.dump()));
  }

  const ReplayedQueue& queue_;
  JobLedger& ledger_;
  const OperatorHome& home_;
};

}  // namespace

std::vector<Round> rounds_of_the_program(const ReplayedQueue& queue, JobLedger& ledger, const OperatorHome& home) {
  const auto round = [&](std::string name, std::function<void(ProgramOperator&)> repeated) {
    return Round{std::move(name), [&, repeated] {
                   return [&, repeated, one = ProgramOperator(queue, ledger, home)]() mutable { repeated(one); };
                 }};
  };
  const Words retry{"job", "retry", "--state", "dead,failed"};
  const auto retry_round = [=](ProgramOperator& one) { one.act(ActionKind::retry, retry); };
  const Words purge{"purge", "--state", "completed"};
  return {round("job retry", retry_round), round("another job retry", retry_round),
          round("purge", [=](ProgramOperator& one) { one.act(ActionKind::erase, purge); }),
          round("changes of waiting jobs", [=, other = queue.other_queue()](ProgramOperator& one) {
            one.act_on_waiting(ActionKind::cancel, {"job", "cancel"});
            one.act_on_waiting(ActionKind::erase, {"job", "delete"});
            if (!other.empty()) one.act_on_waiting(ActionKind::move, {"job", "move", "--to", other, "--new-queue"});
          })};
}

}  // namespace queuetrace::test
