// Which stored ids can tie jobs together: those that somebody made for one trace or span, and no constants.
#pragma once

#include <optional>
#include <string_view>

#include "model/job.hpp"

namespace queuetrace {

/// Whether the text says that there is no id, whatever it would be of: nothing but zeros and what parts them (a UUID of
/// zeros, `0x0`), blanks, or a word such as `unknown`, `none` and `null`. Names that people give (`nightly import`) are
/// ids.
bool is_no_id(std::string_view text);

/// Whether the text stands as trace or span in many jobs that have nothing in common: one that is no id, one without a
/// digit (`temp-span-id`), which no generator of ids makes, one character again and again, or a text that calls itself
/// a stand-in (`temp-trace-1`).
bool is_constant_id(std::string_view text);

/// Whether a generator of span ids can have made the text. Those are random numbers of 64 bits and more, in hexadecimal
/// digits, in decimal, in base64 or as UUIDs, with or without a word in front. Words that are counted (`span-1`), times
/// and small numbers are none, whatever zeros stand before them: many traces have such a span.
bool can_be_span(std::string_view text);

/// Whether the span id ties the job to others: not where it cannot be a span's, or the trace id beside it is a
/// constant.
bool ties(const Job& job, const std::optional<Untrusted>& span);

/// Whether the job's trace id does.
bool ties_by_trace(const Job& job);

}  // namespace queuetrace
