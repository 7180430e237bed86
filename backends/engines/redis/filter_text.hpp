// A filter as text that differs where filters differ, so that a cursor can tell whether it belongs to one.
#pragma once

#include <string>

#include "model/job_filter.hpp"

namespace queuetrace {

std::string text_of(const JobFilter& filter);

}  // namespace queuetrace
