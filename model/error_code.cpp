#include "model/error_code.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "model/letter_case.hpp"
#include "model/message_bytes.hpp"

namespace queuetrace {
namespace {

using namespace message_bytes;

constexpr std::size_t longest_context = 64;  // bytes of the message before a word that are looked at
constexpr std::size_t longest_code = 16;
constexpr std::size_t most_digits = 5;          // longer numbers are ids
constexpr std::size_t most_exit_digits = 10;    // Windows ends programs with 3221225477
constexpr std::string_view any_mark = ":=#([";  // between a name and its code

/// How many characters from `at` on are such ones, within the length of codes.
template <typename Test>
std::size_t run_of(std::string_view text, std::size_t at, Test&& test) {
  std::size_t end = at;
  while (end < text.size() && end - at <= 2 * longest_code && test(text[end])) ++end;
  return end - at;
}

template <std::size_t N>
bool is_listed(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view one) { return equal_ignoring_case(word, one); });
}

bool begins_with(std::string_view text, std::string_view words) {
  return equal_ignoring_case(text.substr(0, words.size()), words);
}

/// The last word of a message, with nothing behind it but blanks and such marks.
std::string_view last_word(std::string_view text, std::string_view marks) {
  while (!text.empty() && (is_blank(text.back()) || is_one_of(text.back(), marks))) text.remove_suffix(1);
  std::size_t begin = text.size();
  while (begin > 0 && (is_letter(text[begin - 1]) || text[begin - 1] == '_')) --begin;
  return begin > 0 && is_digit(text[begin - 1]) ? std::string_view() : text.substr(begin);
}

bool is_status(std::string_view number) {
  return number.size() == 3 && number[0] >= '1' && number[0] <= '5' && all(number, is_digit);
}

// --- What is named as a code.

constexpr std::array<std::string_view, 20> names_of_codes{
    "code",    "status",   "errno",   "sqlstate",   "statuscode",  "status_code", "errorcode",
    "errcode", "exitcode", "sqlcode", "error_code", "exit_code",   "retcode",     "returncode",
    "curl",    "winerror", "signal",  "hresult",    "http_status", "return_code"};
/// Behind these only the number of a reply.
constexpr std::array<std::string_view, 2> names_of_protocols{"http", "smtp"};
/// Behind these no colon, which begins any message: `error: 12 rows are missing`.
constexpr std::array<std::string_view, 2> names_at_once{"error", "err"};

/// `HTTP/1.1 503`, the line that begins a reply.
bool ends_with_protocol(std::string_view before) {
  while (!before.empty() && (is_blank(before.back()) || is_digit(before.back()) || before.back() == '.'))
    before.remove_suffix(1);
  return before.ends_with("HTTP/");
}

/// `503`, `-803`, `40P01`, `E0382`, `MY-010901`, `0x80070005`.
bool looks_like_code(std::string_view word, std::size_t digits_allowed) {
  if (begins_with(word, "0x")) return word.size() > 2 && word.size() <= 10 && all(word.substr(2), is_hex);
  const bool negative = word.starts_with('-');
  if (negative) word.remove_prefix(1);
  if (word.empty()) return false;
  if (all(word, is_digit)) return word.size() <= (negative ? most_exit_digits : digits_allowed);
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(word, is_digit));
  return digits > 0 && digits <= most_digits + 1 && word.size() <= longest_code && is_capital(word.front()) &&
         all(word, [](char c) { return is_digit(c) || is_capital(c) || c == '-' || c == '_'; });
}

bool is_sqlstate(std::string_view word) {
  return word.size() == 5 && all(word, [](char c) { return is_digit(c) || is_capital(c); });
}

