#include "tracing/url.hpp"

#include <array>
#include <cstddef>

#include "model/letter_case.hpp"
#include "tracing/characters.hpp"

namespace queuetrace {
namespace {

constexpr auto stands_in_url = [] {
  constexpr std::string_view reserved = ":/?#[]@!$&()*+,;=%";  // of RFC 3986, without the quote
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    const char c = static_cast<char>(byte);
    table[byte] = is_unreserved(c) || reserved.find(c) != std::string_view::npos;
  }
  return table;
}();

bool may_stand_in_url(char c, bool is_template) {
  return stands_in_url[static_cast<unsigned char>(c)] || (is_template && (c == '{' || c == '}'));
}

}  // namespace

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return parts;
  parts.scheme = url.substr(0, colon);
  std::string_view rest = url.substr(colon + 3);
  if (const std::size_t mark = rest.find('#'); mark != std::string_view::npos) {
    parts.fragment = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    parts.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const std::size_t slash = rest.find('/');
  parts.authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) parts.path = rest.substr(slash);
  return parts;
}

std::string url_problem(std::string_view url, bool is_template) {
  for (const char c : url)
    if (!may_stand_in_url(c, is_template)) return "it has a character that does not belong into a URL";
  const UrlParts parts = split_url(url);
  if (!equal_ignoring_case(parts.scheme, "http") && !equal_ignoring_case(parts.scheme, "https"))
    return "it must begin with http:// or https://";
  if (parts.authority.empty() || parts.authority.starts_with(':')) return "it has no host";
  if (parts.authority.find('@') != std::string_view::npos) return "it must not hold a user name or password";
  return {};
}

}  // namespace queuetrace
