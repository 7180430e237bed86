// Colour, links, the pager and messages.
#include "cli/terminal.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <thread>

#include "cli/notices.hpp"
#include "cli/output_choice.hpp"
#include "cli/pager.hpp"
#include "cli/program_output.hpp"
#include "cli/report_error.hpp"

using namespace queuetrace;

TEST_CASE("colour: option, NO_COLOR, forcing variables, TERM, then the stream") {
  CHECK(use_color(Choice::always, {{"NO_COLOR", "1"}}, false));
  CHECK(!use_color(Choice::never, {{"FORCE_COLOR", "1"}}, true));
  CHECK(!use_color(Choice::automatic, {{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}, true));
  CHECK(use_color(Choice::automatic, {{"NO_COLOR", ""}}, true));
  CHECK(use_color(Choice::automatic, {{"FORCE_COLOR", "1"}}, false));
  CHECK(!use_color(Choice::automatic, {{"FORCE_COLOR", "0"}}, true));
  CHECK(use_color(Choice::automatic, {{"CLICOLOR_FORCE", "1"}, {"TERM", "dumb"}}, false));
  CHECK(!use_color(Choice::automatic, {{"CLICOLOR", "0"}}, true));
  CHECK(!use_color(Choice::automatic, {{"TERM", "dumb"}}, true));
  CHECK(use_color(Choice::automatic, {}, true));
  CHECK(!use_color(Choice::automatic, {}, false));
}

TEST_CASE("links only where a terminal is known to show them") {
  const auto links = [](Environment environment, bool terminal = true) {
    environment.emplace("TERM", "xterm-256color");
    return use_hyperlinks(std::nullopt, environment, terminal);
  };
  CHECK(!links({}));
  CHECK(links({{"VTE_VERSION", "6003"}}));
  CHECK(!links({{"VTE_VERSION", "6003"}}, false));
  CHECK(!links({{"VTE_VERSION", "5200"}}));
  CHECK(!links({{"VTE_VERSION", "4800"}}));
  CHECK(links({{"TERM_PROGRAM", "WezTerm"}}));
  CHECK(!links({{"TERM_PROGRAM", "WezTerm"}, {"CI", "true"}}));
  CHECK(!links({{"VTE_VERSION", "6003"}, {"TMUX", "/tmp/t"}}));
  CHECK(links({{"TERM_PROGRAM", "tmux"}, {"TERM_PROGRAM_VERSION", "3.4"}, {"TMUX", "/tmp/t"}}));
  CHECK(!links({{"TERM_PROGRAM", "tmux"}, {"TERM_PROGRAM_VERSION", "3.3a"}, {"TMUX", "/tmp/t"}}));
  CHECK(!links({{"VTE_VERSION", "6003"}, {"TERM", "dumb"}}));
  CHECK(!links({{"KONSOLE_VERSION", "220401"}}));
  CHECK(links({{"QUEUETRACE_HYPERLINK", "always"}}, false));
  CHECK(!links({{"VTE_VERSION", "6003"}, {"FORCE_HYPERLINK", "0"}}));
  CHECK(use_hyperlinks(Choice::always, {{"FORCE_HYPERLINK", "0"}}, false));
}

TEST_CASE("the locale: the first variable that is set decides") {
  CHECK(speaks_utf8({}));
  CHECK(speaks_utf8({{"LANG", "de_DE.UTF-8"}}));
  CHECK(speaks_utf8({{"LC_ALL", ""}, {"LC_CTYPE", "C.utf8"}, {"LANG", "C"}}));
  CHECK(!speaks_utf8({{"LC_ALL", "C"}, {"LANG", "C.UTF-8"}}));
  CHECK(!speaks_utf8({{"LANG", "en_US.ISO-8859-1"}}));
}

TEST_CASE("errors as JSON before the arguments are parsed") {
  CHECK(wants_json({"job", "list"}, {}, false));
  CHECK(!wants_json({"job", "list"}, {}, true));
  CHECK(wants_json({"trace", "show", "X", "-o", "chrome"}, {}, true));
  CHECK(!wants_json({"-o", "svg", "trace", "show", "X"}, {}, false));
  CHECK(wants_json({"capture", "--output", "jobs.db"}, {}, false));
  CHECK(!wants_json({"capture", "--output", "jobs.db"}, {}, true));
  CHECK(wants_json({"-o", "auto"}, {{"QUEUETRACE_OUTPUT", "csv"}}, false));
}

TEST_CASE("the pager is an argument list, never a shell line") {
  CHECK(pager_program({}, {}) == std::vector<std::string>{"less", "-FRX"});
  CHECK(pager_program({}, {{"PAGER", "less; touch pwned"}}) == std::vector<std::string>{"less;", "touch", "pwned"});
  CHECK(pager_program({"most"}, {{"PAGER", "more"}}) == std::vector<std::string>{"most"});
  CHECK(pager_program({"most"}, {{"QUEUETRACE_PAGER", "more -d"}}) == std::vector<std::string>{"more", "-d"});
  CHECK(pager_program({}, {{"QUEUETRACE_PAGER", ""}}).empty());
  CHECK(pager_program({}, {{"PAGER", "cat"}}).empty());
}

TEST_CASE("programs run for their output") {
  const Environment environment{{"PATH", "/usr/bin:/bin"},
                                {"PGPASSWORD", "s3cret"},
                                {"JOBS_DB", "redis://:s3cret@h"},
                                {"PLAIN_URL", "redis://h"}};
  const ProgramOutput seen = run_for_output({"env"}, environment, std::chrono::seconds(20));
  CHECK(seen.exit_code == 0);
  CHECK(seen.text == "PATH=/usr/bin:/bin\nPLAIN_URL=redis://h\n");
  CHECK(run_for_output({"/bin/sh", "-c", "exit 3"}, environment, std::chrono::seconds(20)).exit_code == 3);
  const ProgramOutput slow = run_for_output({"sleep", "30"}, environment, std::chrono::milliseconds(100));
  CHECK(slow.timed_out);
  CHECK(slow.exit_code == 128 + SIGKILL);
  CHECK_THROWS_WITH_AS(run_for_output({"./env"}, environment, std::chrono::seconds(20)),
                       doctest::Contains("there is no program './env'"), Error);
}

TEST_CASE("output: a closed reader and a full disk are told apart") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  ::signal(SIGPIPE, SIG_IGN);
  StandardOutput closed(ends[1]);
  std::ostream stream(&closed);
  stream.exceptions(std::ios::badbit);
  CHECK_THROWS_AS((stream << "text" << std::flush), OutputClosed);
  ::close(ends[1]);

  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  StandardOutput disk(full);
  std::ostream to_disk(&disk);
  to_disk << "text";
  CHECK_THROWS_WITH_AS(disk.finish(), doctest::Contains("cannot write the output"), Error);
  ::close(full);
}

