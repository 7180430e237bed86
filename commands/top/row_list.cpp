#include "commands/top/row_list.hpp"

#include <algorithm>
#include <cctype>

#include "commands/top/styled_text.hpp"
#include "formatters/record.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

/// Everything that a row says, to be searched.
std::string text_of(const Record& record, const std::vector<TableColumn>& columns) {
  CellText cells{FormatterOptions{}};
  std::string text;
  for (const Cell& cell : table_row(record, columns, cells, false)) text += cell.text + '\n';
  return lower_case(std::move(text));
}

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value) ||
         std::holds_alternative<Timestamp>(value) || std::holds_alternative<Milliseconds>(value);
}

double number_of(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* time = std::get_if<Timestamp>(&value)) return static_cast<double>(time->time_since_epoch().count());
  if (const auto* duration = std::get_if<Milliseconds>(&value)) return static_cast<double>(duration->count());
  return 0;
}

std::string word_of(const Value& value) {
  if (const auto* own = std::get_if<std::string>(&value)) return *own;
  if (const auto* data = std::get_if<Untrusted>(&value)) return data->raw();
  return {};
}

/// Whether `left` stands before `right`; what is not known stands last.
bool is_before(const Value* left, const Value* right, bool greatest_first) {
  const bool left_known = left != nullptr && is_known(*left), right_known = right != nullptr && is_known(*right);
  if (!left_known || !right_known) return left_known && !right_known;
  if (is_number(*left) && is_number(*right))
    return greatest_first ? number_of(*left) > number_of(*right) : number_of(*left) < number_of(*right);
  return greatest_first ? word_of(*left) > word_of(*right) : word_of(*left) < word_of(*right);
}

}  // namespace

std::string raw_word(const Record& record, std::string_view field) {
  const Value* value = find_value(record, field);
  return value == nullptr ? std::string() : word_of(*value);
}

void RowList::set_rows(std::vector<ListedRow> rows) {
  rows_ = std::move(rows);
  texts_.clear();
  for (const ListedRow& row : rows_) texts_.push_back(text_of(row.record, columns_));
  std::erase_if(marks_, [&](const std::string& key) {
    return std::ranges::none_of(rows_, [&](const ListedRow& row) { return row.key == key; });
  });
  arrange();
}

void RowList::set_filter(const std::string& text) {
  filter_ = text;
  arrange();
}

void RowList::set_choice(bool (*wanted)(const Record&)) {
  wanted_ = wanted;
  arrange();
}

bool RowList::fits(std::size_t row) const {
  if (wanted_ != nullptr && !wanted_(rows_[row].record)) return false;
  const bool inverted = filter_.starts_with("!");
  const std::string wanted = lower_case(filter_.substr(inverted ? 1 : 0));
  return wanted.empty() || (texts_[row].find(wanted) != std::string::npos) != inverted;
}

std::size_t RowList::place_of(const std::string& key) const {
  const auto found = std::ranges::find_if(order_, [&](std::size_t row) { return rows_[row].key == key; });
  return static_cast<std::size_t>(found - order_.begin());
}

void RowList::arrange() {
  order_.clear();
  for (std::size_t row = 0; row < rows_.size(); ++row)
    if (fits(row)) order_.push_back(row);
  if (sort_column_)
    std::ranges::stable_sort(order_, [&](std::size_t left, std::size_t right) {
      const std::string_view field = columns_[*sort_column_].field;
      return is_before(find_value(rows_[left].record, field), find_value(rows_[right].record, field), greatest_first_);
    });
  if (!moved_) place_ = 0;
  if (const std::size_t place = place_of(selected_key_); moved_ && place < order_.size()) place_ = place;
  if (place_ >= order_.size()) place_ = order_.empty() ? 0 : order_.size() - 1;
}

std::vector<std::pair<char, std::string>> RowList::sort_letters() const {
  std::vector<std::pair<char, std::string>> letters;
  for (const TableColumn& column : columns_) {
    const bool sortable = std::ranges::any_of(rows_, [&](const ListedRow& row) {
      const Value* value = find_value(row.record, column.field);
      return value != nullptr && (is_number(*value) || !word_of(*value).empty());
    });
    if (column.heading.empty() || !sortable) continue;
    for (const char c : lower_case(std::string(column.heading))) {
      const bool taken = std::ranges::any_of(letters, [&](const auto& one) { return one.first == c; });
      if (c < 'a' || c > 'z' || taken) continue;
      letters.emplace_back(c, std::string(column.heading));
      break;
    }
  }
  return letters;
}

