#include "model/finite_json.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

TEST_CASE("numbers that no double holds become the largest one") {
  CHECK(with_finite_numbers("1e400") == "1.7976931348623157e308");
  CHECK(with_finite_numbers("[-1E+400, 2]") == "[-1.7976931348623157e308, 2]");
  CHECK(with_finite_numbers("{\"a\":" + std::string(400, '9') + "}") == "{\"a\":1.7976931348623157e308}");
}

TEST_CASE("everything else stays as it is written") {
  for (const char* text : {R"({"a":1.10,"b":12345678901234567890123,"c":"1e400","d\"1e400":-0,"e":1e-400})", "1e",
                           "\"1e400", "\"\\", "-", "", "[1e308,0.10000000000000000555]", "no JSON 1-2-3"})
    CHECK(with_finite_numbers(text) == text);
}
