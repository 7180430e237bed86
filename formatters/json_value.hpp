// Values and fields of records as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "formatters/redaction.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// Integers beyond 2^53 - 1 and numbers that are not finite become strings; times RFC 3339; durations integers of
/// milliseconds; unknown is null. `identifier`: not looked into for secrets. Adds the values hidden to `hidden`.
void append_json_value(std::string& out, const Value& value, const Redaction& redaction, bool identifier,
                       std::uint64_t& hidden);

/// `{"name":value,...}` without unknown fields. Keys of the object are subject to redaction.
void append_json_object(std::string& out, const Fields& fields, const Redaction& redaction, std::uint64_t& hidden);

/// `"name":value` of a record's own field.
void append_json_field(std::string& out, const Field& field, const Redaction& redaction, std::uint64_t& hidden);

}  // namespace queuetrace
