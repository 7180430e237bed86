#include "cli/usual_url.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <string_view>

#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

struct Spelling {
  std::string_view other;
  std::string_view ours;
};
constexpr std::array spellings{Spelling{"postgresql", "postgresql"}, Spelling{"postgres", "postgresql"},
                               Spelling{"postgis", "postgresql"},    Spelling{"psql", "postgresql"},
                               Spelling{"pgsql", "postgresql"},      Spelling{"sqlite3", "sqlite"},
                               Spelling{"sqlite", "sqlite"}};

/// The keywords of libpq 16 (its manual, Parameter Key Words), and those that later releases added.
constexpr std::array<std::string_view, 52> parameters{"host",
                                                      "hostaddr",
                                                      "port",
                                                      "dbname",
                                                      "user",
                                                      "password",
                                                      "passfile",
                                                      "require_auth",
                                                      "channel_binding",
                                                      "connect_timeout",
                                                      "client_encoding",
                                                      "options",
                                                      "application_name",
                                                      "fallback_application_name",
                                                      "keepalives",
                                                      "keepalives_idle",
                                                      "keepalives_interval",
                                                      "keepalives_count",
                                                      "tcp_user_timeout",
                                                      "replication",
                                                      "gssencmode",
                                                      "sslmode",
                                                      "requiressl",
                                                      "sslnegotiation",
                                                      "sslcompression",
                                                      "sslcert",
                                                      "sslkey",
                                                      "sslpassword",
                                                      "sslcertmode",
                                                      "sslrootcert",
                                                      "sslcrl",
                                                      "sslcrldir",
                                                      "sslsni",
                                                      "requirepeer",
                                                      "ssl_min_protocol_version",
                                                      "ssl_max_protocol_version",
                                                      "min_protocol_version",
                                                      "max_protocol_version",
                                                      "krbsrvname",
                                                      "gsslib",
                                                      "gssdelegation",
                                                      "service",
                                                      "servicefile",
                                                      "target_session_attrs",
                                                      "load_balance_hosts",
                                                      "sslkeylogfile",
                                                      "scram_client_key",
                                                      "scram_server_key",
                                                      "oauth_issuer",
                                                      "oauth_client_id",
                                                      "oauth_client_secret",
                                                      "oauth_scope"};

/// `sqlite:///jobs.db` is the file jobs.db here, `sqlite:////var/jobs.db` the other one.
std::string file_url(const std::string& url) {
  constexpr std::string_view three = "sqlite:///";
  if (!url.starts_with(three)) return url;
  const std::string path = url.substr(three.size());
  if (path.starts_with('/')) return "sqlite:" + path;
  std::error_code ignored;
  const std::string file = path.substr(0, path.find_first_of("?#"));
  return "sqlite:" + std::string(std::filesystem::exists("/" + file, ignored) ? "/" : "") + path;
}

}  // namespace

std::string without_unknown_parameters(const std::string& url, std::vector<std::string>& left_out) {
  const bool postgres = url.starts_with("postgresql://") || url.starts_with("postgres://");
  const std::size_t at = url.rfind('@');
  const std::size_t question = url.find('?', at == std::string::npos ? 0 : at);
  if (!postgres || question == std::string::npos) return url;
  std::string kept;
  for (std::size_t begin = question + 1; begin < url.size();) {
    const std::size_t end = std::min(url.find('&', begin), url.size());
    const std::string part = url.substr(begin, end - begin);
    const std::string name = part.substr(0, part.find('='));
    if (std::ranges::find(parameters, name) != parameters.end() || name == "ssl")  // JDBC's, which libpq takes
      kept += (kept.empty() ? "?" : "&") + part;
    else
      left_out.push_back(name);
    begin = end + 1;
  }
  return url.substr(0, question) + kept;
}

std::string usual_url(const std::string& url) {
  std::string rest = url;
  if (lower_case(rest.substr(0, 5)) == "jdbc:") rest.erase(0, 5);
  const std::size_t colon = rest.find(':');
  if (colon == std::string::npos || rest.find('=') < colon) return url;
  const std::string whole = lower_case(rest.substr(0, colon));
  if (whole == "postgres") return rest;                         // libpq knows it
  const std::string scheme = whole.substr(0, whole.find('+'));  // `+asyncpg`, `+psycopg2`: the driver
  for (const Spelling& spelling : spellings)
    if (scheme == spelling.other) return file_url(std::string(spelling.ours) + rest.substr(colon));
  return url;
}

}  // namespace queuetrace
