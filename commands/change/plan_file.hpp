// A plan as a file of JSON lines: a header, one target per line, an end with the counts. Made in flat memory, kept
// between
// `--save-plan` and `--plan`; a file that is read back may hold anything and is checked whole before it is used.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/change/plan_queues.hpp"
#include "commands/change/private_file.hpp"
#include "model/plan.hpp"
#include "model/time.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// What a plan was made for. Read from a file, every text of it is data.
struct PlanHeader {
  std::string source;   ///< name
  std::string address;  ///< of the store, as in job refs
  std::string target;   ///< URL of the source, secrets masked
  std::string system;
  Action action;
  std::string filter;  ///< in words: filter_words()
  Fields asked;        ///< the same as data; not read back
  Timestamp made_at{};
};

/// A plan in numbers.
struct PlanCounts {
  /// Different reasons kept; jobs with others count under "other reasons".
  static constexpr std::size_t most_reasons = 100;
  static constexpr std::size_t most_samples = 5;

  std::uint64_t act = 0, already = 0, skip = 0;
  std::uint64_t may_force = 0;                                       ///< skipped ones that --force would take
  std::map<std::pair<Verdict, std::string>, std::uint64_t> reasons;  ///< of those that are not acted upon
  PlanQueues queues;                                                 ///< of what is acted upon
  std::vector<Target> samples;                                       ///< the first that are acted upon
  std::uint64_t with_effect = 0;                                     ///< acted upon, and more happens beside it
  std::string effect;                                                ///< the first of these
  bool counted = false;                  ///< nobody listed the jobs: what happens beside them is not known
  std::optional<std::string> truncated;  ///< why jobs that match may be missing
  std::vector<std::string> warnings;
  std::vector<Untrusted> paused_queues;  ///< those whose jobs will not run yet (add_pause_warnings)

  std::uint64_t total() const { return act + already + skip; }
  void add(const Target& target);
  /// Jobs that were counted and not looked at one by one.
  void add(const PlanTally& tally);
};

class PlanWriter {
 public:
  /// Writes the header. `file` must outlive this.
  PlanWriter(PrivateFile& file, const PlanHeader& header);

  void add(const Target& target);
  /// Writes the end line and syncs. `counts().truncated` and the warnings may be set before.
  void finish();
  PlanCounts& counts() { return counts_; }

 private:
  void flush();

  PrivateFile& file_;
  PlanCounts counts_;
  std::string buffer_;
};

/// Reads the targets of a plan in their order.
class PlanReader {
 public:
  /// Reads the header. Throws Error{usage} when the file is not a plan.
  explicit PlanReader(const std::filesystem::path& path);
  PlanReader(int descriptor, const std::string& name);

  const PlanHeader& header() const { return header_; }
  /// The next target; absent behind the last one. Throws Error{usage} with the line for anything else.
  std::optional<Target> next();
  /// Reads to the end and compares what was read with what the end line says. Throws Error{usage}: a line that is no
  /// target, a plan without its end, other counts.
  PlanCounts read_all();
  /// What the end line says: counts, `truncated` and warnings. Empty before next() has come to it.
  const PlanCounts& ended() const { return ended_; }

 private:
  void read_header();
  [[noreturn]] void refuse(const std::string& what) const;

  LineReader lines_;
  PlanHeader header_;
  PlanCounts ended_;  ///< what the end line says
  bool at_end_ = false;
};

}  // namespace queuetrace
