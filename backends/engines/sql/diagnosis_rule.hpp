// One thing that `doctor` and `source check` look for in a system that lives in SQL tables; SqlSystem::diagnoses lists
// them. Spelling and `needs` as in system.hpp.
#pragma once

#include <string_view>

#include "model/store_check.hpp"

namespace queuetrace {

/// The finding is made when there is at least one row; `doctor` says how many there are (counted up to 10,000) and
/// names three of them. With neither `predicate` nor `rows` the needs alone decide: a fact of the schema.
struct SqlDiagnosisRule {
  /// How `source check` tells the rows of a predicate apart: `by relay: a (12), b (3)`, the ten values with most rows.
  struct Groups {
    std::string_view by;          ///< what the values are: `relay`
    std::string_view expression;  ///< over `j`, text; only printable ASCII of it is repeated
    std::string_view needs = {};
  };

  std::string_view code;  ///< stable, lower case, dashed; each once among the rules of a system whose needs can be met
  Finding::Severity severity = Finding::Severity::warning;
  std::string_view subject;  ///< what it is about, a few words
  std::string_view
      text;  ///< what is wrong and what follows from it, with `{=setting}` and `{~setting}`; the count is printed
  std::string_view predicate = {};  ///< jobs of the live relation, on its row `j`
  /// No index serves the predicate. All such rules are answered together, by one look through the table, where the jobs
  /// they find are few; else each by its own.
  bool scanned = false;
  /// Where a condition on one row cannot say it: a SELECT of one column called `found`, an id of a job or (`of_jobs`
  /// false) a name of a queue, table or host, one row each. Must end by itself (cycles bounded).
  std::string_view rows = {};
  bool of_jobs = true;
  std::string_view remedy = {};  ///< exact statement or command; `<source>` becomes the source's name
  std::string_view needs = {};
  bool in_doctor = true;  ///< false: no disorder, only good to know of the store
  bool in_check = false;  ///< `source check` tells it as well, which asks no more than whether there is a row
  Groups groups = {};     ///< in_check only
};

}  // namespace queuetrace
