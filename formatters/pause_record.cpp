#include "formatters/pause_record.hpp"

#include <array>

namespace queuetrace {
namespace {

constexpr std::array columns{Column{.field = "queue", .heading = "QUEUE"},
                             Column{.field = "source", .heading = "SOURCE"},
                             Column{.field = "paused", .heading = "PAUSED"},
                             Column{.field = "outcome", .heading = "OUTCOME"},
                             Column{.field = "reason", .heading = "REASON", .wraps = true},
                             Column{.field = "cause", .heading = "CAUSE", .wraps = true}};

}  // namespace

Record pause_record(const std::string& source, const std::string& queue, bool paused, const TargetReport& report,
                    bool dry_run) {
  return {{"source", source},
          {"queue", Untrusted(queue)},
          {"paused", paused},
          {"outcome", dry_run ? Value() : Value(std::string(to_word(report.outcome)))},
          {"reason", report.reason.empty() ? Value() : Value(report.reason)},
          {"cause", report.cause.empty() ? Value() : Value(report.cause)}};
}

std::span<const Column> pause_columns() { return columns; }

}  // namespace queuetrace
