// `demo`: writes a small incident as a capture, so that queuetrace can be tried without any server.
#include <algorithm>
#include <array>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "backends/capture.hpp"
#include "commands/capture/demo_incident.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/program/facts.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/shell_word.hpp"
#include "formatters/escape.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct DemoOptions {
  std::string file = "queuetrace-demo.db";
  bool force = false;  ///< replace the file
};

constexpr Option<DemoOptions> options_of_demo[] = {
    {{.names = "FILE", .help = "File to write", .words = ValueWords::files, .shows_default = true},
     into<&DemoOptions::file>},
    {{.names = "--force", .help = "Replace the file if it exists"}, into<&DemoOptions::force>},
};

constexpr std::array demo_columns{Column{"file", "FILE"},
                                  Column{"source", "SOURCE"},
                                  Column{"jobs", "JOBS", Column::Where::table, true},
                                  Column{"bytes", "BYTES", Column::Where::wide, true},
                                  Column{"trace_id", "TRACE"},
                                  Column{"correlation_id", "CORRELATION"}};

using CommandWithReason = std::pair<std::string, std::string>;

/// With the file itself as source where it is taken for one, so that a line of it is no wider than 80 cells.
std::vector<CommandWithReason> things_to_try(const std::string& file) {
  const bool reads_as_file = file.ends_with(".db") && !file.starts_with('-');
  const std::string from = " -s " + shell_word(reads_as_file ? file : "sqlite:" + file);
  return {{"queuetrace trace show " + std::string(demo_correlation_id) + from, "what happened to it"},
          {"queuetrace job errors" + from, "what goes wrong"},
          {"queuetrace peek --why" + from, "what runs next, and why not"},
          {"queuetrace stats" + from, "which queue is stuck"}};
}

struct Written {
  std::uint64_t jobs = 0;
  std::uint64_t bytes = 0;
  std::size_t systems = 0;
};

Written write_incident(const DemoOptions& options, Timestamp now) {
  CaptureWriter writer(options.file, options.force);
  CaptureFacts facts{"queuetrace " + std::string(program_version()), now, "the demo's incident", {}};
  std::set<std::string> systems;
  for (const DemoJob& one : demo_incident(now)) {
    writer.add(one.job, one.peek_position);
    systems.insert(one.job.system);
    const auto same = [&](const CapturedSource& source) { return source.address == one.job.ref.source; };
    auto found = std::find_if(facts.sources.begin(), facts.sources.end(), same);
    if (found == facts.sources.end()) {
      found = facts.sources.emplace(found);
      found->address = one.job.ref.source;
      found->system = one.job.system;
    }
    ++found->jobs;
  }
  Written written;
  written.jobs = writer.finish(facts);
  written.bytes = writer.bytes();
  written.systems = systems.size();
  return written;
}

void print_text(const std::string& file, const Written& written, const std::vector<CommandWithReason>& commands,
                std::ostream& out) {
  out << terminal_text(file, Profile::ident) << ": " << count_words(written.jobs, "job") << " of "
      << count_words(written.systems, "system") << "; an order went wrong half an hour ago\n";
  for (const auto& [command, reason] : commands)
    out << "  " << terminal_text(command, Profile::text) << "  # " << reason << '\n';
}

void print_record(const std::string& file, const std::string& source, const Written& written,
                  const std::vector<CommandWithReason>& commands, Context& context) {
  Values texts;
  for (const auto& [command, reason] : commands)
    texts.push_back(Fields{{"command", Untrusted(command)}, {"reason", reason}});
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.demo/1", "demo", demo_columns, Heading::Layout::detail, "source"});
  formatter->row({{"file", Untrusted(file)},
                  {"source", Untrusted(source)},
                  {"jobs", static_cast<std::int64_t>(written.jobs)},
                  {"bytes", static_cast<std::int64_t>(written.bytes)},
                  {"trace_id", std::string(demo_trace_id)},
                  {"correlation_id", std::string(demo_correlation_id)},
                  {"try", std::move(texts)}});
  formatter->end({});
}

/// Writes the file and says what to try next: in text where a table would be printed, else as one record. Throws
/// Error{refused} when the file exists and is not to be replaced.
ExitCode demo(const DemoOptions& options, Context& context) {
  const Written written = write_incident(options, context.now());
  const std::string source = "sqlite:" + options.file;
  const std::vector<CommandWithReason> commands = things_to_try(options.file);
  if (is_table(context) && context.format_options.fields.empty())
    print_text(options.file, written, commands, context.out);
  else
    print_record(options.file, source, written, commands, context);
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"demo">) {
  const auto options = std::make_shared<DemoOptions>();
  CommandForm form(options, demo);
  form.takes(*options, options_of_demo);
  return form;
}

}  // namespace queuetrace
