// libpq, loaded when PostgreSQL is asked for the first time: loading it and its 18 libraries would double the start-up
// time of every run. libpqxx is linked as an archive, and libpq_functions.cpp stands in for what it calls.
#pragma once

#include "model/shared_library.hpp"

namespace queuetrace {

inline constexpr SharedLibrary libpq("libpq.so.5", "through which PostgreSQL is asked", "libpq5");

}  // namespace queuetrace
