// The one exception class. Library errors become this in the folder that owns the library; only cli/main.cpp ends a run
// with it.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "model/untrusted.hpp"

namespace queuetrace {

/// Each kind has one exit code (commands/exit_code.hpp).
enum class ErrorKind {
  internal,        ///< a defect, or a server error of no other kind
  usage,           ///< a wrong argument or configuration
  not_found,       ///< a job, queue, source or table does not exist, or a prefix is ambiguous
  authentication,  ///< login or permission denied
  unreachable,     ///< cannot connect, connection lost
  timed_out,       ///< no answer, or no end of the work, within the time allowed
  refused          ///< not done, for safety or because the system cannot
};

/// Whether nobody knows what the server did: it was not reached, is no longer, or did not answer in time.
constexpr bool is_unanswered(ErrorKind kind) { return kind == ErrorKind::unreachable || kind == ErrorKind::timed_out; }

/// One of several things that can be done next.
struct Way {
  std::string name;  ///< `for good`
  std::string command;
  std::string remark = {};  ///< on the command
};

class Error : public std::runtime_error {
 public:
  /// `message`: what failed and where, in one line. May contain names that the user typed, never data of a store.
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  ErrorKind kind() const { return kind_; }
  const Untrusted& cause() const { return cause_; }       ///< what the server or library said; empty when nothing
  const std::string& hint() const { return hint_; }       ///< what to do next; empty when there is no advice
  const std::vector<Way>& ways() const { return ways_; }  ///< what the hint says, where it is to be chosen from
  const std::vector<std::string>& notes() const { return notes_; }  ///< context added on the way up

  Error& because(Untrusted cause) & {
    cause_ = std::move(cause);
    return *this;
  }
  Error&& because(Untrusted cause) && {
    cause_ = std::move(cause);
    return std::move(*this);
  }
  Error& with_hint(std::string hint) & {
    hint_ = std::move(hint);
    return *this;
  }
  Error&& with_hint(std::string hint) && {
    hint_ = std::move(hint);
    return std::move(*this);
  }
  /// The hint says them in one line.
  Error&& with_ways(std::vector<Way> ways) &&;
  Error& while_doing(std::string note) & {
    notes_.push_back(std::move(note));
    return *this;
  }

 private:
  ErrorKind kind_;
  Untrusted cause_;
  std::string hint_;
  std::vector<Way> ways_;
  std::vector<std::string> notes_;
};

/// `internal`, `usage`, `not_found`, `authentication`, `unreachable`, `timed_out`, `refused`: the `code` of JSON
/// errors.
std::string_view to_word(ErrorKind kind);

}  // namespace queuetrace
