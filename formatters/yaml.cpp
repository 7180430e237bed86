// -o yaml: the document of -o json with a field a line. Values are written as JSON, which is YAML too but for pairs of
// surrogates.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "formatters/block_writer.hpp"
#include "formatters/catalogue.hpp"
#include "formatters/json_text.hpp"
#include "formatters/json_value.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

/// The four hex digits of a `\uXXXX` at `at`; 0 for anything else.
std::uint32_t unit_at(std::string_view text, std::size_t at) {
  if (at >= text.size() || text.substr(at, 2) != "\\u") return 0;
  const std::string digits(text.substr(at + 2, 4));
  return static_cast<std::uint32_t>(std::strtoul(digits.c_str(), nullptr, 16));
}

/// What was appended to `out` from `begin` on, with `\U0001f600` in place of `\ud83d\ude00`.
void join_surrogates(std::string& out, std::size_t begin) {
  if (out.find("\\u", begin) == std::string::npos) return;
  const std::string json = out.substr(begin);
  out.resize(begin);
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] != '\\') {
      out += json[at++];
      continue;
    }
    const std::uint32_t high = unit_at(json, at), low = unit_at(json, at + 6);
    if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
      out += fmt::format("\\U{:08x}", 0x10000 + ((high - 0xd800) << 10U) + (low - 0xdc00));
      at += 12;
    } else {
      out += json.substr(at, 2);  // the second may be a backslash or a quote itself
      at += 2;
    }
  }
}

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
    const std::size_t begin = out.size();
    append_json_value(out, field.value, redaction_, is_identifier(field.name), hidden_);
    join_surrogates(out, begin);
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
