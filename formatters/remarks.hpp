// The lines around a table: the summary above it, the hint below.
#pragma once

#include <span>
#include <string>

#include "formatters/table_view.hpp"

namespace queuetrace {

/// The phrases one behind the other, bold, each in its colour, in lines that fit; with a line feed at the end.
void append_summary(std::string& out, std::span<const Phrase> phrases, const FormatterOptions& options);

/// The hint, dim, in lines that fit, with a line feed at the end.
void append_hint(std::string& out, const std::string& hint, const FormatterOptions& options);

}  // namespace queuetrace