TEST_CASE("output taller than the screen goes through the pager, whole and in order") {
  const auto printed = [](int lines, int height) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const int saved = ::dup(STDOUT_FILENO);
    ::dup2(ends[1], STDOUT_FILENO);  // the pager prints where we would have
    {
      StandardOutput output(STDOUT_FILENO);
      output.page({{"sed", "s/^/paged /"}, height, {{"PATH", "/usr/bin:/bin"}}, {}});
      std::ostream stream(&output);
      for (int line = 1; line <= lines; ++line) stream << line << '\n';
      output.finish();
    }
    ::dup2(saved, STDOUT_FILENO);
    ::close(saved);
    ::close(ends[1]);
    char text[256] = {};
    const ssize_t size = ::read(ends[0], text, sizeof text - 1);
    ::close(ends[0]);
    return std::string(text, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  };
  CHECK(printed(2, 3) == "1\n2\n");
  CHECK(printed(4, 3) == "paged 1\npaged 2\npaged 3\npaged 4\n");
}

TEST_CASE("a question has the colours of its parts where messages have colours, and is escaped all the same") {
  const std::vector<Phrase> question{{"Purge 2 jobs\n in ", "1"}, {"shop\x1b[2J", "1;37;41"}, {"\n"}, {"continue? "}};
  std::ostringstream plain, colored;
  StandardNotices(plain, {}).ask_in_color(question);
  StandardNotices(colored, {.color = true}).ask_in_color(question);
  CHECK(plain.str() == "Purge 2 jobs\n in shop\\x1b[2J\ncontinue? ");
  CHECK(colored.str() == "\x1b[1mPurge 2 jobs\x1b[0m\n\x1b[1m in \x1b[0m\x1b[1;37;41mshop\\x1b[2J\x1b[0m\ncontinue? ");
}

