// A small incident to try queuetrace on: one order that becomes payment, email and inventory jobs over two systems.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/job.hpp"

namespace queuetrace {

/// The trace and the business id of the order that goes wrong.
inline constexpr std::string_view demo_trace_id = "7c1e9d54b8a24f0f9e3d6a1b52c8704d";
inline constexpr std::string_view demo_correlation_id = "order-12345";

struct DemoJob {
  Job job;
  std::optional<std::int64_t> peek_position;  ///< place among what the workers of its queue take next
};

/// The jobs as they stood at `now`, in storage order, from the half hour before. Depends on nothing but `now`.
std::vector<DemoJob> demo_incident(Timestamp now);

}  // namespace queuetrace
