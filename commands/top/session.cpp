#include "commands/top/session.hpp"

#include <algorithm>
#include <array>

#include "commands/top/styled_text.hpp"
#include "formatters/record.hpp"
#include "formatters/unicode.hpp"
#include "tracing/clipboard.hpp"

namespace queuetrace {
namespace {

/// Whether something waits, runs or failed in the queue.
bool is_busy(const Record& queue) {
  return std::ranges::any_of(std::array{"waiting", "running", "failed"}, [&](const char* field) {
    const Value* value = find_value(queue, field);
    const auto* count = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
    return count != nullptr && *count > 0;
  });
}

std::string without_last_character(std::string text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace

Session::Session(const Context& context, const SessionOptions& options)
    : context_(context), options_(options), ellipsis_(context.format_options.ascii ? "..." : "…") {
  if (std::ranges::all_of(context.sources, &Source::read_only)) options_.read_only = true;
  for (const Source& source : context.sources)
    readers_.emplace(source.name, std::make_unique<Reader>(context, std::vector<Source>{source}));
  views_.push_back(std::make_unique<View>(ViewKind::queues, Scope{}));
  ask();
}

Session::~Session() { stop(); }

void Session::stop() {
  for (const auto& [source, reader] : readers_) reader->stop();
  for (const auto& beside : {aside_.get(), doctor_.get()})
    if (beside != nullptr) beside->stop();
}

bool Session::is_asking() const {
  return (aside_ && aside_->asking_since()) || (doctor_ && doctor_->asking_since()) ||
         std::ranges::any_of(readers_, [](const auto& one) { return one.second->asking_since().has_value(); });
}

Reader& Session::aside() {
  if (!aside_) aside_ = std::make_unique<Reader>(context_, context_.sources);
  return *aside_;
}

/// Has the findings looked for, which the tab counts: once all sources have told their queues or failed, and not while
/// they are shown.
void Session::count_problems() {
  if (doctor_ || problems_ || view().kind() != ViewKind::queues || !view().scope().source.empty()) return;
  if (!view().is_read() || view().told().size() < readers_.size()) return;
  doctor_ = std::make_unique<Reader>(context_, context_.sources);
  doctor_->ask(View(ViewKind::doctor, {}).question(width_), std::nullopt);
}

void Session::take_problems(const Look& findings) {
  if (findings.error) return;
  problems_ = static_cast<std::size_t>(std::ranges::count_if(
      findings.records, [](const Record& finding) { return raw_word(finding, "severity") == "problem"; }));
}

/// Puts the question of the view to the readers it is for.
void Session::ask() {
  const Question question = view().question(width_);
  const std::optional<Milliseconds> every = view().every(options_.interval);
  const bool joined = view().is_joined();
  for (const auto& [source, reader] : readers_) {
    const bool asked = !joined && (view().scope().source.empty() || view().scope().source == source);
    reader->ask(asked ? std::optional(question) : std::nullopt, every);
    reader->hold(held_);
  }
  std::optional<Question> beside = beside_question();
  if (beside_question_ != beside) beside_.clear();
  beside_question_ = std::move(beside);
  if (!joined && !beside_question_ && !aside_) return;
  aside().ask(joined ? std::optional(question) : beside_question_, joined ? every : options_.interval * 5);
  aside().hold(held_);
}

/// What stands beside the queues where there is room: all about the selected one.
std::optional<Question> Session::beside_question() const {
  if (view().kind() != ViewKind::queues || width_ < wide_screen || view().listing()->selected() == nullptr)
    return std::nullopt;
  return View(ViewKind::queue, scope_of_selection()).question(beside_width);
}

bool Session::take_answers() {
  bool any = false;
  const auto take = [&](const std::string& source, Reader& reader) {
    const std::shared_ptr<const Look> answer = reader.take();
    if (!answer) return;
    any = true;
    view().take(source, answer);
    heard_[source] = std::chrono::steady_clock::now();
    if (view().kind() == ViewKind::doctor) take_problems(*answer);
  };
  for (const auto& [source, reader] : readers_) take(source, *reader);
  if (aside_ && view().is_joined()) {
    take("", *aside_);
  } else if (const std::shared_ptr<const Look> look = aside_ ? aside_->take() : nullptr) {
    beside_ = lines_of(look->text);
    any = true;
  }
  if (const std::shared_ptr<const Look> findings = doctor_ ? doctor_->take() : nullptr) {
    if (!problems_) take_problems(*findings);
    any = true;
  }
  count_problems();
  if (any && beside_question() != beside_question_) ask();  // another queue is the selected one
  return any;
}

void Session::press(const Key& key) {
  if (key.kind == Key::Kind::none || key.kind == Key::Kind::resize) return;
  message_.clear();
  if (helps_) {
    helps_ = false;
    return;
  }
  if (prompt_)
    press_in_prompt(key);
  else
    browse(key);
  if (beside_question() != beside_question_) ask();
}

void Session::press_in_prompt(const Key& key) {
  if (key.kind == Key::Kind::escape) {
    const Prompt left = *std::exchange(prompt_, std::nullopt);
    if (left.changed) left.changed("");
    return;
  }
  if (prompt_->one_key) {
    const Prompt asked = *std::exchange(prompt_, std::nullopt);
    std::string typed;
    if (key.kind == Key::Kind::character) unicode::append_utf8(typed, key.character);
    asked.done(typed);
    return;
  }
  if (key.kind == Key::Kind::enter) {
    const Prompt typed = *std::exchange(prompt_, std::nullopt);
    if (typed.done) typed.done(typed.typed);
    return;
  }
  if (key.kind == Key::Kind::backspace) prompt_->typed = without_last_character(prompt_->typed);
  if (key.kind == Key::Kind::character) unicode::append_utf8(prompt_->typed, key.character);
  if (prompt_->changed) prompt_->changed(prompt_->typed);
}

void Session::move(std::ptrdiff_t lines) {
  if (view().listing() != nullptr) {
    view().listing()->move(lines);
    return;
  }
  const auto last = static_cast<std::ptrdiff_t>(view().lines().size()) - static_cast<std::ptrdiff_t>(page_);
  const std::ptrdiff_t top = static_cast<std::ptrdiff_t>(view().top_line) + lines;
  view().top_line = static_cast<std::size_t>(std::clamp(top, std::ptrdiff_t{0}, std::max(last, std::ptrdiff_t{0})));
}

void Session::browse(const Key& key) {
  constexpr std::ptrdiff_t everything = 1'000'000;
  const auto page = static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, page_));
  switch (key.kind) {
    case Key::Kind::up: move(-1); return;
    case Key::Kind::down: move(1); return;
    case Key::Kind::page_up: move(-page); return;
    case Key::Kind::page_down: move(page); return;
    case Key::Kind::home: move(-everything); return;
    case Key::Kind::end: move(everything); return;
    case Key::Kind::enter: enter(); return;
    case Key::Kind::tab: start_with_next(); return;
    case Key::Kind::left:
    case Key::Kind::right:
      view().choose(key.kind == Key::Kind::left ? -1 : 1);
      ask();
      return;
    case Key::Kind::escape:
      if (view().listing() != nullptr && !view().listing()->filter().empty())
        view().listing()->set_filter("");
      else
        go_back();
      return;
    case Key::Kind::character:
      if (key.character < 0x80) press_letter(static_cast<char>(key.character));
      return;
    default: return;
  }
}

void Session::press_letter(char letter) {
  constexpr std::ptrdiff_t everything = 1'000'000;
  RowList* listing = view().listing();
  switch (letter) {
    case 'q': ended_ = true; return;
    case '?': helps_ = true; return;
    case 'j': move(1); return;
    case 'k': move(-1); return;
    case 'g': move(-everything); return;
    case 'G': move(everything); return;
    case '1': start_with(ViewKind::queues, {}); return;
    case '2': start_with(ViewKind::jobs, {}); return;
    case '3': start_with(ViewKind::errors, {}); return;
    case '4':
    case 't': start_with(ViewKind::trace, scope_of_selection()); return;
    case '5': start_with(ViewKind::doctor, {}); return;
    case 'e': start_with(ViewKind::errors, scope_of_selection()); return;
    case 'w': show_queue(); return;
    case 'f':
      held_ = !held_;
      ask();
      return;
    case 'R': read_now(); return;
    case '+': change_interval(1); return;
    case '-': change_interval(-1); return;
    case '/': type_filter(); return;
    case 's': choose_sort(); return;
    case 'S':
      if (listing != nullptr) listing->reverse_sort();
      return;
    case 'h':
      if (view().kind() != ViewKind::queues) return;
      hides_idle_ = !hides_idle_;
      listing->set_choice(hides_idle_ ? is_busy : nullptr);
      return;
    case 'x':
    case ' ':
      if (view().kind() != ViewKind::jobs) return;
      listing->toggle_mark();
      listing->move(1);
      return;
    case 'A':
      if (view().kind() == ViewKind::jobs) listing->toggle_all();
      return;
    case 'y': copy(false); return;
    case 'Y': copy(true); return;
    default: press_change(letter);
  }
}

void Session::read_now() {
  for (const auto& [source, reader] : readers_) reader->ask_now();
  if (aside_) aside_->ask_now();
}

void Session::change_interval(int step) {
  constexpr std::array seconds{1, 2, 5, 10, 30, 60};
  const auto now = std::ranges::lower_bound(seconds, options_.interval.count() / 1000);
  const auto index = std::clamp<std::ptrdiff_t>(now - seconds.begin() + step, 0, std::ssize(seconds) - 1);
  options_.interval = std::chrono::seconds(seconds[static_cast<std::size_t>(index)]);
  ask();
}

void Session::choose_sort() {
  RowList* listing = view().listing();
  if (listing == nullptr) return;
  std::string label = "sort by:";
  for (const auto& [letter, heading] : listing->sort_letters()) label += std::string("  ") + letter + " " + heading;
  prompt_ = Prompt{.label = label,
                   .done =
                       [this, listing](const std::string& typed) {
                         if (typed.size() != 1 || !listing->sort_by(typed.front())) message_ = "not sorted";
                       },
                   .one_key = true};
}

void Session::type_filter() {
  RowList* listing = view().listing();
  if (listing == nullptr) return;
  prompt_ =
      Prompt{.label = "/", .typed = listing->filter(), .done = {}, .changed = [listing](const std::string& typed) {
               listing->set_filter(typed);
             }};
}

/// The id of the selected job, or its trace id, to the clipboard.
void Session::copy(bool trace) {
  const ListedRow* row = view().kind() == ViewKind::jobs ? view().listing()->selected() : nullptr;
  if (row == nullptr) return;
  const std::string text = raw_word(row->record, trace ? "trace_id" : "id");
  if (text.empty()) {
    message_ = "this job has no trace ID";
    return;
  }
  const ClipboardResult result =
      copy_to_clipboard({text, context_.configuration.clipboard}, context_.surroundings.environment);
  message_ = (trace ? "trace ID: " : "job ID: ") + result.message;
}

}  // namespace queuetrace
