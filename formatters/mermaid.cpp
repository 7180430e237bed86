#include "formatters/mermaid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "formatters/mermaid_fold.hpp"
#include "formatters/trace_verdict.hpp"
#include "formatters/unicode.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

/// Text inside a quoted label: letters, digits and a few marks as they are, every other ASCII byte as a Mermaid entity
/// (`#34;`). Nothing left can end the label, start a directive or a Markdown string.
std::string label_text(std::string_view text) {
  std::string safe;
  for (const char byte : text) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    const bool beyond_ascii = static_cast<unsigned char>(byte) >= 0x80;
    if (letter || beyond_ascii || std::string_view(" _-./:,+~").find(byte) != std::string_view::npos)
      safe += byte;
    else
      fmt::format_to(std::back_inserter(safe), "#{};", static_cast<int>(byte));
  }
  return safe;
}

constexpr std::size_t label_cells = 80;
constexpr std::size_t remark_cells = 200;

std::string shortened(const std::string& text, std::size_t cells) {
  if (unicode::display_width(text) <= cells) return text;
  return std::string(unicode::head_of_width(text, cells - 1)) + "…";
}

std::string box_label(const NodeWords& words, const std::string& id) {
  std::string text = label_text(shortened(words.title(), label_cells)) + "<br/>" +
                     label_text(shortened(id, label_cells)) + "<br/>" + label_text(words.state);
  if (!words.attempts.empty()) text += ", try " + label_text(words.attempts);
  if (!words.wait.empty())
    text += "<br/>wait " + label_text(words.wait) + ", run " + label_text(words.run);
  else if (!words.run.empty())
    text += "<br/>" + label_text(words.run);
  return text;
}

std::string_view class_of(const TraceNode& node) {
  if (node.is_span_alone()) return node.span->status == Span::Status::error ? "failed" : "span";
  return node.job ? to_word(node.job->state) : "missing";
}

constexpr std::string_view mermaid_classes =
    "  classDef completed fill:#d9f2e1,stroke:#1a7f37,color:#0f2417\n"
    "  classDef failed fill:#ffe0dd,stroke:#cf222e,color:#40090d\n"
    "  classDef dead fill:#ffe0dd,stroke:#82071e,color:#40090d\n"
    "  classDef running fill:#dbeafe,stroke:#0969da,color:#0a2240\n"
    "  classDef retrying fill:#fff1cc,stroke:#9a6700,color:#3b2300\n"
    "  classDef pending fill:#f3f4f6,stroke:#6b7280,color:#1f2937\n"
    "  classDef scheduled fill:#f3f4f6,stroke:#6b7280,color:#1f2937\n"
    "  classDef blocked fill:#f3f4f6,stroke:#6b7280,color:#1f2937\n"
    "  classDef cancelled fill:#e5e7eb,stroke:#6b7280,color:#374151\n"
    "  classDef unknown fill:#ffffff,stroke:#6b7280,color:#374151\n"
    "  classDef missing fill:#ffffff,stroke:#6b7280,color:#374151,stroke-dasharray:4 3\n"
    "  classDef critical stroke-width:3px\n";

/// One try: a drawing with at most so many boxes of jobs, whatever its size.
class Drawing {
 public:
  Drawing(const TraceTree& tree, const TraceHeading& heading, const std::vector<std::string>& ids, std::size_t most)
      : tree_(tree), heading_(heading), ids_(ids), fold_(fold_tree(tree, most)) {
    out_ = "flowchart TB\n";
    line("  subgraph trace[\"{}\"]\n  direction TB\n", label_text(shortened(heading.subject, remark_cells)));
    append_boxes();
    out_ += "  end\n";
    append_arrows();
    append_remarks();
    append_critical();
    out_ += mermaid_classes;
  }

  bool fits() const { return out_.size() <= mermaid_characters && edges_ <= mermaid_edges; }
  std::size_t folded() const {
    std::size_t count = 0;
    for (const auto& [above, nodes] : fold_.folded) count += nodes.size();
    return count;
  }
  MermaidDrawing take() { return {std::move(out_), folded()}; }

