// Cases of `doctor` on Redis: what is done to a healthy keyspace, and the one finding that must come of it.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "backends/diagnosis.hpp"
#include "tests/systems/redis_store.hpp"

namespace queuetrace::test {

using Commands = std::vector<std::vector<std::string>>;

struct RedisDiagnosisCase {
  std::string code;
  Commands commands;                             ///< after those of the healthy keyspace
  std::optional<std::uint64_t> count;            ///< absent: not counted
  std::vector<std::string> samples = {};         ///< or names, where it is not about jobs
  std::string remedy_has = {};                   ///< part of the remedy
  std::set<std::string> also = {};               ///< what cannot be without it
  std::map<std::string, std::string> keys = {};  ///< Source::keys
};

inline std::vector<std::string> raw(const std::vector<Untrusted>& texts) {
  std::vector<std::string> out;
  for (const Untrusted& text : texts) out.push_back(text.raw());
  return out;
}

inline std::set<std::string> codes_of(const std::vector<Finding>& findings) {
  std::set<std::string> codes;
  for (const Finding& finding : findings) codes.insert(finding.code);
  return codes;
}

inline void check_case(const RedisDiagnosisCase& one, const std::vector<Finding>& findings) {
  std::set<std::string> expected = one.also;
  expected.insert(one.code);
  std::string found_codes;
  for (const Finding& finding : findings) found_codes += finding.code + " (" + finding.text + ") ";
  INFO(one.code, ": found ", found_codes);
  CHECK(codes_of(findings) == expected);
  const auto found = std::ranges::find(findings, one.code, &Finding::code);
  REQUIRE(found != findings.end());
  CHECK(found->count.has_value() == one.count.has_value());
  if (found->count && one.count) CHECK(found->count->value == *one.count);
  CHECK(raw(found->samples.empty() ? found->names : found->samples) == one.samples);
  CHECK(found->severity != Finding::Severity::good);
  CHECK_FALSE(found->text.empty());
  CHECK(found->remedy.find(one.remedy_has) != std::string::npos);
  CHECK_FALSE(found->remedy.empty());
}

/// Each case on a server of its own.
inline void check_cases(const std::vector<RedisDiagnosisCase>& cases, const Commands& healthy,
                        const RedisSystem& system) {
  for (const RedisDiagnosisCase& one : cases) {
    CAPTURE(one.code);
    RedisServer server;
    server.run(healthy);
    server.run(one.commands);
    Source source;
    source.system = std::string(system.info.name);
    source.keys = one.keys;
    check_case(one, open_redis_store(server.target(), system, source)->diagnose({}));
  }
}

inline std::set<std::string> codes_of(std::span<const RedisDiagnosisRule> rules) {
  std::set<std::string> codes;
  for (const RedisDiagnosisRule& rule : rules) CHECK(codes.emplace(rule.code).second);
  return codes;
}

}  // namespace queuetrace::test