bool is_named(std::string_view before, std::string_view word) {
  const std::string_view name = last_word(before, any_mark);
  if (is_listed(name, names_of_protocols) || ends_with_protocol(before)) return is_status(word);
  if (is_listed(name, names_of_codes)) {
    const std::string_view names = before.substr(before.size() - std::min<std::size_t>(before.size(), 24));
    const bool exit = contains_ignoring_case(names, "exit");  // `exited with code 1`
    return is_sqlstate(word) || looks_like_code(word, exit ? most_exit_digits : most_digits);
  }
  return is_listed(last_word(before, "#(["), names_at_once) && looks_like_code(word, most_digits);
}

// --- Replies of servers.

struct Reply {
  std::string_view number;
  std::string_view words;
};

/// As RFC 9110 and libraries write them; an 'x' is any digit.
constexpr std::array<Reply, 46> replies{{{"200", "OK"},
                                         {"201", "Created"},
                                         {"202", "Accepted"},
                                         {"204", "No Content"},
                                         {"206", "Partial Content"},
                                         {"300", "Multiple Choices"},
                                         {"301", "Moved Permanently"},
                                         {"302", "Found"},
                                         {"303", "See Other"},
                                         {"304", "Not Modified"},
                                         {"307", "Temporary Redirect"},
                                         {"308", "Permanent Redirect"},
                                         {"400", "Bad Request"},
                                         {"401", "Unauthorized"},
                                         {"401", "Authorization Required"},
                                         {"402", "Payment Required"},
                                         {"403", "Forbidden"},
                                         {"404", "Not Found"},
                                         {"404", "Page Not Found"},
                                         {"405", "Method Not Allowed"},
                                         {"406", "Not Acceptable"},
                                         {"407", "Proxy Authentication Required"},
                                         {"408", "Request Time"},
                                         {"409", "Conflict"},
                                         {"410", "Gone"},
                                         {"411", "Length Required"},
                                         {"412", "Precondition Failed"},
                                         {"413", "Payload Too Large"},
                                         {"413", "Content Too Large"},
                                         {"413", "Request Entity Too Large"},
                                         {"414", "URI Too Long"},
                                         {"415", "Unsupported Media Type"},
                                         {"416", "Range Not Satisfiable"},
                                         {"421", "Misdirected Request"},
                                         {"422", "Unprocessable"},
                                         {"423", "Locked"},
                                         {"426", "Upgrade Required"},
                                         {"429", "Too Many Requests"},
                                         {"500", "Internal Server Error"},
                                         {"501", "Not Implemented"},
                                         {"502", "Bad Gateway"},
                                         {"503", "Service"},
                                         {"504", "Gateway Time"},
                                         {"505", "HTTP Version Not Supported"},
                                         {"4xx", "Client Error"},
                                         {"5xx", "Server Error"}}};

/// Whether these words are what a server says with this number.
bool is_reply(std::string_view number, std::string_view text) {
  return std::ranges::any_of(replies, [&](const Reply& reply) {
    const bool same = reply.number == number || (reply.number[1] == 'x' && reply.number[0] == number[0]);
    return same && begins_with(text, reply.words);
  });
}

/// The bytes of `4.7.0`, which RFC 3463 puts behind the number of a reply; 0: something else.
std::size_t enhanced_status_at(std::string_view text, std::size_t at) {
  if (at >= text.size() || !is_one_of(text[at], "245")) return 0;
  std::size_t end = at + 1;
  for (int part = 0; part < 2; ++part) {
    if (end >= text.size() || text[end] != '.') return 0;
    const std::size_t digits = run_of(text, end + 1, is_digit);
    if (digits == 0 || digits > 3) return 0;
    end += 1 + digits;
  }
  const bool ends = end == text.size() || is_blank(text[end]) || is_one_of(text[end], ",:;)");
  return ends ? end - at : 0;
}

/// Whether the number of a reply stands last in the message so far.
bool ends_with_status(std::string_view before) {
  if (before.size() < 4 || before.back() != ' ' || !is_status(before.substr(before.size() - 4, 3))) return false;
  return before.size() == 4 || !is_digit(before[before.size() - 5]);
}

