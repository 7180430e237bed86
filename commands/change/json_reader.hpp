// Values out of JSON lines that may hold anything.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

/// The object a line holds; absent when it holds none. Strings that are no UTF-8 stand as {"base64":"..."}.
std::optional<nlohmann::json> parse_json_line(std::string_view line);

/// The bytes of a member that is a string or {"base64":"..."}; absent when it is neither.
std::optional<std::string> bytes_of(const nlohmann::json& object, std::string_view name);
/// The same; empty when absent.
std::string text_of(const nlohmann::json& object, std::string_view name);
/// Absent when the member is no whole number of 0 or more.
std::optional<std::uint64_t> number_of(const nlohmann::json& object, std::string_view name);
bool flag_of(const nlohmann::json& object, std::string_view name);

}  // namespace queuetrace
