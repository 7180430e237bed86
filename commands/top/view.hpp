// The views of `top`: what each asks, and what it shows of the answers. Entering a row puts a narrower view above.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/top/depth_history.hpp"
#include "commands/top/question.hpp"
#include "commands/top/row_list.hpp"

namespace queuetrace {

/// Of rows: `queues`, `jobs`, `errors`, `doctor`. Of text: `trace`, and a `job` or a `queue` in full.
enum class ViewKind { queues, jobs, errors, trace, doctor, job, queue };

/// What a view is limited to; empty members: not.
struct Scope {
  std::string source;       ///< name
  std::string queue;        ///< its exact name, as stored
  std::string error_group;  ///< 8 hex digits
  std::string job;          ///< `source/ID` as it is printed

  friend bool operator==(const Scope&, const Scope&) = default;
};

/// What one reader said last.
struct Told {
  std::shared_ptr<const Look> good;    ///< the newest that is no failure; null: none yet
  std::shared_ptr<const Look> before;  ///< the one before it
  std::optional<Error> error;          ///< of the newest; absent: it is `good`
};

class View {
 public:
  View(ViewKind kind, Scope scope);
  ViewKind kind() const { return kind_; }
  const Scope& scope() const { return scope_; }
  /// `jobs of email, failed`: printable.
  std::string title() const;

  /// What to ask. `width`: cells for answers that are text.
  Question question(int width) const;
  /// Whether one reader asks all sources together, because the answer joins them; otherwise each source is asked by
  /// itself, so that a slow one delays no other.
  bool is_joined() const;
  /// How long after the beginning of a look the next one is due, where looks at queues are `interval` apart; absent: a
  /// look is made when somebody asks for it.
  std::optional<Milliseconds> every(Milliseconds interval) const;

  /// Takes in what a reader said: `source` is the name of its source, empty for the one that asks all.
  void take(const std::string& source, const std::shared_ptr<const Look>& answer);
  const std::map<std::string, Told>& told() const { return told_; }
  bool has_answer() const;
  /// Whether any reader has read something, however long ago.
  bool is_read() const;

  /// Null: the view is text.
  RowList* listing() { return listing_.get(); }
  const RowList* listing() const { return listing_.get(); }
  /// Text of the answer, a line each.
  const std::vector<std::string>& lines() const { return lines_; }
  /// First line of the text on the screen.
  std::size_t top_line = 0;

  /// The next or the previous of the states (jobs) or of the times (errors) that one can choose between.
  void choose(int step);

 private:
  void remember_depths(const Look& answer);
  void collect_rows();

  ViewKind kind_;
  Scope scope_;
  std::size_t choice_ = 0;
  std::map<std::string, Told> told_;
  DepthHistory depths_;  ///< of queues
  std::unique_ptr<RowList> listing_;
  std::vector<std::string> lines_;
};

/// Jobs that a view of jobs asks each source for: the newest.
inline constexpr std::size_t most_jobs = 200;

}  // namespace queuetrace
