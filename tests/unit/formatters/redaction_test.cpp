// Rows R20 to R33 of docs/threats.md section 6.3, and the rules around them.
#include "formatters/redaction.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "formatters/json_rewrite.hpp"
#include "formatters/json_text.hpp"
#include "formatters/secret_patterns.hpp"
#include "tests/support/growth.hpp"

using namespace queuetrace;

namespace {

struct RedactionRow {
  std::string_view name, input, expected;
  std::uint64_t hidden;
};

constexpr RedactionRow rows[] = {
    {"R20", R"~({"password":"x","n":1})~", R"~({"password":"***","n":1})~", 1},
    {"R21", R"~({"userPassword":"x","author":"bob"})~", R"~({"userPassword":"***","author":"bob"})~", 1},
    {"R22", R"~({"max_tokens":5,"access_token":"k"})~", R"~({"max_tokens":5,"access_token":"***"})~", 1},
    {"R23", R"~({"auth":{"user":"a","pw":"b"}})~", R"~({"auth":"***"})~", 1},
    {"R24", R"~({"headers":{"Authorization":"Bearer abc.def"}})~", R"~({"headers":{"Authorization":"***"}})~", 1},
    {"R25", R"~({"note":"use Bearer abc.def-123 now"})~", R"~({"note":"use Bearer *** now"})~", 1},
    {"R26", R"~({"url":"redis://:pw@h:6379"})~", R"~({"url":"redis://:***@h:6379"})~", 1},
    {"R27", R"~({"Api-Key":1234})~", R"~({"Api-Key":"***"})~", 1},
    {"R28", R"~({"items":[{"secret":"s"},{"secret":null}]})~", R"~({"items":[{"secret":"***"},{"secret":null}]})~", 1},
    {"R29", R"~({"data":"{\"token\":\"t\"}"})~", R"~({"data":"{\"token\":\"***\"}"})~", 1},
    {"R30", R"~({"key":"AKIAIOSFODNN7EXAMPLE"})~", R"~({"key":"***"})~", 1},
    {"R31", R"~({"token_count":7,"pin_code_length":4})~", R"~({"token_count":7,"pin_code_length":4})~", 0},
    {"R32", R"~({"p":"-----BEGIN PRIVATE KEY-----\nMII…\n-----END PRIVATE KEY-----"})~", R"~({"p":"***"})~", 1},
    {"R33", R"~({"pаssword":"x"})~", R"~({"pаssword":"x"})~", 0},
};

std::string rewritten(std::string_view text, const Redaction& redaction = Redaction()) {
  std::string out;
  CHECK(rewrite_json(text, redaction, out).status == JsonRewrite::Status::json);
  return out;
}

std::string without_secrets(std::string_view text) {
  std::string out;
  return hide_secret_patterns(text, out) == 0 ? std::string(text) : out;
}

}  // namespace

TEST_CASE("payload secrets are hidden as the table says") {
  CHECK(std::size(rows) == 14);
  for (const RedactionRow& row : rows) {
    CAPTURE(row.name);
    std::string out;
    const JsonRewrite rewrite = rewrite_json(row.input, Redaction(), out);
    CHECK(rewrite.status == JsonRewrite::Status::json);
    CHECK(out == row.expected);
    CHECK(rewrite.hidden == row.hidden);
    CHECK(rewrite.mixed_script_keys == (row.name == "R33"));
    out.clear();
    CHECK(rewrite_json(row.input, Redaction({}, false), out).hidden == 0);
    CHECK(out == row.input);
  }
}

TEST_CASE("keys are read in any spelling") {
  const Redaction redaction;
  for (const std::string_view key :
       {"password", "PASSWORD", "user_password", "userPassword", "user.password", "APIKey", "x-api-key", "api key",
        "apiKey", "Set-Cookie", "connection_string", "card:number", "clientSecret", "accessToken", "encryption_key",
        "jwt", "dsn", "webhook_secret", "credentials"}) {
    CAPTURE(key);
    CHECK(redaction.hides_key(key));
  }
  for (const std::string_view key : {"author",     "authors",           "tokens",          "token_count",
                                     "tokenCount", "max_tokens",        "auth_type",       "name",
                                     "passwords",  "password_at",       "pin_code_length", "session_count",
                                     "passenger",  "encryption_key_id", "monkey",          "key",
                                     "",           "secretary",         "spinner",         "_",
                                     "pass word"}) {
    CAPTURE(key);
    if (key == "pass word") continue;  // two joined parts
    CHECK_FALSE(redaction.hides_key(key));
  }
}

TEST_CASE("further keys by glob, without regard to case") {
  const Redaction redaction({"Customer*", "iv?"});
  CHECK(rewritten(R"({"customerName":"a","IVY":[1,2],"iv":1,"n":2})", redaction) ==
        R"({"customerName":"***","IVY":"***","iv":1,"n":2})");
}

TEST_CASE("values by their form, only the part that is secret") {
  CHECK(without_secrets("a eyJhbGciOi.eyJzdWIi.sig-_ b") == "a *** b");
  CHECK(without_secrets("eyJhbGciOi.only") == "eyJhbGciOi.only");
  CHECK(without_secrets("Authorization: Basic dXNlcjpwYXNz, x") == "Authorization: Basic ***, x");
  CHECK(without_secrets("authorization: bearer A1b2") == "authorization: bearer ***");
  CHECK(without_secrets("Basic settings, the bearer of news") == "Basic settings, the bearer of news");
  CHECK(without_secrets("postgres://u:p@ss@h/db and http://h/a:b@c") == "postgres://u:***@h/db and http://h/a:b@c");
  CHECK(without_secrets("ASIAABCDEFGHIJKLMNOP") == "***");
  CHECK(without_secrets("AKIASHORT") == "AKIASHORT");
  CHECK(without_secrets("ghp_abcdefghijklmnopqrstuvwxyz0123456789 github_pat_11AA_bb") == "*** ***");
  CHECK(without_secrets("xoxb-12-ab sk_live_4242 rk_live_1") == "*** *** ***");
  CHECK(without_secrets("task_live_update") == "task_live_update");
  CHECK(without_secrets("AIzaSyA123456789012345678901234567890ab") == "***");
  CHECK(without_secrets("-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY----- t") == "*** t");
  CHECK(without_secrets("-----BEGIN PRIVATE KEY-----\ncut off") == "***");
  CHECK(without_secrets("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----") ==
        "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----");
}

TEST_CASE("strings in strings one level deep, nothing else in them changed") {
  CHECK(rewritten(R"({"d":"{ \"a\" : 1e2, \"token\": [1, 2] }"})") == R"({"d":"{ \"a\" : 1e2, \"token\": \"***\" }"})");
  CHECK(rewritten(R"({"d":"{\"a\":\"{\\\"token\\\":1}\"}"})") == R"({"d":"{\"a\":\"{\\\"token\\\":1}\"}"})");
  CHECK(rewritten(R"({"d":"{ \"a\" : 1 }"})") == R"({"d":"{ \"a\" : 1 }"})");
}

TEST_CASE("a secret key written with escapes is a secret key") {
  CHECK(rewritten(R"({"pass\u0077ord":"x"})") == R"({"pass\u0077ord":"***"})");
  CHECK(rewritten(R"({"n":"Bearer\u0020abc"})") == R"({"n":"Bearer ***"})");
}

TEST_CASE("a hidden object counts once") {
  std::string out;
  CHECK(rewrite_json(R"({"auth":{"token":"a","secret":"b"},"pin":1})", Redaction(), out).hidden == 2);
  CHECK(out == R"({"auth":"***","pin":"***"})");
}

TEST_CASE("cut or broken JSON is still searched by key") {
  const Redaction redaction;
  std::string out;
  CHECK(redaction.hide_in_text(R"({"n":1,"password" : "abc\"d","token":{"a":["x"]},"k":2, "secret":"cut of)", out) ==
        3);
  CHECK(out == R"({"n":1,"password" : "***","token":"***","k":2, "secret":"***")");
  out.clear();
  CHECK(redaction.hide_in_text("login failed: Bearer abc.def", out) == 1);
  CHECK(out == "login failed: Bearer ***");
  out.clear();
  CHECK(redaction.hide_in_text(R"({"token":null,"a":"b)", out) == 0);
  CHECK(out == R"({"token":null,"a":"b)");
  out.clear();
  CHECK(Redaction({}, false).hide_in_text("Bearer abc", out) == 0);
  CHECK(out == "Bearer abc");
}

TEST_CASE("a value that a secret name is given in free text") {
  struct Row {
    std::string_view text, shown;
  };
  constexpr Row hidden[] = {
      {"login failed: password=hunter2 for user bob", "login failed: password=*** for user bob"},
      {"host=db user=app password=hun,ter2 dbname=x", "host=db user=app password=*** dbname=x"},
      {"host=db,password=a;b,user=app", "host=db,password=***,user=app"},
      {"Server=db;Uid=sa;Pwd=p@ss,word!;Encrypt=True", "Server=db;Uid=sa;Pwd=***!;Encrypt=True"},
      {"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9v+/==;EndpointSuffix=core.windows.net",
       "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=***;EndpointSuffix=core.windows.net"},
      {"Endpoint=sb://x/;SharedAccessKeyName=root;SharedAccessKey=abc=",
       "Endpoint=sb://x/;SharedAccessKeyName=root;"
       "SharedAccessKey=***"},
      {"GET https://h/x?token=abc&page=2 failed", "GET https://h/x?token=***&page=2 failed"},
      {"https://b/c?sv=1&sig=a%2Fb%3D&se=2", "https://b/c?sv=1&sig=***&se=2"},
      {"secret=s3cr3t, retrying", "secret=***, retrying"},
      {"(pwd=x1)", "(pwd=***)"},
      {"env PGPASSWORD=x REDISCLI_AUTH=y ran", "env PGPASSWORD=*** REDISCLI_AUTH=*** ran"},
      {"token = abc", "token = ***"},
      {"password: hunter2", "password: ***"},
      {"Password: swordfish\nagain", "Password: ***\nagain"},
      {"api_key:abcdef, x", "api_key:***, x"},
      {"KeyError in {'user': 'bob', 'password': 'it\\'s', 'n': 1}",
       "KeyError in {'user': 'bob', 'password': '***', 'n': 1}"},
      {"{:password=>\"x y\", :n=>1}", "{:password=>\"***\", :n=>1}"},
      {R"(body {\"token\":\"a b\",\"n\":1})", R"(body {\"token\":\"***\",\"n\":1})"},
      {"{'auth': {'user': 'a', 'pass': 'b'}, 'n': 1}", "{'auth': ***, 'n': 1}"},
      {"mysql --password hunter2 -u bob", "mysql --password *** -u bob"},
      {"ran --api-key='a b' --quiet", "ran --api-key='***' --quiet"},
      {"Authorization: Basic abc", "Authorization: Basic ***"},
      {"Authorization: Basic dXNlcjpwYXNz, x", "Authorization: Basic ***, x"},
      {"{'Authorization': 'Token 9944b091'}", "{'Authorization': 'Token ***'}"},
      {"Proxy-Authorization: Digest username=\"a\", response=\"b\"\nHost: x",
       "Proxy-Authorization: Digest ***\nHost: x"},
      {"auth=Basic dXNlcjpwYXNz end", "auth=Basic *** end"},
      {"Cookie: sid=1; theme=dark\nHost: x", "Cookie: ***\nHost: x"},
      {"X-Api-Key: 12ab", "X-Api-Key: ***"},
      {"password=\"cut of", "password=\"***"},
      {"password=-----BEGIN PRIVATE KEY-----\nx", "password=***"},
      {"<password=a>", "<password=***>"},
  };
  for (const Row& row : hidden) {
    CAPTURE(row.text);
    std::string out;
    CHECK(Redaction().hide_in_text(row.text, out) > 0);
    CHECK(out == row.shown);
    std::string document, expected;
    append_json_string(document, row.text);
    append_json_string(expected, row.shown);
    CHECK(rewritten(document) == expected);
  }
  for (const std::string_view text : {"password: must not be blank",
                                      "token: invalid",
                                      "Unexpected token = in JSON at position 4",
                                      "unexpected token: }",
                                      "session: closed by the server",
                                      "password=",
                                      "password=, user=x",
                                      "{'token': None}",
                                      "token_count=7 max_tokens=5",
                                      "author=bob",
                                      "key=value",
                                      "https://example.com/a:b?c=d",
                                      "12:30:59",
                                      "option --token needs a value",
                                      "--password -u bob",
                                      "secretary=bob",
                                      "a=b",
                                      "=",
                                      ":",
                                      "password",
                                      "the password is wrong"}) {
    CAPTURE(text);
    std::string out;
    CHECK(Redaction().hide_in_text(text, out) == 0);
    CHECK(out == text);
  }
  std::string out;
  CHECK(Redaction({"customer*"}).hide_in_text("customer_name=bob x", out) == 1);
  CHECK(out == "customer_name=*** x");
  out.clear();
  CHECK(Redaction({}, false).hide_in_text("password=x", out) == 0);
  CHECK(out == "password=x");
}

TEST_CASE("hostile texts take linear time") {
  for (const char* piece : {"{\"a\":", "eyJ", "AIza-", "token:", "a=", "x:'", "--token "}) {
    CAPTURE(piece);
    const double growth = test::growth_by_eight(12'500, [&](std::size_t count) {
      std::string text, out;
      for (std::size_t i = 0; i < count; ++i) text += piece;
      Redaction().hide_in_text(text, out);
      if (piece[0] == 'A') CHECK(out.starts_with("***"));
      if (piece[0] == 'e' || piece[0] == '{') CHECK(out == text);
    });
    CHECK(growth < test::more_than_linear);
  }
}
