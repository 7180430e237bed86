#include "formatters/store_check_record.hpp"

#include <array>

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array check_list{
    Column{.field = "source", .heading = "SOURCE"},
    Column{.field = "system", .heading = "SYSTEM"},
    Column{.field = "server", .heading = "SERVER", .shrinkable = true},
    Column{.field = "version", .heading = "VERSION", .shrinkable = true},
    Column{.field = "latency_ms", .heading = "LATENCY", .right = true},
    Column{.field = "clock_skew_ms", .heading = "CLOCK SKEW", .where = Where::wide, .right = true},
    Column{.field = "lookup_trace", .heading = "BY TRACE"},
    Column{.field = "lookup_correlation", .heading = "BY CORRELATION", .where = Where::wide},
    Column{.field = "lookup_id", .heading = "BY ID", .where = Where::wide},
    Column{.field = "ordered", .heading = "ORDERED", .where = Where::wide},
    Column{.field = "times", .heading = "TIMES", .where = Where::wide},
    Column{.field = "findings", .heading = "FINDINGS", .where = Where::never, .wraps = true}};

Fields finding_fields(const Finding& finding) {
  return {{"severity", std::string(to_word(finding.severity))},
          {"subject", finding.subject},
          {"text", finding.text},
          {"remedy", text_or_nothing(finding.remedy)}};
}

}  // namespace

std::string_view to_word(Finding::Severity severity) {
  switch (severity) {
    case Finding::Severity::good: return "good";
    case Finding::Severity::note: return "note";
    case Finding::Severity::warning: return "warning";
    case Finding::Severity::problem: return "problem";
  }
  return "";
}

std::string_view to_word(Lookup lookup) {
  switch (lookup) {
    case Lookup::indexed: return "indexed";
    case Lookup::scanned: return "scanned";
    case Lookup::unsupported: return "unsupported";
  }
  return "";
}

Record store_check_record(const std::string& source, const std::string& system, const StoreCheck& check) {
  Values findings;
  for (const Finding& finding : check.findings) findings.emplace_back(finding_fields(finding));
  return {{"source", source},
          {"system", system},
          {"server", text_or_nothing(check.server)},
          {"version", text_or_nothing(check.version)},
          {"latency_ms", check.latency},
          {"clock_skew_ms", check.clock_skew ? Value(*check.clock_skew) : Value()},
          {"lookup_trace", std::string(to_word(check.capabilities.trace))},
          {"lookup_correlation", std::string(to_word(check.capabilities.correlation))},
          {"lookup_id", std::string(to_word(check.capabilities.id))},
          {"ordered", check.capabilities.ordered},
          {"times", check.capabilities.times},
          {"findings", std::move(findings)}};
}

std::span<const Column> store_check_columns() { return check_list; }

}  // namespace queuetrace
