#include "backends/engines/sql/carrier_search.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "backends/engines/sql/carrier_text.hpp"
#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "model/letter_case.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

void add_once(std::vector<std::string>& texts, std::string text) {
  if (!text.empty() && std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
}

/// The lower-case texts of which a stored context of this trace holds at least one: the hex digits (they stand together
/// in all headers), without leading zeros as Jaeger may write them, and the forms that have other characters, such as
/// the decimal number of the low half.
std::vector<std::string> needles_of(const TraceQuery& query) {
  std::vector<std::string> needles;
  if (query.prefix) return {lower_case(query.typed.substr(0, query.typed.find('*')))};
  for (const std::string& hex : query.canonical) {
    std::string digits = hex.substr(std::min(hex.find_first_not_of('0'), hex.size()));
    add_once(needles, digits);
    std::uint64_t low = 0;
    const std::string half = hex.substr(hex.size() - std::min<std::size_t>(16, hex.size()));
    if (std::from_chars(half.data(), half.data() + half.size(), low, 16).ec == std::errc() && low != 0)
      add_once(needles, std::to_string(low));
  }
  const auto has_known = [&](const std::string& text) {
    return std::ranges::any_of(needles, [&](const std::string& n) { return text.find(n) != std::string::npos; });
  };
  if (std::string typed = lower_case(query.typed); needles.empty() || !has_known(typed)) add_once(needles, typed);
  for (const std::string& spelling : query.spellings)
    if (std::string text = lower_case(spelling); !has_known(text)) add_once(needles, std::move(text));
  return needles;
}

std::string quoted_glob(std::string_view text) {
  std::string out = "*";
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '\\') out += '\\';
    out += c;
  }
  return out + '*';
}

/// The condition on the row of a job whose carrier, of its own or of another row, meets `condition`.
std::string of_job(const BoundSystem& system, const BoundCarrier& carrier, const std::string& condition) {
  if (carrier.table.empty()) return condition;
  const std::string jobs =
      fmt::format("(SELECT {} FROM {} x WHERE {})", carrier.description->job, carrier.table, condition);
  // As an array, so that the index of the ids can be joined with those of other conditions.
  if (system.flavour == SqlFlavour::postgresql)
    return fmt::format("{} = ANY(ARRAY{})", system.system->id_expression, jobs);
  return fmt::format("{} IN {}", system.system->id_expression, jobs);
}

/// Texts that were seen to be traceparents hold ids in one form only: `digits` in lower case. Elsewhere every needle
/// may stand.
std::string search_paths(const BoundSystem& system, const BoundCarrier& carrier, const std::vector<std::string>& digits,
                         const std::vector<std::string>& needles, Parameters& parameters) {
  const auto patterns_of = [&](const std::vector<std::string>& texts) {
    std::vector<std::string> patterns;
    for (const std::string& text : texts)
      patterns.push_back(parameters.add(pattern_value(system.flavour, quoted_glob(text))));
    return patterns;
  };
  std::vector<std::string> of_digits, of_needles, choices;
  for (const CarrierPath& path : carrier.paths) {
    const bool seen = path.traceparents && !path.configured;
    std::vector<std::string>& patterns = seen ? of_digits : of_needles;
    if (patterns.empty()) patterns = patterns_of(seen ? digits : needles);
    if (patterns.empty()) continue;
    std::string text =
        text_at_path(system.flavour, carrier.document, parameters.add(path_value(system.flavour, path.members)));
    if (!seen) text = fmt::format("lower({})", text);
    for (const std::string& pattern : patterns) choices.push_back(matches_pattern(system.flavour, text, pattern));
  }
  return choices.empty() ? "1 = 0" : any_of(choices);
}

std::string search(const BoundSystem& system, const BoundRelation& relation, const std::vector<std::string>& digits,
                   const std::vector<std::string>& needles, Parameters& parameters) {
  std::vector<std::string> choices;
  for (const BoundCarrier& carrier : relation.carriers) {
    std::string condition;
    if (carrier.is_jsonb) {
      condition = search_paths(system, carrier, digits, needles, parameters);
    } else {
      std::vector<std::string> texts;
      for (const std::string& needle : needles)
        texts.push_back(
            contains_folded(system.flavour, as_text(system.flavour, carrier.document), parameters.add(needle)));
      condition = texts.empty() ? "1 = 0" : any_of(texts);
    }
    choices.push_back(of_job(system, carrier, condition));
  }
  return any_of(choices);
}

/// A column's name as SQL takes it.
std::string written_name(const std::string& column) {
  const bool plain = !column.empty() && std::ranges::all_of(column, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? column : quoted_identifier(column);
}

}  // namespace

std::string carrier_condition(const BoundSystem& system, const BoundRelation& relation,
                              const std::vector<TraceQuery>& wanted, Parameters& parameters) {
  std::vector<std::string> digits, needles;
  for (const TraceQuery& query : wanted) {
    for (const std::string& hex : query.canonical) add_once(digits, hex);
    if (query.prefix) add_once(digits, lower_case(query.typed.substr(0, query.typed.find('*'))));
    for (std::string& needle : needles_of(query)) add_once(needles, std::move(needle));
  }
  return search(system, relation, digits, needles, parameters);
}

std::string carrier_span_condition(const BoundSystem& system, const BoundRelation& relation,
                                   const std::vector<std::string>& wanted, Parameters& parameters) {
  std::vector<std::string> digits, needles;
  for (const std::string& span : wanted) {
    const std::string text = lower_case(span);
    add_once(digits, text);
    add_once(needles, text);
    std::uint64_t number = 0;  // Datadog writes decimal
    if (std::from_chars(text.data(), text.data() + text.size(), number, 16).ec == std::errc() && number != 0)
      add_once(needles, std::to_string(number));
  }
  return search(system, relation, digits, needles, parameters);
}

