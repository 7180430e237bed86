#include "backends/cursor.hpp"

#include <nlohmann/json.hpp>

#include "model/error.hpp"
#include "model/filter_conditions.hpp"

namespace queuetrace {
namespace {

using nlohmann::json;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) text += alphabet[bits << (6 - held) & 63];
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(bits >> held & 255);
    }
  }
  return bytes;
}

[[noreturn]] void not_a_cursor() {
  throw Error(ErrorKind::usage, "--cursor is not a cursor of this program")
      .with_hint("take the value of next_cursor from the answer before, unchanged");
}

}  // namespace

std::string encode_cursor(const ListingPosition& position, const JobFilter& filter) {
  json stores = json::object();
  for (const auto& [address, store] : position) {
    json entry = json::object();
    if (store.finished) entry["f"] = true;
    if (store.after) entry["a"] = to_base64url(*store.after);
    if (store.shown > 0) {
      entry["n"] = store.shown;
      entry["i"] = to_base64url(store.last_id);
    }
    stores[address] = std::move(entry);
  }
  return to_base64url(json{{"v", 1}, {"d", filter_digest(filter)}, {"s", std::move(stores)}}.dump());
}

ListingPosition decode_cursor(std::string_view text, const JobFilter& filter) {
  const std::optional<std::string> bytes = from_base64url(text);
  if (!bytes) not_a_cursor();
  const json document = json::parse(*bytes, nullptr, false);
  if (!document.is_object() || document.value("v", json()) != 1 || !document.contains("s") ||
      !document["s"].is_object())
    not_a_cursor();
  if (document.value("d", json()) != filter_digest(filter))
    throw Error(ErrorKind::usage, "--cursor was made for another filter")
        .with_hint("repeat the command with the same filters, or leave --cursor out");

  ListingPosition position;
  try {
    for (const auto& [address, entry] : document["s"].items()) {
      StorePosition store;
      store.finished = entry.value("f", false);
      if (entry.contains("a")) store.after = from_base64url(entry["a"].get<std::string>());
      store.shown = entry.value("n", std::uint64_t{0});
      if (entry.contains("i")) store.last_id = from_base64url(entry["i"].get<std::string>()).value_or("");
      position[address] = std::move(store);
    }
  } catch (const json::exception&) {
    not_a_cursor();
  }
  return position;
}

}  // namespace queuetrace
