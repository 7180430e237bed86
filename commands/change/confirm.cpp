#include "commands/change/confirm.hpp"

#include <algorithm>
#include <istream>

#include "commands/report/command_line.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/attention.hpp"
#include "formatters/wrapped_text.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::uint64_t most_by_yes = 1'000;

std::string trimmed(std::string line) {
  constexpr const char* blanks = " \t\r\n";
  line.erase(line.find_last_not_of(blanks) + 1);
  line.erase(0, line.find_first_not_of(blanks));
  return line;
}

std::string subject_of(const ConfirmationRequest& request) {
  return request.what.empty() ? count_words(request.jobs, "job") : request.what;
}

Confirmation answer_to(const ConfirmationRequest& request, NeededConfirmation needed, const Context& context) {
  const std::string jobs = subject_of(request);
  const std::string question =
      needed == NeededConfirmation::name
          ? request.verb + " " + jobs + "? Type the source's name (" + request.source.name + ") to continue: "
          : request.verb + " " + jobs + " in " + request.source.name + "? [y/N] ";
  const auto width = static_cast<std::size_t>(std::max(0, context.surroundings.message_width));
  std::vector<Phrase> asked = request.subject;
  const std::string lines = wrapped_text(question, {.width = width, .commands = false});
  const std::size_t name = request.source.is_protected ? lines.rfind(request.source.name) : std::string::npos;
  asked.push_back({lines.substr(0, name), bold});
  if (name != std::string::npos) {
    asked.push_back({request.source.name, protected_mark});
    asked.push_back({lines.substr(name + request.source.name.size()), bold});
  }
  context.notices.ask_in_color(asked);
  std::string line;
  if (!context.wait_for_line()) {
    context.notices.ask("\n");
    return Confirmation::interrupted;
  }
  if (!std::getline(context.in, line)) context.notices.ask("\n");
  line = trimmed(line);
  const bool given = needed == NeededConfirmation::name ? line == request.source.name
                                                        : line == "y" || line == "Y" || line == "yes" || line == "YES";
  return given ? Confirmation::given : Confirmation::declined;
}

/// The words that would have been enough.
std::vector<std::string> missing_words(const ConfirmationRequest& request, NeededConfirmation needed,
                                       const WriteOptions& options, bool over) {
  std::vector<std::string> words;
  if (over) words = {"--max", std::to_string(request.jobs)};
  if (needed == NeededConfirmation::name && options.confirm.empty())
    words.push_back("--confirm=" + request.source.name);
  if (needed == NeededConfirmation::yes && options.confirm.empty() && !options.yes) words.emplace_back("--yes");
  return words;
}

}  // namespace

NeededConfirmation needed_confirmation(const ConfirmationRequest& request, const WriteOptions& options) {
  if (request.source.is_protected || request.jobs > most_by_yes) return NeededConfirmation::name;
  return request.is_bulk || options.ask ? NeededConfirmation::yes : NeededConfirmation::none;
}

bool asks(const ConfirmationRequest& request, const WriteOptions& options, const Context& context) {
  const NeededConfirmation needed = needed_confirmation(request, options);
  const bool given = needed == NeededConfirmation::none || !options.confirm.empty() ||
                     (needed == NeededConfirmation::yes && options.yes);
  return !given && context.surroundings.can_ask;
}

Confirmation confirm(const ConfirmationRequest& request, const WriteOptions& options, const Context& context) {
  const NeededConfirmation needed = needed_confirmation(request, options);
  if (!options.confirm.empty() && options.confirm != request.source.name)
    throw Error(ErrorKind::refused, "--confirm names " + in_quotes(options.confirm) + ", but the source is '" +
                                        request.source.name + "'; nothing was changed")
        .with_hint("write --confirm=" + request.source.name + " if that is the one you mean");
  const auto refuse = [&](const std::string& why, bool over) {
    return Error(ErrorKind::refused, why + "; nothing was changed")
        .with_hint("preview it with --dry-run; to apply it: " +
                   command_with(context, missing_words(request, needed, options, over)));
  };
  if (options.max > 0 && request.jobs > options.max)
    throw refuse(
        "this would change " + count_words(request.jobs, "job") + ", more than --max " + std::to_string(options.max),
        true);
  if (needed == NeededConfirmation::none || !options.confirm.empty()) return Confirmation::given;
  if (needed == NeededConfirmation::yes && options.yes) return Confirmation::given;
  if (asks(request, options, context)) return answer_to(request, needed, context);
  if (needed == NeededConfirmation::yes) throw refuse("changing " + subject_of(request) + " must be confirmed", false);
  throw refuse(request.source.is_protected
                   ? "source '" + request.source.name + "' is protected: its name must be given"
                   : "changing " + count_words(request.jobs, "job") + " at once needs the source's name",
               false);
}

}  // namespace queuetrace
