// Sentences on a terminal.
#include "formatters/wrapped_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "formatters/escape.hpp"
#include "formatters/unicode.hpp"

using namespace queuetrace;

namespace {

std::string note(std::string_view text, std::size_t width) { return wrapped_text(text, {.width = width, .indent = 6}); }

}  // namespace

TEST_CASE("sentences go on under their first word, and end at blanks") {
  const std::string_view text = "the archive table is included, each job once";
  CHECK(note(text, 0) == text);
  CHECK(note(text, 50) == text);
  CHECK(note(text, 49) == "the archive table is included, each job\n      once");
  CHECK(note(text, 20) == "the archive\n      table is\n      included, each\n      job once");
  CHECK(note("", 10).empty());
  CHECK(note("two  blanks  stay, but  not  at ends", 20) == "two  blanks\n      stay, but  not\n      at ends");
  CHECK(note("12345678901234", 20) == "12345678901234");
  CHECK(note("1234567 9012345", 20) == "1234567\n      9012345");
}

TEST_CASE("blanks at the end stay: a question is answered behind them") {
  CHECK(wrapped_text("go on? [y/N] ", {.width = 9}) == "go on?\n[y/N] ");
  CHECK(wrapped_text("go on? [y/N] ", {.width = 12}) == "go on? [y/N] ");
}

TEST_CASE("words that are longer than a line stay whole") {
  CHECK(note("job emp/aaaa1111-0000-4000-8000-000000000001 is gone", 30) ==
        "job\n      emp/aaaa1111-0000-4000-8000-000000000001\n      is gone");
}

TEST_CASE("words of somebody else that are longer than a line are parted at its end") {
  const auto message = [](std::string_view text, std::size_t width, std::size_t most_lines = 0) {
    return wrapped_text(text, {.width = width, .indent = 2, .message = true, .most_lines = most_lines});
  };
  CHECK(message("123456789012345", 12) == "1234567890\n  12345");
  CHECK(message("abc 123456789012345 d", 12) == "abc 123456\n  789012345\n  d");
  CHECK(message("abcdefghij 1234567890", 12) == "abcdefghij\n  1234567890");
  CHECK(message(R"({"code":"declined","text":"no funds"})", 31) == "{\"code\":\"declined\",\"text\":\"no\n  funds\"}");
  CHECK(message("say 'a b c d e f' now", 12) == "say 'a b c\n  d e f' now");
  CHECK(message("注文処理と在庫", 9) == "注文処\n  理と在\n  庫");
  CHECK(message("注文", 3) == "注文");
  CHECK(message("one two three four", 12, 2) == "one two\n  three four");
  CHECK(message("one two three four five", 12, 2) == "one two\n  three f...");
  CHECK(message("one two three", 12, 1) == "one two...");
  CHECK(message("12345678901234567890123", 12, 2) == "1234567890\n  1234567...");
}

TEST_CASE("line feeds end paragraphs, blanks before one are part of its indent") {
  CHECK(wrapped_text("one\n  two three four", {.width = 16, .indent = 4}) == "one\n      two three\n      four");
  CHECK(wrapped_text("one\ntwo", {.indent = 4}) == "one\n    two");
  CHECK(wrapped_text("one two three\nfour", {.width = 12, .indent = 2, .inset = 2}) == "one two\n    three\n  four");
}

TEST_CASE("where a narrow terminal leaves no room the indent is given up") {
  CHECK(wrapped_text("it waits for a job", {.width = 16, .indent = 9}) == "it\n  waits for a\n  job");
}

TEST_CASE("cells are counted, not bytes") {
  CHECK(wrapped_text("日本語 é", {.width = 8}) == "日本語 é");
  CHECK(wrapped_text("日本語 é", {.width = 7}) == "日本語\né");
  CHECK(wrapped_text("e\u0301e\u0301 e", {.width = 4}) == "e\u0301e\u0301 e");
}

TEST_CASE("what is in quotes stays whole, apostrophes are no quotes") {
  CHECK(wrapped_text("no queue 'empty and paused' here", {.width = 20}) == "no queue\n'empty and paused'\nhere");
  CHECK(wrapped_text("ask `job list --dead` or \"a b\".", {.width = 10}) == "ask\n`job list --dead`\nor \"a b\".");
  CHECK(wrapped_text("queue 'it's 100%', the workers' and 'x", {.width = 12}) ==
        "queue\n'it's 100%',\nthe workers'\nand 'x");
  CHECK(wrapped_text("SET status='not yet' WHERE", {.width = 12}) == "SET\nstatus='not yet'\nWHERE");
}

