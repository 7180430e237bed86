// Opens a capture file as a store, through the sql engine.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backends/job_store.hpp"

namespace queuetrace::testing {

/// The one store of the file, addressed as `name`. Throws what opening throws, and Error{not_found} when the file holds
/// no capture.
std::unique_ptr<JobStore> open_capture(const std::filesystem::path& file, const std::string& name = "held");

/// All its jobs with payloads, in the order they were captured.
std::vector<Job> captured_jobs(const std::filesystem::path& file);

/// One value of a SELECT on the file; `NULL` when it is that.
std::string captured_value(const std::filesystem::path& file, const std::string& select);

}  // namespace queuetrace::testing
