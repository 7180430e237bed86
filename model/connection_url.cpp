#include "model/connection_url.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "model/letter_case.hpp"
#include "model/secret_parameter.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view stars = "***";

/// The pieces of a URL as written, not decoded. `authority` is absent for `sqlite:file`.
struct Pieces {
  std::string_view scheme;
  bool has_authority = false;
  bool has_user = false;
  bool has_colon = false;  ///< a `:` in the userinfo
  std::string_view user, password, hosts, path, query, fragment;
};

bool is_scheme_character(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

std::size_t scheme_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_scheme_character(text[at])) ++at;
  const bool begins = at > 0 && lower(text[0]) >= 'a' && lower(text[0]) <= 'z';
  return begins && at < text.size() && text[at] == ':' ? at : 0;
}

/// Whether every host of `a:1,b,[::1]:2` has a port of digits or none.
bool are_hosts(std::string_view hosts) {
  if (hosts.find_first_of(" \t\r\n@\\\"'<>") != std::string_view::npos) return false;
  while (!hosts.empty()) {
    const std::size_t comma = std::min(hosts.find(','), hosts.size());
    std::string_view host = hosts.substr(0, comma);
    hosts.remove_prefix(std::min(comma + 1, hosts.size()));
    if (host.starts_with('[')) {
      const std::size_t close = host.find(']');
      if (close == std::string_view::npos) return false;
      host.remove_prefix(close + 1);
      if (!host.empty() && host[0] != ':') return false;
    }
    const std::size_t colon = host.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view port = host.substr(colon + 1);
    if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos) return false;
  }
  return true;
}

bool is_file(std::string_view scheme) {
  const std::string plain = lower_case(scheme);
  return plain == "sqlite" || plain == "sqlite3" || plain == "unix";
}

/// Whether a user alone may be the password: redis-cli reads `redis://PASSWORD@host` so.
bool takes_user_for_password(std::string_view scheme) {
  const std::string plain = lower_case(scheme);
  return plain.starts_with("http") || plain.starts_with("redis") || plain.starts_with("valkey");
}

bool is_web(std::string_view scheme) { return lower_case(scheme.substr(0, 4)) == "http"; }

/// Whether a password may lie in front of an `@` behind `sign`, the one that ends user and password (npos: there is
/// none). A file (`///`) has none, whatever its parameters are.
bool hides_password(std::string_view rest, std::size_t sign, std::string_view scheme) {
  const bool is_path = rest.starts_with('/');
  if (is_path) rest = rest.substr(0, rest.find('?'));
  const std::size_t last = rest.rfind('@');
  if (last == sign || last == std::string_view::npos) return false;
  return is_web(scheme) || (is_path && takes_user_for_password(scheme)) ||
         rest.substr(0, last).find(':') != std::string_view::npos;
}

/// Whether what stands for a password holds a parameter that is one: it ends at an `@` of its value.
bool holds_secret_parameter(std::string_view password) {
  const std::size_t question = password.find('?');
  if (question == std::string_view::npos) return false;
  bool holds = false;
  for (std::string_view rest = password.substr(question + 1); !rest.empty() && !holds;) {
    const std::size_t end = std::min(rest.find_first_of("?&"), rest.size());
    const std::size_t equals = rest.substr(0, end).find('=');
    holds = equals != std::string_view::npos && is_secret_parameter(rest.substr(0, equals));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return holds;
}

std::optional<Pieces> split(std::string_view text) {
  Pieces pieces;
  const std::size_t length = scheme_length(text);
  if (length == 0) return std::nullopt;
  pieces.scheme = text.substr(0, length);
  std::string_view rest = text.substr(length + 1);
  if (rest.starts_with("//")) {
    pieces.has_authority = true;
    rest.remove_prefix(2);
    // As psql and redis-cli read it: a password may hold `?` and `#`. Of a web address they end the host.
    const std::string_view ends = is_web(pieces.scheme) ? "/?#" : "/";
    const std::size_t sign = rest.substr(0, rest.find_first_of(ends)).rfind('@');
    // What lies before a later `@` may all be a password, whoever reads it otherwise.
    const bool is_named = is_file(pieces.scheme) && (rest.starts_with('/') || rest.find('@') == std::string_view::npos);
    if (!is_named && hides_password(rest, sign, pieces.scheme)) return std::nullopt;
    if (sign != std::string_view::npos && !is_named) {
      pieces.has_user = true;
      pieces.user = rest.substr(0, sign);
      rest.remove_prefix(sign + 1);
      const std::size_t colon = pieces.user.find(':');
      pieces.has_colon = colon != std::string_view::npos;
      if (pieces.has_colon) {
        pieces.password = pieces.user.substr(colon + 1);
        pieces.user = pieces.user.substr(0, colon);
        if (holds_secret_parameter(pieces.password)) return std::nullopt;
      }
    }
    const std::size_t end = is_named ? 0 : std::min(rest.find_first_of("/?#"), rest.size());
    pieces.hosts = rest.substr(0, end);
    rest.remove_prefix(end);
    if (!are_hosts(pieces.hosts)) return std::nullopt;
  } else if (!is_file(pieces.scheme)) {
    return std::nullopt;
  }
  const std::size_t fragment = std::min(rest.find('#'), rest.size());
  pieces.fragment = rest.substr(fragment);
  rest = rest.substr(0, fragment);
  const std::size_t question = std::min(rest.find('?'), rest.size());
  pieces.path = rest.substr(0, question);
  pieces.query = rest.substr(question);
  return pieces;
}

/// Calls `visit(whole, name, value)` for each part of `a=1<separator>b=2`.
template <class Visit>
void for_each_parameter(std::string_view list, char separator, Visit visit) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(separator), list.size());
    const std::string_view whole = list.substr(0, end);
    const std::size_t equals = std::min(whole.find('='), whole.size());
    visit(whole, whole.substr(0, equals), whole.substr(std::min(equals + 1, whole.size())));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

