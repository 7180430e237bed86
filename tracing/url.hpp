// The parts of an http(s) URL that links are checked by. Not a general URL parser: it takes what url_problem() accepts.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

struct UrlParts {
  std::string_view scheme;     ///< as written
  std::string_view authority;  ///< host and port, userinfo too if there is any
  std::string_view path;       ///< with its leading slash; empty when there is none
  std::string_view query;      ///< without `?`
  std::string_view fragment;   ///< without `#`
};

/// Splits at the first `://`, `/`, `?`, `#`; all parts are empty when there is no scheme. They point into `url`.
UrlParts split_url(std::string_view url);

/// Why a text must not be used as a link or a link template: not http or https, no host, userinfo, or a character that
/// RFC 3986 does not have (blanks, quotes, backslashes, controls, non-ASCII); braces are let through where
/// `is_template`. Empty when the text is acceptable.
std::string url_problem(std::string_view url, bool is_template);

}  // namespace queuetrace
