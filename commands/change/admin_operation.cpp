#include "commands/change/admin_operation.hpp"

#include <algorithm>
#include <optional>
#include <ostream>

#include "commands/program/facts.hpp"
#include "model/connection_url.hpp"
#include "tracing/otlp_export.hpp"

namespace queuetrace {
namespace {

std::string meaning_of(ExitCode code) {
  for (const ExitCodeMeaning& one : exit_code_meanings)
    if (one.code == code) return std::string(one.meaning);
  return {};
}

Values texts(const std::vector<std::string>& list) {
  Values values;
  for (const std::string& text : list) values.emplace_back(Untrusted(text));
  return values;
}

/// How a run ended.
struct End {
  ExitCode code = ExitCode::done;
  std::optional<std::string> failure;
  std::string error_type = {};
};

Fields attributes_of(const OperationFacts& facts, const std::string& operation, const End& end,
                     const Context& context) {
  Values names, servers;
  for (const Source& source : context.sources) {
    names.emplace_back(source.name);
    servers.emplace_back(masked_url(source.url.reveal()));
  }
  Fields attributes{{"admin.operation", operation},
                    {"admin.destructive", facts.destructive},
                    {"admin.dry_run", facts.dry_run},
                    {"admin.source", std::move(names)},
                    {"admin.server", std::move(servers)}};
  if (!facts.systems.empty()) attributes.push_back({"admin.system", texts(facts.systems)});
  if (!facts.queues.empty()) attributes.push_back({"queue.name", texts(facts.queues)});
  if (!facts.filter.empty()) attributes.push_back({"admin.filter", Untrusted(facts.filter)});
  attributes.insert(attributes.end(), facts.counts.begin(), facts.counts.end());
  attributes.push_back({"process.exit.code", static_cast<std::int64_t>(end.code)});
  if (!end.error_type.empty()) attributes.push_back({"error.type", end.error_type});
  return attributes;
}

}  // namespace

void OperationFacts::systems_of(const std::vector<SourceOutcome>& outcomes) {
  for (const SourceOutcome& outcome : outcomes)
    if (!outcome.system.empty() && std::ranges::find(systems, outcome.system) == systems.end())
      systems.push_back(outcome.system);
}

ExitCode traced_operation(const std::string& name, Context& context,
                          const std::function<ExitCode(OperationFacts&)>& work) {
  const auto& environment = context.surroundings.environment;
  AdminSpan span = begin_admin_span(name, environment, context.now());
  OperationFacts facts;
  facts.trace_id = hex32(span.trace);
  const auto finish = [&](const End& end) {
    if (!exports_spans(environment)) return;
    span.end = context.now();
    span.attributes = attributes_of(facts, name, end, context);
    span.failure = end.failure;
    const SpanExport result = export_span(span, environment, program_version());
    if (!result.problem.empty()) context.notices.note("span admin." + name + ": " + result.problem);
  };
  try {
    const ExitCode code = work(facts);
    context.out.flush();  // the answer first, whatever the collector does
    finish({code, code == ExitCode::done ? std::nullopt : std::optional(meaning_of(code))});
    return code;
  } catch (const FieldNames&) {
    throw;  // `--fields help`: nothing was done
  } catch (const Error& error) {
    finish({exit_code_of(error.kind()), with_masked_urls(error.what()), std::string(to_word(error.kind()))});
    throw;
  } catch (...) {
    finish({ExitCode::done, "the reader of the output went away"});
    throw;
  }
}

}  // namespace queuetrace
