// -o csv (RFC 4180) and -o tsv. In CSV texts that a spreadsheet would take for a formula start with `'`; TSV is for
// programs and gives values as they are. Characters that could drive a terminal are escaped, line ends and blanks are
// kept (CSV) or written as `\n` and `\t` (TSV).
#include <algorithm>
#include <array>

#include "formatters/block_writer.hpp"
#include "formatters/catalogue.hpp"
#include "formatters/escape.hpp"
#include "formatters/json_value.hpp"
#include "formatters/record.hpp"
#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

bool looks_like_formula(std::string_view text) {
  constexpr std::array<std::string_view, 10> starts{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return text.starts_with(start); });
}

/// Appends one cell's text, safe for its format.
void append_cell(std::string& out, std::string_view bytes, bool tabs) {
  std::string cell = !tabs && looks_like_formula(bytes) ? "'" : "";
  bool quote = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const unicode::Character character = unicode::decode(bytes, at);
    const std::size_t length = std::max<std::size_t>(character.length, 1);
    const std::string_view here = bytes.substr(at, length);
    at += length;
    const bool line_end_or_tab = here == "\n" || here == "\t";
    quote = quote || here == "\n" || here == "\"" || here == ",";
    if (character.length == 0 || (character.point < 0x20 && (tabs || !line_end_or_tab)) || (tabs && here == "\\") ||
        (character.point >= 0x7f && (unicode::properties_of(character.point) & unicode::escaped))) {
      append_terminal_text(cell, here, Profile::ident);
    } else {
      cell += here;
      if (here == "\"" && !tabs) cell += '"';
    }
  }
  if (quote && !tabs)
    out += '"' + cell + '"';
  else
    out += cell;
}

class DelimitedFormatter final : public Formatter {
 public:
  DelimitedFormatter(std::ostream& out, const FormatterOptions& options, bool tabs)
      : writer_(out),
        redaction_(options.redact, !options.show_secrets),
        headers_(options.headers),
        tabs_(tabs),
        chosen_(!options.fields.empty()),
        selection_(options.fields, redaction_) {}

  void begin(const Heading& heading) override {
    columns_ = heading.columns;
    selection_.check(columns_, nullptr);
    for (const Column& column : columns_) names_.emplace_back(column.field);
  }

  void row(const Record& given) override {
    const Record& record = selection_.with_parts(given);
    if (first_) start(&record);
    std::string& out = writer_.buffer();
    const char* separator = "";
    for (const std::size_t position : selection_.positions(record)) {
      out += separator;
      separator = tabs_ ? "\t" : ",";
      if (position < record.size()) append_value(out, record[position]);
    }
    out += line_end();
    writer_.row_done();
  }

  void end(const Fields&) override {
    if (first_) start(nullptr);
    writer_.flush();
  }

  std::uint64_t hidden_values() const override { return hidden_ + selection_.hidden(); }

 private:
  std::string_view line_end() const { return tabs_ ? "\n" : "\r\n"; }

  /// Prints the header line: the columns, then fields of the record that have none.
  void start(const Record* record) {
    first_ = false;
    selection_.check(columns_, record, true);
    if (!chosen_) {
      if (record != nullptr)
        for (const Field& field : *record)
          if (std::find(names_.begin(), names_.end(), field.name) == names_.end()) names_.push_back(field.name);
      selection_ = FieldSelection(names_);
    }
    if (!headers_) return;
    std::string& out = writer_.buffer();
    const char* separator = "";
    for (const std::string& name : selection_.names()) {
      out += separator;
      separator = tabs_ ? "\t" : ",";
      append_cell(out, name, tabs_);
    }
    out += line_end();
  }

  void append_value(std::string& out, const Field& field) {
    const Value& value = field.value;
    if (!is_known(value)) return;
    if (const auto* own = std::get_if<std::string>(&value)) {
      append_cell(out, *own, tabs_);
    } else if (const auto* data = std::get_if<Untrusted>(&value)) {
      scratch_.clear();
      if (is_identifier(field.name))
        scratch_ = data->raw();
      else
        hidden_ += redaction_.hide_in_text(data->raw(), scratch_);
      append_cell(out, scratch_, tabs_);
    } else if (const auto* time = std::get_if<Timestamp>(&value)) {
      out += to_rfc3339(*time);
    } else {
      scratch_.clear();
      append_json_value(scratch_, value, redaction_, is_identifier(field.name), hidden_);
      const bool number = value.index() <= 3 || std::holds_alternative<Milliseconds>(value);
      if (number)  // large integers are quoted in JSON only
        std::erase(scratch_, '"');
      if (number)
        out += scratch_;
      else
        append_cell(out, scratch_, tabs_);
    }
  }

  BlockWriter writer_;
  Redaction redaction_;
  bool headers_;
  bool tabs_;
  bool chosen_;
  FieldSelection selection_;
  std::span<const Column> columns_;
  std::vector<std::string> names_;
  std::string scratch_;
  bool first_ = true;
  std::uint64_t hidden_ = 0;
};

}  // namespace

std::unique_ptr<Formatter> make_csv_formatter(std::ostream& out, const FormatterOptions& options) {
  return std::make_unique<DelimitedFormatter>(out, options, false);
}

std::unique_ptr<Formatter> make_tsv_formatter(std::ostream& out, const FormatterOptions& options) {
  return std::make_unique<DelimitedFormatter>(out, options, true);
}

}  // namespace queuetrace
