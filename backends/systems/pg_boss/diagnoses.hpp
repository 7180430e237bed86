// What goes wrong in pg-boss's tables and can be seen there (docs/systems/pg-boss.md sections 3 and 9). Part of
// system.cpp and early.cpp, which name the columns.
#pragma once

#include <string_view>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::pg_boss {

consteval SqlDiagnosisRule not_expired(std::string_view predicate, std::string_view needs = {}) {
  return {
      .code = "not-expired",
      .severity = Finding::Severity::warning,
      .subject = "active jobs",
      .text = "have run for longer than they may by over a minute: no instance does the maintenance that expires them",
      .predicate = predicate,
      .remedy = "start an instance of pg-boss, which supervises by default",
      .needs = needs,
      .in_check = true};
}

consteval SqlDiagnosisRule not_taken(std::string_view predicate, std::string_view needs = {}) {
  return {
      .code = "not-taken",
      .severity = Finding::Severity::warning,
      .subject = "created jobs",
      .text =
          "could have run for over {~alert_age}: no worker works on their queue, its policy holds them, or the workers "
          "are too slow",
      .predicate = predicate,
      .remedy = "queuetrace peek -s <source> --why",
      .needs = needs};
}

}  // namespace queuetrace::pg_boss
