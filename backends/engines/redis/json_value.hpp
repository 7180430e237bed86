// What a value in JSON that a queue holds is, whatever it ought to be.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "model/untrusted.hpp"

namespace queuetrace {

/// The member of an object; null where there is none, or `object` is no object. Lives as long as `object`.
const nlohmann::json& member(const nlohmann::json& object, const char* name);

/// Absent: it is no text, or an empty one.
std::optional<Untrusted> text_of(const nlohmann::json& value);

/// Absent: it is no whole number, or one that 64 bits do not hold.
std::optional<std::int64_t> number_of(const nlohmann::json& value);

}  // namespace queuetrace
