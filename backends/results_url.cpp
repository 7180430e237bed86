#include "backends/results_url.hpp"

#include <algorithm>
#include <string_view>

#include "backends/open.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view results_parameter = "results=";
constexpr std::size_t longest_database = 7;

/// Where the parameter stands in the URL, without the character before it; npos: nowhere.
std::size_t place_of_parameter(std::string_view url) {
  for (std::size_t at = url.find('?'); at != std::string_view::npos; at = url.find('&', at + 1))
    if (url.substr(at + 1).starts_with(results_parameter)) return at + 1;
  return std::string_view::npos;
}

/// The URL of another database of the same server.
std::string with_database(std::string url, const std::string& scheme, const std::string& database) {
  const std::size_t question = std::min(url.find('?'), url.size());
  std::string base = url.substr(0, question), rest = url.substr(question);
  if (scheme == "unix" || scheme == "redis+unix") return base + (rest.empty() ? "?" : rest + "&") + "db=" + database;
  const std::size_t authority = base.find("://") + 3;
  std::size_t slash = base.find('/', base.rfind('@') == std::string::npos ? authority : base.rfind('@'));
  // Behind Sentinels the master's name comes first.
  if (scheme.ends_with("+sentinel") && slash != std::string::npos) slash = base.find('/', slash + 1);
  return base.substr(0, slash) + "/" + database + rest;
}

}  // namespace

Source with_results_of_url(Source source) {
  std::string url = source.url.reveal();
  const std::size_t at = place_of_parameter(url);
  if (at == std::string::npos || family_of(source) != StorageFamily::redis) return source;
  const std::size_t end = std::min(url.find('&', at), url.size());
  const std::string database = url.substr(at + results_parameter.size(), end - at - results_parameter.size());
  if (database.empty() || database.size() > longest_database ||
      database.find_first_not_of("0123456789") != std::string::npos)
    throw Error(ErrorKind::usage,
                "`results` in the URL of source '" + source.name + "' is not the number of a database")
        .with_hint("results on another server are named by results_url in the configuration (queuetrace-config(5))");
  // With it goes the character before it, or, where others follow, the one behind it.
  url.erase(end < url.size() ? at : at - 1, end + 1 - at);
  source.url = Secret(url);
  const std::optional<ConnectionUrl> parts = parse_connection_url(url);
  source.keys.try_emplace(std::string(results_url_option),
                          with_database(url, parts ? parts->scheme : std::string(), database));
  return source;
}

}  // namespace queuetrace
