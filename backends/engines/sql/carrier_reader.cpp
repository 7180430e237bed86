#include "backends/engines/sql/carrier_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backends/engines/sql/carrier_members.hpp"
#include "backends/engines/sql/carrier_search.hpp"
#include "backends/engines/sql/carrier_text.hpp"
#include "backends/engines/sql/document_place.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::json;

/// A context and where it was found.
struct Found {
  TraceContext context;
  std::string text;  ///< that it was read from
  std::string from;  ///< our words: a column, or what a row of another table is
};

/// The document that has this traceparent at the path and nothing else, as PostgreSQL writes it; empty where carriers
/// have none there.
std::string carrier_of(const CarrierPath& path, std::string_view traceparent) {
  if (!path.traceparents || path.configured || path.members.size() > 2 || path.members.empty()) return {};
  if (path.members.back() != "traceparent") return {};
  std::string text;
  for (const std::string& member : path.members) text.append("{\"").append(member).append("\": ");
  text.append("\"").append(traceparent).append("\"");
  return text.append(path.members.size(), '}');
}

class Reader {
 public:
  Reader(const BoundRelation& relation, CarrierCells cells) {
    carriers_.reserve(relation.carriers.size());
    for (const BoundCarrier& carrier : relation.carriers) {
      const std::size_t paths = paths_to_read(carrier).size();
      carriers_.push_back({&carrier, cells.front(), cells.subspan(1, paths)});
      cells = cells.subspan(1 + paths);
    }
  }

  std::vector<Found> read() {
    for (const Cells& cells : carriers_) read_paths(cells, true);
    for (Cells& cells : carriers_)
      if (cells.text && cells.carrier->table.empty() && cells.carrier->description->places.empty()) read_members(cells);
    for (const Cells& cells : carriers_) read_paths(cells, false);
    for (const Cells& cells : carriers_)
      if (cells.text && !cells.carrier->table.empty()) read_rows(cells);
    return std::move(found_);
  }

 private:
  struct Cells {
    const BoundCarrier* carrier;
    std::optional<std::string_view> text;
    CarrierCells paths;
  };

  static std::string column(const Cells& cells) { return cells.carrier->column; }

  void take(std::optional<TraceContext> context, std::string_view text, std::string from) {
    if (context && context->trace_id) found_.push_back({std::move(*context), std::string(text), std::move(from)});
  }

  void read_paths(const Cells& cells, bool configured) {
    const std::vector<CarrierPath>& paths = cells.carrier->paths;
    for (std::size_t i = 0; i < cells.paths.size() && i < paths.size(); ++i)
      if (paths[i].configured == configured && (configured || paths[i].traceparents) && cells.paths[i])
        take(context_at_path(*cells.paths[i]), *cells.paths[i], column(cells));
    if (!configured || cells.carrier->is_jsonb || !cells.carrier->table.empty() || !cells.text) return;
    for (const CarrierPath& path : paths) {
      if (!path.configured) continue;
      const std::optional<std::string> text = text_under(*cells.text, path.members);
      if (!text) continue;
      take(path.word.empty() ? context_at_path(*text) : context_behind(*text, path.word), *text, column(cells));
    }
  }

  void read_members(Cells& cells) {
    if (!cells.carrier->is_jsonb) return take(context_from_carrier(*cells.text), *cells.text, column(cells));
    const std::string members = carrier_members(*cells.text);
    if (members.empty()) return;
    for (std::size_t i = 0; i < cells.paths.size(); ++i) {
      if (!cells.paths[i] || members != carrier_of(cells.carrier->paths[i], *cells.paths[i])) continue;
      // Nearly every document: what is at the path is all there is, and need not be looked for a second time.
      if (std::optional<TraceContext> context = context_from_traceparent(*cells.paths[i])) {
        cells.paths[i].reset();
        return take(std::move(context), members, column(cells));
      }
    }
    take(context_from_carrier(members), members, column(cells));
  }

  void read_rows(const Cells& cells) {
    const Json list = Json::parse(cells.text->begin(), cells.text->end(), nullptr, false);
    if (!list.is_array()) return;
    std::size_t number = 0;
    for (const Json& item : list) {
      ++number;
      if (!item.is_string()) continue;
      const std::string text = item.get<std::string>();
      take(context_from_carrier(text), text,
           std::string(cells.carrier->description->what) + " " + std::to_string(number));
    }
  }

  std::vector<Cells> carriers_;
  std::vector<Found> found_;
};

}  // namespace

void read_carriers(const BoundRelation& relation, CarrierCells cells, Job& job) {
  TraceContext& trace = job.trace;
  Json told;
  for (Found& found : Reader(relation, cells).read()) {
    const Untrusted id = *found.context.trace_id;
    if (!trace.trace_id) {
      found.context.correlation_id = std::move(trace.correlation_id);
      found.context.causation_id = std::move(trace.causation_id);
      trace = std::move(found.context);
      if (is_unsampled(found.text, id.raw()))
        job.notes.push_back({"not-sampled", "its trace context says that it was not sampled: viewers may not have it"});
      continue;
    }
    if (*trace.trace_id == id || std::ranges::find(trace.further_trace_ids, id) != trace.further_trace_ids.end())
      continue;
    trace.further_trace_ids.push_back(id);
    told.push_back({{"trace_id", id.raw()}, {"from", found.from}});
  }
  if (!told.is_null())
    job.extra.push_back(
        {"further_traces", JsonText{Untrusted(told.dump(-1, ' ', false, Json::error_handler_t::replace))}});
}

}  // namespace queuetrace
