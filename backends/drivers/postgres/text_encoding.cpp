#include "backends/drivers/postgres/text_encoding.hpp"

#include <algorithm>
#include <optional>

namespace queuetrace {
namespace {

bool is_about_encoding(const pqxx::sql_error& failure) {
  const std::string state = state_of(failure);
  return state == "22021" || state == "22P05";
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Whether the server can read the text in its encoding.
bool is_known(const std::string& text, const RunInEncoding& run) {
  try {
    run({"SELECT length($1::text)", {text}}, std::chrono::seconds(5), {});
    return true;
  } catch (const pqxx::sql_error& failure) {
    if (!is_about_encoding(failure)) throw;
    return false;
  }
}

/// The text with a control character, which no name or message holds, in the place of every one that is not ASCII.
std::string unheard_of(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '\x01');
  return text;
}

}  // namespace

std::string state_of(const pqxx::sql_error& failure) {
  if (!failure.sqlstate().empty()) return failure.sqlstate();
  if (dynamic_cast<const pqxx::insufficient_privilege*>(&failure) != nullptr) return "42501";
  if (dynamic_cast<const pqxx::undefined_table*>(&failure) != nullptr) return "42P01";
  return {};
}

std::unique_ptr<SqlResult> run_whatever_text(const SqlStatement& statement, std::chrono::milliseconds timeout,
                                             const RunInEncoding& run, const std::function<bool()>& is_open) {
  try {
    return run(statement, timeout, {});
  } catch (const pqxx::sql_error& failure) {
    if (!is_about_encoding(failure) || !is_open()) throw;
  }
  SqlStatement sendable = statement;
  for (std::optional<std::string>& value : sendable.parameters)
    if (value && !is_ascii(*value) && !is_known(*value, run)) value = unheard_of(*value);
  try {
    return run(sendable, timeout, {});
  } catch (const pqxx::sql_error& failure) {
    if (!is_about_encoding(failure) || !is_open()) throw;
  }
  for (std::optional<std::string>& value : sendable.parameters)
    if (value && !is_ascii(*value)) value = unheard_of(*value);
  return run(sendable, timeout, raw_bytes);
}

}  // namespace queuetrace