 private:
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
  }

  static std::string fold_name(const std::optional<std::size_t>& above) {
    return above ? "more" + std::to_string(*above) : "more";
  }

  void append_boxes() {
    const Redaction redaction;
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index) {
      if (!fold_.drawn[index]) continue;
      const TraceNode& node = tree_.nodes[index];
      NodeWords words = node_words(tree_, index, redaction);
      if (node.hidden_below > 0) words.state += ", " + words.marks.back();
      line("  n{}[\"{}\"]:::{}\n", index, box_label(words, ids_[index]), class_of(node));
    }
    for (const auto& [above, nodes] : fold_.folded)
      line("  {}[\"{}\"]:::missing\n", fold_name(above), label_text(folded_words(tree_, nodes)));
  }

  void append_arrow(std::size_t parent, std::size_t child, TraceEdge edge, bool cut) {
    const bool dependency = edge == TraceEdge::dependency;
    const std::string_view arrow = cut ? "x--x" : dependency ? "-->" : "-.->";
    line("  n{} {}|{}{}| n{}\n", parent, arrow, to_word(edge), cut ? " cut" : "", child);
    ++edges_;
  }

  void append_arrows() {
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index) {
      if (!fold_.drawn[index]) continue;
      const TraceNode& node = tree_.nodes[index];
      if (node.parent) append_arrow(*node.parent, index, node.edge, false);
      for (const TraceLink& link : node.links)
        if (link.use != TraceLink::Use::implied && fold_.drawn[link.parent])
          append_arrow(link.parent, index, link.edge, link.use == TraceLink::Use::cut);
    }
    for (const auto& [above, nodes] : fold_.folded) {
      if (!above) continue;
      line("  n{} -.- {}\n", *above, fold_name(above));
      ++edges_;
    }
  }

  void append_remarks() {
    std::vector<std::string> remarks = heading_.remarks;
    if (const std::size_t count = folded(); count > 0)
      remarks.push_back(fmt::format("{} of {} are only counted: Mermaid draws at most {} characters and {} arrows",
                                    grouped(count), count_words(tree_.totals.jobs, "job"), mermaid_characters,
                                    mermaid_edges));
    for (std::size_t at = 0; at < remarks.size(); ++at)
      line("  remark{}[\"{}\"]:::missing\n", at, label_text(shortened(remarks[at], remark_cells)));
  }

  void append_critical() {
    std::string nodes;
    for (const std::size_t index : tree_.critical_path)
      if (fold_.drawn[index]) nodes += fmt::format("{}n{}", nodes.empty() ? "" : ",", index);
    if (!nodes.empty()) line("  class {} critical\n", nodes);
  }

  const TraceTree& tree_;
  const TraceHeading& heading_;
  const std::vector<std::string>& ids_;
  FoldedTree fold_;
  std::string out_;
  std::size_t edges_ = 0;
};

/// Short ids, with the source where there are several.
std::vector<std::string> box_ids(const TraceTree& tree) {
  std::vector<std::string> ids = shown_ids(tree, false);
  if (tree.totals.sources.size() < 2) return ids;
  for (std::size_t index = 0; index < ids.size(); ++index) {
    const TraceNode& node = tree.nodes[index];
    if (!node.is_span_alone()) ids[index].insert(0, (node.job ? node.job->ref : node.missing).source + "/");
  }
  return ids;
}

}  // namespace

MermaidDrawing mermaid_drawing(const TraceTree& tree, const TraceHeading& heading) {
  const std::vector<std::string> ids = box_ids(tree);
  std::size_t most = tree.nodes.size();
  while (true) {
    Drawing drawing(tree, heading, ids, most);
    if (drawing.fits() || most == 0) return drawing.take();
    most = std::min(most * 4 / 5, mermaid_edges);
  }
}

}  // namespace queuetrace
