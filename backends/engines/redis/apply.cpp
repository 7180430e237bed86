// Changes jobs that are still as the plan saw them: runs of a rule's script, and what their answers mean.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

#include "backends/drivers/redis/hash_slot.hpp"
#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/own_keys.hpp"
#include "backends/engines/redis/script_runner.hpp"
#include "backends/engines/redis/undo_notes.hpp"
#include "backends/engines/redis/undo_script.hpp"
#include "backends/engines/redis/window_size.hpp"
#include "backends/engines/redis/write_obstacle.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// How long a key must be absent to count as absent: longer than a worker takes from one command to the next, lost
/// replies and their repetitions included.
constexpr std::chrono::milliseconds settling{500};

/// What a script said of one target.
void report_answer(TargetReport& out, const RedisActionRule& rule, PlaceRole role, std::string_view word) {
  constexpr std::string_view error = "error ";
  if (word == "done") return out.set(Outcome::done);
  if (word.starts_with(error))
    return out.set(Outcome::failed, "the server refused it", Untrusted(std::string(word.substr(error.size()))));
  for (const ScriptAnswer& answer : rule.answers)
    if (answer.word == word && answer.role.value_or(role) == role) return out.set(answer.outcome, answer.reason);
  throw Error(ErrorKind::internal, "a script answered with an unknown word").because(Untrusted(std::string(word)));
}

/// Asks whether what a locator names is there at all.
RedisCommand presence_of(const Locator& locator) {
  switch (locator.container) {
    case Container::sorted_set:
      // A large member has not been read again: that it was left out of a backup says that it is gone or changed.
      return locator.element ? RedisCommand{"ZSCORE", locator.key, *locator.element}
                             : RedisCommand{"EXISTS", locator.key};
    case Container::hash: return {"HEXISTS", locator.key, locator.field};
    case Container::set: return {"SISMEMBER", locator.key, *locator.element};
    case Container::list:
    case Container::records: break;
  }
  return {"EXISTS", locator.key};
}

bool is_absent(const Reply& reply) {
  return reply.is(Reply::Type::nil) || (reply.is(Reply::Type::integer) && reply.integer() == 0);
}

}  // namespace

std::string_view RedisAdministration::parted(const ScriptCall& call) const {
  if (!keys_.connection().clustered()) return {};
  for (const std::string& key : call.keys)
    if (hash_slot(key) != hash_slot(call.keys.front()))
      return "its keys lie in different slots of the cluster, so they cannot be changed in one step";
  return {};
}

std::vector<std::size_t> RedisAdministration::apply_once(const RedisActionRule& rule,
                                                         std::span<const ActionTarget> targets,
                                                         const std::vector<std::size_t>& indexes,
                                                         std::vector<TargetReport>& reports) {
  std::vector<ScriptCall> calls;
  std::vector<std::vector<std::size_t>> targets_of;  // by call
  for (const std::size_t index : indexes) {
    const ActionTarget& target = targets[index];
    ScriptCall alone;
    std::string_view reason = rule.fill(alone, target);
    if (reason.empty()) reason = parted(alone);
    if (!reason.empty()) {
      reports[index].set(Outcome::skipped, reason);
      continue;
    }
    std::uint64_t joined = target.locator.size;
    if (!calls.empty())
      for (const std::size_t other : targets_of.back()) joined += targets[other].locator.size;
    const bool joins = !calls.empty() && targets_of.back().size() < rule.together && joined <= window_bytes &&
                       targets[targets_of.back().front()].locator.key == target.locator.key;
    if (joins) {
      rule.fill(calls.back(), target);
      targets_of.back().push_back(index);
    } else {
      calls.push_back(std::move(alone));
      targets_of.push_back({index});
    }
  }
  const bool keeps = rule.action != ActionKind::erase && !rule.removes;
  const std::string script = keeps ? recorded(rule.script.whole()) : not_recorded(rule.script.whole());
  const std::vector<ScriptResult> results = run_script(connection(), RedisScript(script), calls);
  std::vector<std::size_t> again;
  for (std::size_t call = 0; call < calls.size(); ++call) {
    const ScriptResult& result = results[call];
    for (std::size_t i = 0; i < targets_of[call].size(); ++i) {
      TargetReport& out = reports[targets_of[call][i]];
      if (report_unanswered(out, result)) continue;
      if (i < result.reply.size() && result.reply[i].text() == "later")
        again.push_back(targets_of[call][i]);
      else
        report_answer(out, rule, targets[targets_of[call][i]].place.role,
                      i < result.reply.size() ? result.reply[i].text() : std::string_view());
      if (keeps) out.undo = undo_content(out, result, i, calls[call]);
    }
  }
  return again;
}

