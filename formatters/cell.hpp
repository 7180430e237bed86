// Values as people read them: one line for a table cell, several for a detail block. Everything here is safe to print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formatters/formatter.hpp"
#include "formatters/redaction.hpp"

namespace queuetrace {

/// How values become text for people.
class CellText {
 public:
  explicit CellText(const FormatterOptions& options);

  /// One line, empty when unknown.
  std::string line(const Field& field);
  /// Several lines where the value has them: JSON indented, lists one element a line. No line feed at the end.
  std::string block(const Field& field);
  /// A moment in the style of the options: `5m12s ago`, `in 2h10m`, RFC 3339, local time, Unix seconds.
  std::string moment(Timestamp time) const;

  /// How long ago a moment was, `9h3m` (model/age.hpp); as moment() where times are not shown relative to now. `?` for
  /// what cannot have happened then (model/plausible_time.hpp).
  std::string age(Timestamp time) const;
  /// `in 9h3m` for a moment to come; empty for one that is not.
  std::string until(Timestamp time) const;

  std::uint64_t hidden() const { return hidden_; }
  bool is_ascii() const { return ascii_; }  ///< as FormatterOptions::ascii
  const AgeLimits& ages() const { return ages_; }

 private:
  std::string text(const Field& field, bool block);
  std::string untrusted(const std::string& bytes, std::string_view field, bool block);
  std::string json(const std::string& text, bool block);
  std::string list(const Values& values, const Field& field, bool block);
  std::string indented_list(const Values& values, const Field& field);
  std::string fields(const Fields& fields, bool block);

  Redaction redaction_;
  TimeStyle time_style_;
  bool ascii_;
  Timestamp now_;
  AgeLimits ages_;
  std::uint64_t hidden_ = 0;
};

/// CellText::age() of a moment in a field of the record; empty where it holds none.
std::string age_in(const Record& record, std::string_view field, const CellText& cells);

/// SGR parameters for a word of a `state` or `severity` field, empty for none.
std::string_view color_of(std::string_view field, std::string_view word);

/// Printable lines, each by itself in a colour (SGR parameters): pagers forget colours at the end of a line.
std::string painted(std::string_view lines, std::string_view color);

/// `text` (which shows `id`) as an OSC 8 link to `url` with the host behind it, so that the target is never hidden
/// (docs/tracing.md section 4.4). Plain `text` when the URL is not http or https or is longer than 2,083 bytes.
std::string hyperlink(const std::string& text, const std::string& url);

}  // namespace queuetrace