/// Whether a message begins here, or a part of one behind a colon or an opening bracket.
bool begins_clause(std::string_view before) {
  while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
  return before.empty() || is_one_of(before.back(), ":([\"'");
}

/// `No such user`: a word with a capital.
bool begins_sentence(std::string_view text) {
  if (text.empty() || !is_capital(text[0])) return false;
  const std::size_t end = 1 + run_of(text, 1, is_small);
  return end > 1 && (end == text.size() || is_blank(text[end]) || is_one_of(text[end], ",.:;!"));
}

/// The bytes of `503` in front of what a server says with it, of `550-5.1.1` whole; 0: another number.
std::size_t reply_at(std::string_view before, std::string_view text, std::size_t at, std::string_view number) {
  const std::size_t end = at + number.size();
  if (!is_status(number) || end == text.size()) return 0;
  if (text[end] == '-')  // a reply of several lines
    if (const std::size_t enhanced = enhanced_status_at(text, end + 1); enhanced > 0) return 3 + 1 + enhanced;
  const std::size_t gap = run_of(text, end, [](char c) { return is_blank(c) || is_one_of(c, ")]:-,"); });
  if (gap == 0 || gap > 3) return 0;
  const std::string_view rest = text.substr(end + gap);
  if (is_reply(number, rest)) return 3;
  if (!all(text.substr(end, gap), is_blank)) return 0;
  if (enhanced_status_at(text, end + gap) > 0) return 3;
  const bool failure = number[0] >= '4';
  return failure && begins_clause(before) && begins_sentence(rest) ? 3 : 0;
}

// --- Names with a number.

/// Of Oracle. An id of somebody's own has the same look (`ORD-10023`), so that other letters are none.
constexpr std::array<std::string_view, 10> families{"ORA", "TNS", "PLS", "RMAN", "DRG",
                                                    "KUP", "LRM", "NNL", "OCI",  "SP2"};

bool is_of_family(std::string_view word) {
  if (word.starts_with("AADSTS")) return word.size() > 6 && all(word.substr(6), is_digit);  // Entra
  if (word.starts_with("HTTP")) return is_status(word.substr(word.size() > 7 && !is_digit(word[4]) ? 5 : 4));
  const std::size_t dash = word.find('-');
  return dash != std::string_view::npos && dash + 1 < word.size() && is_capital(word[0]) &&
         is_listed(word.substr(0, dash), families) && all(word.substr(dash + 1), is_digit);
}

}  // namespace

bool names_error_code(std::string_view name) { return is_listed(name, names_of_codes); }

std::size_t error_code_at(std::string_view before, std::string_view text, std::size_t at) {
  before = before.substr(before.size() - std::min(before.size(), longest_context));
  if (text.substr(at).starts_with("HTTP/")) {
    const std::size_t version = run_of(text, at + 5, [](char c) { return is_digit(c) || c == '.'; });
    return version == 1 || version == 3 ? 5 + version : 0;
  }
  if (ends_with_status(before))
    if (const std::size_t enhanced = enhanced_status_at(text, at); enhanced > 0) return enhanced;
  const std::string_view number = text.substr(at, run_of(text, at, is_digit));
  if (const std::size_t reply = reply_at(before, text, at, number); reply > 0) return reply;
  std::string_view word =
      text.substr(at, run_of(text, at, [](char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '_'; }));
  while (word.size() > 1 && word.back() == '-') word.remove_suffix(1);
  const std::size_t end = at + word.size();
  if (word.empty() || word.size() > longest_code) return 0;
  // `12/40`, `10:15:00`, `2.5`: parts of something else.
  if (end < text.size() && (is_one_of(text[end], "@/+%\\") || static_cast<unsigned char>(text[end]) >= 0x80)) return 0;
  if (end + 1 < text.size() && is_one_of(text[end], ".:") && is_digit(text[end + 1])) return 0;
  return is_of_family(word) || is_named(before, word) ? word.size() : 0;
}

}  // namespace queuetrace
