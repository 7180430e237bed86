// -o yaml: the document of -o json with a field a line. Values are written as JSON, which is YAML too.
#include "formatters/block_writer.hpp"
#include "formatters/catalogue.hpp"
#include "formatters/json_text.hpp"
#include "formatters/json_value.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

class YamlFormatter final : public Formatter {
 public:
  YamlFormatter(std::ostream& out, const FormatterOptions& options)
      : writer_(out), redaction_(options.redact, !options.show_secrets), selection_(options.fields, redaction_) {}

  void begin(const Heading& heading) override {
    columns_ = heading.columns;
    selection_.check(columns_, nullptr);
    opening_ = "schema: ";  // kept back until the first record has shown whether the chosen fields are there
    append_json_string(opening_, heading.schema);
    opening_ += '\n';
    opening_ += heading.list_key;
    single_ = heading.single;
  }

  void row(const Record& given) override {
    const Record& record = selection_.with_parts(given);
    if (first_) {
      selection_.check(columns_, &record);
      writer_.buffer() += opening_ + ":\n";
    }
    first_ = false;
    std::string_view before = single_ ? "  " : "- ";
    const auto append = [&](const Field& field) {
      if (!is_known(field.value)) return;
      writer_.buffer() += before;
      before = "  ";
      append_field(field);
    };
    if (selection_.all()) {
      for (const Field& field : record) append(field);
    } else {
      for (const std::size_t position : selection_.positions(record))
        if (position < record.size()) append(record[position]);
    }
    if (before == "- ") writer_.buffer() += "- {}\n";
    writer_.row_done();
  }

  void end(const Fields& summary) override {
    if (first_) {
      selection_.check(columns_, nullptr, true);
      writer_.buffer() += opening_ + ": []\n";
    }
    for (const Field& field : summary) append_field(field);
    writer_.flush();
  }

  std::uint64_t hidden_values() const override { return hidden_ + selection_.hidden(); }

 private:
  void append_field(const Field& field) {
    std::string& out = writer_.buffer();
    const bool is_plain_name =
        field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
    if (is_plain_name)
      out += field.name;
    else
      append_json_key(out, field.name);
    out += ": ";
    append_json_value(out, field.value, redaction_, is_identifier(field.name), hidden_);
    out += '\n';
  }

  BlockWriter writer_;
  Redaction redaction_;
  FieldSelection selection_;
  std::span<const Column> columns_;
  std::string opening_;  ///< of the document, up to the name of its list
  bool first_ = true;
  bool single_ = false;
  std::uint64_t hidden_ = 0;
};

}  // namespace

std::unique_ptr<Formatter> make_yaml_formatter(std::ostream& out, const FormatterOptions& options) {
  return std::make_unique<YamlFormatter>(out, options);
}

}  // namespace queuetrace
