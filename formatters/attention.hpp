// Which colour a cell of a table has, so that what needs attention is seen first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formatters/table_view.hpp"

namespace queuetrace {

/// SGR parameter for what is of less account: ids, zeros, empty cells.
inline constexpr std::string_view dim = "2";
/// For headlines and questions; for what went wrong; for what is doubtful; for the mark or the name of a protected
/// source.
inline constexpr std::string_view bold = "1", red = "31", yellow = "33", protected_mark = "1;37;41";

/// SGR parameters for a printed value, empty for none. `age`: how old what an `oldest` cell tells of is; null where it
/// is unknown. `limits`: over which ages are yellow, and red.
std::string_view color_of_cell(Attention attention, std::string_view text, const Milliseconds* age,
                               const AgeLimits& limits);

/// What a headline says, bold, and in it `, PROTECTED`, the mark of a source that is, white on red.
std::vector<Phrase> headline_phrases(const std::string& text);

}  // namespace queuetrace
