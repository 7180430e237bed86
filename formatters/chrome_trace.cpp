#include "formatters/chrome_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "formatters/escape.hpp"
#include "formatters/json_text.hpp"

namespace queuetrace {
namespace {

std::int64_t microseconds(Timestamp time) { return time.time_since_epoch().count(); }

/// One object of `traceEvents`.
class Event {
 public:
  Event(std::string_view phase, std::string_view name) {
    text("ph", phase);
    text("name", name);
  }
  Event& text(std::string_view key, std::string_view value) {
    begin_member(key);
    append_json_string(json_, value);
    return *this;
  }
  Event& number(std::string_view key, std::int64_t value) {
    begin_member(key);
    fmt::format_to(std::back_inserter(json_), "{}", value);
    return *this;
  }
  Event& object(std::string_view key, const std::string& json) {
    begin_member(key);
    json_ += json;
    return *this;
  }
  std::string json() const { return json_ + "}"; }

 private:
  void begin_member(std::string_view key) {
    json_ += json_.size() > 1 ? ",\"" : "\"";
    json_ += key;
    json_ += "\":";
  }
  std::string json_ = "{";
};

/// `{"name":value,...}` of texts, empty ones left out.
std::string arguments(const std::vector<std::pair<std::string_view, std::string>>& members) {
  std::string json = "{";
  for (const auto& [key, value] : members) {
    if (value.empty()) continue;
    if (json.size() > 1) json += ',';
    append_json_string(json, key);
    json += ':';
    append_json_string(json, value);
  }
  return json + "}";
}

struct Place {
  std::int64_t process = 0;
  std::int64_t thread = 0;
};

/// Gives every job and span a process and a thread on which nothing else goes on meanwhile.
class Lanes {
 public:
  Place place(const TraceNode& node, const NodeWords& words, Timestamp begin, Timestamp end) {
    const std::string owner = node.job ? node.job->ref.source : "span of " + words.kind;
    const auto [process, fresh] = processes_.try_emplace(owner, processes_.size() + 1);
    if (fresh) {
      name("process_name", process->second, 0,
           node.job ? owner + " (" + node.job->system + ")" : "spans of " + words.kind);
      sort_index("process_sort_index", process->second, 0, process->second);
    }
    const std::string queue = node.job ? words.queue : "spans";
    std::vector<Lane>& lanes = queues_[{process->second, queue}];
    for (Lane& lane : lanes) {
      if (lane.busy_until > begin) continue;
      lane.busy_until = end;
      return {process->second, lane.thread};
    }
    lanes.push_back({++threads_, end});
    const std::string suffix = lanes.size() > 1 ? fmt::format(" #{}", lanes.size()) : "";
    name("thread_name", process->second, threads_, queue + suffix);
    sort_index("thread_sort_index", process->second, threads_, threads_);
    return {process->second, threads_};
  }

  std::vector<std::string> take_names() { return std::move(names_); }

 private:
  struct Lane {
    std::int64_t thread;
    Timestamp busy_until;
  };
  void name(std::string_view what, std::int64_t process, std::int64_t thread, const std::string& text) {
    names_.push_back(Event("M", what)
                         .number("pid", process)
                         .number("tid", thread)
                         .object("args", arguments({{"name", text}}))
                         .json());
  }
  /// Viewers sort by name otherwise; this is the order in which the tree first shows each.
  void sort_index(std::string_view what, std::int64_t process, std::int64_t thread, std::int64_t place) {
    names_.push_back(Event("M", what)
                         .number("pid", process)
                         .number("tid", thread)
                         .object("args", fmt::format("{{\"sort_index\":{}}}", place))
                         .json());
  }
  std::map<std::string, std::int64_t> processes_;
  std::map<std::pair<std::int64_t, std::string>, std::vector<Lane>> queues_;
  std::int64_t threads_ = 0;
  std::vector<std::string> names_;
};

std::string node_arguments(const TraceNode& node, const NodeWords& words) {
  if (!node.job)
    return arguments({{"span", words.ref},
                      {"service", words.kind},
                      {"kind", words.state},
                      {"try", words.attempts},
                      {"tie", std::string(to_word(node.edge))},
                      {"trace_id", node.span->trace},
                      {"error", words.error}});
  const std::optional<Untrusted>& trace = node.job->trace.trace_id;
  return arguments({{"job", words.ref},
                    {"system", words.system},
                    {"queue", words.queue},
                    {"kind", words.kind},
                    {"state", words.state},
                    {"attempts", words.attempts},
                    {"wait", words.wait},
                    {"run", words.run},
                    {"tie", std::string(to_word(node.edge))},
                    {"trace_id", trace ? terminal_text(*trace, Profile::ident) : ""},
                    {"critical", node.critical ? "yes" : ""},
                    {"span", words.span},
                    {"error", words.error}});
}

class ChromeWriter {
 public:
  ChromeWriter(const TraceTree& tree, const Redaction& redaction) : tree_(tree), redaction_(redaction) {}

