#include "cli/jq_output.hpp"

extern "C" {
#include <jq.h>
}

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "formatters/escape.hpp"
#include "formatters/json_text.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t largest_document = 64U << 20U;
constexpr std::size_t largest_result = 64U << 20U;
constexpr int deepest_result = 1'000;
constexpr int block = 1 << 20;
constexpr std::size_t longest_problem = 400;

/// Owns a value of jq.
class JqValue {
 public:
  explicit JqValue(jv value) : value_(value) {}
  ~JqValue() { jv_free(value_); }
  JqValue(const JqValue&) = delete;
  JqValue& operator=(const JqValue&) = delete;

  jv get() const { return value_; }
  bool is_valid() const { return kind() != JV_KIND_INVALID; }
  jv_kind kind() const { return jv_get_kind(value_); }
  /// Of a string; valid as long as this lives.
  std::string_view text() const {
    return {jv_string_value(value_), static_cast<std::size_t>(jv_string_length_bytes(jv_copy(value_)))};
  }

 private:
  jv value_;
};

/// What is to be said, in words; empty for nothing.
std::string words_of(const JqValue& message) {
  if (message.kind() == JV_KIND_STRING) return std::string(message.text());
  if (message.kind() == JV_KIND_NULL || !message.is_valid()) return {};
  return std::string(JqValue(jv_dump_string(jv_copy(message.get()), 0)).text());
}

/// What an invalid value says is wrong; empty when nothing is and there only is no value.
std::string problem_of(const JqValue& invalid) { return words_of(JqValue(jv_invalid_get_msg(jv_copy(invalid.get())))); }

void check_size(const std::string& out) {
  if (out.size() > largest_result) throw Error(ErrorKind::usage, "--jq: more than 64 MiB came out of one document");
}

void append_json(std::string& out, jv value, int depth);

void append_array(std::string& out, jv array, int depth) {
  out += '[';
  const int length = jv_array_length(jv_copy(array));
  for (int index = 0; index < length; ++index) {
    if (index > 0) out += ',';
    append_json(out, JqValue(jv_array_get(jv_copy(array), index)).get(), depth + 1);
  }
  out += ']';
}

void append_object(std::string& out, jv object, int depth) {
  const char* separator = "";
  out += '{';
  for (int at = jv_object_iter(object); jv_object_iter_valid(object, at) != 0; at = jv_object_iter_next(object, at)) {
    out += separator;
    separator = ",";
    append_json_key(out, JqValue(jv_object_iter_key(object, at)).text());
    out += ':';
    append_json(out, JqValue(jv_object_iter_value(object, at)).get(), depth + 1);
  }
  out += '}';
}

/// As compact JSON with strings that are safe anywhere. The value stays the caller's.
void append_json(std::string& out, jv value, int depth) {
  if (depth > deepest_result) throw Error(ErrorKind::usage, "--jq: a result is more than 1,000 levels deep");
  check_size(out);
  const jv_kind kind = jv_get_kind(value);
  if (kind == JV_KIND_ARRAY)
    append_array(out, value, depth);
  else if (kind == JV_KIND_OBJECT)
    append_object(out, value, depth);
  else if (kind == JV_KIND_NULL)
    out += "null";
  else if (const JqValue copy(jv_copy(value)); kind == JV_KIND_STRING)
    append_json_string(out, copy.text());
  else
    out += words_of(copy);
}

/// Lines and tabs stay; everything else that a terminal would act on is escaped.
void append_for_terminal(std::string& out, std::string_view text) {
  while (true) {
    const std::size_t end = std::min(text.find_first_of("\n\t"), text.size());
    append_terminal_text(out, text.substr(0, end), Profile::text);
    if (end == text.size()) return;
    out += text[end];
    text.remove_prefix(end + 1);
  }
}

/// One result, as gh prints them.
void append_result(std::string& out, const JqValue& result, bool terminal) {
  if (result.kind() != JV_KIND_STRING && result.kind() != JV_KIND_NULL)
    append_json(out, result.get(), 0);
  else if (result.kind() == JV_KIND_STRING && terminal)
    append_for_terminal(out, result.text());
  else if (result.kind() == JV_KIND_STRING)
    out += result.text();
  out += '\n';
  check_size(out);
}

/// `jq: error: syntax error, unexpected end of file (Unix shell quoting issues?) at <top-level>, line 1:` and the
/// expression, without what is around the words.
std::string bare_problem(std::string text) {
  text = text.substr(0, text.find('\n'));
  for (const std::string_view around : {"jq: ", "error: ", " (Unix shell quoting issues?)", " at <top-level>"})
    if (const std::size_t found = text.find(around); found != std::string::npos) text.erase(found, around.size());
  if (text.ends_with(":")) text.pop_back();
  return text;
}

}  // namespace

