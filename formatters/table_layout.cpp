#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "formatters/attention.hpp"
#include "formatters/cell.hpp"
#include "formatters/column_fit.hpp"
#include "formatters/padding.hpp"
#include "formatters/table.hpp"
#include "formatters/unicode.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

/// Where sentences need more than one line anyway, they are not given less.
constexpr std::size_t readable_width = 24;
/// Of sentences that stand below their row.
constexpr std::size_t below_indent = 2;
constexpr std::string_view no_value = "-";
}  // namespace

std::size_t width_of(const Cell& cell) {
  if (cell.text.empty()) return no_value.size();
  if (cell.url.empty()) return unicode::display_width(cell.text);
  const std::string link = hyperlink(cell.text, cell.url);
  const std::size_t start = link.find("\x1b\\");
  if (start == std::string::npos) return unicode::display_width(link);
  return unicode::display_width(link.substr(start + 2, link.find('\x1b', start + 2) - start - 2));
}

TableLayout::TableLayout(std::vector<TableColumn> columns, const FormatterOptions& options, bool blocks)
    : columns_(std::move(columns)),
      color_(options.color),
      cuts_cells_(!options.wide),
      cuts_rows_(!options.wide && options.fields.empty()),
      keep_all_(!options.fields.empty() || options.wide),
      blocks_(blocks),
      ellipsis_(options.ascii ? "..." : "…"),
      width_(options.terminal && options.width > 0 ? static_cast<std::size_t>(options.width) : 0) {}

void TableLayout::fit(const std::vector<Row>& rows) {
  shown_.assign(columns_.size(), true);
  below_.assign(columns_.size(), false);
  widths_.assign(columns_.size(), 0);
  headings_.clear();
  cuts_.assign(columns_.size(), NameCuts(ellipsis_));
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const TableColumn& one = columns_[column];
    const bool mixed = !one.mixed_heading.empty() &&
                       std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row[column].mixed; });
    headings_.emplace_back(mixed ? one.mixed_heading : one.heading);
    below_[column] = one.kind == CellKind::below || one.kind == CellKind::message;
    widths_[column] = blocks_ ? 0 : unicode::display_width(headings_.back());
    for (const Row& row : rows) widths_[column] = std::max(widths_[column], width_of(row[column]));
  }
  leave_out_silent(rows);
  if (width_ == 0) return;
  fit_sentences(rows);
  if (cuts_cells_) fit_rest(rows);
}

bool TableLayout::says_nothing(std::size_t column, const std::vector<Row>& rows, const std::string& usual) const {
  const TableColumn& one = columns_[column];
  const auto other = std::find_if(columns_.begin(), columns_.end(), [&](const TableColumn& candidate) {
    return !one.same_as.empty() && candidate.field == one.same_as;
  });
  const auto index = static_cast<std::size_t>(other - columns_.begin());
  return std::all_of(rows.begin(), rows.end(), [&](const Row& row) {
    const std::string& text = row[column].text;
    return text == usual || text.empty() || text == one.nothing || (index < columns_.size() && text == row[index].text);
  });
}

void TableLayout::leave_out_silent(const std::vector<Row>& rows) {
  silent_.assign(columns_.size(), std::nullopt);
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const auto& [from, to] = std::pair(columns_[column].from_width, columns_[column].to_width);
    if (cuts_cells_ && width_ > 0 && width_ < from) shown_[column] = false;
    if (cuts_cells_ && to > 0 && (width_ == 0 || width_ >= to)) shown_[column] = false;
    if (keep_all_ || rows.empty()) continue;
    const bool alike_is_silent =
        columns_[column].differs || (columns_[column].kind == CellKind::trace && rows.size() > 1);
    const std::string usual = alike_is_silent ? rows.front()[column].text : std::string();
    if (!shown_[column] || !says_nothing(column, rows, usual)) continue;
    shown_[column] = false;
    silent_[column] = usual;
  }
}

bool TableLayout::is_fit_for(const std::vector<Row>& rows) const {
  for (std::size_t column = 0; column < columns_.size(); ++column)
    if (silent_[column] && !says_nothing(column, rows, *silent_[column])) return false;
  return true;
}

std::size_t TableLayout::row_width() const {
  std::size_t total = 0;
  for (std::size_t column = 0; column < columns_.size(); ++column)
    if (in_row(column)) total += widths_[column] + (total > 0 ? column_gap : 0);
  return total;
}

void TableLayout::fit_sentences(const std::vector<Row>& rows) {
  const std::size_t readable = std::min(readable_width, width_ / 2);
  // Below their rows sentences have the whole line for what cannot be parted.
  const auto room_for = [&](std::size_t column) {
    std::size_t room = readable;
    for (const Row& row : rows) room = std::max(room, longest_part(row[column].text));
    return room;
  };
  for (std::size_t total = row_width(); total > width_; total = row_width()) {
    std::size_t last = columns_.size();
    std::size_t sentence = columns_.size();  // the last one in the row
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (!in_row(column)) continue;
      last = column;
      if (columns_[column].kind == CellKind::sentence) sentence = column;
    }
    if (sentence == columns_.size()) return;
    if (sentence == last && widths_[last] + width_ >= room_for(last) + total) {
      widths_[last] -= total - width_;
      return;
    }
    below_[sentence] = true;
  }
}