std::string masked_pieces(const Pieces& pieces) {
  std::string out(pieces.scheme);
  out += ':';
  if (pieces.has_authority) out += "//";
  if (pieces.has_user) {
    out += takes_user_for_password(pieces.scheme) && !pieces.has_colon ? stars : pieces.user;
    if (pieces.has_colon) out += ":" + std::string(stars);
    out += '@';
  }
  out += pieces.hosts;
  out += pieces.path;
  bool runs_on = false;  // libpq knows no fragment: what is behind `#` belongs to the last value
  if (!pieces.query.empty()) {
    std::string_view separator;
    out += '?';
    for_each_parameter(pieces.query.substr(1), '&',
                       [&](std::string_view whole, std::string_view name, std::string_view) {
                         out += separator;
                         separator = "&";
                         runs_on = is_secret_parameter(name) && name.size() < whole.size();
                         if (runs_on)
                           out += std::string(name) + "=" + std::string(stars);
                         else
                           out += whole;
                       });
    if (pieces.query.ends_with('&')) out += '&';
  }
  if (!runs_on) out += pieces.fragment;
  return out;
}

/// libpq keywords: `name = value` parted by blanks, values bare or in single quotes with backslash escapes. Absent when
/// the text is not that.
std::optional<std::string> masked_keywords(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = std::min(text.find_first_not_of(blanks, at), text.size());
    out += text.substr(at, start - at);
    if (start == text.size()) break;
    const std::size_t equals = text.find('=', start);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::size_t name_end = text.find_last_not_of(blanks, equals - 1) + 1;
    if (equals == start || name_end <= start) return std::nullopt;
    const std::string_view name = text.substr(start, name_end - start);
    if (name.find_first_of(" \t\r\n'\\:@/") != std::string_view::npos) return std::nullopt;
    std::size_t value = std::min(text.find_first_not_of(blanks, equals + 1), text.size());
    std::size_t end = value;
    const bool quoted = end < text.size() && text[end] == '\'';
    if (quoted) ++end;
    while (end < text.size() && (quoted ? text[end] != '\'' : blanks.find(text[end]) == std::string_view::npos))
      end += text[end] == '\\' ? 2 : 1;
    if (quoted && end >= text.size()) return std::nullopt;
    end = std::min(quoted ? end + 1 : end, text.size());
    out += text.substr(start, value - start);
    out += is_secret_parameter(name) ? stars : text.substr(value, end - value);
    at = end;
  }
  return out;
}

/// `Authorization=Bearer%20abc,X-Scope-OrgID=t1`: OTLP headers.
bool is_header_list(std::string_view text) {
  if (text.find('=') == std::string_view::npos || text.find_first_of(" \t\r\n'") != std::string_view::npos)
    return false;
  bool headers = true;
  for_each_parameter(text, ',', [&](std::string_view whole, std::string_view name, std::string_view) {
    headers = headers && !name.empty() && name.size() < whole.size() && name.find_first_of(":@/") == name.npos;
  });
  return headers;
}

