#include "backends/systems/go_redis_work_queue/viper.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "model/error.hpp"
#include "model/letter_case.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

constexpr std::size_t most_settings = 10'000;
constexpr std::size_t deepest = 64;

/// A whole number with the prefix that tells its base.
std::optional<std::int64_t> based(std::string_view digits) {
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = lower(digits[1]);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    digits.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || digits[0] == '-' || error != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return value;
}

std::string without_underscores(std::string_view text) {
  std::string plain;
  std::ranges::copy_if(text, std::back_inserter(plain), [](char c) { return c != '_'; });
  return plain;
}

std::string_view without_sign(std::string_view number) {
  return number.substr(number.starts_with('-') || number.starts_with('+') ? 1 : 0);
}

/// A number without quotes; it loses its fraction. Absent: no number, or beyond 64 bits.
std::optional<std::int64_t> number_of(std::string_view text) {
  const std::string plain = without_underscores(text);
  const std::string_view digits = without_sign(plain);
  if (const std::optional<std::int64_t> whole = based(digits)) return plain.starts_with('-') ? -*whole : *whole;
  if (digits.empty() || digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(plain.c_str(), &end);
  if (end != plain.c_str() + plain.size() || !(std::abs(value) < 9e18)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

/// Words of YAML 1.2 that are truths without quotes; yes and on are texts here.
constexpr std::pair<std::string_view, std::int64_t> truths[] = {{"true", 1},  {"True", 1},  {"TRUE", 1},
                                                                {"false", 0}, {"False", 0}, {"FALSE", 0}};

/// The text that a number without quotes becomes where a text is wanted: in decimal digits, however it was written.
std::string text_of(const YAML::Node& scalar) {
  const std::string& written = scalar.Scalar();
  const bool number = !written.empty() && std::string_view("0123456789+-.").find(written[0]) != std::string_view::npos;
  if (scalar.Tag() != "?" || !number) return written;
  const std::string plain = without_underscores(written);
  if (const auto whole = based(without_sign(plain))) return std::to_string(plain.starts_with('-') ? -*whole : *whole);
  double value = 0;
  const char* const begin = plain.data() + (plain.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, plain.data() + plain.size(), value);
  if (error != std::errc{} || end != plain.data() + plain.size() || !std::isfinite(value)) return written;
  std::array<char, 400> text{};
  const auto last = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
  return {text.data(), last};
}

struct Flattener {
  std::map<std::string, ViperValue> settings;
  std::size_t seen = 0;

  void add(const std::string& path, const YAML::Node& value, std::size_t depth) {
    look_at_one(depth);
    if (value.IsMap()) {
      add_members(path, value, depth + 1);
    } else if (value.IsScalar()) {
      settings[path] = {false, {text_of(value)}, value.Tag() == "?"};
    } else if (value.IsSequence()) {
      ViperValue list{true, {}};
      for (const YAML::Node& each : value)
        if (each.IsScalar() && list.texts.size() < most_settings) list.texts.push_back(text_of(each));
      settings[path] = std::move(list);
    }
  }

  /// What is merged comes first, so that the map's own members win; then names without dots, then those with: viper
  /// asks for the longest name first.
  void add_members(const std::string& path, const YAML::Node& map, std::size_t depth) {
    look_at_one(depth);  // a map that is merged may be merged into itself
    const auto each_own = [&](bool with_dots) {
      for (const auto& member : map) {
        if (!member.first.IsScalar() || is_merge(member.first)) continue;
        const std::string name = lower_case(member.first.Scalar());
        if ((name.find('.') != std::string::npos) == with_dots)
          add(path.empty() ? name : path + "." + name, member.second, depth);
      }
    };
    for (const auto& member : map) {
      if (!is_merge(member.first)) continue;
      if (member.second.IsMap()) add_members(path, member.second, depth + 1);
      if (!member.second.IsSequence()) continue;
      for (std::size_t i = member.second.size(); i > 0; --i)  // the first of them wins
        if (member.second[i - 1].IsMap()) add_members(path, member.second[i - 1], depth + 1);
    }
    each_own(false);
    each_own(true);
  }

  void look_at_one(std::size_t depth) {
    if (++seen > most_settings || depth > deepest) throw Error(ErrorKind::usage, "too many settings, or too deep");
  }

  static bool is_merge(const YAML::Node& name) { return name.IsScalar() && name.Scalar() == "<<" && name.Tag() != "!"; }
};

}  // namespace

std::map<std::string, ViperValue> read_viper(const std::filesystem::path& file) {
  Flattener flattener;
  const std::string doing = "cannot read the configuration of go-redis-work-queue, " + file.string();
  try {
    const YAML::Node document = YAML::LoadFile(file.string());
    if (document.IsMap()) flattener.add_members({}, document, 0);
  } catch (const YAML::Exception& problem) {
    throw Error(ErrorKind::usage, doing).because(Untrusted(std::string(problem.what())));
  } catch (const Error& problem) {
    throw Error(ErrorKind::usage, doing).because(Untrusted(std::string(problem.what())));
  }
  return std::move(flattener.settings);
}

std::optional<std::int64_t> viper_integer(std::string_view text) {
  if (text.empty()) return 0;
  const bool parts_digits = !text.starts_with('_') && !text.ends_with('_') && text.find("__") == std::string_view::npos;
  if (!parts_digits) return std::nullopt;
  const std::string plain = without_underscores(text);
  const std::optional<std::int64_t> whole = based(without_sign(plain));
  return whole && plain.starts_with('-') ? -*whole : whole;
}

std::optional<std::int64_t> viper_integer(const ViperValue& value) {
  if (value.is_list) return std::nullopt;
  const std::string& text = value.texts.front();
  if (!value.is_plain) return viper_integer(text);
  for (const auto& [word, number] : truths)
    if (text == word) return number;
  return number_of(text);
}

std::optional<Milliseconds> viper_duration(std::string_view text) {
  constexpr double longest = 9.2e18;  // nanoseconds in 64 bits
  double nanoseconds = 0;
  if (const std::optional<std::int64_t> whole = number_of(text)) {
    nanoseconds = static_cast<double>(*whole);
  } else {
    struct Unit {
      std::string_view name;
      double nanoseconds;
    };
    constexpr Unit units[] = {{"ns", 1},   {"us", 1e3}, {"\xC2\xB5s", 1e3}, {"\xCE\xBCs", 1e3},
                              {"ms", 1e6}, {"s", 1e9},  {"m", 60e9},        {"h", 3600e9}};
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
      const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
      const std::string amount(text.substr(0, digits));
      char* end = nullptr;
      const double value = std::strtod(amount.c_str(), &end);
      if (amount.empty() || end != amount.c_str() + amount.size()) return std::nullopt;
      text.remove_prefix(digits);
      const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
      const auto* const unit = std::ranges::find(units, text.substr(0, letters), &Unit::name);
      if (unit == std::end(units)) return std::nullopt;
      nanoseconds += value * unit->nanoseconds;
      text.remove_prefix(letters);
    }
  }
  if (!(nanoseconds >= 1e6 && nanoseconds < longest)) return std::nullopt;
  return Milliseconds(static_cast<std::int64_t>(nanoseconds / 1e6));
}

}  // namespace queuetrace::go_redis_work_queue
