#include "backends/same_place.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "backends/drivers/postgres/connection_string.hpp"
#include "backends/drivers/redis/target.hpp"
#include "backends/drivers/sqlite/connection.hpp"
#include "backends/open.hpp"
#include "backends/results_url.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

constexpr const char* this_machine = "localhost";

std::string file_name(const std::string& path) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::weakly_canonical(path, error);
  if (error) return path;
  return (file.has_filename() ? file : file.parent_path()).string();
}

/// One spelling of a host, or of the folder of a socket.
std::string host_name(std::string host) {
  if (host.starts_with('/')) {
    host = file_name(host);
    return host == "/tmp" || host == "/run/postgresql" || host == file_name("/run/postgresql") ? this_machine : host;
  }
  host = lower_case(host);
  if (host.ends_with('.')) host.pop_back();
  return host.empty() || host == "::1" || host.starts_with("127.") ? this_machine : host;
}

std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream all(text);
  for (std::string part; std::getline(all, part, ',');) parts.push_back(part);
  if (parts.empty()) parts.emplace_back();
  return parts;
}

using Places = std::set<std::string>;

/// What is missing is what libpq takes then.
Places places_in_postgres(const std::string& url) {
  std::map<std::string, std::string> keywords = keywords_of(url).value_or(std::map<std::string, std::string>());
  const std::vector<std::string> ports = listed(keywords["port"]);
  const std::string user = keywords["user"];
  const std::string database = keywords["dbname"].empty() ? user : keywords["dbname"];
  Places places;
  for (const char* keyword : {"host", "hostaddr"}) {
    if (keywords[keyword].empty() && (keyword == std::string("hostaddr") || !keywords["hostaddr"].empty())) continue;
    const std::vector<std::string> hosts = listed(keywords[keyword]);
    for (std::size_t at = 0; at < hosts.size(); ++at) {
      const std::string& port = ports[std::min(at, ports.size() - 1)];
      places.insert(host_name(hosts[at]) + " " + (port.empty() ? "5432" : port) + " " + database + " " +
                    keywords["service"]);
    }
  }
  return places;
}

Places places_in_redis(const Source& given) {
  const Source source = with_results_of_url(given);
  const std::optional<ConnectionUrl> url = parse_connection_url(source.url.reveal());
  if (!url) return {};
  const RedisTarget target = make_redis_target(*url, source);
  Places places;
  for (RedisAddress address : target.addresses) {
    if (address.socket_path.empty()) address.host = host_name(address.host);
    if (!address.socket_path.empty()) address.socket_path = file_name(address.socket_path);
    places.insert(to_text(address) + " " + target.master + " " + std::to_string(target.database));
  }
  return places;
}

Places places_of(const Source& source) {
  const std::string& url = source.url.reveal();
  switch (family_of(source)) {
    case StorageFamily::postgresql: return places_in_postgres(url);
    case StorageFamily::redis: return places_in_redis(source);
    case StorageFamily::sqlite:
      if (const std::optional<std::filesystem::path> file = sqlite_file(url)) return {file_name(file->string())};
      return {};
  }
  return {};
}

bool is_same_file(const Source& one, const Source& other) {
  const std::optional<std::filesystem::path> file = sqlite_file(one.url.reveal());
  const std::optional<std::filesystem::path> other_file = sqlite_file(other.url.reveal());
  std::error_code error;
  return file && other_file && std::filesystem::equivalent(*file, *other_file, error);
}

}  // namespace

bool is_same_place(const Source& one, const Source& other) {
  try {
    if (family_of(one) != family_of(other)) return false;
    const Places places = places_of(one), others = places_of(other);
    return std::ranges::any_of(places, [&](const std::string& place) { return others.contains(place); }) ||
           is_same_file(one, other);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace queuetrace
