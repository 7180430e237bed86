// The only list of exit codes; the manual is compared with it by a test.
#pragma once

#include <array>
#include <string_view>

#include "model/error.hpp"

namespace queuetrace {

enum class ExitCode : int {
  done = 0,
  runtime_error = 1,
  usage = 2,
  not_found = 3,
  authentication = 4,
  unreachable = 5,
  refused = 6,
  partial = 7,
  condition_not_met = 8,
  interrupted = 130,
  terminated = 143
};

struct ExitCodeMeaning {
  ExitCode code;
  std::string_view meaning;
};

inline constexpr std::array exit_code_meanings{
    ExitCodeMeaning{ExitCode::done, "done (an empty list too)"},
    ExitCodeMeaning{ExitCode::runtime_error, "internal or runtime error"},
    ExitCodeMeaning{ExitCode::usage, "wrong usage or configuration"},
    ExitCodeMeaning{ExitCode::not_found, "not found, or ambiguous"},
    ExitCodeMeaning{ExitCode::authentication, "authentication or permission refused"},
    ExitCodeMeaning{ExitCode::unreachable, "unreachable or timed out"},
    ExitCodeMeaning{ExitCode::refused, "refused for safety"},
    ExitCodeMeaning{ExitCode::partial,
                    "partial: some sources failed or may hide jobs, or a bounded read was cut short"},
    ExitCodeMeaning{ExitCode::condition_not_met, "condition not met (doctor, health, wait)"},
    ExitCodeMeaning{ExitCode::interrupted, "interrupted (SIGINT)"},
    ExitCodeMeaning{ExitCode::terminated, "terminated (SIGTERM)"}};

constexpr ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::internal: return ExitCode::runtime_error;
    case ErrorKind::usage: return ExitCode::usage;
    case ErrorKind::not_found: return ExitCode::not_found;
    case ErrorKind::authentication: return ExitCode::authentication;
    case ErrorKind::unreachable:
    case ErrorKind::timed_out: return ExitCode::unreachable;
    case ErrorKind::refused: return ExitCode::refused;
  }
  return ExitCode::runtime_error;
}

}  // namespace queuetrace
