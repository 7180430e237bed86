// Ids and names that tables show a part of.
#include <doctest/doctest.h>

#include "formatters/name_cuts.hpp"
#include "formatters/short_ids.hpp"
#include "formatters/unicode.hpp"

using namespace queuetrace;

TEST_CASE("long ids are shown by their start, as long as it takes to tell them apart") {
  const std::vector<std::string> ids{"bbea42bd-0000-4000-8000-000000000001",
                                     "22af6aea-0000-4000-8000-000000000001",
                                     "22af6aea-1000-4000-8000-000000000001",
                                     "0af7651916cd43dd",
                                     "1001",
                                     "job-number-with-a-long-name-of-its-own",
                                     "0af7651916cd43d",
                                     "01960000-aaaa-7000-8000-000000000001",
                                     "01960000-aaaa-7000-8000-000000000002"};
  CHECK(short_ids(ids) == std::vector<std::string>{"bbea42bd", "22af6aea-0", "22af6aea-1", "0af7651916cd43dd", "1001",
                                                   "job-number-with-a-long-name-of-its-own", "0af7651916cd43d",
                                                   "01960000-aaaa-7000-8000-000000000001",
                                                   "01960000-aaaa-7000-8000-000000000002"});
  CHECK(short_ids(std::vector<std::string>{ids[0], ids[0]}) == std::vector<std::string>{"bbea42bd", "bbea42bd"});
}

TEST_CASE("behind the name of its queue a long id is shortened, too, and only such") {
  const std::vector<std::string> ids{"mail:bbea42bd-0000-4000-8000-000000000001",
                                     "news:bbea42bd-0000-4000-8000-000000000001",
                                     "mail:bbea42bd-1000-4000-8000-000000000001",
                                     "mail/22af6aea-0000-4000-8000-000000000001",
                                     "a%3Ab:0af7651916cd43dd8448eb211c80319c",
                                     "mail:1001",
                                     "mail:repeat:0af7651916cd43dd8448eb211c80319c:1782900000000",
                                     "mail:order:0af7651916cd43dd8448eb211c80319c",
                                     "mail:"};
  CHECK(short_ids(ids) == std::vector<std::string>{"mail:bbea42bd-0", "news:bbea42bd", "mail:bbea42bd-1",
                                                   "mail/22af6aea", "a%3Ab:0af76519", "mail:1001",
                                                   "mail:repeat:0af7651916cd43dd8448eb211c80319c:1782900000000",
                                                   "mail:order:0af76519", "mail:"});
}

TEST_CASE("names keep their end") {
  CHECK(cut_in_middle("customer-data-platform.profile-enrichment.us-east-1", 27, "…") == "customer-da…hment.us-east-1");
  CHECK(cut_in_middle("email", 5, "…") == "email");
  CHECK(cut_in_middle("注文処理と在庫の引き当て", 10, "…") == "注…き当て");
  CHECK(cut_in_middle("email", 1, "…") == "…");
  CHECK(cut_in_middle("email", 0, "…").empty());
  CHECK(cut_in_middle("ee\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", 4, "…") == "e…e\u0301e\u0301");
}

TEST_CASE("names never look alike") {
  NameCuts cuts("…");
  CHECK(cuts.cut("customer-data-a-us-east-1", 12) == "cust…-east-1");
  CHECK(cuts.cut("customer-data-b-us-east-1", 12) == "cus…east-1~2");
  CHECK(cuts.cut("customer-data-a-us-east-1", 12) == "cust…-east-1");
  CHECK(cuts.cut("customer-data-b-us-east-1", 12) == "cus…east-1~2");
  CHECK_FALSE(stay_different({"customer-data-a-us-east-1", "customer-data-b-us-east-1"}, 12, "…"));
  CHECK(stay_different({"customer-data-a-us-east-1", "customer-data-b-us-east-1"}, 20, "…"));
}

TEST_CASE("ends of texts by their width") {
  CHECK(unicode::tail_of_width("日本語", 5) == "本語");
  CHECK(unicode::tail_of_width("ae\u0301b", 2) == "e\u0301b");
  CHECK(unicode::tail_of_width("ae\u0301b", 1) == "b");
  CHECK(unicode::tail_of_width("abc", 0).empty());
  CHECK(unicode::tail_of_width("abc", 9) == "abc");
}
