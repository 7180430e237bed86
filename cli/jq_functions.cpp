// The functions of libjq that jq_output.cpp calls: each passes its call on to the library, which is loaded by --jq
// alone. One that is missing in this list is missed by the linker.
extern "C" {  // which its headers do not say themselves
#include <jq.h>
}

#include "model/shared_library.hpp"

namespace {

constexpr queuetrace::SharedLibrary libjq("libjq.so.1", "which --jq needs", "libjq1");

template <auto function, typename... Arguments>
auto in_libjq(const char* name, Arguments... arguments) {
  return queuetrace::call_loaded<libjq, function>(name, arguments...);
}

}  // namespace

extern "C" {
jq_state* jq_init() { return in_libjq<&::jq_init>("jq_init"); }
void jq_teardown(jq_state** jq) { return in_libjq<&::jq_teardown>("jq_teardown", jq); }
void jq_set_error_cb(jq_state* jq, jq_msg_cb callback, void* data) {
  return in_libjq<&::jq_set_error_cb>("jq_set_error_cb", jq, callback, data);
}
void jq_set_attr(jq_state* jq, jv name, jv value) { return in_libjq<&::jq_set_attr>("jq_set_attr", jq, name, value); }
int jq_compile(jq_state* jq, const char* text) { return in_libjq<&::jq_compile>("jq_compile", jq, text); }
void jq_start(jq_state* jq, jv value, int flags) { return in_libjq<&::jq_start>("jq_start", jq, value, flags); }
jv jq_next(jq_state* jq) { return in_libjq<&::jq_next>("jq_next", jq); }
int jq_halted(jq_state* jq) { return in_libjq<&::jq_halted>("jq_halted", jq); }
jv jq_get_error_message(jq_state* jq) { return in_libjq<&::jq_get_error_message>("jq_get_error_message", jq); }
jv jq_format_error(jv message) { return in_libjq<&::jq_format_error>("jq_format_error", message); }

jv jv_copy(jv value) { return in_libjq<&::jv_copy>("jv_copy", value); }
void jv_free(jv value) { return in_libjq<&::jv_free>("jv_free", value); }
jv_kind jv_get_kind(jv value) { return in_libjq<&::jv_get_kind>("jv_get_kind", value); }
jv jv_invalid_get_msg(jv value) { return in_libjq<&::jv_invalid_get_msg>("jv_invalid_get_msg", value); }
jv jv_dump_string(jv value, int flags) { return in_libjq<&::jv_dump_string>("jv_dump_string", value, flags); }
jv jv_string(const char* text) { return in_libjq<&::jv_string>("jv_string", text); }
const char* jv_string_value(jv text) { return in_libjq<&::jv_string_value>("jv_string_value", text); }
int jv_string_length_bytes(jv text) { return in_libjq<&::jv_string_length_bytes>("jv_string_length_bytes", text); }
jv jv_array() { return in_libjq<&::jv_array>("jv_array"); }
int jv_array_length(jv array) { return in_libjq<&::jv_array_length>("jv_array_length", array); }
jv jv_array_get(jv array, int index) { return in_libjq<&::jv_array_get>("jv_array_get", array, index); }
int jv_object_iter(jv object) { return in_libjq<&::jv_object_iter>("jv_object_iter", object); }
int jv_object_iter_next(jv object, int at) {
  return in_libjq<&::jv_object_iter_next>("jv_object_iter_next", object, at);
}
int jv_object_iter_valid(jv object, int at) {
  return in_libjq<&::jv_object_iter_valid>("jv_object_iter_valid", object, at);
}
jv jv_object_iter_key(jv object, int at) { return in_libjq<&::jv_object_iter_key>("jv_object_iter_key", object, at); }
jv jv_object_iter_value(jv object, int at) {
  return in_libjq<&::jv_object_iter_value>("jv_object_iter_value", object, at);
}
jv_parser* jv_parser_new(int flags) { return in_libjq<&::jv_parser_new>("jv_parser_new", flags); }
void jv_parser_free(jv_parser* parser) { return in_libjq<&::jv_parser_free>("jv_parser_free", parser); }
void jv_parser_set_buf(jv_parser* parser, const char* bytes, int count, int more) {
  return in_libjq<&::jv_parser_set_buf>("jv_parser_set_buf", parser, bytes, count, more);
}
jv jv_parser_next(jv_parser* parser) { return in_libjq<&::jv_parser_next>("jv_parser_next", parser); }
}
