// How payloads and results stand in records.
#pragma once

#include <string>
#include <string_view>

#include "model/job.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// JSON as JSON, text as text; bytes of other kinds as an object: `form` (`binary`, `encrypted`), `size`, and for
/// binary ones `base64` of the first KiB at most.
Value payload_value(Payload payload);

/// The note that a payload is not whole (`payload-cut`); `field` is `payload` or `result`. Unknown when it is whole or
/// described only.
Value payload_note(const Payload& payload, std::string_view field);

}  // namespace queuetrace
