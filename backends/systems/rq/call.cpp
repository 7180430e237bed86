// What a job of RQ is to call, and what became of it, as the library serialises both: with pickle or as JSON
// (docs/systems/rq.md section 2.2). A pickle is never loaded.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/inflate.hpp"
#include "backends/engines/redis/pickle.hpp"
#include "backends/systems/rq/parts.hpp"
#include "tracing/base64.hpp"

namespace queuetrace::rq {
namespace {

/// Dumps in the order of the text.
using Json = nlohmann::ordered_json;

constexpr std::size_t largest_call = 4u << 20;
constexpr std::size_t largest_traceback = 256u << 10;

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

std::string dumped(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// `[function, instance, arguments, named arguments]`.
void read_json(Call& call) {
  if (!parse_bounded(call.serialised).is_array()) return;  // which bounds its depth
  const Json parts = Json::parse(call.serialised, nullptr, false);
  if (!parts.is_array() || parts.size() != 4 || !parts[0].is_string()) return;
  call.function = parts[0].get<std::string>();
  Json arguments = Json::object();
  if (!parts[1].is_null()) arguments["instance"] = parts[1];
  arguments["args"] = parts[2];
  arguments["kwargs"] = parts[3];
  call.arguments = dumped(arguments);
}

/// The string that a pickled tuple begins with, so before anything that is more than plain data.
std::optional<std::string> first_in_tuple(std::string_view pickle) {
  constexpr std::size_t protocol = 2, frame = 9;
  pickle.remove_prefix(protocol);
  if (pickle.starts_with('\x95') && pickle.size() > frame) pickle.remove_prefix(frame);
  if (!pickle.starts_with("(X") && !pickle.starts_with("(\x8c") && !pickle.starts_with("(\x8d")) return std::nullopt;
  const std::vector<PickledString> first = pickled_strings(pickle, 1);
  return first.empty() ? std::nullopt : std::optional(std::string(first.front().text));
}

std::string_view field_of(Reply::View fields, std::string_view name) {
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
    if (fields[i].text() == name) return fields[i + 1].text();
  return {};
}

Payload value_of(std::string_view stored) {
  std::optional<std::string> bytes = base64_decode(stored);
  if (!bytes) return {Payload::Form::text, Untrusted(std::string(stored)), stored.size()};
  const std::size_t size = bytes->size();
  if (is_pickle(*bytes)) return {Payload::Form::binary, Untrusted(*std::move(bytes)), size};
  const auto form = is_json(*bytes) ? Payload::Form::json : Payload::Form::text;
  return {form, Untrusted(*std::move(bytes)), size};
}

}  // namespace

Call read_call(std::string_view data) {
  Call call;
  std::optional<std::string> serialised = inflate_whole(data, largest_call);
  if (!serialised) return call;
  call.serialised = *std::move(serialised);
  call.pickled = is_pickle(call.serialised);
  if (!call.pickled) {
    read_json(call);
    return call;
  }
  call.function = first_in_tuple(call.serialised);
  return call;
}

std::string unpacked(const Entry& entry) {
  const std::optional<std::string_view> data = entry.record.filled("data");
  return data ? inflate_whole(*data, largest_call).value_or(std::string()) : std::string();
}

std::optional<std::string> function_in(std::string_view description) {
  const std::size_t parenthesis = description.find('(');
  if (parenthesis == std::string_view::npos || !description.ends_with(')')) return std::nullopt;
  const std::string_view name = description.substr(0, parenthesis);
  return is_name(name) ? std::optional(std::string(name)) : std::nullopt;
}

std::string exception_in(std::string_view traceback) {
  // The frames are indented and begin with a file; what follows the last of them is the exception.
  const std::size_t frame = traceback.rfind("\n  File ");
  std::string_view rest = frame == std::string_view::npos ? traceback : traceback.substr(frame + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == ' ')) rest.remove_suffix(1);
  return std::string(rest);
}

void read_result(Job& job, const Reply& results, bool whole) {
  if (results.size() == 0 || results[0].size() != 2) return;
  const Reply::View fields = results[0][1];
  const std::string_view type = field_of(fields, "type");
  if (type == "1") {
    const std::string_view value = field_of(fields, "return_value");
    if (whole && job.state == JobState::completed && !value.empty()) job.result = value_of(value);
    return;
  }
  if (const std::optional<std::string> packed = base64_decode(field_of(fields, "exc_string")))
    read_traceback(job, *packed, whole);
}

void read_traceback(Job& job, std::string_view packed, bool whole) {
  const std::optional<std::string> text = inflate_whole(packed, largest_traceback);
  if (!text || text->empty()) return;
  job.error = Untrusted(exception_in(*text));
  if (whole && *text != job.error->raw()) job.extra.push_back({"traceback", Untrusted(*text)});
}

}  // namespace queuetrace::rq
