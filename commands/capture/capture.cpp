// `capture`: writes the jobs of all selected sources into one portable file, to be read as a source later.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "backends/capture.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/check.hpp"
#include "commands/filter/options.hpp"
#include "commands/filter/words.hpp"
#include "commands/program/facts.hpp"
#include "commands/report/outcomes.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct CaptureOptions {
  FilterOptions filter;
  std::string output;
  bool force = false;       ///< replace the file
  bool no_payload = false;  ///< leave payloads and results out; everything else stays
  std::uint64_t limit = 0;  ///< jobs in all; 0: every one
};

constexpr Option<CaptureOptions> options_of_capture[] = {
    {{.names = "--output", .value = "FILE.db", .help = "File to write", .words = ValueWords::files, .required = true},
     into<&CaptureOptions::output>},
    {{.names = "--force", .help = "Replace the file if it exists"}, into<&CaptureOptions::force>},
    {{.names = "--no-payload", .help = "Leave out payloads and results"}, into<&CaptureOptions::no_payload>},
    {{.names = "-l,--limit", .value = "N", .help = "Capture at most this many jobs; 0 = all", .shows_default = true},
     into<&CaptureOptions::limit>},
};

constexpr std::size_t page_size = 1'000;
/// Jobs of each queue whose place among the next ones is kept.
constexpr std::size_t peeked_per_queue = 1'000;
constexpr std::uint64_t jobs_between_notices = 10'000;

constexpr std::array capture_columns{Column{"file", "FILE"}, Column{"source", "SOURCE"},
                                     Column{"jobs", "JOBS", Column::Where::table, true},
                                     Column{"bytes", "BYTES", Column::Where::table, true},
                                     Column{"filter", "FILTER", Column::Where::table, false, true}};

/// By source, id and state: in Redis an id can lie in several lists, waiting in one and completed in another.
using PeekPlaces = std::map<std::tuple<std::string, Untrusted, JobState>, std::int64_t>;

/// What workers take next, asked before the jobs are read: a capture cannot be asked later. A store that cannot say is
/// left out; its jobs are captured all the same.
PeekPlaces peek_places(std::vector<OpenedSource>& sources, const ReadLimits& limits) {
  std::size_t stores = 0;
  for (const OpenedSource& source : sources) stores += std::max<std::size_t>(source.stores.size(), 1);
  std::vector<PeekResult> results(stores);
  PeekQuery query;
  query.count = peeked_per_queue;
  query.limits = limits;
  for_each_store(sources, [&](JobStore& store, std::size_t index) { results.at(index) = store.peek(query); });
  PeekPlaces places;
  for (const PeekResult& result : results) {
    for (const PeekQueue& queue : result.queues) {
      std::int64_t place = 0;
      for (const Job& job : queue.next) places.emplace(std::tuple(job.ref.source, job.ref.id, job.state), ++place);
    }
  }
  return places;
}

/// Writes jobs as they come and counts them by source.
class Sink {
 public:
  Sink(const CaptureOptions& options, const PeekPlaces& places, CaptureWriter& writer, Notices& notices)
      : options_(options), places_(places), writer_(writer), notices_(notices) {}

  /// Whether more are wanted.
  bool take(Job&& job) {
    if (options_.no_payload) {
      job.payload.reset();
      job.result.reset();
    }
    const auto place = places_.find({job.ref.source, job.ref.id, job.state});
    writer_.add(job, place == places_.end() ? std::nullopt : std::optional(place->second));
    ++by_source_[job.ref.source];
    if (++jobs_ % jobs_between_notices == 0) notices_.progress(count_words(jobs_, "job") + " captured");
    return options_.limit == 0 || jobs_ < options_.limit;
  }

  std::uint64_t jobs() const { return jobs_; }
  std::uint64_t jobs_of(const std::string& address) const {
    const auto found = by_source_.find(address);
    return found == by_source_.end() ? 0 : found->second;
  }

