#include "backends/drivers/postgres/connection_string.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>

namespace queuetrace {
namespace {

std::string quoted_value(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

}  // namespace

std::optional<std::map<std::string, std::string>> keywords_of(const std::string& text) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(text.c_str(), &message),
                                                                             PQconninfoFree);
  PQfreemem(message);  // it quotes what may be the password
  if (!options) return std::nullopt;
  std::map<std::string, std::string> keywords;
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option)
    if (option->val != nullptr) keywords[option->keyword] = option->val;
  return keywords;
}

Secret connection_string(const Source& source) {
  const std::string& given = source.url.reveal();
  std::optional<std::map<std::string, std::string>> read = keywords_of(given);
  if (!read) return source.url;
  std::map<std::string, std::string>& keywords = *read;
  // libpq reads 1 as 2 seconds and 0 as for ever.
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(source.connect_timeout).count();
  keywords.emplace("connect_timeout", fmt::format("{}", std::max<long>(2, seconds)));
  keywords.emplace("application_name", "queuetrace");
  if (source.password) keywords["password"] = source.password->reveal();
  std::string text;
  for (const auto& [keyword, value] : keywords)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", keyword, quoted_value(value));
  return Secret(std::move(text));
}

}  // namespace queuetrace
