#include "cli/report_error.hpp"

#include <algorithm>

#include "cli/printable.hpp"
#include "commands/exit_code.hpp"
#include "formatters/escape.hpp"
#include "formatters/json_text.hpp"
#include "formatters/redaction.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

void report_json(std::ostream& messages, const Error& error) {
  messages << "{\"error\":{\"code\":\"" << to_word(error.kind())
           << "\",\"exit\":" << static_cast<int>(exit_code_of(error.kind()))
           << ",\"message\":" << json_message(error.what());
  if (!error.cause().empty()) messages << ",\"cause\":" << json_message(without_secrets(error.cause()));
  if (!error.notes().empty()) {
    messages << ",\"notes\":[";
    for (std::size_t i = 0; i < error.notes().size(); ++i)
      messages << (i > 0 ? "," : "") << json_message(error.notes()[i]);
    messages << ']';
  }
  if (!error.hint().empty()) messages << ",\"hint\":" << json_message(error.hint());
  messages << "}}\n";
}

}  // namespace

void report_error(std::ostream& messages, const Error& error, const ErrorStyle& style) {
  if (style.json) {
    report_json(messages, error);
    messages.flush();
    return;
  }
  const auto print = [&](std::string_view label, const std::string& text, bool ours = true) {
    const auto width = static_cast<std::size_t>(std::max(0, style.width));
    if (style.color && label == "error: ")
      messages << "\x1b[31merror:\x1b[0m ";
    else
      messages << label;
    messages << wrapped_text(text, {.width = width, .indent = label.size(), .commands = ours}) << '\n';
  };
  print("error: ", printable_message(error.what()));
  if (!error.cause().empty()) print("  cause: ", terminal_text(without_secrets(error.cause()), Profile::text), false);
  for (const std::string& note : error.notes()) print("  note: ", printable_message(note));
  std::size_t longest = 0;
  for (const Way& way : error.ways()) longest = std::max(longest, way.name.size());
  for (const Way& way : error.ways())
    print("  " + way.name + ":" + std::string(longest - way.name.size() + 1, ' '),
          printable_message(way.command + (way.remark.empty() ? "" : "   (" + way.remark + ")")));
  if (error.ways().empty() && !error.hint().empty()) print("  hint: ", printable_message(error.hint()));
  messages.flush();
}

}  // namespace queuetrace
