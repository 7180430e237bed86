// -o json: one valid document with one record per line. -o jsonl: the records alone.
#include "formatters/block_writer.hpp"
#include "formatters/catalogue.hpp"
#include "formatters/json_text.hpp"
#include "formatters/json_value.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

class JsonFormatter final : public Formatter {
 public:
  JsonFormatter(std::ostream& out, const FormatterOptions& options, bool envelope)
      : writer_(out),
        redaction_(options.redact, !options.show_secrets),
        selection_(options.fields, redaction_),
        envelope_(envelope) {}

  void begin(const Heading& heading) override {
    columns_ = heading.columns;
    selection_.check(columns_, nullptr);
    if (!envelope_) return;
    opening_ = "{\"schema\":";
    append_json_string(opening_, heading.schema);
    opening_ += ',';
    append_json_string(opening_, heading.list_key);
    single_ = heading.single;
    opening_ += single_ ? ":" : ":[";
  }

  void row(const Record& given) override {
    const Record& record = selection_.with_parts(given);
    std::string& out = writer_.buffer();
    if (first_) {
      selection_.check(columns_, &record);
      out += opening_;
    }
    if (envelope_ && !single_) out += first_ ? "\n" : ",\n";
    first_ = false;
    out += '{';
    const char* separator = "";
    const auto append = [&](std::size_t position, const Field& field) {
      if (!is_known(field.value)) return;
      out += separator;
      separator = ",";
      const Name& name = name_at(position, field.name);
      out += name.written;
      append_json_value(out, field.value, redaction_, name.identifier, hidden_);
    };
    if (selection_.all()) {
      for (std::size_t position = 0; position < record.size(); ++position) append(position, record[position]);
    } else {
      for (const std::size_t position : selection_.positions(record))
        if (position < record.size()) append(position, record[position]);
    }
    out += envelope_ ? "}" : "}\n";
    writer_.row_done();
  }

  void end(const Fields& summary) override {
    std::string& out = writer_.buffer();
    if (first_) {
      selection_.check(columns_, nullptr, true);
      out += opening_;
    }
    if (envelope_) {
      if (single_) out += first_ ? "null" : "";
      if (!single_) out += first_ ? "]" : "\n]";
      for (const Field& field : summary) {
        out += ',';
        append_json_field(out, field, redaction_, hidden_);
      }
      out += "}\n";
    }
    writer_.flush();
  }

  std::uint64_t hidden_values() const override { return hidden_ + selection_.hidden(); }

 private:
  /// A field's name as it is written, and whether it is that of an identifier.
  struct Name {
    std::string name, written;
    bool identifier = false;
  };

  /// Records have the same names at the same positions, one after the other.
  const Name& name_at(std::size_t position, const std::string& name) {
    if (position >= names_.size()) names_.resize(position + 1);
    Name& known = names_[position];
    if (known.name != name || known.written.empty()) {
      known = {name, {}, is_identifier(name)};
      append_json_key(known.written, name);
      known.written += ':';
    }
    return known;
  }

  BlockWriter writer_;
  std::vector<Name> names_;
  Redaction redaction_;
  FieldSelection selection_;
  bool envelope_;
  bool single_ = false;
  std::string opening_;  ///< kept back until the first record has shown whether the chosen fields are there
  std::span<const Column> columns_;
  bool first_ = true;
  std::uint64_t hidden_ = 0;
};

}  // namespace

std::unique_ptr<Formatter> make_json_formatter(std::ostream& out, const FormatterOptions& options) {
  return std::make_unique<JsonFormatter>(out, options, true);
}

std::unique_ptr<Formatter> make_json_lines_formatter(std::ostream& out, const FormatterOptions& options) {
  return std::make_unique<JsonFormatter>(out, options, false);
}

}  // namespace queuetrace
