// Strings in pickles: by their opcodes alone, whatever the bytes are.
#include "backends/engines/redis/pickle.hpp"

#include <doctest/doctest.h>

#include <string>

#include "backends/engines/redis/named_strings.hpp"

using namespace queuetrace;

namespace {

/// `a +b c`: those with a plus follow the one before directly.
std::string strings(std::string_view pickle, std::size_t most = 100) {
  std::string text;
  for (const PickledString& one : pickled_strings(pickle, most))
    text += (text.empty() ? "" : " ") + std::string(one.follows ? "+" : "") + std::string(one.text);
  return text;
}

std::string bytes(const char* text, std::size_t size) { return {text, size}; }
#define BYTES(text) bytes(text, sizeof text - 1)

bool is_letter(std::string_view name) { return name.size() == 1 && name[0] >= 'a' && name[0] <= 'z'; }

}  // namespace

TEST_CASE("strings are found in every protocol that holds them") {
  // {"a": "x", "b": 1, "c": "x"} in protocols 0, 2 and 5
  CHECK(strings("(dp0\nVa\np1\nVx\np2\nsVb\np3\nI1\nsVc\np4\ng2\ns.") == "a +x b c +x");
  CHECK(strings(BYTES("\x80\x02}q\x00(X\x01\x00\x00\x00"
                      "aq\x01X\x01\x00\x00\x00xq\x02X\x01\x00\x00\x00"
                      "bq\x03K\x01X\x01\x00\x00\x00"
                      "cq\x04h\x02u.")) == "a +x +b c +x");
  CHECK(strings(BYTES("\x80\x05\x95\x1a\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01"
                      "a\x94\x8c\x01x\x94\x8c\x01"
                      "b\x94K\x01\x8c\x01"
                      "c\x94h\x02u.")) == "a +x +b c +x");
}

TEST_CASE("what is more than plain data is passed over, and never done") {
  CHECK(strings(BYTES("cos\nsystem\n(S'touch /tmp/x'\ntR\x8c\x01"
                      "a.\x8c\x01"
                      "b")) == "a");  // and nothing behind the end
  CHECK(strings(BYTES("\x80\x04\x8c\x08"
                      "datetime\x8c\x04"
                      "date\x93"
                      "C\x02\x07\xea\x85R\x8c\x01"
                      "a.")) == "datetime +date a");
}

TEST_CASE("a pickle that lies about its lengths or its memo ends, and is no more than it holds") {
  CHECK(strings(BYTES("\x8c\x05"
                      "abc"))
            .empty());
  CHECK(strings(BYTES("\x8c\x01"
                      "a\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
                      "b")) == "a");
  CHECK(strings(BYTES("X\xff\xff\xff\xff")).empty());
  CHECK(strings(BYTES("h\x07\x8c\x01"
                      "ah\x07r\xff\xff\xff\xffj\xff\xff\xff\xff.")) == "a");
  CHECK(strings(BYTES("\x8c\x01"
                      "a\xff\x8c\x01"
                      "b")) == "a");
  CHECK(strings("Va\ng9\nVb\n.") == "a b");
  CHECK(strings(std::string(1'000'000, '(')).empty());
  CHECK(strings(BYTES("\x8c\x01"
                      "a\x94h\x00h\x00h\x00h\x00."),
                3) == "a +a +a");
  CHECK(strings("").empty());
}

TEST_CASE("only what begins as a pickle is one") {
  CHECK(is_pickle(BYTES("\x80\x05.")));
  CHECK_FALSE(is_pickle(BYTES("\x80\x06.")));
  CHECK_FALSE(is_pickle("[1]"));
  CHECK_FALSE(is_pickle(BYTES("\x80\x05")));
  CHECK_FALSE(is_pickle(""));
}

TEST_CASE("a string is found by its name, in JSON and in a pickle, at any depth") {
  const NamedStrings json = named_strings(R"({"A":"1","b":{"c":["x",{"d":"2"}],"a":"3"},"e":4,"f":""})", is_letter);
  CHECK(json == NamedStrings{{"a", "1"}, {"d", "2"}});
  CHECK(carrier_in(R"([[],{"headers":{"Traceparent":"00-x"}}])") == R"({"traceparent":"00-x"})");
  CHECK(carrier_in(R"({"other":"1"})").empty());
  CHECK(carrier_in("{").empty());
  CHECK(carrier_in("").empty());
  CHECK(carrier_in(std::string(100'000, '[')).empty());
}

TEST_CASE("a string is found by its name in what Python writes for people") {
  CHECK(named_strings(R"((1, {'a': '1', "c": "2'", 'long': '3', 'd': "it's"}, 'a': '4'))", is_letter) ==
        NamedStrings{{"a", "1"}, {"c", "2'"}, {"d", "it's"}});
  CHECK(carrier_in("['yaml', {'traceparent': '00-x'}]") == R"({"traceparent":"00-x"})");
  CHECK(carrier_in("{'headers': {'Traceparent': '00-x', 'cut': 'of") == R"({"traceparent":"00-x"})");
  CHECK(carrier_in(R"(('\'', {'traceparent': '00-x'}))") == R"({"traceparent":"00-x"})");
  CHECK(carrier_in("({'traceparent': '").empty());
  CHECK(carrier_in("({'traceparent': 1, 'x': '00-x'})").empty());
  CHECK(carrier_in("traceparent: '00-x'").empty());
  CHECK(carrier_in(std::string(100'000, '(') + std::string(100'000, '\'')).empty());
}

TEST_CASE("a value that is the name of another is no value of its own") {
  // {"a": "traceparent", "traceparent": "00-x"}, where the second name is the first value again
  CHECK(carrier_in(BYTES("\x80\x05}\x94(\x8c\x01"
                         "a\x94\x8c\x0btraceparent\x94h\x02\x8c\x04"
                         "00-x\x94u.")) == R"({"traceparent":"00-x"})");
}
