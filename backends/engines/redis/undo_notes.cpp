#include "backends/engines/redis/undo_notes.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "model/error.hpp"
#include "model/moving_json.hpp"
#include "tracing/base64.hpp"

namespace queuetrace {
namespace {

void append_literal(std::string& out, std::string_view value) {
  if (out.back() == '"') out += ',';
  out += '"';
  base64_append(out, value);
  out += '"';
}

/// The numbers in `5 7`. Throws Error{internal} for one that is of no value.
std::vector<std::size_t> numbers_in(std::string_view text, std::size_t values) {
  std::vector<std::size_t> numbers;
  while (!text.empty()) {
    std::size_t number = 0;
    const char* const end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
    if (number == 0 || number > values)
      throw Error(ErrorKind::internal, "a script named a value that it was not given");
    numbers.push_back(number);
    text.remove_prefix(std::min(text.size(), static_cast<std::size_t>(end - text.data()) + 1));
  }
  return numbers;
}

}  // namespace

std::string undo_content(const TargetReport& report, const ScriptResult& result, std::size_t target,
                         const ScriptCall& call) {
  if (report.outcome != Outcome::done || result.fate != ScriptResult::Fate::answered) return {};
  const std::size_t answers = result.reply.size() / 3;
  if (target >= answers) return {};
  const std::string_view notes = result.reply[answers + target].text();
  if (notes.empty()) return {};
  const std::vector<std::size_t> named = numbers_in(result.reply[2 * answers + target].text(), call.values.size());
  constexpr std::size_t around = 8, names = 64;  // quotes and commas
  std::size_t bytes = base64_length(notes.size()) + names;
  for (const std::string& key : call.keys) bytes += base64_length(key.size()) + around;
  for (const std::size_t number : named) bytes += base64_length(call.values[number - 1].size()) + around;
  std::string out;
  out.reserve(bytes);
  out += "{\"undo\":";
  append_literal(out, notes);
  out += ",\"keys\":[";
  for (const std::string& key : call.keys) append_literal(out, key);
  out += ']';
  if (!named.empty()) out += ",\"values\":[";
  for (const std::size_t number : named) append_literal(out, call.values[number - 1]);
  out += named.empty() ? "}" : "]}";
  return out;
}

UndoNotes read_undo_notes(BackupRecord record) {
  std::optional<nlohmann::json> content = parse_moving<nlohmann::json>(record.content);
  record.content = {};
  const auto bytes = [](nlohmann::json& text) {
    std::optional<std::string> decoded =
        text.is_string() ? base64_decode(text.get_ref<const std::string&>()) : std::nullopt;
    if (!decoded)
      throw Error(ErrorKind::usage, "the file holds a record that this source cannot read")
          .with_hint("was it made from another kind of queue system?");
    text = nullptr;
    return *std::move(decoded);
  };
  const auto list = [&](const char* name) {
    std::vector<std::string> texts;
    if (content->contains(name) && (*content)[name].is_array())
      for (nlohmann::json& text : (*content)[name]) texts.push_back(bytes(text));
    return texts;
  };
  if (!content || !content->is_object()) content = nlohmann::json::object();
  UndoNotes notes;
  notes.notes = bytes((*content)["undo"]);
  notes.keys = list("keys");
  notes.values = list("values");
  return notes;
}

}  // namespace queuetrace
