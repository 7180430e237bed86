// -o name: the reference of each record, one a line, to be pasted or piped into other commands; with --fields those
// fields, parted by tabs.
#include "formatters/block_writer.hpp"
#include "formatters/catalogue.hpp"
#include "formatters/cell.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

class NameFormatter final : public Formatter {
 public:
  // cppcheck-suppress passedByValue ; as_stored() changes the copy
  NameFormatter(std::ostream& out, FormatterOptions options)
      : writer_(out),
        cells_(as_stored(options)),
        selection_(options.fields, Redaction(options.redact, !options.show_secrets)),
        chosen_(!options.fields.empty()) {}

  void begin(const Heading& heading) override {
    columns_ = heading.columns;
    selection_.check(columns_, nullptr);
    if (selection_.all()) selection_ = FieldSelection({std::string(heading.name_field)});
  }

  void row(const Record& given) override {
    const Record& record = selection_.with_parts(given);
    any_ = true;
    selection_.check(columns_, &record);
    const char* separator = "";
    for (const std::size_t position : selection_.positions(record)) {
      writer_.buffer() += separator;
      separator = "\t";
      if (position < record.size()) writer_.buffer() += cells_.line(record[position]);
    }
    writer_.buffer() += '\n';
    writer_.row_done();
  }

  void end(const Fields&) override {
    if (!any_ && chosen_) selection_.check(columns_, nullptr, true);
    writer_.flush();
  }

  std::uint64_t hidden_values() const override { return cells_.hidden() + selection_.hidden(); }

 private:
  /// References go into other commands, whatever the terminal shows.
  static const FormatterOptions& as_stored(FormatterOptions& options) {
    options.ascii = false;
    return options;
  }

  BlockWriter writer_;
  CellText cells_;
  FieldSelection selection_;
  std::span<const Column> columns_;
  bool chosen_;
  bool any_ = false;
};

}  // namespace

std::unique_ptr<Formatter> make_name_formatter(std::ostream& out, const FormatterOptions& options) {
  return std::make_unique<NameFormatter>(out, options);
}

}  // namespace queuetrace