TEST_CASE("a command to run is never broken, and alone in its line") {
  CHECK(note("look first; this would work: queuetrace purge --queue '*' --yes", 40) ==
        "look first; this would work:\n      queuetrace purge --queue '*' --yes");
  CHECK(note("look first; this would work: queuetrace purge --queue '*' --yes", 30) ==
        "look first; this would\n      work:\n      queuetrace purge --queue '*' --yes");
  CHECK(
      note(
          "complete it: queuetrace purge --plan 'a; b' --yes; or undo it: queuetrace job restore F; or forget it: rm G",
          40) ==
      "complete it:\n      queuetrace purge --plan 'a; b' --yes;\n      or undo it:\n"
      "      queuetrace job restore F;\n      or forget it:\n      rm G");
  CHECK(note(R"(go on: queuetrace purge --plan 'it'\''s; or x' -s a\ \; b; or not)", 30) ==
        "go on:\n      queuetrace purge --plan 'it'\\''s; or x' -s a\\ \\; b;\n      or not");
  CHECK(note("queuetrace stats -s hw, and look at the workers", 40) ==
        "queuetrace stats -s hw,\n      and look at the workers");
  CHECK(note("start a worker pool, or cargo hammerwork job requeue-stale", 60) ==
        "start a worker pool, or\n      cargo hammerwork job requeue-stale");
  CHECK(note("queuetrace job retry -s a ID... (or job cancel, where a second run does harm)", 60) ==
        "queuetrace job retry -s a ID...\n      (or job cancel, where a second run does harm)");
  CHECK(note("ghosts  ids wait without a job  redis-cli ZREM jobs:pending a", 60) ==
        "ghosts  ids wait without a job\n      redis-cli ZREM jobs:pending a");
  CHECK(note("cancel them (queuetrace job cancel --state pending) and retry", 30) ==
        "cancel them\n      (queuetrace job cancel --state pending)\n      and retry");
  CHECK(note("queuetrace job show -s a ID; then 'b", 30) == "queuetrace job show -s a ID;\n      then 'b");
  CHECK(note("this would work: queuetrace purge", 80) == "this would work: queuetrace purge");
}

TEST_CASE("the name of the program alone is a word, and commands of others are sentences") {
  CHECK(note("nothing here was written by queuetrace or read by it", 40) ==
        "nothing here was written by\n      queuetrace or read by it");
  CHECK(wrapped_text("ERROR: rm x; rm -rf the whole of it", {.width = 20, .commands = false}) ==
        "ERROR: rm x; rm -rf\nthe whole of it");
}

TEST_CASE("the longest part of a sentence is a word, what is in quotes, or a command") {
  CHECK(longest_part("") == 0);
  CHECK(longest_part("no 日本語 here") == 6);
  CHECK(longest_part("no 'a b c d' here") == 9);
  CHECK(longest_part("look, then: rm a b c; or not") == 9);
}

TEST_CASE("hostile text is escaped first: nothing of it ends a line or is parted") {
  const std::string bytes =
      "\x1b[31mred \x1b]0;title\x07 and\nforged line \xc2\xa0 \xe2\x80\xae \xff ; rm -rf / 'x\xe2\x80";
  const std::string escaped = terminal_text(bytes, Profile::text);
  for (std::size_t width = 1; width < 100; ++width) {
    const std::string wrapped = wrapped_text(escaped, {.width = width});
    CAPTURE(width);
    std::string one_line = wrapped;
    for (char& c : one_line) c = c == '\n' ? ' ' : c;
    for (const std::string_view word : {"\\x1b[31mred", "\\x1b]0;title\\x07", "and\\nforged", "\\u{a0}", "\\u{202e}"})
      CHECK(one_line.find(word) != std::string::npos);
    CHECK(wrapped.find('\x1b') == std::string::npos);
    CHECK(unicode::is_utf8(wrapped));
  }
  CHECK(wrapped_text(escaped, {.width = 30}) ==
        "\\x1b[31mred \\x1b]0;title\\x07\nand\\nforged line \\u{a0}\n\\u{202e} \\xff ;\nrm -rf / 'x\\xe2\\x80");
}

TEST_CASE("what is in quotes far apart is no word") {
  const std::string far = "'" + std::string(2'000, 'x');
  CHECK(wrapped_text(far + " b' c", {.width = 80}) == far + "\nb' c");
}
