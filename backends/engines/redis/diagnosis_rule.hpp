// One thing `doctor` looks for in a system that lives in Redis; RedisExplaining::diagnoses lists them.
#pragma once

#include <string_view>

#include "model/job.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

struct Deployment;

/// A finding is made when something was reported under the code: a job for which `concerns` holds, or what the
/// system's own look found. It says how many there are and names three.
struct RedisDiagnosisRule {
  std::string_view code;  ///< stable, lower case, dashed; each once among the rules of the engine and of a system
  Finding::Severity severity = Finding::Severity::warning;
  std::string_view subject;  ///< what it is about, a few words
  std::string_view text;     ///< what is wrong and what follows from it; the count is printed beside it
  /// Exact command. `<source>` becomes the source's name; `<ids>` and `<name>` the named jobs and the first name where
  /// they need no quoting in a shell, otherwise `ID` and `NAME`.
  std::string_view remedy = {};
  /// Whether a job, as `job list` shows it, is wrong in this way; nullptr: the system's look reports it.
  bool (*concerns)(const Job& job, const Deployment& deployment) = nullptr;
  /// A change in several commands looks the same for a moment: jobs with records are looked at again.
  bool passing = false;
};

}  // namespace queuetrace
