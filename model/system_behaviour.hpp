// What can be done with the jobs of a queue system, and what doctor looks for in it: for `system show` and the pages
// for operators.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

/// Texts in the order of the system's own rules, each once, although a system may have a rule for each of its versions.
struct SystemBehaviour {
  struct Effect {
    std::optional<ActionKind> action;       ///< absent: pausing a queue
    std::string effect;                     ///< what happens to each job, or to the queue, one sentence
    std::string warning;                    ///< what to know before; may be empty
    std::vector<std::string> leaves_alone;  ///< why jobs are left alone; empty where the system decides job by job
  };
  struct Refusal {
    std::optional<ActionKind> action;  ///< absent: pausing a queue
    std::string reason;
    std::string nearest;  ///< what can be done in its place; may be empty
  };
  struct Symptom {
    std::string code;
    Finding::Severity severity = Finding::Severity::note;
    std::string subject;
    std::string text;    ///< what is wrong; settings of the source stand as their names
    std::string remedy;  ///< may be empty
  };
  std::vector<Effect> actions;
  std::vector<Refusal> refusals;
  std::vector<Symptom> symptoms;  ///< of doctor alone, not of `source check`
};

}  // namespace queuetrace
