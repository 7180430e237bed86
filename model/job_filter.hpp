// Which jobs a command is about. Different members are joined by AND, the values of one member by OR; an empty member
// does not restrict.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job_state.hpp"
#include "model/time.hpp"

namespace queuetrace {

/// A trace id to look for. Made by tracing/trace_id.hpp from what the user typed.
struct TraceQuery {
  std::string typed;                   ///< as typed (trimmed); always matched literally
  std::vector<std::string> spellings;  ///< every stored text that means the same id, `typed` first, without duplicates
  /// Canonical ids of 32 lower-case hex digits that count as the same (more than one where the text is ambiguous);
  /// empty for opaque text, which matches literally only.
  std::vector<std::string> canonical;
  bool prefix = false;  ///< `0af76519*`: `typed` without the star holds 4 or more lower-case hex digits to begin with
  bool exact = false;   ///< asked for in no other spelling
  std::string given;    ///< the text that makes this query again, `raw:` and the like included

  bool operator==(const TraceQuery&) const = default;
};

/// A state to look for: one of ours or, when absent, a system's own word compared exactly (then without regard to
/// case).
struct StateSelector {
  std::optional<JobState> state;
  std::string word;

  bool operator==(const StateSelector&) const = default;
};

/// `PATH=VALUE` on the payload. Path members are separated by dots (`customer.id`, `items.0.sku`). A payload that is no
/// JSON, or that nobody may read, meets no condition, not even `not_equal`, which one without the member meets.
struct PayloadCondition {
  enum class Comparison { equal, not_equal, contains };
  std::vector<std::string> path;
  Comparison comparison = Comparison::equal;
  std::string value;

  bool operator==(const PayloadCondition&) const = default;
};

/// `ended`: when the job ended; where that is not recorded, when its last attempt began, else when it was created.
/// `due`: from when on it may run, always where no time is recorded; asked for by the program alone.
enum class TimeField { created, scheduled, started, finished, ended, due };

/// Its members are listed once more in model/filter_conditions.hpp, and nowhere else.
struct JobFilter {
  std::vector<TraceQuery> traces;
  std::vector<std::string> correlation_ids;  ///< exact
  std::vector<std::string> span_ids;         ///< the job's span or its parent span, exact
  std::vector<std::string> queues;           ///< glob: `*` any text, `?` one character, `[*]` and `[?]` themselves
  std::vector<StateSelector> states;
  std::vector<std::string> kinds;  ///< glob
  std::vector<std::string> ids;    ///< whole, or a prefix of 4 or more characters
  std::optional<Timestamp> since;  ///< inclusive, on `time_field`
  std::optional<Timestamp> until;  ///< exclusive, on `time_field`
  TimeField time_field = TimeField::created;
  std::vector<std::string> errors;  ///< substring without regard to case
  std::vector<PayloadCondition> where;
  std::vector<std::string> priorities;
  std::vector<std::string> workers;    ///< glob
  std::vector<std::string> tenants;    ///< exact
  std::vector<std::string> workflows;  ///< exact
  /// Jobs that name one of these ids in Job::parents or as their causation_id, exact. Only for stores whose
  /// Capabilities::links is not `unsupported`; others may ignore it.
  std::vector<std::string> parents;
  std::vector<std::string> batches;  ///< exact; under the same condition
  /// Groups of error messages (model/error_signature.hpp), 8 hex digits. No store can search by them: the other members
  /// choose the jobs, and list_page() (backends/error_groups.hpp) drops those of other groups.
  std::vector<std::string> error_groups;
  /// At least one of these fits too, so that one look through a store answers several questions; whoever asks tells the
  /// jobs apart. Asked for by the program alone, for ids and links only.
  std::vector<JobFilter> any_of;

  bool empty() const;  ///< whether it asks nothing: every job fits

  bool operator==(const JobFilter&) const = default;
};

/// One step of a glob (see JobFilter::queues).
struct GlobStep {
  enum class Kind { any_text, any_character, character };
  Kind kind = Kind::character;
  char character = 0;
  std::size_t length = 1;  ///< bytes of the pattern
};

/// The step that begins at `position` of the pattern. A backslash is a character like others: queues and classes have
/// names such as `App\Mail`.
constexpr GlobStep glob_step(std::string_view pattern, std::size_t position) {
  const char c = pattern[position];
  if (c == '*') return {GlobStep::Kind::any_text, c, 1};
  if (c == '?') return {GlobStep::Kind::any_character, c, 1};
  const std::string_view next = pattern.substr(position, 3);
  if (next == "[*]" || next == "[?]") return {GlobStep::Kind::character, next[1], 3};
  return {GlobStep::Kind::character, c, 1};
}

/// Whether the text stands for more than itself.
constexpr bool is_glob(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

/// The glob that only `text` matches.
std::string quoted_glob(std::string_view text);

/// Whether `text` matches the glob, byte-wise, in linear time.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace queuetrace
