// The configuration file is changed in one place; everything else in it stays, byte for byte.
#include "commands/source/configuration_text.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

namespace {

const std::string file = R"(# ours
default = "prod" # the usual one
redact = [
  "a#b", # not a comment inside
  'c]d',
]

[sources.prod]
url = "postgresql://db/app"   # keep

# the old one, until spring
[ sources . "old" ]
url = """
[sources.fake]
"""
# inside
keys = { a = "b", c = [1, 2] }
[sources.old.keys]
x = 'y'

# about groups
[groups]
all = ["prod"]
)";

}  // namespace

TEST_CASE("statements have no gaps, whatever strings and arrays hold") {
  const std::vector<TomlStatement> statements = toml_statements(file);
  std::size_t at = 0;
  std::vector<std::string> seen;
  for (const TomlStatement& one : statements) {
    CHECK(one.begin == at);
    at = one.end;
    std::string path;
    for (const std::string& part : one.path) path += (path.empty() ? "" : "/") + part;
    if (one.kind == TomlStatement::Kind::table) seen.push_back("[" + path + "]");
    if (one.kind == TomlStatement::Kind::value)
      seen.push_back(path + "=" + file.substr(one.value_begin, one.value_end - one.value_begin));
  }
  CHECK(at == file.size());
  CHECK(seen == std::vector<std::string>{"default=\"prod\"", "redact=[\n  \"a#b\", # not a comment inside\n  'c]d',\n]",
                                         "[sources/prod]", "url=\"postgresql://db/app\"", "[sources/old]",
                                         "url=\"\"\"\n[sources.fake]\n\"\"\"", "keys={ a = \"b\", c = [1, 2] }",
                                         "[sources/old/keys]", "x='y'", "[groups]", "all=[\"prod\"]"});
}

TEST_CASE("a source is added at the end") {
  CHECK(with_source("", "a", {{"url", toml_string("redis://h")}}) == "[sources.a]\nurl = \"redis://h\"\n");
  CHECK(with_source("x = 1", "a.b", {{"url", "\"u\""}, {"protected", "true"}}) ==
        "x = 1\n\n[sources.\"a.b\"]\nurl = \"u\"\nprotected = true\n");
  CHECK(toml_string("a\"b\\c\n\x7f") == "\"a\\\"b\\\\c\\u000a\\u007f\"");
}

TEST_CASE("a source goes with its inner tables, and the comments around it stay") {
  std::string expected = file;
  const std::size_t begin = expected.find("[ sources . \"old\" ]");
  expected.erase(begin, expected.find("\n# about groups") - begin);
  CHECK(without_source(file, "old") == expected);
  const std::string only_prod = "[sources.prod]\nurl = \"postgresql://db/app\"   # keep\n";
  std::string without_prod = file;
  without_prod.erase(without_prod.find(only_prod), only_prod.size());
  CHECK(without_source(file, "prod") == without_prod);
  CHECK(without_source(file, "fake") == std::nullopt);
  CHECK(without_source("sources = { a = { url = \"u\" } }\n", "a") == std::nullopt);
  CHECK(without_source("[sources.a]\nurl = 'u'", "a") == "");
}

TEST_CASE("the default is replaced where it is, or stands above the first table") {
  std::string expected = file;
  expected.replace(expected.find("\"prod\" #"), 6, "[\"a\", \"b\"]");
  CHECK(with_default(file, "[\"a\", \"b\"]") == expected);
  CHECK(with_default("", "\"a\"") == "default = \"a\"\n");
  CHECK(with_default("# about a\n[sources.a]\ndefault = 1\n", "\"a\"") ==
        "default = \"a\"\n\n# about a\n[sources.a]\ndefault = 1\n");
  CHECK(with_default("x = 1\n\n[sources.a]\n", "\"a\"") == "x = 1\ndefault = \"a\"\n\n[sources.a]\n");
  CHECK(with_default("x = 1", "\"a\"") == "x = 1\ndefault = \"a\"\n");
  CHECK(with_default("default = [\n 'x', # one\n]\n", "\"a\"") == "default = \"a\"\n");
  CHECK(without_default("x = 1\ndefault = [\n 'x',\n]  # one\n[sources.a]\n") == "x = 1\n[sources.a]\n");
  CHECK(without_default("x = 1\n[sources.a]\ndefault = 1\n") == "x = 1\n[sources.a]\ndefault = 1\n");
}