bool is_in_use(const BoundCarrier& carrier) { return carrier.discovered || carrier.paths.front().configured; }

bool carriers_are_indexed(const BoundRelation& relation) {
  return std::ranges::any_of(relation.carriers, is_in_use) &&
         std::ranges::all_of(relation.carriers, [](const BoundCarrier& carrier) {
           return !is_in_use(carrier) || (carrier.index_covers && !carrier.index.empty());
         });
}

std::string carrier_index_condition(const BoundSystem& system, const BoundRelation& relation,
                                    const std::vector<TraceQuery>& wanted, Parameters& parameters) {
  if (!carriers_are_indexed(relation)) return {};
  std::vector<std::string> texts;
  for (const TraceQuery& query : wanted) {
    if (query.prefix) return {};
    add_once(texts, query.typed);
    for (const std::string& text : query.spellings) add_once(texts, text);
    for (const std::string& text : query.canonical) add_once(texts, text);
  }
  const std::string list = parameters.add(list_value(system.flavour, texts));
  std::vector<std::string> choices;
  for (const BoundCarrier& carrier : relation.carriers)
    if (is_in_use(carrier))
      choices.push_back(of_job(system, carrier, equals_any(system.flavour, SqlType::text, carrier.index, list)));
  return any_of(choices);
}

bool is_wanted(const Job& job, const JobFilter& filter) {
  const auto equals = [](const std::optional<Untrusted>& stored, const std::string& text) {
    return stored && lower_case(stored->raw()) == lower_case(text);
  };
  const auto& trace = job.trace;
  const auto names = [&](const TraceQuery& query) {
    return (trace.trace_id && matches(query, trace.trace_id->raw())) ||
           std::ranges::any_of(trace.further_trace_ids,
                               [&](const Untrusted& further) { return matches(query, further.raw()); });
  };
  if (!filter.traces.empty() && std::ranges::none_of(filter.traces, names)) return false;
  // What other alternatives ask for is in columns, which hold no more than what they were searched for.
  if (!filter.any_of.empty() &&
      std::ranges::none_of(filter.any_of, [&](const JobFilter& one) { return is_wanted(job, one); }))
    return false;
  return filter.span_ids.empty() || std::ranges::any_of(filter.span_ids, [&](const std::string& span) {
           return equals(trace.span_id, span) || equals(trace.parent_span_id, span);
         });
}

bool is_kind_wanted(const Job& job, const JobFilter& filter) {
  return filter.kinds.empty() || (job.kind && std::ranges::any_of(filter.kinds, [&](const std::string& glob) {
                                    return matches_glob(glob, job.kind->raw());
                                  }));
}

std::optional<TraceContext> context_at_path(std::string_view text) {
  if (std::optional<TraceContext> context = context_from_traceparent(text)) return context;
  if (std::optional<TraceContext> context = context_from_carrier(text)) return context;
  for (const char* key : {"traceparent", "trace_id"}) {
    const std::string carrier =
        nlohmann::json{{key, text}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (std::optional<TraceContext> context = context_from_carrier(carrier)) return context;
  }
  return std::nullopt;
}

bool is_unsampled(std::string_view text, std::string_view trace_id) {
  if (trace_id.size() != 32) return false;
  const std::string folded = lower_case(text);
  const std::string id = lower_case(trace_id);
  for (std::size_t at = folded.find(id); at != std::string::npos; at = folded.find(id, at + 1)) {
    const std::string_view rest = std::string_view(folded).substr(at + 32);
    if (rest.size() < 20 || rest[0] != '-' || rest[17] != '-') continue;
    const char digit = rest[19];
    const int value = digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
    return value >= 0 && value % 2 == 0;
  }
  return false;
}

std::optional<std::string> carrier_index_statement(const BoundSystem& system, const BoundRelation& relation,
                                                   const BoundCarrier& carrier) {
  const std::string column = written_name(carrier.column);
  std::vector<std::string> texts;
  for (const CarrierPath& path : carrier.paths) {
    if (!std::ranges::all_of(path.members, is_plain_member)) continue;
    if (path.members == std::vector<std::string>{"__otel_headers"})
      texts.push_back(
          fmt::format("jsonb_path_query_first({}, 'strict $.\"__otel_headers\"[*] ? (@[0] == \"traceparent\")[1]', "
                      "'{{}}', true) #>> '{{}}'",
                      column));
    if (!path.traceparents) continue;
    texts.push_back(path.members.size() == 1 ? fmt::format("{} ->> '{}'", column, path.members[0])
                                             : fmt::format("{} #>> '{{{}}}'", column, fmt::join(path.members, ",")));
  }
  if (texts.empty() && carrier.is_jsonb) return std::nullopt;
  std::string key;
  if (carrier.is_jsonb) {
    const std::string text =
        texts.size() == 1 ? fmt::format("({})", texts[0]) : fmt::format("coalesce({})", fmt::join(texts, ", "));
    key = fmt::format("substr({}, 4, 32)", text);
  } else {  // a member, or a pair of a list
    key = fmt::format("substring({}::text FROM '\"traceparent\"[ :,]+\"[0-9a-f]{{2}}-([0-9a-f]{{32}})')", column);
  }
  const bool first = &carrier == &relation.carriers.front();
  const std::string_view table = carrier.table.empty() ? relation.description->table : carrier.description->table;
  const std::string name =
      first ? fmt::format("{}_trace_id_idx", table) : fmt::format("{}_{}_trace_id_idx", table, carrier.column);
  return fmt::format("CREATE INDEX CONCURRENTLY {} ON {} ({})", written_name(name),
                     qualified_name(system.schema.name, table), key);
}

}  // namespace queuetrace
