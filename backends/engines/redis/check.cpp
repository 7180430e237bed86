// What `source check` asks of a Redis server.
#include <algorithm>
#include <charconv>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/clock_skew.hpp"
#include "backends/engines/redis/job_store.hpp"
#include "backends/engines/redis/permissions.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

/// The value of `name:value` in INFO's text; empty when it is not there.
std::string info_value(std::string_view info, std::string_view name) {
  for (std::size_t at = 0; at < info.size();) {
    const std::size_t end = std::min(info.find("\r\n", at), info.size());
    const std::string_view line = info.substr(at, end - at);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':')
      return std::string(line.substr(name.size() + 1));
    at = end + 2;
  }
  return {};
}

/// Server text for a message of ours: only what a version or policy is made of.
std::string plain(const std::string& text) {
  std::string kept;
  for (const char c : text.substr(0, 40))
    kept.push_back(
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ? c : '?');
  return kept;
}

}  // namespace

std::vector<Finding> RedisJobStore::look_at_server(std::string& server) {
  std::vector<Finding> findings;
  const RedisCommand info{"INFO"};
  const Reply reply = std::move(keys_.connection().pipeline({&info, 1}).front());
  if (reply.is(Reply::Type::error)) {
    server = "Redis";
    findings.push_back(
        {Finding::Severity::note, "server", "INFO is not permitted: version and policy unknown", {}, "info-denied"});
  } else {
    server = "Redis " + plain(info_value(reply.text(), "redis_version"));
    const std::string policy = info_value(reply.text(), "maxmemory_policy");
    const std::string maximum = info_value(reply.text(), "maxmemory");
    if (!policy.empty() && policy != "noeviction" && maximum != "0" && !maximum.empty())
      findings.push_back({Finding::Severity::warning, "maxmemory-policy",
                          "the server may evict jobs when memory is short (" + plain(policy) + ")",
                          "CONFIG SET maxmemory-policy noeviction", "maxmemory-policy"});
    if (info_value(reply.text(), "role") == "slave")
      findings.push_back(
          {Finding::Severity::note, "replication", "this is a replica: it may lag behind", {}, "replica"});
  }
  if (keys_.connection().insecure())
    findings.push_back({Finding::Severity::warning, "TLS",
                        "the server's certificate is NOT verified (insecure=true): anybody in between can read "
                        "the password and the jobs",
                        "remove insecure=true and give the authority with cacert=FILE", "tls-unverified"});
  return findings;
}

StoreCheck RedisJobStore::check(const ReadLimits& limits) {
  StoreCheck check;
  check.capabilities = capabilities();
  const auto started = std::chrono::steady_clock::now();
  keys_.connection().ask({"PING"}, "ping");
  check.latency = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
  check.clock_skew = clock_skew(keys_.server_time());
  check.version = std::string(keys_.system().info.versions);
  check.findings = look_at_server(check.server);
  for (Finding& finding : check_permissions(keys_.connection(), keys_.system(), keys_.deployment()))
    check.findings.push_back(std::move(finding));
  check.findings.insert(check.findings.end(), keys_.deployment().findings.begin(), keys_.deployment().findings.end());
  const OpenLists open = keys().open_all(limits);
  for (const std::string& warning : open.warnings)
    check.findings.push_back({Finding::Severity::warning, "keys", warning, {}});
  check.findings.push_back({Finding::Severity::good,
                            "keys",
                            count_words(open.lists.size(), "key or family", "keys or families") + " of keys with jobs",
                            {}});
  check.findings.push_back(
      {Finding::Severity::note, "trace lookup", "Redis has no index on trace ids: every lookup reads the jobs", {}});
  if (keys_.system().explain.find_facts != nullptr)
    keys_.system().explain.find_facts(keys_.connection(), keys_.deployment(), check.findings);
  DiagnosisReport report({keys_.system().explain.diagnoses});
  if (keys_.system().explain.look != nullptr)
    keys_.system().explain.look(keys_.connection(), keys_.deployment(), limits, report);
  for (Finding& finding : report.findings()) {
    if (finding.count) finding.text += " (" + grouped(finding.count->value) + " found)";
    check.findings.push_back(std::move(finding));
  }
  add_unread(check.findings, limits);
  return check;
}

}  // namespace queuetrace
