// Rows D01 to D63 of docs/threats.md section 9.1: what hostile bytes look like on a terminal (profile `ident`).
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "formatters/escape.hpp"

namespace {

struct DisplayRow {
  std::string_view name;
  std::string_view input;  ///< `\xHH` is a byte, `\\` a backslash
  std::string_view expected;
};

constexpr DisplayRow rows[] = {
    {"D01", R"~(\x1b[2J\x1b[Hall fine)~", R"~(\x1b[2J\x1b[Hall fine)~"},
    {"D02", R"~(\x1b]0;PWNED\x07)~", R"~(\x1b]0;PWNED\x07)~"},
    {"D03", R"~(\x1b]2;x\x1b\\\x1b[21t)~", R"~(\x1b]2;x\x1b\\\x1b[21t)~"},
    {"D04", R"~(\x1b]52;c;cm0gLXJmIH4K\x07)~", R"~(\x1b]52;c;cm0gLXJmIH4K\x07)~"},
    {"D05", R"~(\x1b]52;c;?\x07)~", R"~(\x1b]52;c;?\x07)~"},
    {"D06", R"~(\x1b]8;;https://evil.example/\x1b\\https://jaeger.corp/\x1b]8;;\x1b\\)~",
     R"~(\x1b]8;;https://evil.example/\x1b\\https://jaeger.corp/\x1b]8;;\x1b\\)~"},
    {"D07", R"~(\x1b]8;;x-man-page://1/x\x07open\x1b]8;;\x07)~", R"~(\x1b]8;;x-man-page://1/x\x07open\x1b]8;;\x07)~"},
    {"D08", R"~(\x1bP$q"p\x1b\\)~", R"~(\x1bP$q"p\x1b\\)~"},
    {"D09", R"~(\x1b]50;?\x07)~", R"~(\x1b]50;?\x07)~"},
    {"D10", R"~(\x1b[6n\x1b[c\x1b[>c)~", R"~(\x1b[6n\x1b[c\x1b[>c)~"},
    {"D11", R"~(\x1b]10;?\x07\x1b]11;?\x07)~", R"~(\x1b]10;?\x07\x1b]11;?\x07)~"},
    {"D12", R"~(\x1bc)~", R"~(\x1bc)~"},
    {"D13", R"~(\x1b[?1049h)~", R"~(\x1b[?1049h)~"},
    {"D14", R"~(\x1b[8mhidden\x1b[0m)~", R"~(\x1b[8mhidden\x1b[0m)~"},
    {"D15", R"~(\x1b[30;40mblack on black)~", R"~(\x1b[30;40mblack on black)~"},
    {"D16", R"~(\x1b[1A\x1b[2Kjob-1 deleted)~", R"~(\x1b[1A\x1b[2Kjob-1 deleted)~"},
    {"D17", R"~(\x1b[999999999b)~", R"~(\x1b[999999999b)~"},
    {"D18", R"~(\x1b[201~rm -rf ~\x0d)~", R"~(\x1b[201~rm -rf ~\r)~"},
    {"D19", R"~(\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\)~", R"~(\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\)~"},
    {"D20", R"~(\x1bP1000p%output %1 x\x1b\\)~", R"~(\x1bP1000p%output %1 x\x1b\\)~"},
    {"D21", R"~(\x1bkNAME\x1b\\)~", R"~(\x1bkNAME\x1b\\)~"},
    {"D22", R"~(\x1b_Gf=100;AAAA\x1b\\)~", R"~(\x1b_Gf=100;AAAA\x1b\\)~"},
    {"D23", R"~(\x1b]1337;File=inline=1:AAAA\x07)~", R"~(\x1b]1337;File=inline=1:AAAA\x07)~"},
    {"D24", R"~(\x1b]777;notify;a;b\x07\x1b]9;x\x07)~", R"~(\x1b]777;notify;a;b\x07\x1b]9;x\x07)~"},
    {"D25", R"~(\x1b]7;file://evil.example/\x07)~", R"~(\x1b]7;file://evil.example/\x07)~"},
    {"D26", R"~(\x1b^pm\x1b\\\x1bXsos\x1b\\)~", R"~(\x1b^pm\x1b\\\x1bXsos\x1b\\)~"},
    {"D27", R"~(\x1b)~", R"~(\x1b)~"},
    {"D28", R"~(\xc2\x9b31mred)~", R"~(\u{9b}31mred)~"},
    {"D29", R"~(\xc2\x9d0;t\xc2\x9c)~", R"~(\u{9d}0;t\u{9c})~"},
    {"D30", R"~(\x9b31mred)~", R"~(\x9b31mred)~"},
    {"D31", R"~(\xc2\x85next)~", R"~(\u{85}next)~"},
    {"D32", R"~(job-1\x0djob-2)~", R"~(job-1\rjob-2)~"},
    {"D33", R"~(rm x\x08\x08\x08\x08ls y)~", R"~(rm x\x08\x08\x08\x08ls y)~"},
    {"D34", R"~(ok\x0aERROR forged log line)~", R"~(ok\nERROR forged log line)~"},
    {"D35", R"~(a\x09b\x0bc\x0cd)~", R"~(a\tb\x0bc\x0cd)~"},
    {"D36", R"~(\x07\x07\x07)~", R"~(\x07\x07\x07)~"},
    {"D37", R"~(\x0e\x0f)~", R"~(\x0e\x0f)~"},
    {"D38", R"~(safe\x00-evil)~", R"~(safe\x00-evil)~"},
    {"D39", R"~(\x7f\x7f)~", R"~(\x7f\x7f)~"},
    {"D40", R"~(\xe2\x80\xaegnp.job)~", R"~(\u{202e}gnp.job)~"},
    {"D41", R"~(\xe2\x81\xa6admin\xe2\x81\xa9 \xe2\x81\xa7x)~", R"~(\u{2066}admin\u{2069} \u{2067}x)~"},
    {"D42", R"~(\xd8\x9cabc\xe2\x80\x8e\xe2\x80\x8f)~", R"~(\u{61c}abc\u{200e}\u{200f})~"},
    {"D43", R"~(pay\xe2\x80\x8bment)~", R"~(pay\u{200b}ment)~"},
    {"D44", R"~(\xef\xbb\xbfjob-1)~", R"~(\u{feff}job-1)~"},
    {"D45", R"~(a\xc2\xadb\xe2\x81\xa0c)~", R"~(a\u{ad}b\u{2060}c)~"},
    {"D46", R"~(x\xe2\x80\xa8y\xe2\x80\xa9z)~", R"~(x\u{2028}y\u{2029}z)~"},
    {"D47", R"~(p\xd0\xb0yments)~", R"~(pаyments)~"},
    {"D48", R"~(Z\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81)~",
     R"~(Ź́́́\u{301}\u{301}\u{301}\u{301})~"},
    {"D49", R"~(\xf3\xa0\x81\x81\xf3\xa0\x81\x82)~", R"~(\u{e0041}\u{e0042})~"},
    {"D50", R"~(a\xef\xb8\x8fb\xef\xb8\x81)~", R"~(a\u{fe0f}b\u{fe01})~"},
    {"D51", R"~(\xee\x80\x80\xf3\xb0\x80\x80)~", R"~(\u{e000}\u{f0000})~"},
    {"D52", R"~(a\xc2\xa0b\xe3\x80\x80c)~", R"~(a\u{a0}b\u{3000}c)~"},
    {"D53", R"~(\xe3\x85\xa4\xef\xbe\xa0)~", R"~(\u{3164}\u{ffa0})~"},
    {"D54", R"~(\xef\xbf\xbf\xef\xb7\x90)~", R"~(\u{ffff}\u{fdd0})~"},
    {"D55", R"~(\xc0\xaf\xe0\x80\xaf)~", R"~(\xc0\xaf\xe0\x80\xaf)~"},
    {"D56", R"~(\xed\xa0\x80)~", R"~(\xed\xa0\x80)~"},
    {"D57", R"~(\xf4\x90\x80\x80)~", R"~(\xf4\x90\x80\x80)~"},
    {"D58", R"~(abc\xe2\x82)~", R"~(abc\xe2\x82)~"},
    {"D59", R"~(\xff\xfe\x00j)~", R"~(\xff\xfe\x00j)~"},
    {"D60", R"~(C:\\temp\\x1b[31m)~", R"~(C:\\temp\\x1b[31m)~"},
    {"D61", R"~(\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \xe2\x9c\x93 \xc3\xa9)~", R"~(日本語 ✓ é)~"},
    {"D62", R"~(\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb)~", R"~(👩\u{200d}💻)~"},
    {"D63", R"~(%s%n%08x {} {0})~", R"~(%s%n%08x {} {0})~"},
};

std::string bytes_of(std::string_view written) {
  std::string bytes;
  for (std::size_t at = 0; at < written.size(); ++at) {
    if (written[at] != '\\') {
      bytes += written[at];
    } else if (written[at + 1] == 'x') {
      bytes += static_cast<char>(std::stoi(std::string(written.substr(at + 2, 2)), nullptr, 16));
      at += 3;
    } else {
      bytes += written[++at];
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("hostile bytes are shown as the table says") {
  CHECK(std::size(rows) == 63);
  for (const DisplayRow& row : rows) {
    CAPTURE(row.name);
    CHECK(queuetrace::terminal_text(bytes_of(row.input), queuetrace::Profile::ident) == row.expected);
  }
}

TEST_CASE("only the look-alike name of row D47 mixes scripts") {
  for (const DisplayRow& row : rows) {
    CAPTURE(row.name);
    CHECK(queuetrace::has_mixed_scripts(bytes_of(row.input)) == (row.name == "D47"));
  }
}
