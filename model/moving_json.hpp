// Parses JSON whose texts may be as large as a job: each is held once beside the JSON, where the library's own parser
// holds up to five copies meanwhile.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace queuetrace {

/// JSON with marks in place of its large texts, and these.
struct LargeTexts {
  std::string mark;  ///< how marks begin, and no other text
  std::string rest;
  std::vector<std::string> texts;

  /// Absent: it is no JSON.
  static std::optional<LargeTexts> part(std::string_view json);
  /// The text that a value stands for; nullptr: for itself.
  std::string* named(std::string_view value);
};

/// What the library calls while it reads: it puts values where they belong. Of members of one name the last one counts.
template <typename Json>
class MovingJsonReader {
 public:
  explicit MovingJsonReader(LargeTexts& large) : large_(large) {}

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(typename Json::number_integer_t value) { return put(value); }
  bool number_unsigned(typename Json::number_unsigned_t value) { return put(value); }
  bool number_float(typename Json::number_float_t value, const typename Json::string_t&) { return put(value); }
  bool string(typename Json::string_t& value) {
    std::string* const text = large_.named(value);
    return put(std::move(text == nullptr ? value : *text));
  }
  bool binary(typename Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool key(typename Json::string_t& name) {
    if (large_.named(name) != nullptr) return false;  // no name is that long
    member_ = &(*open_.back())[std::move(name)];
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) { return false; }

  Json result() && { return std::move(root_); }

 private:
  Json* place(Json&& value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *member_ = std::move(value);
    return member_;
  }
  template <typename Value>
  bool put(Value&& value) {
    place(Json(std::forward<Value>(value)));
    return true;
  }
  bool open(Json&& value) {
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  LargeTexts& large_;
  Json root_;
  std::vector<Json*> open_;  ///< objects and arrays whose end has not come; none of them moves while it is open
  Json* member_ = nullptr;   ///< of the innermost object: whose value comes next
};

/// The document that `text` is; absent: it is no JSON. Nesting costs memory only. Memory: the document.
template <typename Json>
std::optional<Json> parse_moving(std::string_view text) {
  std::optional<LargeTexts> large = LargeTexts::part(text);
  if (!large) return std::nullopt;
  MovingJsonReader<Json> reader(*large);
  if (!Json::sax_parse(large->rest.begin(), large->rest.end(), &reader)) return std::nullopt;
  return std::move(reader).result();
}

}  // namespace queuetrace
