// From a filter to the conditions of a WHERE clause over one relation's row `j`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/engines/sql/bound_system.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// Collects the values of one statement. The only way from data into a statement.
class Parameters {
 public:
  /// Takes a value and returns its placeholder, `$3`.
  std::string add(std::string value) {
    values_.emplace_back(std::move(value));
    return "$" + std::to_string(values_.size());
  }
  std::vector<std::optional<std::string>> take() { return std::move(values_); }

 private:
  std::vector<std::optional<std::string>> values_;
};

/// All of them must hold.
struct Conditions {
  /// Few rows match: ids, traces, correlation, spans; served by an index or by one pass over the table.
  std::vector<std::string> indexed;
  std::vector<std::string> scanned;
  bool nothing = false;  ///< no row can match: the relation has no such fact, or the value is none
};

/// `unsupported`: gets a sentence for each member of the filter that the relation cannot answer.
Conditions make_conditions(const JobFilter& filter, const BoundSystem& system, const BoundRelation& relation,
                           Parameters& parameters, std::vector<std::string>& unsupported);

/// `a OR b`, in parentheses; ` AND ` likewise.
std::string any_of(const std::vector<std::string>& conditions);
std::string all_of(const std::vector<std::string>& conditions);

/// The queue globs alone, for statistics and peek; empty when there are none.
std::string queue_condition(SqlFlavour flavour, const std::string& expression, const std::vector<std::string>& globs,
                            Parameters& parameters);

}  // namespace queuetrace