 private:
  const CaptureOptions& options_;
  const PeekPlaces& places_;
  CaptureWriter& writer_;
  Notices& notices_;
  std::map<std::string, std::uint64_t> by_source_;
  std::uint64_t jobs_ = 0;
};

std::vector<CapturedSource> captured_sources(const std::vector<SourceOutcome>& outcomes, const Sink& sink) {
  std::vector<CapturedSource> sources;
  for (const SourceOutcome& outcome : outcomes) {
    CapturedSource source{outcome.address, outcome.system, sink.jobs_of(outcome.address), outcome.incomplete(), {}};
    if (outcome.error) source.error = outcome.error->what();
    sources.push_back(std::move(source));
  }
  return sources;
}

void print(const CaptureOptions& options, const CaptureFacts& facts, std::uint64_t jobs, std::uint64_t bytes,
           const Fields& summary, const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.capture/1", "captures", capture_columns, Heading::Layout::detail, "source"});
  Values captured;
  for (const CapturedSource& source : facts.sources)
    captured.push_back(Fields{{"address", source.address},
                              {"system", source.system.empty() ? Value{} : Value{source.system}},
                              {"jobs", static_cast<std::int64_t>(source.jobs)}});
  formatter->row({{"file", Untrusted(options.output)},
                  {"source", Untrusted("sqlite:" + options.output)},
                  {"jobs", static_cast<std::int64_t>(jobs)},
                  {"bytes", static_cast<std::int64_t>(bytes)},
                  {"filter", facts.filter.empty() ? Value{} : Value{Untrusted(facts.filter)}},
                  {"captured", std::move(captured)}});
  formatter->end(summary);
}

/// Streams every matching job into the file, in flat memory, and prints one record about it. Exit codes: done; partial
/// when a source failed or was cut short (the file says so too); refused when the file exists; nothing is written when
/// no source answered or the run is interrupted.
ExitCode capture(const CaptureOptions& options, Context& context) {
  JobQuery query;
  query.filter = make_filter(options.filter, context);
  query.page_size = page_size;
  query.order = JobOrder::storage;
  query.payload = true;  // what only one system has comes with it
  query.limits = context.limits;
  CaptureFacts facts{"queuetrace " + std::string(program_version()), context.now(), "", {}};
  const std::vector<Source>& selected = context.required_sources();
  CaptureWriter writer(options.output, options.force);  // before any server is asked

  std::vector<OpenedSource> sources = context.open(selected);
  check_states(query.filter, options.filter, sources, context.limits);
  facts.filter = filter_words(query.filter);
  const PeekPlaces places = peek_places(sources, context.limits);
  Sink sink(options, places, writer, context.notices);
  std::vector<std::string> warnings;
  const std::vector<SourceOutcome> outcomes = stream_jobs(
      sources, query, [&](Job&& job) { return sink.take(std::move(job)); }, warnings);
  if (context.limits.stop.stop_requested()) return ExitCode::interrupted;
  if (sink.jobs() == 0)
    for (std::string& warning : check_queues(query.filter.queues, sources, context.limits))
      warnings.push_back(std::move(warning));
  report_outcomes(outcomes, warnings, context.notices);
  const bool none_answered = std::all_of(outcomes.begin(), outcomes.end(),
                                         [](const SourceOutcome& outcome) { return outcome.error.has_value(); });
  if (none_answered) {
    context.notices.warning("nothing was captured, " + options.output + " was not written");
    return exit_code_of(outcomes);
  }
  facts.sources = captured_sources(outcomes, sink);
  const std::uint64_t jobs = writer.finish(facts);
  print(options, facts, jobs, writer.bytes(), outcome_fields(outcomes, warnings), context);
  return exit_code_of(outcomes);
}

}  // namespace

CommandForm form(At<"capture">) {
  const auto options = std::make_shared<CaptureOptions>();
  CommandForm form(options, capture);
  form.takes(options->filter, filter_options());
  form.takes(*options, options_of_capture);
  return form;
}

}  // namespace queuetrace
