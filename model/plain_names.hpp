// Names that a store gave, as a sentence of ours may repeat them.
#pragma once

#include <span>
#include <string>

#include "model/untrusted.hpp"

namespace queuetrace {

/// `a, b and 3 more`: up to five names that are harmless to print (letters, digits and `_-.:/@{}`, 80 bytes at most);
/// the others are counted. Empty for no names.
std::string plain_names(std::span<const Untrusted> names);

}  // namespace queuetrace
