// -o table and -o wide: columns for lists, `FIELD  value` blocks for details.
#include "formatters/table.hpp"

#include <algorithm>
#include <optional>

#include "formatters/block_writer.hpp"
#include "formatters/catalogue.hpp"
#include "formatters/cell.hpp"
#include "formatters/detail.hpp"
#include "formatters/last_lines.hpp"
#include "formatters/record.hpp"
#include "formatters/remarks.hpp"
#include "formatters/table_columns.hpp"
#include "formatters/table_rows.hpp"

namespace queuetrace {
namespace {

/// Rows held back: a page, whose columns are sized, and whose ids shortened, together.
constexpr std::size_t page_rows = 1'000;

class TableFormatter final : public Formatter {
 public:
  TableFormatter(std::ostream& out, const FormatterOptions& options)
      : out_(out),
        writer_(out),
        options_(options),
        cells_(options),
        selection_(options.fields, Redaction(options.redact, !options.show_secrets)) {}

  void begin(const Heading& heading) override {
    all_columns_ = heading.columns;
    selection_.check(all_columns_, nullptr);
    if (heading.layout == Heading::Layout::detail)
      detail_.emplace(all_columns_, heading.table, options_);
    else
      layout_.emplace(table_columns(heading, options_, headings_), options_,
                      heading.table != nullptr && heading.table->blocks && !options_.wide && options_.fields.empty());
  }

  void row(const Record& given) override {
    const Record& record = selection_.with_parts(given);
    if (!any_) selection_.check(all_columns_, &record);
    any_ = true;
    if (detail_) {
      detail_->append(writer_.buffer(), record, selection_, cells_);
      writer_.row_done();
      return;
    }
    page_.push_back(table_row(record, layout_->columns(), cells_, options_.hyperlinks));
    if (page_.size() == page_rows) print_page();
  }

  void tell(const Remarks& remarks) override { remarks_ = remarks; }

  void end(const Fields&) override {
    if (!any_) selection_.check(all_columns_, nullptr, true);
    const bool summary_first = !begun_;
    if (summary_first) print_summary();
    if (!page_.empty()) print_page();
    if (!summary_first) print_summary();  // what was counted is known now, and the first page is out
    writer_.flush();
    if (options_.headers && !remarks_.hint.empty()) print_hint();
  }

  std::uint64_t hidden_values() const override { return cells_.hidden() + selection_.hidden(); }

 private:
  void print_hint() {
    std::string lines;
    append_hint(lines, remarks_.hint, options_);
    add_last_lines(out_, lines);
    out_.flush();
  }

  void print_summary() {
    if (options_.headers && !remarks_.summary.empty()) append_summary(writer_.buffer(), remarks_.summary, options_);
  }

  void print_page() {
    if (!options_.full_ids) shorten_ids(page_, layout_->columns());
    if (!begun_ || !layout_->is_fit_for(page_)) {
      layout_->fit(page_);
      if (options_.headers) layout_->append_headings(writer_.buffer());
      begun_ = true;
    }
    for (const Row& row : page_) {
      layout_->append_row(writer_.buffer(), row);
      writer_.row_done();
    }
    page_.clear();
  }

  std::ostream& out_;
  BlockWriter writer_;
  FormatterOptions options_;
  CellText cells_;
  FieldSelection selection_;
  std::span<const Column> all_columns_;
  std::vector<std::string> headings_;  // of fields without a column
  std::optional<TableLayout> layout_;
  std::optional<DetailLayout> detail_;
  std::vector<Row> page_;
  Remarks remarks_;
  bool begun_ = false;
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
