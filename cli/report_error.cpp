#include "cli/report_error.hpp"

#include "cli/printable.hpp"
#include "commands/exit_code.hpp"
#include "formatters/escape.hpp"
#include "formatters/json_text.hpp"

namespace queuetrace {
namespace {

void report_json(std::ostream& messages, const Error& error) {
  messages << "{\"error\":{\"code\":\"" << to_word(error.kind())
           << "\",\"exit\":" << static_cast<int>(exit_code_of(error.kind()))
           << ",\"message\":" << json_message(error.what());
  if (!error.cause().empty()) messages << ",\"cause\":" << json_message(error.cause().raw());
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

void report_error(std::ostream& messages, const Error& error, bool json, bool color) {
  if (json) {
    report_json(messages, error);
  } else {
    messages << (color ? "\x1b[31merror:\x1b[0m " : "error: ") << printable_message(error.what()) << '\n';
    if (!error.cause().empty()) messages << "  cause: " << terminal_text(error.cause(), Profile::text) << '\n';
    for (const std::string& note : error.notes()) messages << "  note: " << printable_message(note) << '\n';
    if (!error.hint().empty()) messages << "  hint: " << printable_message(error.hint()) << '\n';
  }
  messages.flush();
}

}  // namespace queuetrace
