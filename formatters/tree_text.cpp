#include "formatters/tree_text.hpp"

#include <algorithm>
#include <string_view>

#include "formatters/cell.hpp"
#include "formatters/escape.hpp"
#include "formatters/name_cuts.hpp"
#include "formatters/padding.hpp"
#include "formatters/trace_verdict.hpp"
#include "formatters/tree_bars.hpp"
#include "formatters/tree_lines.hpp"
#include "formatters/unicode.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t unlimited_bar = 60;
constexpr std::size_t smallest_bar = 20;
constexpr std::size_t smallest_title = 24;
constexpr std::size_t bars_from_width = 110;
constexpr std::size_t most_verdict_lines = 10;

/// The column before the bar, as text and as what it was made of.
struct Line {
  TreeLines tree;
  std::string title;
  std::size_t index = 0;  ///< of the node
  NodeWords words;
  std::string id;     ///< as the tree shows it
  std::string start;  ///< when it began to run, since the first moment: `+502ms`
};

class TreeWriter {
 public:
  TreeWriter(const TraceTree& tree, const Redaction& redaction, const TreeTextOptions& options)
      : tree_(tree),
        redaction_(redaction),
        options_(options),
        ellipsis_(options.ascii ? "..." : "…"),
        bars_(tree, {options.whole ? TimeAxis::Idle::shown : TimeAxis::Idle::folded, options.color, options.ascii}),
        ids_(shown_ids(tree, options.full_ids)),
        attempts_(options.whole ? 5 : 3) {
    make_lines();
    fit_columns();
  }

  std::string write(const TraceHeading& heading) {
    out_ += paint(shown(heading.subject), "1") + "\n";
    if (options_.whole)
      out_ += "  " + size_words(tree_) + "\n  " + span_words(tree_) + "\n";
    else
      write_verdict();
    if (heading.url) out_ += "  " + *heading.url + "\n";
    const std::size_t width = options_.whole ? 0 : options_.width;
    for (const std::string& remark : heading.remarks)
      out_ += "  " + paint(wrapped_text("! " + shown(remark), {.width = width, .indent = 2, .inset = 2}), "33") + "\n";
    out_ += "\n";
    write_column_heads();
    for (const Line& line : lines_) write_job(line);
    write_footer(heading.again);
    return std::move(out_);
  }

 private:
  std::string paint(const std::string& text, std::string_view code) const {
    return options_.color && !code.empty() ? painted(text, code) : text;
  }

  void write_verdict() {
    out_ += wrapped_text(verdict_words(tree_), {.width = options_.width, .inset = 2}) + "\n";
    const std::vector<VerdictLine> lines = trace_verdict(tree_, ids_, redaction_);
    std::size_t state = 0, job = 0;
    for (const VerdictLine& line : lines) {
      state = std::max(state, line.state.size());
      job = std::max(job, std::min<std::size_t>(22, unicode::display_width(line.job)));
    }
    for (std::size_t index = 0; index < std::min(lines.size(), most_verdict_lines); ++index) {
      const VerdictLine& line = lines[index];
      const std::string name = padded(cut_in_middle(shown(line.job), job, ellipsis_), job);
      std::string rest = "  " + shown(line.id) + " " + name + "  " + shown(line.why);
      rest.erase(rest.find_last_not_of(' ') + 1);
      if (options_.width > 0) rest = cut_at_end(rest, options_.width - std::min(options_.width, state + 2), ellipsis_);
      out_ += "  " + paint(line.state, color_of("state", line.state)) + std::string(state - line.state.size(), ' ') +
              rest + "\n";
    }
    if (lines.size() > most_verdict_lines)
      out_ += "  and " + std::to_string(lines.size() - most_verdict_lines) + " more\n";
  }

