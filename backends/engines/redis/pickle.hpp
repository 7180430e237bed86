// The strings in a Python pickle, found without unpickling it: nothing is built, imported or called.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace queuetrace {

struct PickledString {
  std::string_view text;  ///< UTF-8, a view into the pickle
  bool follows = false;   ///< it stands directly behind the string before it, as a value behind its key
};

/// Whether the bytes begin as a pickle of protocol 2 or later does.
bool is_pickle(std::string_view bytes);

/// The strings in the order they stand in, a repeated one each time; at most `most`. Reads protocols 0 to 5 and ends
/// at the first byte that is no opcode. Strings of Python 2 are left out. One pass, without recursion.
std::vector<PickledString> pickled_strings(std::string_view pickle, std::size_t most);

}  // namespace queuetrace
