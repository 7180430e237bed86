#include "formatters/mermaid.hpp"

#include <fmt/format.h>

#include <iterator>

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

std::string label(const NodeWords& words) {
  std::string text = label_text(words.title()) + "<br/>" + label_text(words.ref) + "<br/>" + label_text(words.state);
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

void append_arrow(std::string& out, std::size_t parent, std::size_t child, TraceEdge edge, bool cut) {
  const bool dependency = edge == TraceEdge::dependency;
  const std::string_view arrow = cut ? "x--x" : dependency ? "-->" : "-.->";
  fmt::format_to(std::back_inserter(out), "  n{} {}|{}{}| n{}\n", parent, arrow, to_word(edge), cut ? " cut" : "",
                 child);
}

}  // namespace

std::string mermaid_text(const TraceTree& tree, const TraceHeading& heading) {
  std::string out = "flowchart TD\n";
  fmt::format_to(std::back_inserter(out), "  subgraph trace[\"{}\"]\n", label_text(heading.subject));
  const Redaction redaction;
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    const TraceNode& node = tree.nodes[index];
    if (node.hidden) continue;
    NodeWords words = node_words(tree, index, redaction);
    if (node.hidden_below > 0) words.state += ", " + words.marks.back();
    fmt::format_to(std::back_inserter(out), "  n{}[\"{}\"]:::{}\n", index, label(words), class_of(node));
  }
  out += "  end\n";
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    const TraceNode& node = tree.nodes[index];
    if (node.hidden) continue;
    if (node.parent) append_arrow(out, *node.parent, index, node.edge, false);
    for (const TraceLink& link : node.links)
      if (link.use != TraceLink::Use::implied && !tree.nodes[link.parent].hidden)
        append_arrow(out, link.parent, index, link.edge, link.use == TraceLink::Use::cut);
  }
  for (const std::string& remark : heading.remarks) {
    fmt::format_to(std::back_inserter(out), "  remark{}[\"{}\"]:::missing\n", &remark - heading.remarks.data(),
                   label_text(remark));
  }
  std::string critical;
  for (const std::size_t index : tree.critical_path)
    if (!tree.nodes[index].hidden) critical += fmt::format("{}n{}", critical.empty() ? "" : ",", index);
  if (!critical.empty()) out += "  class " + critical + " critical\n";
  out +=
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
      "  classDef span fill:#ffffff,stroke:#9ca3af,color:#374151\n"
      "  classDef missing fill:#ffffff,stroke:#6b7280,color:#374151,stroke-dasharray:4 3\n"
      "  classDef critical stroke-width:3px\n";
  return out;
}

}  // namespace queuetrace