void RedisAdministration::drop_taken(const RedisActionRule& rule, std::span<const ActionTarget> targets,
                                     std::vector<std::size_t>& indexes, std::vector<TargetReport>& reports) {
  if (rule.absent_key == nullptr) return;
  std::map<std::size_t, RedisCommand> questions;
  for (const std::size_t index : indexes)
    if (const std::string key = rule.absent_key(targets[index]); !key.empty())
      questions.emplace(index, RedisCommand{"EXISTS", key});
  for (int look = 0; look < 2 && !questions.empty(); ++look) {
    if (look > 0) std::this_thread::sleep_for(settling);
    std::vector<RedisCommand> commands;
    for (const auto& [index, question] : questions) commands.push_back(question);
    const std::vector<Reply> replies = connection().pipeline(commands);
    std::size_t next = 0;
    std::erase_if(questions, [&](const auto& asked) {
      const bool is_there = replies[next++].integer() != 0;
      if (is_there) report_answer(reports[asked.first], rule, targets[asked.first].place.role, "guarded");
      if (is_there) std::erase(indexes, asked.first);
      return is_there;
    });
  }
}

std::vector<TargetReport> RedisAdministration::report_left_out(const Action& action, std::span<const Target> targets,
                                                               const ReadLimits&) {
  const RedisActionRule& rule = *rule_for(action.kind);
  std::vector<TargetReport> reports(targets.size());
  std::vector<Locator> locators;
  std::vector<RedisCommand> commands;
  for (const Target& target : targets) {
    locators.push_back(read_redis_locator(target.locator));
    if (!locators.back().in_list()) commands.push_back(presence_of(locators.back()));
  }
  const std::vector<Reply> replies = commands.empty() ? std::vector<Reply>() : connection().pipeline(commands);
  std::size_t next = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    reports[i].id = targets[i].job.ref.id;
    const Place* place = keys_.place_of(locators[i].key);
    // An element is left out of a backup only when its whole list was looked through.
    const bool gone = locators[i].in_list() || is_absent(replies[next++]);
    if (gone && place != nullptr)
      report_answer(reports[i], rule, place->role, "gone");
    else
      reports[i].set(Outcome::changed, "it changed after the plan was made");
  }
  return reports;
}

std::vector<TargetReport> RedisAdministration::apply(const Action& action, std::span<const Target> targets,
                                                     const ReadLimits& limits) {
  const RedisActionRule* rule = rule_for(action.kind);
  if (rule == nullptr) {
    const ActionOffer offered = offer(action);
    throw Error(ErrorKind::refused, offered.reason).with_hint(offered.nearest);
  }
  if (rule->require != nullptr) rule->require(action, keys_.deployment());
  std::vector<Locator> locators;
  for (const Target& target : targets)
    locators.push_back(target.verdict == Verdict::act ? read_redis_locator(target.locator) : Locator());
  if (std::ranges::any_of(locators, [](const Locator& locator) { return locator.has_element() && !locator.element; }))
    search_.find(connection(), locators);
  const Timestamp now = keys_.server_time();  // throws when the connection is gone, before anything is sent
  const std::vector<std::string> holders = holders_of_parts();
  std::vector<ActionTarget> asked;
  std::vector<TargetReport> reports(targets.size());
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Place* place = targets[i].verdict == Verdict::act ? keys_.place_of(locators[i].key) : nullptr;
    if (targets[i].verdict == Verdict::act) require_own(locators[i], place, keys_);
    asked.push_back({action, locators[i], place == nullptr ? keys_.deployment().places.front() : *place,
                     keys_.deployment(), keys_.system(), now, holders});
    reports[i].id = targets[i].job.ref.id;
    if (targets[i].verdict == Verdict::act && locators[i].has_element() && !locators[i].element)
      report_answer(reports[i], *rule, place->role, "gone");
    else if (targets[i].verdict == Verdict::act)
      indexes.push_back(i);
    else
      reports[i].set(targets[i].verdict == Verdict::already ? Outcome::already : Outcome::skipped, targets[i].reason);
  }
  drop_taken(*rule, asked, indexes, reports);
  const bool none_left_out = indexes.size() == reports.size();
  while (!indexes.empty()) {
    if (limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline) {
      for (const std::size_t index : indexes) reports[index].set(Outcome::skipped, "stopped before its turn");
      break;
    }
    indexes = apply_once(*rule, asked, indexes, reports);
  }
  if (none_left_out) refuse_read_only(reports, keys_.address());
  return reports;
}

}  // namespace queuetrace
