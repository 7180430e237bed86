// Compares jobs field by field; for tests of what is written and read back.
#pragma once

#include <string>

#include "model/job.hpp"

namespace queuetrace::testing {

/// The names of the fields in which two jobs differ, with blanks between; empty when they are equal. Types of values
/// count: our own text is not data.
std::string differences(const Job& left, const Job& right);

bool same(const Value& left, const Value& right);
bool same(const Fields& left, const Fields& right);

}  // namespace queuetrace::testing
