#include "model/span.hpp"

#include <algorithm>

namespace queuetrace {

const Untrusted* Span::attribute(std::string_view wanted) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [wanted](const SpanAttribute& one) { return one.name.raw() == wanted; });
  return found == attributes.end() ? nullptr : &found->value;
}

std::optional<Milliseconds> Span::length() const {
  if (!begin || !end) return std::nullopt;
  return std::chrono::duration_cast<Milliseconds>(*end - *begin);
}

std::string_view to_word(Span::Kind kind) {
  switch (kind) {
    case Span::Kind::unspecified: return "unspecified";
    case Span::Kind::internal: return "internal";
    case Span::Kind::server: return "server";
    case Span::Kind::client: return "client";
    case Span::Kind::producer: return "producer";
    case Span::Kind::consumer: return "consumer";
  }
  return "";
}

std::string_view to_word(Span::Status status) {
  switch (status) {
    case Span::Status::unset: return "unset";
    case Span::Status::ok: return "ok";
    case Span::Status::error: return "error";
  }
  return "";
}

std::string_view to_word(SpanTie tie) {
  switch (tie) {
    case SpanTie::attribute: return "attribute";
    case SpanTie::span_id: return "span-id";
    case SpanTie::parentage: return "parentage";
  }
  return "";
}

}  // namespace queuetrace
