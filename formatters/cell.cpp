#include "formatters/cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>

#include "formatters/escape.hpp"
#include "formatters/json_rewrite.hpp"
#include "formatters/json_value.hpp"
#include "formatters/record.hpp"
#include "model/age.hpp"
#include "model/fingerprint.hpp"
#include "model/plausible_time.hpp"
#include "model/time.hpp"

namespace queuetrace {
namespace {

/// From `time` to `now`; absent where the distance is none that people think in.
std::optional<Milliseconds> distance(Timestamp time, Timestamp now) {
  std::int64_t microseconds = 0;
  if (time == infinite_future || time == infinite_past ||
      __builtin_sub_overflow(now.time_since_epoch().count(), time.time_since_epoch().count(), &microseconds))
    return std::nullopt;
  const Milliseconds result(microseconds / 1000);
  if (std::abs(result.count()) > 100LL * 365 * 86'400'000) return std::nullopt;
  return result;
}

/// Our own text on one line: no control bytes, whatever went into it.
std::string own_line(const std::string& text, bool block) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n' && block)
      out += c;
    else
      out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return out;
}

/// JSON as it was laid out, which shows nothing that drives a terminal and can be copied; long ones to a line's end.
std::string json_lines(const std::string& json) {
  if (json.size() <= shown_field.bytes) return json;
  const std::size_t end = std::min(json.rfind('\n', shown_field.bytes), shown_field.bytes);
  return json.substr(0, end) + fmt::format("\n… (+{} bytes)", json.size() - end);
}

}  // namespace

CellText::CellText(const FormatterOptions& options)
    : redaction_(options.redact, !options.show_secrets),
      time_style_(options.wide && options.time_style == TimeStyle::relative ? TimeStyle::iso : options.time_style),
      ascii_(options.ascii),
      now_(options.now),
      ages_(options.ages) {}

