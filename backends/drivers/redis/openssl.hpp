// OpenSSL, loaded when Redis is asked for the first time: half of what the loader did in every run was for it.
// openssl_functions.cpp stands in for the functions that are called here.
#pragma once

#include "model/shared_library.hpp"

namespace queuetrace {

inline constexpr SharedLibrary libssl("libssl.so.3", "which TLS to Redis needs", "libssl3");
inline constexpr SharedLibrary libcrypto("libcrypto.so.3", "which Redis's scripts are named by", "libssl3");

}  // namespace queuetrace
