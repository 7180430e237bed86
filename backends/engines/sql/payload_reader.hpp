// From stored payload bytes to a Payload: text as it is, archived bytes unpacked within a bound.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/job.hpp"

namespace queuetrace {

/// A gzipped payload is unpacked to at most this many bytes.
inline constexpr std::size_t inflate_limit = 16 << 20;

/// `form` as SqlField::payload_form names it, empty: json. `size` as stored, absent: that of `bytes`. `problem` gets a
/// sentence when packed bytes could not be unpacked whole.
Payload read_payload(std::string_view bytes, std::string_view form, std::optional<std::uint64_t> size,
                     std::optional<std::string>& problem);

}  // namespace queuetrace
