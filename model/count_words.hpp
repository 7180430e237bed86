// Numbers of things as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace queuetrace {

/// `12,345`
std::string grouped(std::uint64_t number);

/// `1 job`, `12,345 jobs`: an `s` makes the thing several.
std::string count_words(std::uint64_t number, std::string_view thing);

/// `1 key is`, `12,345 keys are`
std::string count_words(std::uint64_t number, std::string_view one, std::string_view several);

}  // namespace queuetrace
