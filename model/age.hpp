// How long ago something was, as kubectl says it.
#pragma once

#include <string>

#include "model/time.hpp"

namespace queuetrace {

/// `45s`, `3m`, `9h3m`, `15h`, `9d2h`, `21d`: two units at most, cut and not rounded, each accepted by
/// parse_duration(). Negative ages are those of a clock that is a little ahead: `0s`.
std::string to_age(Milliseconds age);

}  // namespace queuetrace
