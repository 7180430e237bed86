// The bars beside the tree of a trace, in text: when each job was held, waited and ran, on one time line for all.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "formatters/timeline_layout.hpp"
#include "model/trace_tree.hpp"

namespace queuetrace {

/// How bars are drawn.
struct TreeBarStyle {
  TimeAxis::Idle idle = TimeAxis::Idle::folded;
  bool color = false;
  bool ascii = false;
};

/// The colour of what a node says of its state: SGR parameters, as color_of() gives them.
std::string_view color_of_node(const TraceNode& node);

/// Draws the bars of one tree, which must outlive this.
class TreeBars {
 public:
  TreeBars(const TraceTree& tree, const TreeBarStyle& style);

  /// Tick labels for a line over bars of `cells` cells, each where its moment is; no blanks at the end.
  std::string ruler(std::size_t cells) const;

  /// The bar of a node, `cells` cells at the most; no blanks at the end.
  std::string bar(const TraceNode& node, std::size_t cells) const;

  /// What the symbols mean that occur in the tree.
  std::string legend() const;

 private:
  /// The characters bars are made of.
  struct Glyphs {
    std::string_view held, waiting, running, unknown, folded;
  };
  static const Glyphs blocks, plain;

  std::string_view glyph(BarCell cell) const;

  const TraceTree& tree_;
  bool color_;
  const Glyphs& glyphs_;
  TimeAxis axis_;
};

}  // namespace queuetrace