std::string CellText::moment(Timestamp time) const {
  if (time == infinite_future || time == infinite_past || time_style_ == TimeStyle::iso) return to_rfc3339(time);
  if (time_style_ == TimeStyle::local) return to_local_time(time);
  if (time_style_ == TimeStyle::unix_seconds)
    return fmt::format("{}", std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  const std::optional<Milliseconds> age = distance(time, now_);
  if (!age || time < earliest_plausible) return to_rfc3339(time);
  if (std::abs(age->count()) < 1000) return "now";
  return age->count() < 0 ? "in " + to_age(-*age) : to_age(*age) + " ago";
}

std::string CellText::age(Timestamp time) const {
  const std::optional<Milliseconds> age = distance(time, now_);
  if (time_style_ != TimeStyle::relative) return moment(time);
  if (time < earliest_plausible) return "?";
  if (!age) return moment(time);
  return plausible_past(time, now_) ? to_age(*age) : "?";
}

std::string CellText::until(Timestamp time) const {
  const std::optional<Milliseconds> age = distance(time, now_);
  return time > now_ && (!age || age->count() < 0) ? (age ? "in " + to_age(-*age) : moment(time)) : std::string();
}

std::string CellText::line(const Field& field) { return ascii_ ? ascii_text(text(field, false)) : text(field, false); }

std::string CellText::block(const Field& field) { return ascii_ ? ascii_text(text(field, true)) : text(field, true); }

std::string CellText::text(const Field& field, bool block) {
  const Value& value = field.value;
  if (const auto* own = std::get_if<std::string>(&value)) return own_line(*own, block);
  if (const auto* data = std::get_if<Untrusted>(&value)) return untrusted(data->raw(), field.name, block);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{:.4g}", *real);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* time = std::get_if<Timestamp>(&value)) return moment(*time);
  if (const auto* duration = std::get_if<Milliseconds>(&value)) return to_human(*duration);
  if (const auto* document = std::get_if<JsonText>(&value)) return json(document->text.raw(), block);
  if (const auto* values = std::get_if<Values>(&value)) return list(*values, field, block);
  if (const auto* members = std::get_if<Fields>(&value)) return fields(*members, block);
  return {};
}

std::string CellText::untrusted(const std::string& bytes, std::string_view field, bool block) {
  const TextLimits limits = block ? shown_field : table_cell;
  if (is_identifier(field)) {
    std::string shown =
        terminal_text(bytes, Profile::ident, is_reference(field) ? TextLimits{} : TextLimits{limits.bytes, false});
    if (has_mixed_scripts(bytes)) shown += mixed_scripts_mark;
    return shown;
  }
  std::string safe;
  hidden_ += redaction_.hide_in_text(bytes, safe);
  return terminal_text(safe, Profile::text, limits);
}

std::string CellText::json(const std::string& text, bool block) {
  std::string safe;
  const JsonRewrite rewrite = rewrite_json(text, redaction_, safe, block ? JsonLayout::pretty : JsonLayout::compact);
  if (rewrite.status == JsonRewrite::Status::invalid || rewrite.status == JsonRewrite::Status::too_deep)
    return untrusted(text, "payload", block);
  hidden_ += rewrite.hidden;
  const bool showable = block && rewrite.status == JsonRewrite::Status::json;
  std::string shown =
      showable ? json_lines(safe) : terminal_text(safe, Profile::text, block ? shown_field : table_cell);
  if (rewrite.mixed_script_keys) shown += mixed_scripts_mark;
  return shown;
}

std::string CellText::list(const Values& values, const Field& field, bool block) {
  if (values.empty() && block) return "-";
  std::string out;
  for (const Value& value : values) {
    if (!out.empty()) out += block ? "\n" : ",";
    if (const auto* members = std::get_if<Fields>(&value); members != nullptr && block) {
      std::string parts;
      for (const Field& member : *members) {
        if (!is_known(member.value)) continue;
        if (!parts.empty()) parts += "  ";
        parts += line(member);
      }
      out += parts;
    } else {
      out += text(Field{field.name, value}, false);
    }
  }
  return out;
}

/// Records inside a record, each on a line of its own below the name.
std::string CellText::indented_list(const Values& values, const Field& field) {
  std::string out = "\n";
  for (const char c : list(values, field, true)) {
    if (out.back() == '\n') out += "  ";
    out += c;
  }
  return out;
}

std::string CellText::fields(const Fields& fields, bool block) {
  if (!block) {
    std::string document;
    append_json_object(document, fields, redaction_, hidden_);
    return terminal_text(document, Profile::text, table_cell);
  }
  std::string out;
  for (const Field& field : fields) {
    if (!is_known(field.value)) continue;
    if (!out.empty()) out += '\n';
    out += terminal_text(field.name, Profile::ident, table_cell) + ":";
    const auto* values = std::get_if<Values>(&field.value);
    const bool records = values != nullptr && !values->empty() && std::holds_alternative<Fields>(values->front());
    if (!records) out += ' ';
    if (redaction_.hides_key(field.name)) {
      ++hidden_;
      out += "***";
    } else if (records) {
      out += indented_list(*values, field);
    } else if (values != nullptr && values->empty()) {
      out += '-';
    } else {
      out += line(field);
    }
  }
  return out;
}

std::string_view color_of(std::string_view field, std::string_view word) {
  struct Color {
    std::string_view word, parameters;
  };
  static constexpr Color colors[] = {{"completed", "32"}, {"failed", "31"},  {"dead", "1;31"},   {"retrying", "33"},
                                     {"scheduled", "34"}, {"blocked", "35"}, {"cancelled", "2"}, {"unknown", "2"},
                                     {"good", "32"},      {"warning", "33"}, {"problem", "31"},  {"tripped", "31"},
                                     {"undecided", "33"}};
  if (field != "state" && field != "severity") return {};
  const auto* found =
      std::find_if(std::begin(colors), std::end(colors), [&](const Color& color) { return color.word == word; });
  return found == std::end(colors) ? std::string_view() : found->parameters;
}

std::string age_in(const Record& record, std::string_view field, const CellText& cells) {
  const Value* value = find_value(record, field);
  const auto* time = value == nullptr ? nullptr : std::get_if<Timestamp>(value);
  return time == nullptr ? std::string() : cells.age(*time);
}

std::string painted(std::string_view lines, std::string_view color) {
  std::string out;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    fmt::format_to(std::back_inserter(out), "\x1b[{}m{}\x1b[0m", color, lines.substr(begin, end - begin));
    if (end < lines.size()) out += '\n';
    begin = end + 1;
  }
  return out;
}

std::string hyperlink(const std::string& text, const std::string& url) {
  constexpr std::size_t longest_url = 2083;
  const bool web = url.starts_with("http://") || url.starts_with("https://");
  std::string target;
  const std::uint64_t hash = fingerprint(url);  // the same link on several lines is one link
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x21 && byte <= 0x7e)
      target += c;
    else
      target += fmt::format("%{:02X}", byte);
  }
  if (!web || target.size() > longest_url) return text;
  const std::size_t host = target.find("://") + 3;
  const std::string name = target.substr(host, target.find_first_of("/?#", host) - host);
  const std::string visible = text == url ? text : text + " (" + name + ")";
  return fmt::format("\x1b]8;id={:016x};{}\x1b\\{}\x1b]8;;\x1b\\", hash, target, visible);
}

}  // namespace queuetrace
