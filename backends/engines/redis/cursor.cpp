#include "backends/engines/redis/cursor.hpp"

#include <nlohmann/json.hpp>

#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view prefix = "redis3.";
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6; count -= 6) text.push_back(digits[(bits >> (count - 6)) & 63]);
  }
  if (count > 0) text.push_back(digits[(bits << (6 - count)) & 63]);
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>((bits >> count) & 255));
    }
  }
  return bytes;
}

[[noreturn]] void throw_bad_cursor() {
  throw Error(ErrorKind::usage, "this cursor does not belong to this source and filter")
      .with_hint("start again without --cursor");
}

}  // namespace

std::string to_text(const ListingCursor& cursor) {
  nlohmann::json lists = nlohmann::json::array();
  for (const ListProgress& list : cursor.lists) {
    nlohmann::json held = nlohmann::json::array();
    for (const auto& [first, last] : list.held) held.push_back({first, last});
    // The key is base64 inside JSON because keys need not be UTF-8.
    lists.push_back({encode(list.key), list.place, list.length, list.read, held, list.anchors, list.finished, list.scan,
                     list.node, list.memory});
  }
  nlohmann::json after;
  if (cursor.after)
    after = {cursor.after->created.time_since_epoch().count(), encode(cursor.after->id), encode(cursor.after->key)};
  const nlohmann::json document = {cursor.filter, cursor.scanned, cursor.stopped, lists, cursor.scan_again, after};
  return std::string(prefix) + encode(document.dump());
}

ListingCursor parse_cursor(const std::string& text, std::uint64_t filter) {
  if (!text.starts_with(prefix)) throw_bad_cursor();
  const std::optional<std::string> bytes = decode(std::string_view(text).substr(prefix.size()));
  if (!bytes) throw_bad_cursor();
  try {
    const nlohmann::json document = nlohmann::json::parse(*bytes);
    ListingCursor cursor;
    cursor.filter = document.at(0).get<std::uint64_t>();
    cursor.scanned = document.at(1).get<std::uint64_t>();
    cursor.stopped = document.at(2).get<bool>();
    cursor.scan_again = document.at(4).get<bool>();
    if (cursor.filter != filter) throw_bad_cursor();
    for (const nlohmann::json& entry : document.at(3)) {
      ListProgress list;
      const std::optional<std::string> key = decode(entry.at(0).get<std::string>());
      if (!key) throw_bad_cursor();
      list.key = *key;
      list.place = entry.at(1).get<std::size_t>();
      list.length = entry.at(2).get<std::uint64_t>();
      list.read = entry.at(3).get<std::uint64_t>();
      for (const nlohmann::json& range : entry.at(4))
        list.held.emplace_back(range.at(0).get<std::uint64_t>(), range.at(1).get<std::uint64_t>());
      list.anchors = entry.at(5).get<std::vector<std::uint64_t>>();
      list.finished = entry.at(6).get<bool>();
      list.scan = entry.at(7).get<std::string>();
      list.node = entry.at(8).get<std::size_t>();
      list.memory = entry.at(9).get<std::uint64_t>();
      if (list.scan.empty() || list.scan.find_first_not_of("0123456789") != std::string::npos) throw_bad_cursor();
      cursor.lists.push_back(std::move(list));
    }
    if (const nlohmann::json& after = document.at(5); !after.is_null()) {
      const std::optional<std::string> id = decode(after.at(1).get<std::string>());
      const std::optional<std::string> key = decode(after.at(2).get<std::string>());
      if (!id || !key) throw_bad_cursor();
      cursor.after = JobMark{Timestamp(std::chrono::microseconds(after.at(0).get<std::int64_t>())), *id, *key};
    }
    return cursor;
  } catch (const nlohmann::json::exception&) {
    throw_bad_cursor();
  }
}

}  // namespace queuetrace
