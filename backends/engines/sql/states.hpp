// The states of one relation's rows: the rules of its description (state_rule.hpp), cut down to what the live table
// has, as SQL to select, count and filter by, and as the way back from what was selected to the rule that fits.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "model/job_state.hpp"

namespace queuetrace {

/// One literal of SqlStateRule::words.
struct StateWord {
  std::string literal;  ///< as it stands in SQL: `'failed'`
  std::string text;     ///< what it says: `failed`
};

/// The literals of SqlStateRule::words.
std::vector<StateWord> state_words(std::string_view literals);

struct BoundState {
  JobState state = JobState::unknown;
  std::vector<StateWord> words;
  bool any_word = false;  ///< whatever the column holds
  std::string when;       ///< empty: always
  std::string native;     ///< empty: the stored word
};

class BoundStates {
 public:
  BoundStates() = default;
  /// `column`: SQL of the column that holds the words; empty: there is none. `is_native`: its words are what the
  /// library calls the states.
  BoundStates(SqlFlavour flavour, std::string column, bool is_native, std::vector<BoundState> rules);

  bool empty() const { return rules_.empty(); }
  const std::string& column() const { return column_; }
  /// Boolean expressions that, with the column, tell which rule fits. As group keys they are few, and a planner knows
  /// it: of a boolean it expects two values, of anything else as many as there are rows.
  const std::vector<std::string>& digits() const { return digits_; }
  /// A boolean expression: true for each row whose job may run again, false for most of the others, at little cost.
  const std::string& unfinished() const { return unfinished_; }

  /// The rule that fits a row with this word and these digits (cells); nullptr: none.
  const BoundState* rule_of(std::optional<std::string_view> word,
                            std::span<const std::optional<std::string_view>> digits) const;

  /// What the library calls the state of a row that `rule` fits: its own word, else what is `stored` as such, else the
  /// `word` of the column where that is the library's own.
  std::optional<std::string_view> native_of(const BoundState* rule, std::optional<std::string_view> stored,
                                            std::optional<std::string_view> word) const {
    if (rule != nullptr && !rule->native.empty()) return rule->native;
    return stored || !is_native_ ? stored : word;
  }

  /// The condition that a row is in `state`, of plain conditions on columns; empty: no row is.
  std::string condition(JobState state) const;
  /// The condition that the library calls a row's state `word`, without regard to case or quotes around it; absent: no
  /// rule knows the word.
  std::optional<std::string> native_condition(std::string_view word) const;
  /// Whether `word` is one of the library's and none of its rules leads to `state`.
  bool means_other(std::string_view word, JobState state) const;

 private:
  /// Words that the same rules are for, in turn, up to the first without a condition.
  struct Group {
    std::vector<StateWord> words;  ///< empty: all words that no other group has
    std::vector<std::size_t> rules;
  };
  using Outcome = std::function<std::string_view(const Group&, std::size_t place)>;

  bool is_decided(const Group& group) const;
  bool has_word(const BoundState& rule, std::string_view text) const;
  std::vector<std::size_t> rules_for(std::optional<std::string_view> text) const;
  void make_groups();
  std::string one_of(const std::vector<StateWord>& words) const;
  std::string within(const Group& group, const Outcome& outcome) const;
  /// The condition that the rule fits a row with one of `words` (its own where it has any), and no rule above it that
  /// `leads_elsewhere`; empty: no such row.
  std::string condition_of(std::size_t rule, std::vector<StateWord> words,
                           const std::function<bool(const BoundState&)>& leads_elsewhere) const;
  std::string none_fits() const;
  std::vector<StateWord> matching(const BoundState& rule, std::string_view word) const;

  SqlFlavour flavour_ = SqlFlavour::postgresql;
  std::string column_;
  bool is_native_ = false;
  std::vector<BoundState> rules_;
  std::vector<Group> groups_;  ///< the last one has no words
  std::vector<std::string> digits_;
  std::string unfinished_;
};

}  // namespace queuetrace
