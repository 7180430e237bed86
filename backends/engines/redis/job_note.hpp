// Remarks on a job, by their codes.
#pragma once

#include <string_view>

#include "model/job.hpp"

namespace queuetrace {

/// `code` and `text` are the program's own words, never a job's.
void add_note(Job& job, const char* code, const char* text);

/// Whether the job carries a note of this code.
bool has_note(const Job& job, std::string_view code);

}  // namespace queuetrace
