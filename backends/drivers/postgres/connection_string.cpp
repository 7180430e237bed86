#include "backends/drivers/postgres/connection_string.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace queuetrace {
namespace {

bool is_url(std::string_view text) { return text.starts_with("postgresql://") || text.starts_with("postgres://"); }

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

}  // namespace

bool sets_keyword(std::string_view text, std::string_view keyword) {
  const bool url = is_url(text);
  std::size_t at = url ? text.find('?') : 0;
  for (at = at == std::string_view::npos ? at : text.find(keyword, at); at != std::string_view::npos;
       at = text.find(keyword, at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    std::size_t end = at + keyword.size();
    while (end < text.size() && text[end] == ' ') ++end;
    if (end < text.size() && text[end] == '=' && (before == ' ' || before == '?' || before == '&')) return true;
  }
  return false;
}

Secret connection_string(const Source& source) {
  const std::string& given = source.url.reveal();
  const bool url = is_url(given);
  std::string text = given;
  const auto set = [&](std::string_view keyword, std::string_view value) {
    if (url)
      text += fmt::format("{}{}={}", text.find('?') == std::string::npos ? '?' : '&', keyword, percent_encoded(value));
    else
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", keyword, quoted(value));
  };
  // libpq reads 1 as 2 seconds and 0 as for ever.
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(source.connect_timeout).count();
  if (!sets_keyword(given, "connect_timeout")) set("connect_timeout", fmt::format("{}", std::max<long>(2, seconds)));
  if (!sets_keyword(given, "application_name")) set("application_name", "queuetrace");
  if (source.password) set("password", source.password->reveal());
  return Secret(std::move(text));
}

}  // namespace queuetrace
