// Payloads of systems that let applications write any bytes.
#pragma once

#include <string_view>

#include "model/job.hpp"

namespace queuetrace {

/// The bytes as JSON where they are JSON, as text where they are UTF-8, and as binary otherwise. Costs one or two
/// passes over them.
Payload raw_payload(std::string_view bytes);

}  // namespace queuetrace
