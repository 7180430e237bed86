#include "model/held_texts.hpp"

#include <optional>
#include <string>

namespace queuetrace {
namespace {

constexpr std::size_t kept_of_text = 4096;

/// Whether it was cut; never within a character of UTF-8.
bool cut(Untrusted& text) {
  const std::string& whole = text.raw();
  if (whole.size() <= kept_of_text) return false;
  std::size_t end = kept_of_text;
  while (end > kept_of_text - 4 && (static_cast<unsigned char>(whole[end]) & 0xc0) == 0x80) --end;
  text = Untrusted(whole.substr(0, end));
  return true;
}

bool cut(Value& value) {
  if (auto* text = std::get_if<Untrusted>(&value)) return cut(*text);
  auto* document = std::get_if<JsonText>(&value);
  if (document == nullptr || !cut(document->text)) return false;
  value = Value(Untrusted(document->text));
  return true;
}

}  // namespace

std::uint64_t text_bytes(const Job& job) {
  std::uint64_t bytes = job.locator.size();
  for (const std::optional<Payload>* part : {&job.payload, &job.result})
    if (*part) bytes += (*part)->text.raw().size();
  for (const std::optional<Untrusted>* text : {&job.kind, &job.error})
    if (*text) bytes += (*text)->raw().size();
  for (const Field& field : job.extra) {
    if (const auto* text = std::get_if<Untrusted>(&field.value)) bytes += text->raw().size();
    if (const auto* document = std::get_if<JsonText>(&field.value)) bytes += document->text.raw().size();
  }
  return bytes;
}

void HeldTexts::hold(Job& job) {
  const std::uint64_t bytes = text_bytes(job);
  if (held_ + bytes <= most_) {
    held_ += bytes;
    return;
  }
  bool any = false;
  for (std::optional<Payload>* part : {&job.payload, &job.result})
    if (*part) any = cut((*part)->text) || any;
  for (std::optional<Untrusted>* text : {&job.kind, &job.error})
    if (*text) any = cut(**text) || any;
  for (Field& field : job.extra) any = cut(field.value) || any;
  held_ += text_bytes(job);
  if (any)
    job.notes.push_back({std::string(texts_cut_note),
                         "only the beginning of its large texts is shown here: job show reads them whole"});
}

}  // namespace queuetrace
