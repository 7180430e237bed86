// Where the results of a source's jobs are, as its URL may say: `redis://host/0?results=1`.
#pragma once

#include <string_view>

#include "model/source.hpp"

namespace queuetrace {

/// The option in Source::keys that names where results are, by URL.
inline constexpr std::string_view results_url_option = "results_url";

/// The source without the parameter `results` of its URL; the number of a database there becomes the option, as that
/// database of the same server, unless the source has it already. Throws Error{usage} for anything else than a number.
Source with_results_of_url(Source source);

}  // namespace queuetrace