  std::vector<std::string> events() {
    places_.resize(tree_.nodes.size());
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index)
      if (!tree_.nodes[index].is_missing()) add_node(index);
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index) {
      const TraceNode& node = tree_.nodes[index];
      if (node.parent) add_arrow(*node.parent, index, node.edge);
      for (const TraceLink& link : node.links)
        if (link.use == TraceLink::Use::further) add_arrow(link.parent, index, link.edge);
    }
    std::vector<std::string> all = lanes_.take_names();
    all.insert(all.end(), events_.begin(), events_.end());
    return all;
  }

 private:
  void add_node(std::size_t index) {
    const TraceNode& node = tree_.nodes[index];
    const NodeWords words = node_words(tree_, index, redaction_);
    const Timestamp begin = node.begin().value_or(tree_.first.value_or(tree_.now));
    const Timestamp end = node.end().value_or(begin);
    places_[index] = lanes_.place(node, words, begin, end);
    if (node.segments.empty() || begin == end) {
      add(Event("i", words.title() + (node.segments.empty() ? " (no times stored)" : "")).text("s", "t"), index, begin)
          .object("args", node_arguments(node, words));
      finish();
      return;
    }
    add(Event("X", words.title()).text("cat", words.state), index, begin)
        .number("dur", (end - begin).count())
        .object("args", node_arguments(node, words));
    finish();
    if (!node.job) return;
    for (const TraceSegment& segment : node.segments) {
      add(Event("X", to_word(segment.kind)).text("cat", "segment"), index, segment.begin)
          .number("dur", (segment.end - segment.begin).count())
          .object("args",
                  arguments({{"open", segment.open ? "yes" : ""}, {"estimated", segment.estimated ? "yes" : ""}}));
      finish();
    }
  }

  /// From where the parent stands when the child begins to the child.
  void add_arrow(std::size_t parent, std::size_t child, TraceEdge edge) {
    const TraceNode& from = tree_.nodes[parent];
    const TraceNode& to = tree_.nodes[child];
    if (!from.begin() || !to.begin()) return;
    ++arrows_;
    const Timestamp leaves = std::clamp(*to.begin(), *from.begin(), *from.end());
    add(Event("s", to_word(edge)).text("cat", "link").number("id", arrows_), parent, leaves);
    finish();
    add(Event("f", to_word(edge)).text("cat", "link").number("id", arrows_).text("bp", "e"), child, *to.begin());
    finish();
  }

  Event& add(Event event, std::size_t node, Timestamp at) {
    current_.emplace(std::move(event));
    return current_->number("ts", microseconds(at))
        .number("pid", places_[node].process)
        .number("tid", places_[node].thread);
  }
  void finish() { events_.push_back(current_->json()); }

  const TraceTree& tree_;
  const Redaction& redaction_;
  Lanes lanes_;
  std::vector<Place> places_;
  std::optional<Event> current_;
  std::vector<std::string> events_;
  std::int64_t arrows_ = 0;
};

}  // namespace

std::string chrome_trace_json(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction) {
  std::string out = "{\"traceEvents\":[";
  const char* separator = "\n";
  for (const std::string& event : ChromeWriter(tree, redaction).events()) {
    out += separator + event;
    separator = ",\n";
  }
  std::string remarks;
  for (const std::string& remark : heading.remarks) remarks += (remarks.empty() ? "" : "; ") + remark;
  out += "\n],\"displayTimeUnit\":\"ms\",\"otherData\":";
  out += arguments({{"schema", "queuetrace.trace/1"},
                    {"subject", heading.subject},
                    {"url", heading.url.value_or("")},
                    {"critical_path", critical_words(tree)},
                    {"remarks", remarks}});
  return out + "}\n";
}

}  // namespace queuetrace
