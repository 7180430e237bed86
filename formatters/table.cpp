// -o table and -o wide: columns for lists, `FIELD  value` blocks for details.
#include "formatters/table.hpp"

#include <algorithm>
#include <optional>

#include "formatters/block_writer.hpp"
#include "formatters/catalogue.hpp"
#include "formatters/cell.hpp"
#include "formatters/detail.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t rows_ahead = 100;  // seen before the columns are sized

class TableFormatter final : public Formatter {
 public:
  TableFormatter(std::ostream& out, const FormatterOptions& options)
      : writer_(out),
        options_(options),
        cells_(options),
        selection_(options.fields, Redaction(options.redact, !options.show_secrets)) {}

  void begin(const Heading& heading) override {
    all_columns_ = heading.columns;
    selection_.check(all_columns_, nullptr);
    if (heading.layout == Heading::Layout::detail) {
      detail_.emplace(all_columns_, options_);
      return;
    }
    std::vector<Column> chosen;
    for (const Column& column : all_columns_)
      if (selection_.all() &&
          (column.where == Column::Where::table || (options_.wide && column.where == Column::Where::wide)))
        chosen.push_back(column);
    headings_.reserve(selection_.names().size());
    for (const std::string& name : selection_.names()) chosen.push_back(column_named(name));
    layout_.emplace(std::move(chosen), options_);
  }

  void row(const Record& given) override {
    const Record& record = selection_.with_parts(given);
    if (!any_) selection_.check(all_columns_, &record);
    any_ = true;
    if (detail_) {
      detail_->append(writer_.buffer(), record, selection_, cells_);
    } else if (sized_) {
      layout_->append_row(writer_.buffer(), cells_of(record));
    } else {
      ahead_.push_back(cells_of(record));
      if (ahead_.size() == rows_ahead) print_ahead(false);
    }
    writer_.row_done();
  }

  void end(const Fields&) override {
    if (!any_) selection_.check(all_columns_, nullptr, true);
    if (layout_ && !sized_ && !ahead_.empty()) print_ahead(true);
    writer_.flush();
  }

  std::uint64_t hidden_values() const override { return cells_.hidden() + selection_.hidden(); }

 private:
  Column column_named(const std::string& name) {
    for (const Column& column : all_columns_)
      if (column.field == name) {
        Column alone = column;
        alone.out_of = {};
        return alone;
      }
    std::string heading = name;
    std::transform(heading.begin(), heading.end(), heading.begin(), [](char c) {
      return c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
    headings_.push_back(std::move(heading));
    return {.field = name, .heading = headings_.back(), .shrinkable = !is_identifier(name)};
  }

  std::vector<Cell> cells_of(const Record& record) {
    std::vector<Cell> row;
    row.reserve(layout_->columns().size());
    for (const Column& column : layout_->columns()) {
      Cell& cell = row.emplace_back();
      const auto field =
          std::find_if(record.begin(), record.end(), [&](const Field& each) { return each.name == column.field; });
      if (field == record.end()) continue;
      cell.text = cells_.line(*field);
      const Value* total = column.out_of.empty() ? nullptr : find_value(record, column.out_of);
      if (total != nullptr && is_known(*total)) {
        if (cell.text.empty()) cell.text = "?";
        cell.text += "/" + cells_.line({std::string(column.out_of), *total});
      }
      cell.color = color_of(column.field, cell.text);
      if (options_.hyperlinks && column.field == "trace_id" && !cell.text.empty()) cell.url = url_of(record);
    }
    return row;
  }

  static std::string url_of(const Record& record) {
    const Value* url = find_value(record, "trace_url");
    const auto* text = url == nullptr ? nullptr : std::get_if<std::string>(url);
    return text == nullptr ? std::string() : *text;
  }

  void print_ahead(bool all) {
    layout_->set_widths(ahead_, all);
    if (options_.headers) layout_->append_headings(writer_.buffer());
    for (const std::vector<Cell>& row : ahead_) layout_->append_row(writer_.buffer(), row);
    ahead_ = {};
    sized_ = true;
  }

  BlockWriter writer_;
  FormatterOptions options_;
  CellText cells_;
  FieldSelection selection_;
  std::span<const Column> all_columns_;
  std::vector<std::string> headings_;  // of fields without a column
  std::optional<TableLayout> layout_;
  std::optional<DetailLayout> detail_;
  std::vector<std::vector<Cell>> ahead_;
  bool sized_ = false;
  bool any_ = false;
};

}  // namespace

std::unique_ptr<Formatter> make_table_formatter(std::ostream& out, const FormatterOptions& options) {
  return std::make_unique<TableFormatter>(out, options);
}

std::unique_ptr<Formatter> make_wide_formatter(std::ostream& out, const FormatterOptions& options) {
  FormatterOptions wide = options;
  wide.wide = true;
  return std::make_unique<TableFormatter>(out, wide);
}

}  // namespace queuetrace