bool RowList::sort_by(char letter) {
  for (const auto& [own, heading] : sort_letters()) {
    if (own != letter) continue;
    const auto column =
        std::ranges::find_if(columns_, [&name = heading](const TableColumn& one) { return one.heading == name; });
    const auto index = static_cast<std::size_t>(column - columns_.begin());
    const bool numbers = std::ranges::any_of(rows_, [&](const ListedRow& row) {
      const Value* value = find_value(row.record, column->field);
      return value != nullptr && is_number(*value);
    });
    greatest_first_ = sort_column_ == index ? !greatest_first_ : numbers;
    sort_column_ = index;
    arrange();
    return true;
  }
  return false;
}

void RowList::reverse_sort() {
  if (!sort_column_) return;
  greatest_first_ = !greatest_first_;
  arrange();
}

std::string RowList::sort_words() const {
  if (!sort_column_) return {};
  return std::string(columns_[*sort_column_].heading) + (greatest_first_ ? "" : "+");
}

void RowList::move(std::ptrdiff_t rows) {
  if (order_.empty()) return;
  const auto last = static_cast<std::ptrdiff_t>(order_.size()) - 1;
  place_ = static_cast<std::size_t>(std::clamp(static_cast<std::ptrdiff_t>(place_) + rows, std::ptrdiff_t{0}, last));
  selected_key_ = rows_[order_[place_]].key;
  moved_ = true;
}

const ListedRow* RowList::selected() const { return order_.empty() ? nullptr : &rows_[order_[place_]]; }

void RowList::toggle_mark() {
  if (const ListedRow* row = selected(); row != nullptr && marks_.erase(row->key) == 0) marks_.insert(row->key);
}

void RowList::toggle_all() {
  const bool all = std::ranges::all_of(order_, [&](std::size_t row) { return marks_.contains(rows_[row].key); });
  for (const std::size_t row : order_)
    if (all)
      marks_.erase(rows_[row].key);
    else
      marks_.insert(rows_[row].key);
}

std::vector<const ListedRow*> RowList::chosen() const {
  std::vector<const ListedRow*> rows;
  for (const std::size_t row : order_)
    if (marks_.contains(rows_[row].key)) rows.push_back(&rows_[row]);
  if (marks_.empty() && selected() != nullptr) rows.push_back(selected());
  return rows;
}

std::vector<ScreenLine> RowList::draw(const FormatterOptions& options, std::size_t height) {
  constexpr std::size_t margin = 2;  // `>` for the selected row, `*` for a marked one
  FormatterOptions narrower = options;
  narrower.width = std::max(1, options.width - static_cast<int>(margin));
  CellText cells(narrower);
  TableLayout layout(columns_, narrower);
  std::vector<Row> rows;
  for (const std::size_t row : order_) rows.push_back(table_row(rows_[row].record, columns_, cells, false));
  if (!options.full_ids) shorten_ids(rows, columns_);
  layout.fit(rows);
  std::vector<std::vector<std::string>> texts;
  for (const Row& row : rows) {
    std::string text;
    layout.append_row(text, row);
    texts.push_back(lines_of(text));
  }
  std::vector<ScreenLine> drawn;
  std::string headings;
  layout.append_headings(headings);
  headings.erase(headings.find_last_not_of('\n') + 1);
  drawn.push_back({std::string(margin, ' ') + headings});
  const std::size_t room = height > 1 ? height - 1 : 0;
  if (first_ > place_) first_ = place_;
  const auto lines_between = [&](std::size_t from, std::size_t to) {
    std::size_t lines = 0;
    for (std::size_t row = from; row <= to && row < texts.size(); ++row) lines += texts[row].size();
    return lines;
  };
  while (first_ < place_ && lines_between(first_, place_) > room) ++first_;
  while (first_ > 0 && !texts.empty() && lines_between(first_ - 1, texts.size() - 1) <= room) --first_;
  last_ = first_;
  for (std::size_t row = first_; row < texts.size() && drawn.size() < height; ++row) {
    const bool is_selected = row == place_;
    const bool is_marked = marks_.contains(rows_[order_[row]].key);
    for (std::size_t line = 0; line < texts[row].size() && drawn.size() < height; ++line) {
      std::string mark = line > 0 ? "  " : is_selected ? ">" : " ";
      if (line == 0) mark += is_marked ? "*" : " ";
      drawn.push_back({mark + texts[row][line], is_selected ? static_cast<std::size_t>(options.width) : 0});
    }
    last_ = row + 1;
  }
  return drawn;
}

}  // namespace queuetrace
