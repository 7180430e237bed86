#include "backends/engines/redis/bounded_json.hpp"

#include <algorithm>

#include "model/finite_json.hpp"

namespace queuetrace {
namespace {

constexpr int deepest = 256;

nlohmann::json parse(std::string_view text) {
  using nlohmann::json;
  bool too_deep = false;
  const json::parser_callback_t bound = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > deepest;
    return !too_deep;
  };
  // A call for each value costs time, so only a text that could be too deep is looked at so closely.
  const auto opening = std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; });
  json document = json::parse(text, opening > deepest ? bound : json::parser_callback_t(), false);
  return too_deep ? json(json::value_t::discarded) : document;
}

}  // namespace

nlohmann::json parse_bounded(std::string_view text) {
  nlohmann::json document = parse(text);
  return document.is_discarded() ? parse(with_finite_numbers(text)) : document;
}

bool is_json(std::string_view text) {
  return nlohmann::json::accept(text) || nlohmann::json::accept(with_finite_numbers(text));
}

}  // namespace queuetrace
