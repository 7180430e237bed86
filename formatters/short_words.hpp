// Sentences below a row, whose words may be longer than any line.
#pragma once

#include <string>

namespace queuetrace {

/// Printable text whose words that no line has room for are cut: nothing of it is to be pasted, and -o wide has it
/// whole.
std::string with_short_words(const std::string& text);

}  // namespace queuetrace
