// The targets of a plan, out of its list or, where it was only counted, out of the store.
#pragma once

#include <optional>

#include "commands/change/plan_maker.hpp"
#include "commands/change/write_target.hpp"

namespace queuetrace {

struct ReadyPlan;

class PlanTargets {
 public:
  /// All must outlive this. Where the store bears it, the targets of a plan without a list come from a second session,
  /// which looks for the next ones while the first one changes what was found; where the server gives none, one does
  /// both in turn.
  PlanTargets(const ReadyPlan& plan, const WriteTarget& target, const Context& context);

  /// The next one; absent at the end. Throws Error{usage} for a list that is damaged, else as TargetStream::next().
  std::optional<Target> next() { return stream_ ? stream_->next() : list_->next(); }
  /// Whether more jobs match by now than were counted.
  bool more() const { return stream_ && stream_->more(); }

 private:
  std::optional<WriteTarget> beside_;
  std::optional<PlanReader> list_;
  std::optional<TargetStream> stream_;
};

}  // namespace queuetrace
