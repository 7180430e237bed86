#include "formatters/json_value.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "formatters/json_rewrite.hpp"
#include "formatters/json_text.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

constexpr std::int64_t largest_exact = (std::int64_t{1} << 53) - 1;

struct ValueWriter {
  std::string& out;
  const Redaction& redaction;
  bool identifier;
  std::uint64_t& hidden;

  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const {
    const bool exact = value >= -largest_exact && value <= largest_exact;
    if (!exact) out += '"';
    const fmt::format_int text(value);
    out.append(text.data(), text.size());
    if (!exact) out += '"';
  }
  void operator()(double value) const {
    if (!std::isfinite(value)) out += '"';
    fmt::format_to(std::back_inserter(out), "{}", value);
    if (!std::isfinite(value)) out += '"';
  }
  void operator()(const std::string& value) const { append_json_string(out, value); }
  void operator()(const Untrusted& value) const {
    if (!identifier && redaction.enabled()) {
      std::string safe;
      const std::uint64_t count = redaction.hide_in_text(value.raw(), safe);
      hidden += count;
      if (count > 0) {
        append_json_string(out, safe);
        return;
      }
    }
    append_json_string(out, value.raw());
  }
  void operator()(Timestamp value) const {
    out += '"';
    append_rfc3339(out, value);
    out += '"';
  }
  void operator()(Milliseconds value) const { (*this)(std::int64_t{value.count()}); }
  void operator()(const JsonText& value) const { hidden += append_json_document(out, value.text.raw(), redaction); }
  void operator()(const Values& values) const {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out += ',';
      append_json_value(out, values[i], redaction, identifier, hidden);
    }
    out += ']';
  }
  void operator()(const Fields& fields) const { append_json_object(out, fields, redaction, hidden); }
};

}  // namespace

void append_json_value(std::string& out, const Value& value, const Redaction& redaction, bool identifier,
                       std::uint64_t& hidden) {
  std::visit(ValueWriter{out, redaction, identifier, hidden},
             static_cast<const std::variant<std::monostate, bool, std::int64_t, double, std::string, Untrusted,
                                            Timestamp, Milliseconds, JsonText, Values, Fields>&>(value));
}

void append_json_object(std::string& out, const Fields& fields, const Redaction& redaction, std::uint64_t& hidden) {
  out += '{';
  bool first = true;
  for (const Field& field : fields) {
    if (!is_known(field.value)) continue;
    if (!first) out += ',';
    first = false;
    append_json_key(out, field.name);
    out += ':';
    if (redaction.hides_key(field.name)) {
      ++hidden;
      out += "\"***\"";
    } else {
      append_json_value(out, field.value, redaction, false, hidden);
    }
  }
  out += '}';
}

void append_json_field(std::string& out, const Field& field, const Redaction& redaction, std::uint64_t& hidden) {
  append_json_key(out, field.name);
  out += ':';
  append_json_value(out, field.value, redaction, is_identifier(field.name), hidden);
}

}  // namespace queuetrace
