// What the screen of `top` shows: a status and the views above (session_status.cpp), then the view, then what is
// selected and the keys.
#include <algorithm>
#include <array>

#include "commands/top/key_help.hpp"
#include "commands/top/selection_words.hpp"
#include "commands/top/session.hpp"
#include "commands/top/styled_text.hpp"
#include "formatters/attention.hpp"
#include "formatters/escape.hpp"
#include "formatters/record.hpp"
#include "formatters/unicode.hpp"
#include "formatters/wrapped_text.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t least_width = 60, least_height = 15;
constexpr std::size_t selection_lines = 2;

}  // namespace

/// More of what is selected than its row has room for; a line each.
std::vector<std::string> Session::about_selection(std::size_t width) const {
  const ListedRow* row = view().listing() == nullptr ? nullptr : view().listing()->selected();
  if (row == nullptr) return {};
  FormatterOptions options = context_.format_options;
  options.now = context_.now();
  CellText cells(options);
  const std::string text = selection_words(view().kind(), row->record, cells);
  if (text.empty()) return {};
  std::vector<std::string> lines = lines_of(wrapped_text(text, {.width = width, .commands = false}));
  if (lines.size() > selection_lines) {
    lines.resize(selection_lines);
    lines.back() = cut_styled(lines.back() + std::string(ellipsis_), width, ellipsis_);
  }
  return lines;
}

/// `-- jobs of email ---- 1-14 of 34, 3 marked --`
std::string Session::rule(std::size_t width) const {
  std::string words;
  if (const RowList* listing = view().listing(); listing != nullptr && view().is_read()) {
    const auto [first, last] = listing->window();
    words = listing->shown() == 0 ? "none" : std::to_string(first) + "-" + std::to_string(last);
    words += " of " + grouped(listing->shown());
    if (listing->shown() < listing->total()) words += " (" + grouped(listing->total()) + " unfiltered)";
    if (view().kind() == ViewKind::jobs && listing->total() >= most_jobs) words += ", the newest";
    if (listing->marked() > 0) words += ", " + grouped(listing->marked()) + " marked";
  } else if (view().listing() == nullptr && !view().lines().empty()) {
    const std::size_t last = std::min(view().lines().size(), view().top_line + page_);
    words = "lines " + std::to_string(view().top_line + 1) + "-" + std::to_string(last) + " of " +
            std::to_string(view().lines().size());
  }
  std::string title = view().title() + (hides_idle_ && view().kind() == ViewKind::queues ? ", idle ones hidden" : "");
  if (const RowList* listing = view().listing(); listing != nullptr && !listing->filter().empty())
    title += ", filter " + terminal_text(listing->filter(), Profile::text);
  const std::string end = words.empty() ? "--" : " " + words + " --";
  const std::size_t room = width - std::min(width, styled_width(end));
  const std::string begin = cut_styled("-- " + title + " ", room, ellipsis_);
  return in_style(begin + std::string(room - std::min(room, styled_width(begin)), '-') + end, dim);
}

std::string Session::message_line(std::size_t width) const {
  if (prompt_) {
    const std::string text = prompt_->label + terminal_text(prompt_->typed, Profile::text) + "_";
    const std::size_t cells = styled_width(text);
    if (cells <= width || prompt_->typed.empty()) return in_style(cut_styled(text, width, ellipsis_), bold);
    return in_style(cut_styled(prompt_->label, width / 2, ellipsis_) + std::string(ellipsis_) +
                        std::string(unicode::tail_of_width(text, width / 3)),
                    bold);
  }
  const bool any_protected = std::ranges::any_of(context_.sources, &Source::is_protected);
  std::string right = any_protected ? "* = protected" : "";
  if (options_.read_only) right += right.empty() ? "read only" : ", read only";
  return at_both_ends(in_style(message_, yellow), in_style(right, dim), width, ellipsis_);
}

/// As many keys as there is room for, help and quit always among them.
std::string Session::key_line(std::size_t width) const {
  const auto shown = [](const KeyHelp& key) { return in_style(key.keys, bold) + " " + std::string(key.words); };
  std::string end, line;
  for (const KeyHelp& key : key_help())
    if (key.keys == "?" || key.keys == "q") end += "  " + shown(key);
  for (const KeyHelp& key : key_help()) {
    const bool silent = key.words.empty() || key.keys == "?" || key.keys == "q";
    if (silent || !is_for(key, view().kind()) || (key.changes && options_.read_only)) continue;
    const std::string more = (line.empty() ? "" : "  ") + shown(key);
    if (styled_width(line) + styled_width(more) + styled_width(end) > width) continue;
    line += more;
  }
  return line + end;
}

