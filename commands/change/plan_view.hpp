// A plan as it is shown: by --dry-run, and before the question.
#pragma once

#include <string>
#include <vector>

#include "commands/change/plan_file.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// What a plan is, beside its targets.
struct PlanFacts {
  std::string verb;  ///< `purge`
  const Source* source = nullptr;
  std::string title;  ///< of the system, `Hammerwork`
  const PlanHeader* header = nullptr;
  const PlanCounts* counts = nullptr;
  ActionOffer offer;
  std::string backup;      ///< the operation, or the file of the user's choice, that will hold the jobs; empty: none
  bool new_queue = false;  ///< move: the target is taken as it is, whatever it holds
  std::string undo = {};   ///< the command that takes the change back; empty: none, or it is not known yet
};

/// Prints the plan: for people what will happen, the counts, and up to 50 targets; every target in machine formats.
/// `plan` stands at its first target.
void print_plan(const PlanFacts& facts, PlanReader& plan, Context& context);

/// The same of a plan that was counted and not listed: its samples stand for the targets.
void print_samples(const PlanFacts& facts, Context& context);

/// The lines before the question: what, where, how many in which queues, what it does, what to know, how to undo it.
std::vector<Phrase> plan_summary(const PlanFacts& facts, const Context& context);

}  // namespace queuetrace
