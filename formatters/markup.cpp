#include "formatters/markup.hpp"

namespace queuetrace {

std::string markup_text(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char byte : text) {
    switch (byte) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      case '`': safe += "&#96;"; break;
      default: safe += byte;
    }
  }
  return safe;
}

}  // namespace queuetrace
