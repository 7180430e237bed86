// The trace id in the URL of a viewer's page, as users paste it (docs/tracing.md section 2.3 step 3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

bool is_web_url(std::string_view text);  ///< starts with `http://` or `https://`, any case

/// The text in the place where viewers put the id, percent-decoded once: a parameter of the query or of the fragment's
/// query, a matrix parameter, or a segment after `trace/`, `traces/`, `trace/detail/` and the like. It need not be an
/// id. Absent when there is no such place.
std::optional<std::string> trace_text_in_url(std::string_view url);

/// The span that the page shows, 16 lower-case hex digits: `uiFind`, `spanID` and the like in the query, in the
/// fragment's query or as a matrix parameter; Datadog's are decimal. Empty where there is none.
std::string span_in_url(std::string_view url);

}  // namespace queuetrace