struct JqOutput::Program {
  explicit Program(const std::string& expression) : jq(jq_init()), parser(jv_parser_new(0)) {
    if (jq == nullptr) throw Error(ErrorKind::internal, "--jq: jq cannot be started");
    // jq takes these for granted where an expression imports something: modules come from the current folder alone.
    jq_set_attr(jq, jv_string("JQ_ORIGIN"), jv_string("/"));
    jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
    jq_set_attr(jq, jv_string("PROGRAM_ORIGIN"), jv_string("."));
    std::vector<std::string> problems;
    const auto keep = [](void* list, jv problem) {
      const JqValue text(jq_format_error(problem));
      static_cast<std::vector<std::string>*>(list)->push_back(words_of(text));
    };
    jq_set_error_cb(jq, keep, &problems);
    // Of nothing jq 1.6 makes what `.` makes; 1.7 refuses it.
    const bool blank = expression.find_first_not_of(" \t\r\n") == std::string::npos;
    const bool compiled = jq_compile(jq, blank ? "." : expression.c_str()) != 0;
    jq_set_error_cb(
        jq, [](void*, jv problem) { jv_free(problem); }, nullptr);  // instead of standard error
    if (compiled) return;
    close();
    throw Error(ErrorKind::usage, "--jq: cannot use " + ("'" + expression + "'"))
        .because(Untrusted(problems.empty() ? "not an expression of jq" : bare_problem(problems.front())))
        .with_hint("the language is in jq(1): --jq '.jobs[].id'");
  }
  ~Program() { close(); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void close() {
    if (parser != nullptr) jv_parser_free(parser);
    parser = nullptr;
    jq_teardown(&jq);
  }

  /// Appends what the expression makes of a document, which it takes. False when it wants no further one.
  bool run(jv document, bool terminal, std::string& out) {
    jq_start(jq, document, 0);
    while (true) {
      const JqValue result(jq_next(jq));
      if (result.is_valid()) {
        append_result(out, result, terminal);
        continue;
      }
      if (const std::string problem = problem_of(result); !problem.empty())
        throw Error(ErrorKind::usage, "--jq: the expression fails on this answer").because(Untrusted(problem));
      if (jq_halted(jq) == 0) return true;
      if (const std::string last = words_of(JqValue(jq_get_error_message(jq))); !last.empty())
        throw Error(ErrorKind::usage, "--jq: ended by the expression").because(Untrusted(last));
      return false;
    }
  }

  jq_state* jq;
  jv_parser* parser;
};

JqOutput::JqOutput(const std::string& expression, std::ostream& out, bool terminal)
    : program_(std::make_unique<Program>(expression)), out_(out), terminal_(terminal) {}

JqOutput::~JqOutput() = default;

void JqOutput::take(const char* bytes, int count, bool more) {
  if (halted_) return;
  held_ += static_cast<std::size_t>(count);
  if (held_ > largest_document)
    throw Error(ErrorKind::usage, "--jq: the JSON document is larger than 64 MiB")
        .with_hint("with -o jsonl the expression is given one record at a time");
  jv_parser_set_buf(program_->parser, bytes, count, more ? 1 : 0);
  while (true) {
    const JqValue document(jv_parser_next(program_->parser));
    if (!document.is_valid()) {
      const std::string problem = problem_of(document);
      if (problem.empty()) return;
      throw Error(ErrorKind::usage, "--jq: what this command prints cannot be read as JSON")
          .because(Untrusted(problem));
    }
    held_ = 0;
    std::string out;
    halted_ = !program_->run(jv_copy(document.get()), terminal_, out);
    out_.write(out.data(), static_cast<std::streamsize>(out.size()));
    if (halted_) return;
  }
}

void JqOutput::finish() {
  take("", 0, false);
  out_.flush();
}

JqOutput::int_type JqOutput::overflow(int_type byte) {
  if (traits_type::eq_int_type(byte, traits_type::eof())) return traits_type::not_eof(byte);
  const char one = traits_type::to_char_type(byte);
  take(&one, 1, true);
  return byte;
}

std::streamsize JqOutput::xsputn(const char* bytes, std::streamsize count) {
  for (std::streamsize at = 0; at < count;) {
    const int part = static_cast<int>(std::min<std::streamsize>(count - at, block));
    take(bytes + at, part, true);
    at += part;
  }
  return count;
}

int JqOutput::sync() {
  out_.flush();
  return 0;
}

}  // namespace queuetrace
