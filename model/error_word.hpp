// One word of an error message, with what varies from job to job folded; for error_signature.cpp.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// `word` holds no blanks. Punctuation at its end stays: `10.0.0.7:5432:` gives `<addr>:`. Linear.
std::string fold_error_word(std::string_view word);

}  // namespace queuetrace