bool is_secret_header(std::string_view name) {
  const std::string plain = lower_case(percent_decoded(name));
  for (const std::string_view part : {"authorization", "token", "secret", "password", "cookie", "key", "auth"})
    if (plain.find(part) != std::string::npos) return true;
  return plain == "x-honeycomb-team";
}

std::string masked_headers(std::string_view text) {
  std::string out;
  for_each_parameter(text, ',', [&](std::string_view whole, std::string_view name, std::string_view) {
    if (!out.empty()) out += ',';
    out += is_secret_header(name) || is_secret_parameter(name) ? std::string(name) + "=" + std::string(stars)
                                                               : std::string(whole);
  });
  return out;
}

}  // namespace

std::optional<ConnectionUrl> parse_connection_url(std::string_view text) {
  const std::optional<Pieces> pieces = split(text);
  if (!pieces) return std::nullopt;
  ConnectionUrl url;
  url.scheme = lower_case(pieces->scheme);
  url.user = percent_decoded(pieces->user);
  url.password = Secret(percent_decoded(pieces->password));
  url.has_password = pieces->has_colon;
  url.hosts = std::string(pieces->hosts);
  url.path = percent_decoded(pieces->path);
  if (!pieces->query.empty())
    for_each_parameter(pieces->query.substr(1), '&',
                       [&](std::string_view, std::string_view name, std::string_view value) {
                         if (!name.empty()) url.parameters[percent_decoded(name)] = percent_decoded(value);
                       });
  return url;
}

std::string masked_url(std::string_view text) {
  if (const std::optional<Pieces> pieces = split(text)) return with_hidden_parameters(masked_pieces(*pieces));
  constexpr std::string_view sign = "://";
  if (const std::size_t at = text.find(sign); at != std::string_view::npos) {
    std::size_t scheme = at;
    while (scheme > 0 && is_scheme_character(text[scheme - 1])) --scheme;
    if (scheme == 0) return std::string(text.substr(0, at)) + "://<hidden>";
    // `DATABASE_URL=postgres://...`, `"redis://..."`: the URL is behind something else.
    return with_hidden_parameters(text.substr(0, scheme)) + masked_url(text.substr(scheme));
  }
  if (text.find('=') == std::string::npos) return "<hidden>";
  const bool one_word = text.find_first_of(" \t\r\n'") == std::string_view::npos;
  if (one_word && is_header_list(text)) return with_hidden_parameters(masked_headers(text));
  const std::optional<std::string> keywords = masked_keywords(text);
  return keywords ? with_hidden_parameters(*keywords) : "<hidden>";
}

std::string masked_place(std::string_view text) {
  if (text.find("://") != std::string_view::npos || text.starts_with("sqlite:") || text.starts_with("sqlite3:"))
    return masked_url(text);
  const std::size_t colon = text.find(':'), sign = text.rfind('@');
  const bool is_path = text.starts_with('.') || (text.starts_with('/') && !text.starts_with("//"));
  std::string shown(text);
  if (!is_path && sign != std::string_view::npos && colon < sign)
    shown = std::string(text.substr(0, colon + 1)) + std::string(stars) + std::string(text.substr(sign));
  return with_hidden_parameters(shown);
}

std::string masked_argument(std::string_view argument) {
  std::size_t value = 0;
  if (argument.starts_with("--"))
    value = argument.find('=') + 1;  // 0 where there is none
  else if (argument.starts_with('-'))
    value = std::min<std::size_t>(argument.size(), argument.substr(0, 3).ends_with('=') ? 3 : 2);
  const std::string_view text = argument.substr(value);
  const bool may_hold_secret = text.find("://") != std::string_view::npos ||
                               text.find("password=") != std::string_view::npos || text.starts_with("sqlite:") ||
                               text.starts_with("sqlite3:");
  return std::string(argument.substr(0, value)) + (may_hold_secret ? masked_url(text) : std::string(text));
}

std::string with_masked_urls(std::string_view message) {
  static constexpr std::string_view borders = " '\"()<>\t\n";
  std::string result;
  std::size_t begin = 0;
  while (begin < message.size()) {
    const std::size_t end = std::min(message.find_first_of(borders, begin), message.size());
    const std::string_view word = message.substr(begin, end - begin);
    if (word.find("://") != std::string_view::npos)
      result += masked_url(word);
    else
      result += word;
    if (end < message.size()) result += message[end];
    begin = end + 1;
  }
  return result;
}

}  // namespace queuetrace
