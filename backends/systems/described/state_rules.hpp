// The rules by which rows of a described table tell their states, as the engine asks them.
#pragma once

#include <string>
#include <vector>

#include "backends/engines/sql/states.hpp"
#include "backends/systems/described/problems.hpp"
#include "backends/systems/described/table_sql.hpp"

namespace queuetrace::described {

struct StateRules {
  std::string column;  ///< SQL of the column whose words most rules name; empty: none
  /// A rule each, in the order of the description.
  struct Rule {
    JobState state;
    std::string words, when, native;
  };
  std::vector<Rule> rules;

  /// What the engine makes of them, to ask for conditions.
  BoundStates bound() const;
};

StateRules make_rules(const TableDescription& table, TableSql& sql, std::vector<ConfigurationProblem>& problems);

/// Running rows that workers take again, rows of `rules`; empty: none are.
std::string taken_again(const TableDescription& table, const StateRules& rules, TableSql& sql, SqlFlavour flavour);

}  // namespace queuetrace::described
