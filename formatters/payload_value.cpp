#include "formatters/payload_value.hpp"

#include <fmt/format.h>

#include "formatters/json_text.hpp"

namespace queuetrace {

Value payload_value(Payload payload) {
  constexpr std::size_t shown_bytes = 1024;
  const auto size = static_cast<std::int64_t>(payload.size);
  switch (payload.form) {
    case Payload::Form::json: return JsonText{std::move(payload.text)};
    case Payload::Form::text: return std::move(payload.text);
    case Payload::Form::encrypted: return Fields{{"form", std::string("encrypted")}, {"size", size}};
    case Payload::Form::binary: break;
  }
  std::string head;
  append_base64(head, std::string_view(payload.text.raw()).substr(0, shown_bytes));
  return Fields{{"form", std::string("binary")}, {"size", size}, {"base64", std::move(head)}};
}

Value payload_note(const Payload& payload, std::string_view field) {
  const bool whole_form = payload.form == Payload::Form::json || payload.form == Payload::Form::text;
  if (!whole_form || payload.size <= payload.text.size()) return {};
  return Fields{{"code", fmt::format("{}-cut", field)},
                {"text", fmt::format("{}: the first {} of {} bytes", field, payload.text.size(), payload.size)}};
}

}  // namespace queuetrace
