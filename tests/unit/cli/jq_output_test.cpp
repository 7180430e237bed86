// JSON through a jq expression: what is printed, what is refused, and what it may cost.
#include "cli/jq_output.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "model/error.hpp"

using namespace queuetrace;

namespace {

/// What the expression makes of the JSON, written in pieces of `piece` bytes.
std::string through(const std::string& expression, const std::string& json, bool terminal = false,
                    std::size_t piece = 7) {
  std::ostringstream out;
  JqOutput output(expression, out, terminal);
  std::ostream stream(&output);
  stream.exceptions(std::ios::badbit);
  for (std::size_t at = 0; at < json.size(); at += piece) stream << json.substr(at, piece);
  stream.flush();
  output.finish();
  return out.str();
}

/// `message | cause | hint` of the refusal.
std::string refusal(const std::string& expression, const std::string& json = "{}\n") {
  try {
    return "printed " + through(expression, json);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return std::string(error.what()) + " | " + error.cause().raw() + " | " + error.hint();
  }
}

}  // namespace

TEST_CASE("strings are printed as they are, null as an empty line, everything else as compact JSON") {
  const std::string json =
      R"({"jobs":[{"id":"a b\tc\nd","n":1,"x":null,"ok":true,"list":[1.5,{"z":"é","a":"\u0085"}]}]})";
  CHECK(through(".jobs[].id", json) == "a b\tc\nd\n");
  CHECK(through(".jobs[] | .n, .ok, .x, 1.5", json) == "1\ntrue\n\n1.5\n");
  CHECK(through(".jobs[0].list", json) == "[1.5,{\"z\":\"é\",\"a\":\"\\u0085\"}]\n");
  CHECK(through(".jobs | length", json) == "1\n");
  CHECK(through("empty", json).empty());
  CHECK(through(".", "") == "");
  CHECK(through("", R"({"a":[]})") == "{\"a\":[]}\n");  // as gh and jq 1.6: everything; jq 1.7 refuses it
  CHECK(through(" \n", R"({"a":[]})") == "{\"a\":[]}\n");
}

TEST_CASE("each line of JSON lines is a document of its own, seen as soon as it is complete") {
  std::ostringstream out;
  JqOutput output(".id", out, false);
  std::ostream stream(&output);
  stream.exceptions(std::ios::badbit);
  stream << "{\"id\":\"1\"}\n" << std::flush;
  CHECK(out.str() == "1\n");
  stream << "{\"id\":\"2\"}\n{\"id\":\"3\"}\n" << std::flush;
  CHECK(out.str() == "1\n2\n3\n");
  CHECK(through(R"(if .id == "2" then halt else .id end)", "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n") ==
        "1\n");
}

TEST_CASE("nothing in a string drives a terminal; a pipe gets the bytes") {
  const std::string json = "{\"error\":\"a\\u001b[31mred\\u0007\\nb\\u202ec\"}";
  CHECK(through(".error", json) ==
        "a\x1b[31mred\x07\nb\xe2\x80\xae"
        "c\n");
  CHECK(through(".error", json, true) == "a\\x1b[31mred\\x07\nb\\u{202e}c\n");
  CHECK(through("[.error]", json, true) == "[\"a\\u001b[31mred\\u0007\\nb\\u202ec\"]\n");
}

TEST_CASE("an expression that is none is refused in jq's words, before there is anything to read") {
  const auto compiled = [](const std::string& expression) {
    std::ostringstream out;
    const JqOutput output(expression, out, false);
  };
  CHECK_THROWS_AS(compiled(".jobs["), Error);
  const auto cut_off = [](const std::string& end) {
    return "--jq: cannot use '.jobs[' | syntax error, unexpected " + end +
           ", line 1 | the language is in jq(1): --jq '.jobs[].id'";
  };
  const std::string of_cut_off = refusal(".jobs[");
  CAPTURE(of_cut_off);
  CHECK((of_cut_off == cut_off("$end") || of_cut_off == cut_off("end of file")));  // jq 1.6, 1.7
  CHECK(refusal("nosuch") ==
        "--jq: cannot use 'nosuch' | nosuch/0 is not defined, line 1 | the language is in jq(1): "
        "--jq '.jobs[].id'");
  CHECK_THROWS_AS(compiled("import \"a\" as a; ."), Error);
}

TEST_CASE("an expression that does not fit the answer says so") {
  CHECK(refusal(".jobs[].id", R"({"jobs":"none"})") ==
        "--jq: the expression fails on this answer | Cannot iterate over string (\"none\") | ");
  CHECK(refusal("\"stop\" | halt_error") == "--jq: ended by the expression | stop | ");
  CHECK(refusal("error({a:1})") == "--jq: the expression fails on this answer | {\"a\":1} | ");
  CHECK(refusal(".", "complete -F x\n").starts_with("--jq: what this command prints cannot be read as JSON | "));
  CHECK(refusal(".", "{\"a\":").starts_with("--jq: what this command prints cannot be read as JSON | "));
}

TEST_CASE("what goes in and what comes out is bounded") {
  const std::string half(33U << 20U, 'x');
  const std::string one_line = "\"" + half + "\"\n";
  CHECK(through("length", one_line + one_line, false, half.size()) == "34603008\n34603008\n");
  CHECK(
      refusal("length", "[\"" + half + "\",\"" + half + "\"]") ==
      "--jq: the JSON document is larger than 64 MiB |  | with -o jsonl the expression is given one record at a time");
  CHECK(refusal("repeat(\"0123456789abcdef0123456789abcdef\")") ==
        "--jq: more than 64 MiB came out of one document |  | ");
  CHECK(refusal("reduce range(2000) as $n (0; [.])") == "--jq: a result is more than 1,000 levels deep |  | ");
}