void TableLayout::fit_rest(const std::vector<Row>& rows) {
  std::vector<ColumnWant> wanted;
  std::vector<std::size_t> places;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!in_row(column)) continue;
    const TableColumn& one = columns_[column];
    ColumnWant& want = wanted.emplace_back(ColumnWant{one.kind, widths_[column], one.least, one.drop, {}});
    places.push_back(column);
    if (one.kind != CellKind::name) continue;
    for (const Row& row : rows) want.names.push_back(row[column].text);
    std::sort(want.names.begin(), want.names.end());
    want.names.erase(std::unique(want.names.begin(), want.names.end()), want.names.end());
  }
  const ColumnFit fit = fit_columns(wanted, width_, ellipsis_);
  for (std::size_t place = 0; place < places.size(); ++place) {
    widths_[places[place]] = fit.widths[place];
    if (!fit.shown[place]) shown_[places[place]] = false;
  }
}

void TableLayout::append_headings(std::string& out) const {
  if (blocks_) return;
  Row headings;
  for (const std::string& heading : headings_) headings.push_back({heading});
  std::string lines = line_of(headings, nullptr);
  append_below(lines, headings);
  out += color_ ? painted(lines, "1") : lines;
}

void TableLayout::append_row(std::string& out, const Row& row) {
  if (blocks_ && first_cell_ && *first_cell_ != row.front().text) out += '\n';
  if (blocks_) first_cell_ = row.front().text;
  out += line_of(row, cuts_.data());
  append_below(out, row);
}

std::string TableLayout::line_of(const Row& row, NameCuts* cuts) const {
  std::string out;
  std::size_t last = columns_.size();
  for (std::size_t column = 0; column < columns_.size(); ++column)
    if (in_row(column)) last = column;
  std::size_t used = 0;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!in_row(column)) continue;
    const TableColumn& one = columns_[column];
    Cell cell = row[column];
    const bool wraps = column == last && one.kind == CellKind::sentence && width_ > 0;
    const bool may_cut = one.kind == CellKind::text || one.kind == CellKind::name;
    const bool limited = width_ > 0 && !wraps && (cuts_rows_ || (cuts_cells_ && may_cut));
    if (used > 0 && cuts_rows_ && width_ > 0 && used + column_gap >= width_) break;
    if (used > 0) out.append(column_gap, ' ');
    if (used > 0) used += column_gap;
    if (wraps && width_of(cell) > widths_[column]) {
      append_sentence(out, column, cell.text);
      break;
    }
    if (limited && one.kind == CellKind::name && cuts != nullptr && width_of(cell) > widths_[column])
      cell.text = cuts[column].cut(cell.text, widths_[column]);
    const std::size_t room = width_ > used ? width_ - used : 0;
    if (limited && width_of(cell) > (one.kind == CellKind::text ? std::min(room, widths_[column]) : room))
      cell = {cut_text(column, cell, room), cell.color};
    const std::size_t width = width_of(cell);
    std::size_t padding = width < widths_[column] ? widths_[column] - width : 0;
    if (cuts_rows_ && width_ > 0) padding = std::min(padding, room > width ? room - width : 0);
    if (cell.text.empty() && column == last && one.kind == CellKind::text && cuts != nullptr) {
      out.erase(out.find_last_not_of(' ') + 1);  // a sentence that is not there needs no mark
      break;
    }
    const std::string text = cell.text.empty() ? std::string(no_value) : cell.text;
    const std::string_view color = cell.text.empty() || (one.right && text == "0") ? dim : cell.color;
    if (one.right) out.append(padding, ' ');
    if (!cell.url.empty())
      out += hyperlink(text, cell.url);
    else if (color_ && cuts != nullptr && !color.empty())
      fmt::format_to(std::back_inserter(out), "\x1b[{}m{}\x1b[0m", color, text);
    else
      out += text;
    if (!one.right && column != last) out.append(padding, ' ');
    used += width + padding;
  }
  out += '\n';
  return out;
}

void TableLayout::append_below(std::string& out, const Row& row) const {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!shown_[column] || !below_[column] || row[column].text.empty()) continue;
    const std::size_t indent = indent_below(row[column].text);
    out.append(indent, ' ');
    const TableColumn& one = columns_[column];
    const std::string lines = wrapped_text(row[column].text, {.width = width_,
                                                              .indent = indent,
                                                              .message = one.kind == CellKind::message,
                                                              .most_lines = cuts_cells_ ? one.most_lines : 0,
                                                              .ellipsis = ellipsis_});
    out += color_ && !row[column].color.empty() ? painted(lines, row[column].color) : lines;
    out += '\n';
  }
}

std::size_t TableLayout::start_of(std::size_t column) const {
  std::size_t start = 0;
  for (std::size_t before = 0; before < column; ++before)
    if (in_row(before)) start += widths_[before] + column_gap;
  return start;
}

/// In blocks below the sentence, unless there is too little room for what cannot be parted.
std::size_t TableLayout::indent_below(const std::string& text) const {
  if (!blocks_) return below_indent;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!in_row(column) || columns_[column].kind != CellKind::sentence) continue;
    const std::size_t start = start_of(column);
    return width_ == 0 || start + longest_part(text) <= width_ ? start : below_indent;
  }
  return below_indent;
}

void TableLayout::append_sentence(std::string& out, std::size_t column, std::string_view text) const {
  const std::size_t indent = start_of(column);
  out += wrapped_text(text, {.width = indent + widths_[column], .indent = indent});
}

std::string TableLayout::cut_text(std::size_t column, const Cell& cell, std::size_t room) const {
  const std::size_t width = columns_[column].kind == CellKind::text ? std::min(room, widths_[column]) : room;
  return cut_at_end(cell.text, width, ellipsis_);
}

}  // namespace queuetrace
