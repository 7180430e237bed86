#include "backends/systems/go_redis_work_queue/go_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "backends/engines/redis/bounded_json.hpp"
#include "model/letter_case.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

using nlohmann::json;

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Go takes the mark for the beginning of a value, and there is none.
json parse_without_mark(std::string_view text) {
  return text.starts_with(byte_order_mark) ? json(json::value_t::discarded) : parse_bounded(text);
}

/// Bytes of the UTF-8 character that `text` begins with; 0: it begins with none (RFC 3629: no overlong forms, no
/// surrogates, nothing above U+10FFFF).
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned char low, unsigned char high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2, 0x80, 0xBF) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2, 0x80, 0xBF) &&
                   follows(3, 0x80, 0xBF)
               ? 4
               : 0;
  return 0;
}

/// The unit of an escape `\uXXXX` that `text` begins with.
std::optional<unsigned> escaped_unit(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc{} && end == text.data() + 6 ? std::optional(unit) : std::nullopt;
}

bool is_first_half(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_second_half(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// The text with every byte that is no UTF-8, and every half of a surrogate pair, as U+FFFD.
std::string forgiven(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    std::size_t size = character_size(text);
    bool bad = size == 0;
    size = std::max<std::size_t>(size, 1);
    if (text.front() == '\\') {
      size = std::min<std::size_t>(2, text.size());
      if (const std::optional<unsigned> unit = escaped_unit(text)) {
        const std::optional<unsigned> next = escaped_unit(text.substr(6));
        const bool pair = is_first_half(*unit) && next && is_second_half(*next);
        bad = !pair && (is_first_half(*unit) || is_second_half(*unit));
        size = pair ? 12 : 6;
      }
    }
    out.append(bad ? replacement : text.substr(0, size));
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace

GoJson parse_as_go(std::string_view text) {
  GoJson parsed{parse_without_mark(text)};
  if (!parsed.document.is_discarded()) return parsed;
  const std::string kinder = forgiven(text);
  if (kinder == text) return parsed;
  parsed.document = parse_without_mark(kinder);
  parsed.replaced = !parsed.document.is_discarded();
  return parsed;
}

const json* go_field(const json& document, std::string_view name) {
  if (!document.is_object()) return nullptr;
  auto found = document.find(name);
  if (found == document.end())
    for (auto each = document.begin(); each != document.end(); ++each)
      if (equal_ignoring_case(each.key(), name)) found = each;
  return found == document.end() || found->is_null() ? nullptr : &*found;
}

std::string GoFields::text(std::string_view name) {
  const json* value = go_field(document, name);
  if (value == nullptr) return {};
  if (const std::string* string = value->get_ptr<const std::string*>()) return *string;
  rejected = true;
  return {};
}

std::int64_t GoFields::number(std::string_view name) {
  const json* value = go_field(document, name);
  if (value == nullptr) return 0;
  const bool too_large =
      value->is_number_unsigned() &&
      value->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value->is_number_integer() && !too_large) return value->get<std::int64_t>();
  rejected = true;
  return 0;
}

}  // namespace queuetrace::go_redis_work_queue
