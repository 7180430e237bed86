// What can be done to the jobs of a system that lives in Redis; RedisChanging::actions lists it. All that changes
// anything is one run of a constant Lua script that checks and changes in one step; its keys are declared, its values
// bound.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/drivers/redis/reply.hpp"
#include "backends/drivers/redis/script.hpp"
#include "backends/engines/redis/locator.hpp"
#include "model/plan.hpp"

namespace queuetrace {

struct Deployment;
struct RedisSystem;

/// What may be done to one job, from what was read of it.
struct Judgement {
  Verdict verdict = Verdict::act;
  std::string_view reason = {};  ///< why it is not acted upon
  bool may_force = false;
  std::string_view effect = {};  ///< what happens beside it
};

/// One target of a script run. The locator says everything: a plan may have been saved without the rest.
struct ActionTarget {
  const Action& action;
  const Locator& locator;
  const Place& place;  ///< where it lies
  const Deployment& deployment;
  const RedisSystem& system;
  Timestamp now;                         ///< the server's clock
  std::span<const std::string> holders;  ///< RedisChanging::holders
};

/// The text of a script in up to four constant parts, one after the other, so that scripts share their beginnings.
struct ScriptText {
  std::array<std::string_view, 4> parts;

  constexpr ScriptText(std::string_view first, std::string_view second = {}, std::string_view third = {},
                       std::string_view fourth = {})
      : parts{first, second, third, fourth} {}
  std::string whole() const {
    std::string text;
    for (const std::string_view part : parts) text += part;
    return text;
  }
};

/// What a script says of a target, and what that means. `guarded` is also said of targets whose RedisActionRule::
/// absent_key is there. All scripts may also say `done`, `later` (ask again, in a run
/// of its own), and `error ` with the server's words (nothing of this target changed).
struct ScriptAnswer {
  std::string_view word;
  Outcome outcome;
  std::string_view reason;
  std::optional<PlaceRole> role = {};  ///< of targets in such places only
};

/// All that makes up one job besides elements of lists. The engine adds the member or field that the job was found in.
struct Belongings {
  std::vector<std::string> keys;  ///< whole keys of any type but modules'; the job's record first, where it has one
  std::vector<std::pair<std::string, std::string>> members;      ///< sorted set, member
  std::vector<std::pair<std::string, std::string>> fields;       ///< hash, field
  std::vector<std::pair<std::string, std::string>> set_members;  ///< set, member
  /// Of `keys`, those that are the job's only while this text stands in them: a lock that another job may hold by now.
  std::vector<std::pair<std::string, std::string>> locks = {};
};

/// What makes up a job, with the member or field that its locator names.
Belongings belongings_of(const Locator& locator, const RedisSystem& system, std::span<const std::string> holders);

/// What only the server tells of a job that would be acted upon: asked while it is planned.
struct PlanQuestion {
  /// Empty: nothing is to be asked of this job.
  std::vector<RedisCommand> (*ask)(const Job& job, const Locator& locator, const Deployment& deployment) = nullptr;
  /// From the answers to all of these.
  Judgement (*judge)(std::span<const Reply> answers) = nullptr;
};

struct RedisActionRule {
  ActionKind action = ActionKind::retry;
  std::string_view effect;        ///< what happens to each job, one sentence
  std::string_view warning = {};  ///< what the operator must know before
  bool removes = false;           ///< the job is gone afterwards; of ActionKind::erase always
  /// Throws Error when the action's own values make no sense here (an unknown queue); nullptr: they always do.
  void (*require)(const Action& action, const Deployment& deployment) = nullptr;
  Judgement (*judge)(const Action& action, const Job& job, const Deployment& deployment) = nullptr;
  PlanQuestion question = {};
  /// Constant Lua that answers with an array of words, one a target.
  ScriptText script;
  /// Adds one target to a run; the first also adds what the run begins with. Returns why it cannot be done, in our own
  /// words; empty: it was added.
  std::string_view (*fill)(ScriptCall& call, const ActionTarget& target) = nullptr;
  /// A key whose absence says that no worker holds the target, although workers set it by a command of its own,
  /// after the one that takes the job: it must have been absent for a while before the script is run. Empty: there is
  /// none; nullptr: for no target.
  std::string (*absent_key)(const ActionTarget& target) = nullptr;
  /// Targets of one key that a run takes at most. A script looks at a bounded number of elements for each of them.
  std::size_t together = 1;
  std::span<const ScriptAnswer> answers = {};
};

/// What cannot be done here.
struct RedisRefusal {
  std::optional<ActionKind> action;  ///< absent: pausing
  std::string_view reason;
  std::string_view nearest = {};  ///< the nearest thing that can be done
};

}  // namespace queuetrace