std::vector<ScreenLine> Session::help_lines(std::size_t height) const {
  std::vector<ScreenLine> lines{{in_style("Keys of this view", bold)}};
  for (const KeyHelp& key : key_help()) {
    if (key.help.empty() || !is_for(key, view().kind()) || (key.changes && options_.read_only)) continue;
    lines.push_back({"  " + in_style(fitted_styled(key.keys, 12, ""), bold) + std::string(key.help)});
  }
  if (lines.size() > height) lines.resize(height);
  return lines;
}

/// The view in so many lines.
std::vector<ScreenLine> Session::view_lines(std::size_t room) {
  RowList* listing = view().listing();
  page_ = room - (listing != nullptr ? 1 : 0);
  std::vector<ScreenLine> lines;
  FormatterOptions options = context_.format_options;
  options.width = beside_question_ ? width_ - beside_width - 3 : width_;
  options.now = context_.now();
  if (listing != nullptr) {
    lines = listing->draw(options, room);
    if (view().is_read() && listing->shown() == 0) lines.push_back({"  " + nothing_words()});
    if (is_unread()) {
      lines.push_back({in_style("  Nothing was read:", red)});
      for (const std::string& line : trouble(static_cast<std::size_t>(options.width) - 2))
        lines.push_back({"  " + line});
    }
  } else {
    move(0);
    const std::vector<std::string>& text = view().lines();
    for (std::size_t line = view().top_line; line < text.size() && line < view().top_line + room; ++line)
      lines.push_back({cut_styled(text[line], static_cast<std::size_t>(width_), ellipsis_)});
  }
  if (!view().has_answer())
    lines.push_back({in_style("  asking " + asked_words() + " " + std::string(ellipsis_), dim)});
  lines.resize(room);
  return beside_question_ ? with_beside(std::move(lines), static_cast<std::size_t>(options.width)) : lines;
}

std::vector<ScreenLine> Session::draw(std::size_t width, std::size_t height) {
  if (width < least_width || height < least_height) return {{"terminal too small: 60x15 is the least"}};
  if (width_ != static_cast<int>(width)) {
    width_ = static_cast<int>(width);
    ask();  // texts are as wide as the screen
  }
  if (helps_) return help_lines(height);
  std::vector<ScreenLine> lines{{status_line(width)}, {views_line(width)}};
  std::vector<std::string> below = is_unread() ? std::vector<std::string>() : trouble(width);
  const std::vector<std::string> selection = about_selection(width);
  const std::size_t room = height - lines.size() - below.size() - selection_lines - 3;  // rule, message, keys
  for (ScreenLine& line : view_lines(room)) lines.push_back(std::move(line));
  lines.resize(height - below.size() - selection_lines - 3);
  for (std::string& line : below) lines.push_back({std::move(line)});
  lines.push_back({rule(width)});
  for (std::size_t line = 0; line < selection_lines; ++line)
    lines.push_back({line < selection.size() ? selection[line] : std::string()});
  lines.push_back({message_line(width)});
  lines.push_back({key_line(width)});
  return lines;
}

/// The queues on the left, what is known of the selected one on the right.
std::vector<ScreenLine> Session::with_beside(std::vector<ScreenLine> lines, std::size_t left) const {
  for (std::size_t row = 0; row < lines.size(); ++row) {
    const std::string right = row < beside_.size() ? cut_styled(beside_[row], beside_width, ellipsis_) : "";
    lines[row].text = fitted_styled(lines[row].text, left, ellipsis_) + in_style(" | ", dim) + right;
  }
  return lines;
}

/// Why there is no row.
std::string Session::nothing_words() const {
  if (view().listing()->total() > 0) return "No row holds this text: Esc shows all.";
  switch (view().kind()) {
    case ViewKind::queues: return "There are no queues.";
    case ViewKind::jobs: return "There are no such jobs: the arrows Left and Right choose other states.";
    case ViewKind::errors: return "Nothing failed then: the arrows Left and Right choose another time.";
    case ViewKind::doctor: return "No findings.";
    default: return {};
  }
}

}  // namespace queuetrace
