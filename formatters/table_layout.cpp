#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "formatters/cell.hpp"
#include "formatters/table.hpp"
#include "formatters/unicode.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least_width = 8;
/// Where rows need more than one line anyway, names are not cut to less.
constexpr std::size_t readable_width = 24;
/// Of sentences that stand below their row.
constexpr std::size_t below_indent = 2;
constexpr std::string_view usual_exactness = "exact";
constexpr std::string_view no_value = "-";

/// Cells the cell takes, with the host that a link shows.
std::size_t width_of(const Cell& cell) {
  if (cell.text.empty()) return no_value.size();
  if (cell.url.empty()) return unicode::display_width(cell.text);
  const std::string link = hyperlink(cell.text, cell.url);
  const std::size_t start = link.find("\x1b\\");
  if (start == std::string::npos) return unicode::display_width(link);
  return unicode::display_width(link.substr(start + 2, link.find('\x1b', start + 2) - start - 2));
}

}  // namespace

TableLayout::TableLayout(std::vector<Column> columns, const FormatterOptions& options)
    : columns_(std::move(columns)),
      shown_(columns_.size(), true),
      below_(columns_.size(), false),
      terminal_(options.terminal),
      color_(options.color),
      ellipsis_(options.ascii ? "..." : "…"),
      keep_empty_(!options.fields.empty()),
      width_(options.terminal && options.width > 0 ? static_cast<std::size_t>(options.width) : 0) {}

void TableLayout::set_widths(const std::vector<std::vector<Cell>>& rows, bool all) {
  widths_.assign(columns_.size(), 0);
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    widths_[column] = unicode::display_width(columns_[column].heading);
    const bool exactness = columns_[column].field.ends_with("exactness");
    bool any = false;  // whether any cell says something
    for (const std::vector<Cell>& row : rows) {
      widths_[column] = std::max(widths_[column], width_of(row[column]));
      any = any || !(row[column].text.empty() || (exactness && row[column].text == usual_exactness));
    }
    if (terminal_ && all && !keep_empty_ && !rows.empty() && !any) shown_[column] = false;
  }
  if (width_ == 0) return;
  fit_sentences(width_, rows);
  shrink_to(width_);
}

std::size_t TableLayout::row_width() const {
  std::size_t total = 0;
  for (std::size_t column = 0; column < columns_.size(); ++column)
    if (in_row(column)) total += widths_[column] + (total > 0 ? gap : 0);
  return total;
}

void TableLayout::fit_sentences(std::size_t width, const std::vector<std::vector<Cell>>& rows) {
  const std::size_t readable = std::min(readable_width, width / 2);
  // Below their rows sentences have the whole line for what cannot be parted.
  const auto room_for = [&](std::size_t column) {
    std::size_t room = readable;
    for (const std::vector<Cell>& row : rows) room = std::max(room, longest_part(row[column].text));
    return room;
  };
  for (std::size_t total = row_width(); total > width; total = row_width()) {
    std::size_t last = columns_.size();
    std::size_t sentence = columns_.size();  // the last one in the row
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (!in_row(column)) continue;
      last = column;
      if (columns_[column].wraps) sentence = column;
    }
    if (sentence == columns_.size()) return;
    if (sentence == last && widths_[last] + width >= room_for(last) + total) {
      widths_[last] -= total - width;
      return;
    }
    below_[sentence] = true;
  }
}

void TableLayout::shrink_to(std::size_t width) {
  std::size_t total = row_width();
  std::size_t spare = 0;  // what the columns that may be cut can give
  for (std::size_t column = 0; column < columns_.size(); ++column)
    if (in_row(column) && columns_[column].shrinkable && widths_[column] > least_width)
      spare += widths_[column] - least_width;
  const std::size_t least = total > width + spare ? readable_width : least_width;
  while (total > width) {
    std::size_t widest = columns_.size();
    for (std::size_t column = 0; column < columns_.size(); ++column)
      if (in_row(column) && columns_[column].shrinkable && widths_[column] > least &&
          (widest == columns_.size() || widths_[column] > widths_[widest]))
        widest = column;
    if (widest == columns_.size()) return;
    --widths_[widest];
    --total;
  }
}

void TableLayout::append_headings(std::string& out) const {
  std::vector<Cell> headings;
  for (const Column& column : columns_) headings.push_back({std::string(column.heading)});
  std::string lines;
  append_row(lines, headings);
  if (!color_) {
    out += lines;
    return;
  }
  for (std::size_t begin = 0; begin < lines.size();) {  // pagers forget colours at the end of a line
    const std::size_t end = lines.find('\n', begin);
    out += "\x1b[1m";
    out.append(lines, begin, end - begin);
    out += "\x1b[0m\n";
    begin = end + 1;
  }
}

void TableLayout::append_row(std::string& out, const std::vector<Cell>& row) const {
  std::size_t last = columns_.size();
  for (std::size_t column = 0; column < columns_.size(); ++column)
    if (in_row(column)) last = column;
  bool first = true;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!in_row(column)) continue;
    if (!first) out.append(gap, ' ');
    first = false;
    append_cell(out, column, row[column], column == last);
  }
  out += '\n';
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!shown_[column] || !below_[column] || row[column].text.empty()) continue;
    out.append(below_indent, ' ');
    out += wrapped_text(row[column].text, {.width = width_, .indent = below_indent});
    out += '\n';
  }
}

void TableLayout::append_wrapped(std::string& out, std::size_t column, std::string_view text) const {
  std::size_t indent = 0;
  for (std::size_t before = 0; before < column; ++before)
    if (in_row(before)) indent += widths_[before] + gap;
  out += wrapped_text(text, {.width = indent + widths_[column], .indent = indent});
}

void TableLayout::append_cell(std::string& out, std::size_t column, const Cell& cell, bool last) const {
  std::string text = cell.text.empty() ? std::string(no_value) : cell.text;
  std::size_t width = width_of(cell);
  if (last && columns_[column].wraps && width_ > 0 && width > widths_[column]) {
    append_wrapped(out, column, text);
    return;
  }
  if (width_ > 0 && columns_[column].shrinkable && !columns_[column].wraps && width > widths_[column]) {
    text = unicode::head_of_width(text, widths_[column] - unicode::display_width(ellipsis_));
    text += ellipsis_;
    width = unicode::display_width(text);
  }
  const std::size_t padding = width < widths_[column] ? widths_[column] - width : 0;
  if (columns_[column].right) out.append(padding, ' ');
  if (!cell.url.empty())
    out += hyperlink(text, cell.url);
  else if (color_ && !cell.color.empty())
    fmt::format_to(std::back_inserter(out), "\x1b[{}m{}\x1b[0m", cell.color, text);
  else
    out += text;
  if (!columns_[column].right && !last) out.append(padding, ' ');
}

}  // namespace queuetrace
