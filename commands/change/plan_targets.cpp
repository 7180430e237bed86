#include "commands/change/plan_targets.hpp"

#include "commands/change/apply_change.hpp"

namespace queuetrace {
namespace {

std::optional<WriteTarget> open_beside(const WriteTarget& target, const Context& context) {
  try {
    return open_target(target.source(), target.store->address(), {}, context);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

PlanTargets::PlanTargets(const ReadyPlan& plan, const WriteTarget& target, const Context& context) {
  if (plan.wanted) {
    if (target.administration().plans_beside_changes()) beside_ = open_beside(target, context);
    stream_.emplace(beside_ ? beside_->administration() : target.administration(), *plan.wanted, plan.counts.act,
                    context, beside_ ? TargetStream::Reading::ahead : TargetStream::Reading::when_needed);
  } else if (plan.unnamed) {
    list_.emplace(plan.unnamed->descriptor(), "the plan");
  } else {
    list_.emplace(plan.path);
  }
}

}  // namespace queuetrace
