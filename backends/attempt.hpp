// Runs a piece of work whose failure is an answer, not the end: for one source among several.
#pragma once

#include <chrono>
#include <optional>

#include "model/error.hpp"
#include "model/time.hpp"

namespace queuetrace {

using Clock = std::chrono::steady_clock;

inline Milliseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<Milliseconds>(Clock::now() - start);
}

/// Runs `work` and keeps its failure as an Error.
template <typename Work>
std::optional<Error> attempt(Work&& work) {
  try {
    work();
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& error) {
    return Error(ErrorKind::internal, "unexpected failure").because(Untrusted(error.what()));
  }
}

}  // namespace queuetrace
