// Conditions on payloads as text.
#include "model/payload_condition.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace queuetrace;
using Texts = std::vector<std::string>;
using Comparison = PayloadCondition::Comparison;

TEST_CASE("conditions are read: path, comparison, value") {
  CHECK(parse_payload_condition("customer.id=42") == PayloadCondition{{"customer", "id"}, Comparison::equal, "42"});
  CHECK(parse_payload_condition("sku!=A=1") == PayloadCondition{{"sku"}, Comparison::not_equal, "A=1"});
  CHECK(parse_payload_condition("note~la~te") == PayloadCondition{{"note"}, Comparison::contains, "la~te"});
  CHECK(parse_payload_condition(" a b = c") == PayloadCondition{{"a b"}, Comparison::equal, " c"});
  CHECK(parse_payload_condition("wow!~x") == PayloadCondition{{"wow!"}, Comparison::contains, "x"});
  CHECK(parse_payload_condition(R"(service\.name=x)") == PayloadCondition{{"service.name"}, Comparison::equal, "x"});
  CHECK(parse_payload_condition(R"(a\=b\~=c\=)") == PayloadCondition{{"a=b~"}, Comparison::equal, R"(c\=)"});
  CHECK(parse_payload_condition(R"(wow\!=x)") == PayloadCondition{{"wow!"}, Comparison::equal, "x"});
  CHECK(parse_payload_condition(R"(App\Mail=x)") == PayloadCondition{{R"(App\Mail)"}, Comparison::equal, "x"});
  for (const char* none : {"", "customer", "=1", "a..b=1", "!=1", ".=1", "a\\=1", " =1"})
    CHECK_FALSE(parse_payload_condition(none));
}

TEST_CASE("places of lists stand in brackets, too") {
  CHECK(parse_payload_condition("[0]=x") == PayloadCondition{{"0"}, Comparison::equal, "x"});
  CHECK(parse_payload_condition("items[2].sku=A7") == PayloadCondition{{"items", "2", "sku"}, Comparison::equal, "A7"});
  CHECK(parse_payload_condition("grid[1][12] !=0") ==
        PayloadCondition{{"grid", "1", "12"}, Comparison::not_equal, "0"});
  CHECK(parse_payload_condition(" a.[3] =x") == PayloadCondition{{"a", "3"}, Comparison::equal, "x"});
  CHECK(parse_payload_condition(R"(a\[b\]=x)") == PayloadCondition{{"a[b]"}, Comparison::equal, "x"});
  CHECK(parse_payload_condition("a=[0]") == PayloadCondition{{"a"}, Comparison::equal, "[0]"});
  for (const char* none : {"[]=x", "[-1]=x", "[a]=x", "[\"a\"]=x", "items[0=x", "items[0]sku=x", "[0] x=1", "[0].=x",
                           "items[*]=x", "items[ 0]=x", "[=x"})
    CHECK_FALSE(parse_payload_condition(none));
}

TEST_CASE("what is written is read back, whatever names and values hold") {
  std::mt19937 random(20261129);
  constexpr std::string_view characters = ".=!~\\ ab\n'\"[0]";
  const auto text = [&](std::size_t least) {
    std::string made;
    for (std::size_t left = least + random() % 5; left > 0; --left) made += characters[random() % characters.size()];
    return made;
  };
  for (int round = 0; round < 20'000; ++round) {
    PayloadCondition condition;
    for (std::size_t parts = 1 + random() % 3; parts > 0; --parts) condition.path.push_back(text(1));
    condition.comparison = static_cast<Comparison>(random() % 3);
    condition.value = text(0);
    INFO(to_text(condition));
    REQUIRE(parse_payload_condition(to_text(condition)) == condition);
  }
}
