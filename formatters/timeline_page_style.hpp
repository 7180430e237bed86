// The look of the HTML page around the drawing: it fits any window from 800 pixels up, and A4 paper on its side.
#pragma once

#include <string_view>

namespace queuetrace {

/// timeline_css() and the rules of the page: the one text of its <style>. Constant, no data, nothing loaded.
std::string_view page_css();

/// The page's content security policy: nothing is loaded, and of styles and scripts only our own two, known by their
/// hashes, take effect.
std::string_view page_policy();

}  // namespace queuetrace