  void make_lines() {
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index) {
      const TraceNode& node = tree_.nodes[index];
      if (node.hidden) continue;
      Line line;
      line.index = index;
      line.words = node_words(tree_, index, redaction_);
      if (options_.ascii) make_ascii(line.words);
      line.title = line.words.title() + (node.critical ? " *" : "");
      line.id = shown(ids_[index]);
      line.start = start_words(tree_, node);
      lines_.push_back(std::move(line));
    }
  }

  static void make_ascii(NodeWords& words) {
    for (std::string* text : {&words.queue, &words.kind, &words.ref, &words.system, &words.error, &words.span})
      *text = ascii_text(*text);
    for (std::string& mark : words.marks) mark = ascii_text(mark);
  }

  std::string shown(const std::string& text) const { return options_.ascii ? ascii_text(text) : text; }

  void fit_columns() {
    std::vector<std::size_t> titles(tree_.nodes.size(), 0);
    for (const Line& line : lines_) {
      titles[line.index] = unicode::display_width(line.title);
      state_ = std::max(state_, line.words.state.size());
      attempts_ = std::max(attempts_, line.words.attempts.size());
      wait_ = std::max(wait_, line.words.wait.size());
      run_ = std::max(run_, line.words.run.size());
      id_ = std::max(id_, unicode::display_width(line.id));
      start_ = std::max(start_, line.start.size());
    }
    const bool bars = options_.whole || options_.width >= bars_from_width;
    own_bar_lines_ = options_.whole && options_.width < facts() + smallest_title + smallest_bar;
    const std::size_t room = options_.whole ? room_beside_facts() : room_beside_id(bars);
    fit_tree(titles, options_.width == 0 ? static_cast<std::size_t>(-1) : room);
    if (options_.width == 0) {
      own_bar_lines_ = false;
      bar_ = unlimited_bar;
    } else if (own_bar_lines_) {
      bar_ = options_.width > 4 ? options_.width - 4 : 1;
    } else if (bars) {
      const std::size_t used = facts() + title_ + (options_.whole ? 0 : 2);
      bar_ = std::min(options_.width - std::min(options_.width, used), std::size_t{120});
    }
  }

  void fit_tree(const std::vector<std::size_t>& titles, std::size_t room) {
    const std::vector<TreeLines> lines = fitted_tree_lines(tree_, titles, room, options_.ascii, ellipsis_);
    for (Line& line : lines_) {
      line.tree = lines[line.index];
      title_ = std::max(title_, std::min(room, unicode::display_width(line.tree.title) + titles[line.index]));
    }
  }

  /// The columns besides title and bar, with the blanks between all of them.
  std::size_t facts() const {
    const std::size_t always = state_ + attempts_ + wait_ + run_;
    return options_.whole ? always + 5 * 2 : always + id_ + start_ + 6 * 2;
  }

  std::size_t room_beside_facts() const {
    if (own_bar_lines_) return std::max(options_.width, facts() + 10) - facts();
    return options_.width - facts() - smallest_bar;
  }

  /// Shortens ids where titles would have no room.
  std::size_t room_beside_id(bool bars) {
    const std::size_t others = facts() - id_ + (bars ? smallest_bar + 2 : 0);
    const std::size_t room = options_.width - std::min(options_.width, others);
    if (!options_.full_ids && options_.width > 0) id_ = std::min(id_, room > 26 ? room - 18 : 8);
    return std::max<std::size_t>(room, id_ + 4) - id_;
  }

  void write_column_heads() {
    const bool whole = options_.whole;
    std::string heads = padded("JOB", title_) + "  " + (whole ? "" : padded("ID", id_) + "  ") +
                        padded("STATE", state_) + "  " + padded(whole ? "TRIES" : "TRY", attempts_, true) + "  " +
                        (whole ? "" : padded("START", start_, true) + "  ") + padded("WAIT", wait_, true) + "  " +
                        padded("RUN", run_, true);
    if (!own_bar_lines_ && bar_ > 0) heads += "  " + bars_.ruler(bar_);
    out_ += paint(heads, "2") + "\n";
    if (own_bar_lines_) out_ += paint("    " + bars_.ruler(bar_), "2") + "\n";
  }

  /// Queue and kind cut to the column; the mark of the critical path stays.
  std::string fitted_title(const Line& line) const {
    const std::size_t before = unicode::display_width(line.tree.title);
    const std::size_t room = title_ > before ? title_ - before : 1;
    if (unicode::display_width(line.title) <= room) return line.title;
    const std::string_view mark = tree_.nodes[line.index].critical ? " *" : "";
    return cut_at_end(line.words.title(), room - std::min(room, mark.size()), ellipsis_) + std::string(mark);
  }

  void write_job(const Line& line) {
    const TraceNode& node = tree_.nodes[line.index];
    const NodeWords& words = line.words;
    const std::string title = fitted_title(line);
    const std::size_t used = unicode::display_width(line.tree.title) + unicode::display_width(title);
    out_ +=
        line.tree.title + paint(title, node.critical ? "1" : "") + std::string(title_ > used ? title_ - used : 0, ' ');
    if (!options_.whole) out_ += "  " + paint(padded(cut_at_end(line.id, id_, ellipsis_), id_), "2");
    out_ += "  " + paint(words.state, color_of_node(node)) + std::string(state_ - words.state.size(), ' ');
    out_ += "  " + padded(words.attempts, attempts_, true) + "  ";
    if (!options_.whole) out_ += padded(line.start, start_, true) + "  ";
    out_ += padded(words.wait, wait_, true) + "  " + padded(words.run, run_, true);
    const std::string drawn = bar_ > 0 ? bars_.bar(node, bar_) : std::string();
    if (!own_bar_lines_ && !drawn.empty()) out_ += "  " + drawn;
    end_line();
    if (own_bar_lines_ && !drawn.empty()) {
      out_ += "    " + drawn;
      end_line();
    }
    if (options_.whole) write_facts(line);
    for (const std::string& mark : words.marks) {
      if (!options_.whole && mark.starts_with("also ")) continue;
      const std::size_t below = unicode::display_width(line.tree.below);
      const bool fits = options_.whole || options_.width == 0;
      const std::string text =
          fits ? mark : cut_at_end(mark, options_.width - std::min(options_.width, below), ellipsis_);
      out_ += line.tree.below + paint(text, is_remark(mark) ? "2" : "33");
      end_line();
    }
    if (options_.whole && !words.error.empty()) {
      out_ += line.tree.below + paint("error: " + words.error, "31");
      end_line();
    }
  }

  void write_facts(const Line& line) {
    const NodeWords& words = line.words;
    std::string facts = words.ref;
    if (!words.system.empty()) facts += "  " + words.system;
    if (!words.relation.empty()) facts += "  " + words.relation;
    if (!words.held.empty()) facts += "  held " + words.held;
    if (!words.span.empty()) facts += "  " + words.span;
    out_ += line.tree.below + paint(facts, "2");
    end_line();
  }

  void end_line() {
    out_.erase(out_.find_last_not_of(' ') + 1);
    out_ += '\n';
  }

  void write_footer(const std::string& again) {
    const std::size_t width = options_.whole ? 0 : options_.width;
    out_ += "\n" + wrapped_text(totals_words(tree_), {.width = width, .inset = 2}) + "\n";
    if (const std::string words = critical_words(tree_); !words.empty())
      out_ +=
          wrapped_text("critical path (*): " + shown(words), {.width = width, .inset = 2, .commands = false}) + "\n";
    if (!again.empty()) out_ += paint("again: " + again, "2") + "\n";
    if (tree_.first && (bar_ > 0 || own_bar_lines_)) out_ += paint("bars:" + bars_.legend(), "2") + "\n";
  }

  const TraceTree& tree_;
  const Redaction& redaction_;
  TreeTextOptions options_;
  std::string_view ellipsis_;
  TreeBars bars_;
  std::vector<std::string> ids_;  ///< by node
  std::vector<Line> lines_;
  std::size_t title_ = 3, id_ = 2, state_ = 5, attempts_, start_ = 5, wait_ = 4, run_ = 3, bar_ = 0;
  bool own_bar_lines_ = false;
  std::string out_;
};

}  // namespace

std::string tree_text(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction,
                      const TreeTextOptions& options) {
  return TreeWriter(tree, redaction, options).write(heading);
}

}  // namespace queuetrace
