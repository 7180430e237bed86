#include "formatters/detail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "formatters/attention.hpp"
#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

/// Fields in which somebody says something, and nothing stands to be pasted.
constexpr std::array<std::string_view, 3> message_fields{"error", "reason", "why"};

std::string with_mark(const std::string& text) {
  std::string out;
  for (const Phrase& phrase : headline_phrases(text)) out += painted(phrase.text, phrase.color);
  return out;
}

/// Of a state, and of what a queue is at.
std::string_view color_of_word(std::string_view word) {
  if (word == "PAUSED") return "1;33";
  if (word == "STUCK") return "1;31";
  return color_of("state", word);
}

/// Bold, and the word behind the last colon of the first line in the colour of such a state: `email in shop: dead
/// since`.
std::string painted_headline(const std::string& text) {
  const std::size_t colon = text.substr(0, text.find('\n')).rfind(": ");
  const std::size_t begin = colon == std::string::npos ? text.size() : colon + 2;
  const std::size_t end = std::min(text.find_first_of(" ,\n", begin), text.size());
  const std::string_view color = color_of_word(std::string_view(text).substr(begin, end - begin));
  if (color.empty()) return with_mark(text);
  return painted(text.substr(0, begin), bold) + painted(text.substr(begin, end - begin), color) +
         (end < text.size() ? painted(text.substr(end), bold) : "");
}

}  // namespace

std::string DetailLayout::label_of(const std::string& field) const {
  for (const Column& column : columns_)
    if (column.field == field) return std::string(column.heading);
  std::string label = field;
  std::transform(label.begin(), label.end(), label.begin(), [](char c) {
    return c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return label;
}

bool DetailLayout::is_headline(const std::string& field) const {
  return std::ranges::any_of(columns_, [&](const Column& column) { return column.field == field && column.headline; });
}

std::string_view DetailLayout::attention_of(const std::string& field, std::string_view text) const {
  if (table_ == nullptr) return {};
  for (const TableColumn& column : table_->columns)
    if (column.field == field) return color_of_cell(column.attention, text, nullptr, options_.ages);
  return {};
}

Wrapping DetailLayout::wrapping_of(const Field& field, std::size_t indent) const {
  const bool ours = std::holds_alternative<std::string>(field.value);  // what lists may cut is a sentence here
  const bool wraps = std::ranges::any_of(columns_, [&](const Column& column) {
    return column.field == field.name && (column.wraps || (column.shrinkable && ours));
  });
  const auto* values = std::get_if<Values>(&field.value);
  const auto is_foreign = [](const Value& value) { return std::holds_alternative<Untrusted>(value); };
  const bool foreign_list = values != nullptr && !values->empty() && std::ranges::all_of(*values, is_foreign);
  return {.width = wraps && options_.terminal ? static_cast<std::size_t>(std::max(0, options_.width)) : 0,
          .indent = indent,
          .inset = values != nullptr && values->size() > 1 ? std::size_t{2} : std::size_t{0},
          .commands = !is_foreign(field.value),
          .message = foreign_list || (is_foreign(field.value) && std::ranges::count(message_fields, field.name) > 0),
          .most_lines = foreign_list && !options_.wide ? std::size_t{2} : std::size_t{0},
          .ellipsis = options_.ascii ? "..." : "…"};
}

void DetailLayout::append(std::string& out, const Record& record, FieldSelection& selection, CellText& cells) {
  struct Line {
    std::string label;
    const Field* field;
  };
  std::vector<Line> lines;
  const auto add = [&](const Field& field) {
    if (is_known(field.value)) lines.push_back({is_headline(field.name) ? "" : label_of(field.name), &field});
  };
  if (selection.all()) {
    for (const Field& field : record) add(field);
  } else {
    for (const std::size_t position : selection.positions(record))
      if (position < record.size()) add(record[position]);
  }
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, unicode::display_width(line.label));
  if (!first_) out += '\n';
  first_ = false;
  bool begun = false;
  for (const Line& line : lines) {
    if (line.label.empty()) {
      Wrapping wrapping = wrapping_of(*line.field, begun ? 2 : 0);
      wrapping.inset = begun ? 0 : 2;
      const std::string text = wrapped_text(cells.block(*line.field), wrapping);
      out += begun ? "  " + text : options_.color ? painted_headline(text) : text;
      out += '\n';
      begun = true;
      continue;
    }
    if (options_.color) out += "\x1b[1m";
    out += line.label;
    if (options_.color) out += "\x1b[0m";
    out.append(width - unicode::display_width(line.label) + 2, ' ');
    const std::string text = cells.block(*line.field);
    const std::string_view word = std::string_view(text).substr(0, text.find_first_of(" ,"));  // `dead since 23m`
    std::string_view color = options_.color ? color_of(line.field->name, word) : std::string_view();
    if (options_.color && color.empty()) color = attention_of(line.field->name, text);
    if (!color.empty())
      fmt::format_to(std::back_inserter(out), "\x1b[{}m{}\x1b[0m", color, text);
    else if (options_.hyperlinks && line.field->name == "trace_url")
      out += hyperlink(text, text);
    else
      out += wrapped_text(text, wrapping_of(*line.field, width + 2));
    out += '\n';
  }
}

}  // namespace queuetrace
