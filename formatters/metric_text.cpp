#include "formatters/metric_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "formatters/escape.hpp"
#include "formatters/unicode.hpp"
#include "model/fingerprint.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_label = 128;

/// As it stands between the quotes.
std::string quoted_label(std::string_view value) {
  std::string text = terminal_text(value, Profile::ident);
  if (text.size() > longest_label) {
    std::size_t end = longest_label;
    while (end > 0 && !unicode::is_utf8(std::string_view(text).substr(0, end))) --end;
    text = fmt::format("{}...{:016x}", text.substr(0, end), fingerprint(value));
  }
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

MetricText::MetricText(std::vector<MetricFamily> families)
    : families_(std::move(families)), samples_(families_.size()) {}

void MetricText::add(std::string_view family, const MetricLabels& labels, double value) {
  const auto found = std::ranges::find(families_, family, &MetricFamily::name);
  std::string& out = samples_.at(static_cast<std::size_t>(found - families_.begin()));
  out += family;
  const char* separator = "{";
  for (const auto& [name, text] : labels) {
    out += fmt::format("{}{}=\"{}\"", separator, name, quoted_label(text));
    separator = ",";
  }
  out += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
}

void MetricText::add_known(std::string_view family, const MetricLabels& labels, const Value* value, double unit) {
  if (value == nullptr) return;
  if (const std::optional<double> number = metric_number(*value)) add(family, labels, *number / unit);
}

void MetricText::write(std::ostream& out) const {
  for (std::size_t index = 0; index < samples_.size(); ++index) {
    const MetricFamily& family = families_[index];
    if (samples_[index].empty()) continue;
    out << "# TYPE " << family.name << " gauge\n";
    if (!family.unit.empty()) out << "# UNIT " << family.name << ' ' << family.unit << '\n';
    out << "# HELP " << family.name << ' ' << family.help << '\n' << samples_[index];
  }
  out << "# EOF\n";
}

std::optional<double> metric_number(const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* time = std::get_if<Milliseconds>(&value)) return static_cast<double>(time->count()) / 1000;
  return std::nullopt;
}

std::string label_text(const Value* value) {
  if (value == nullptr) return {};
  if (const auto* text = std::get_if<std::string>(value)) return *text;
  if (const auto* data = std::get_if<Untrusted>(value)) return data->raw();
  return {};
}

}  // namespace queuetrace
