// What the HTML page can do beyond being read: zoom, filter, fold everything.
#pragma once

#include <string_view>

namespace queuetrace {

/// The one text of its <script>: constant, no data. Without it nothing of the page is missing but these.
std::string_view page_script();

}  // namespace queuetrace
