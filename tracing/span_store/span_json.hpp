// What the readers of span stores share: JSON of any server within bounds, and ids, times and texts from its values.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "model/span.hpp"

namespace queuetrace {

/// The document; absent when the text is no JSON, is nested deeper than 64 levels or holds over two million values.
/// Memory and time are bounded by the text.
std::optional<nlohmann::json> bounded_json(const std::string& text);

/// The member; nullptr when `value` is no object or has none of this name.
const nlohmann::json* member(const nlohmann::json& value, std::string_view name);
/// The member when it is an array; otherwise an empty one.
const nlohmann::json& array_member(const nlohmann::json& value, std::string_view name);
/// The member when it is a string; otherwise empty.
std::string text_member(const nlohmann::json& value, std::string_view name);
/// The member as a whole number, written as a number or as a text of digits; absent when it is none of 64 bits.
std::optional<std::int64_t> number_member(const nlohmann::json& value, std::string_view name);

/// Span::trace and Span::id of the texts that stores write: hex in any case, with fewer digits too, or base64. Empty
/// when it is neither, or zero.
std::string trace_id_of(std::string_view text);
std::string span_id_of(std::string_view text);

/// A value as text: strings as they are, everything else as JSON.
std::string value_text(const nlohmann::json& value);
/// Adds the attribute, cut after 4 KiB; nothing when the span has 128 already.
void add_attribute(Span& span, const std::string& name, const std::string& value);
/// The same for attributes that many spans of an answer share: not more than 4 KiB of them in each span, so that an
/// answer takes no multiple of its own size.
class SharedAttributes {
 public:
  explicit SharedAttributes(Span& span) : span_(span) {}
  void add(const std::string& name, const std::string& value);

 private:
  Span& span_;
  std::size_t left_ = 4096;
};
/// Sets begin, and end where the duration is not negative; nothing when the times are none.
void set_times(Span& span, std::optional<std::int64_t> begin_us, std::optional<std::int64_t> duration_us);
/// Name and service, cut after 1 KiB.
void set_names(Span& span, const std::string& name, const std::string& service);
/// The span's error in words: what its attributes say where it has none.
void complete_error(Span& span);

}  // namespace queuetrace
