// What was found under the codes of a table of rules, as findings.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/engines/redis/diagnosis_rule.hpp"

namespace queuetrace {

class DiagnosisReport {
 public:
  /// The tables must outlive the report.
  explicit DiagnosisReport(std::vector<std::span<const RedisDiagnosisRule>> tables) : tables_(std::move(tables)) {}

  // Each throws std::logic_error for a code that no table has.
  void add_job(std::string_view code, Untrusted id, const std::optional<Untrusted>& queue = {});
  /// Something that is not a job: a key, a worker, a queue, with so many jobs or things behind it.
  void add_name(std::string_view code, Untrusted name, std::uint64_t count = 0);
  void add_count(std::string_view code, std::uint64_t count);
  void add_fact(std::string_view code);
  /// Our words, after the text of the rule: a reason or a number.
  void explain(std::string_view code, const std::string& words);
  /// There may be more than was counted; nothing where nothing was found.
  void only_at_least(std::string_view code);
  /// A limit was reached before anybody knows.
  void not_answered(std::string_view code);

  /// In the order of the rules.
  std::vector<Finding> findings() const;

 private:
  struct Found {
    std::uint64_t count = 0;
    bool counted = false, at_least = false, made = false, unanswered = false;
    std::vector<Untrusted> samples, names;
    std::map<Untrusted, std::uint64_t> queues;
    std::string explanation;
  };
  Found& found(std::string_view code);
  std::vector<std::span<const RedisDiagnosisRule>> tables_;
  std::map<std::string_view, Found> found_;
};

/// What a system wants to know of all jobs together, for one diagnosis.
class JobWatcher {
 public:
  virtual ~JobWatcher() = default;
  virtual void see(const Job& job) = 0;
  /// `complete`: all jobs were seen.
  virtual void tell(DiagnosisReport& report, bool complete) = 0;
};

}  // namespace queuetrace
