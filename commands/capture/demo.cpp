// `demo`: writes a small incident as a capture, so that queuetrace can be tried without any server.
#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "backends/capture.hpp"
#include "commands/capture/demo_incident.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/program/facts.hpp"
#include "commands/report/shell_word.hpp"

namespace queuetrace {
namespace {

struct DemoOptions {
  std::string file = "queuetrace-demo.db";
  bool force = false;  ///< replace the file
};

constexpr Option<DemoOptions> own_options[] = {
    {{.names = "FILE", .help = "File to write", .words = ValueWords::files}, into<&DemoOptions::file>},
    {{.names = "--force", .help = "Replace the file when it exists"}, into<&DemoOptions::force>},
};

constexpr std::array columns{Column{"file", "FILE"},
                             Column{"source", "SOURCE"},
                             Column{"jobs", "JOBS", Column::Where::table, true},
                             Column{"bytes", "BYTES", Column::Where::wide, true},
                             Column{"trace_id", "TRACE"},
                             Column{"correlation_id", "CORRELATION"}};

/// Commands with the reason to run each.
std::vector<std::pair<std::string, std::string>> things_to_try(const std::string& source) {
  const std::string from = " --source " + shell_word(source);
  return {
      {"queuetrace job list" + from, "what there is, newest first"},
      {"queuetrace job list --trace-id " + std::string(demo_trace_id) + from, "one order's trace, over two systems"},
      {"queuetrace job list --correlation-id " + std::string(demo_correlation_id) + from,
       "the same order by its number"},
      {"queuetrace job list --state dead,failed" + from, "what went wrong"},
      {"queuetrace peek --why" + from, "what runs next, and what waits for what"},
      {"queuetrace stats" + from, "depth and ages of every queue"}};
}

/// Writes the file, prints one record about it and, on stderr, what to try next. Throws Error{refused} when the file
/// exists and is not to be replaced.
ExitCode demo(const DemoOptions& options, Context& context) {
  const Timestamp now = context.now();
  const std::vector<DemoJob> incident = demo_incident(now);
  CaptureWriter writer(options.file, options.force);
  CaptureFacts facts{"queuetrace " + std::string(program_version()), now, "the demo's incident", {}};
  for (const DemoJob& one : incident) {
    writer.add(one.job, one.peek_position);
    const auto same = [&](const CapturedSource& source) { return source.address == one.job.ref.source; };
    auto found = std::find_if(facts.sources.begin(), facts.sources.end(), same);
    if (found == facts.sources.end())
      found = facts.sources.insert(found, {one.job.ref.source, one.job.system, 0, std::nullopt, std::nullopt});
    ++found->jobs;
  }
  const std::uint64_t jobs = writer.finish(facts);

  const std::string source = "sqlite:" + options.file;
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.demo/1", "demo", columns, Heading::Layout::detail, "source"});
  Values commands;
  for (const auto& [command, reason] : things_to_try(source))
    commands.push_back(Fields{{"command", Untrusted(command)}, {"reason", reason}});
  formatter->row({{"file", Untrusted(options.file)},
                  {"source", Untrusted(source)},
                  {"jobs", static_cast<std::int64_t>(jobs)},
                  {"bytes", static_cast<std::int64_t>(writer.bytes())},
                  {"trace_id", std::string(demo_trace_id)},
                  {"correlation_id", std::string(demo_correlation_id)},
                  {"try", std::move(commands)}});
  formatter->end({});

  context.notices.note("An order went wrong half an hour ago; its jobs are in " + options.file + ". Try:");
  for (const auto& [command, reason] : things_to_try(source)) context.notices.note("  " + command + "   # " + reason);
  return ExitCode::done;
}

}  // namespace

CommandForm demo_form() {
  const auto options = std::make_shared<DemoOptions>();
  CommandForm form(options, demo);
  form.takes(*options, own_options);
  return form;
}

}  // namespace queuetrace