TEST_CASE("messages are escaped, masked, and JSON where the output is JSON") {
  std::ostringstream text, json;
  {
    StandardNotices notices(text, {});
    notices.warning("queue \x1b]0;x\x07 at redis://:CANARY-7f3a@h, path C:\\x");
    notices.note("fine");
    notices.progress("half");
    StandardNotices quiet(json, {.json = true, .quiet = true});
    quiet.warning("two\nlines");
    quiet.note("dropped");
  }
  CHECK(text.str() == "warning: queue \\x1b]0;x\\x07 at redis://:***@h, path C:\\x\nnote: fine\n");
  CHECK(json.str() == "{\"warning\":{\"message\":\"two\\nlines\"}}\n");
}

TEST_CASE("what a server says in an error is shown without secrets") {
  const Error error =
      Error(ErrorKind::internal, "the server refused").because(Untrusted("dblink failed: password=hunter2 host=db"));
  std::ostringstream text, json;
  report_error(text, error, {});
  report_error(json, error, {.json = true});
  CHECK(text.str() == "error: the server refused\n  cause: dblink failed: password=*** host=db\n");
  CHECK(json.str() ==
        "{\"error\":{\"code\":\"internal\",\"exit\":1,\"message\":\"the server refused\",\"cause\":\"dblink failed: "
        "password=*** host=db\"}}\n");
}

TEST_CASE("a progress line is one line of the terminal, and gone before anything else is written") {
  std::ostringstream text;
  int width = 12;
  StandardNotices notices(text, {.terminal = true, .width = [&width] { return width; }});
  notices.progress("too early");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  notices.progress("a line of more than that");
  CHECK(text.str() == "a line of m");
  width = 80;
  std::this_thread::sleep_for(std::chrono::milliseconds(110));
  notices.progress("a line that fits");
  notices.clear_progress();
  CHECK(text.str() == "a line of m\r\x1b[Ka line that fits\r\x1b[K");
}

TEST_CASE("output: what stands on the terminal is taken away first") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::vector<std::string> calls;
  {
    StandardOutput output(ends[1]);
    output.before_writing([&calls] { calls.emplace_back("cleared"); });
    std::ostream stream(&output);
    output.finish();
    CHECK(calls.empty());  // nothing was written
    stream << "table";
    output.finish();
  }
  ::close(ends[0]);
  ::close(ends[1]);
  CHECK(calls == std::vector<std::string>{"cleared"});
}

TEST_CASE("what is said while a table is made stands below it, and warnings are said again behind a pager") {
  std::ostringstream messages, page;
  StandardNotices notices(messages, {});
  notices.hold();
  notices.note("all queues: a capture");
  notices.warning("files: cannot connect");
  CHECK(messages.str().empty());
  notices.release(&page);
  CHECK(page.str() == "note: all queues: a capture\nwarning: files: cannot connect\n");
  CHECK(messages.str().empty());
  notices.say_again();
  notices.release();
  CHECK(messages.str() == "warning: files: cannot connect\n");
  notices.hold();
  notices.note("later");
  notices.release();  // no pager was needed
  notices.warning("at once");
  CHECK(messages.str() == "warning: files: cannot connect\nnote: later\nwarning: at once\n");
}

