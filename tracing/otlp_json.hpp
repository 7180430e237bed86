// The JSON encoding of OTLP that spans have in common: values, attributes, times, numbers.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "model/time.hpp"
#include "model/value.hpp"

namespace queuetrace {

using OtlpJson = nlohmann::ordered_json;

// OTLP's numbers (opentelemetry-proto, trace.proto).
inline constexpr int otlp_kind_internal = 1;
inline constexpr int otlp_kind_producer = 4;
inline constexpr int otlp_kind_consumer = 5;
inline constexpr int otlp_status_error = 2;
inline constexpr int otlp_flags_own = 0x101;  ///< sampled, and whether the parent is remote is known

/// `{"stringValue":...}`, cut after 4 KiB, not inside a character.
OtlpJson otlp_text(std::string_view text);
/// The list of attributes; without those that are unknown or that no attribute can hold.
OtlpJson otlp_attributes(const Fields& fields);
/// Nanoseconds since 1970, as text.
std::string otlp_time(Timestamp time);
/// The document in one line, bytes that are no UTF-8 replaced.
std::string otlp_line(const OtlpJson& document);

/// Whether a collector took no notice of some spans, although it answered well.
bool rejects_spans(const std::string& answer);

/// A random id of 64 bits that is not zero.
std::uint64_t random_span_id();

}  // namespace queuetrace
