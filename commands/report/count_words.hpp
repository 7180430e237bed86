// Numbers of things as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace queuetrace {

/// `12,345`
std::string grouped(std::uint64_t number);

/// `1 job`, `12,345 jobs`
std::string count_words(std::uint64_t number, std::string_view thing);

}  // namespace queuetrace