TEST_CASE("what was typed before a question is no answer to it") {
  int screen = -1, keyboard = -1;
  REQUIRE(::openpty(&screen, &keyboard, nullptr, nullptr, nullptr) == 0);
  REQUIRE(::write(screen, "yes\n", 4) == 4);
  // Again and again, as what is typed before the question is thrown away.
  std::jthread typist([screen](const std::stop_token& answered) {
    while (!answered.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      CHECK(::write(screen, "no\n", 3) == 3);
    }
  });
  CHECK(wait_for_answer(keyboard, {}));
  typist.request_stop();
  typist.join();
  std::array<char, 16> line{};
  CHECK(::read(keyboard, line.data(), line.size()) == 3);
  CHECK(std::string(line.data()) == "no\n");
  std::stop_source stop;
  stop.request_stop();
  CHECK(!wait_for_answer(keyboard, stop.get_token()));
  ::close(screen);
  ::close(keyboard);
}

TEST_CASE("errors: message, cause, notes, hint") {
  Error error = Error(ErrorKind::unreachable, "cannot connect to 'prod'")
                    .because(Untrusted("refused \x1b[2J"))
                    .with_hint("is the server up?");
  error.while_doing("while listing");
  std::ostringstream text, json;
  report_error(text, error, {});
  CHECK(
      text.str() ==
      "error: cannot connect to 'prod'\n  cause: refused \\x1b[2J\n  note: while listing\n  hint: is the server up?\n");
  report_error(json, error, {.json = true, .color = true, .width = 20});
  CHECK(json.str() ==
        "{\"error\":{\"code\":\"unreachable\",\"exit\":5,\"message\":\"cannot connect to 'prod'\",\"cause\":\"refused "
        "\\u001b[2J\",\"notes\":[\"while listing\"],\"hint\":\"is the server up?\"}}\n");
}

TEST_CASE("on a terminal messages are broken at blanks, and go on under their first word") {
  std::ostringstream text, unknown, piped, json;
  StandardNotices(text, {.terminal = true, .width = [] { return 30; }})
      .note("rows of the archive are included, each job once");
  StandardNotices(text, {.terminal = true, .color = true, .width = [] { return 30; }})
      .warning("queue \x1b[2J 'a b c' at redis://:CANARY-7f3a@h: look, then: queuetrace queue resume NAME --yes");
  StandardNotices(unknown, {.terminal = true, .width = [] { return 0; }}).note("rows of the archive are included");
  StandardNotices(piped, {.width = [] { return 20; }}).note("rows of the archive are included");
  StandardNotices(json, {.json = true, .terminal = true, .width = [] { return 20; }}).note("rows of the archive");
  CHECK(text.str() ==
        "note: rows of the archive are\n      included, each job once\n"
        "\x1b[33mwarning:\x1b[0m queue \\x1b[2J 'a b c'\n         at redis://:***@h:\n         look, then:\n"
        "         queuetrace queue resume NAME --yes\n");
  CHECK(unknown.str() == "note: rows of the archive are included\n");
  CHECK(piped.str() == "note: rows of the archive are included\n");
  CHECK(json.str() == "{\"note\":{\"message\":\"rows of the archive\"}}\n");
}

TEST_CASE("on a terminal errors are broken at blanks, each part under its own first word") {
  Error error = Error(ErrorKind::refused, "changing 1,001 jobs must be confirmed; nothing was changed")
                    .because(Untrusted("refused \x1b[2J by the server; rm -rf / is said to help"))
                    .with_hint("preview it with --dry-run; to apply it: queuetrace purge --queue '*' --confirm=prod");
  error.while_doing("while looking at what is there");
  std::ostringstream text;
  report_error(text, error, {.color = true, .width = 32});
  CHECK(text.str() ==
        "\x1b[31merror:\x1b[0m changing 1,001 jobs must\n       be confirmed; nothing was\n       changed\n"
        "  cause: refused \\x1b[2J by the\n         server; rm -rf / is\n         said to help\n"
        "  note: while looking at what is\n        there\n"
        "  hint: preview it with\n        --dry-run; to apply it:\n"
        "        queuetrace purge --queue '*' --confirm=prod\n");
}
