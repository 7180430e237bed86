// The functions of libpq that are called here, or by libpqxx: each passes its call on to the library. One that is
// missing in this list is missed by the linker.
#include <libpq-fe.h>

#include "backends/drivers/postgres/libpq.hpp"

namespace {

template <auto function, typename... Arguments>
auto in_libpq(const char* name, Arguments... arguments) {
  return queuetrace::call_loaded<queuetrace::libpq, function>(name, arguments...);
}

}  // namespace

extern "C" {
PGconn* PQconnectStart(const char* text) { return in_libpq<&::PQconnectStart>("PQconnectStart", text); }
PostgresPollingStatusType PQconnectPoll(PGconn* connection) {
  return in_libpq<&::PQconnectPoll>("PQconnectPoll", connection);
}
PGconn* PQconnectdb(const char* text) { return in_libpq<&::PQconnectdb>("PQconnectdb", text); }
PGconn* PQconnectdbParams(const char* const* keywords, const char* const* values, int expand) {
  return in_libpq<&::PQconnectdbParams>("PQconnectdbParams", keywords, values, expand);
}
void PQfinish(PGconn* connection) { return in_libpq<&::PQfinish>("PQfinish", connection); }
PQconninfoOption* PQconninfoParse(const char* text, char** message) {
  return in_libpq<&::PQconninfoParse>("PQconninfoParse", text, message);
}
PQconninfoOption* PQconninfo(PGconn* connection) { return in_libpq<&::PQconninfo>("PQconninfo", connection); }
void PQconninfoFree(PQconninfoOption* options) { return in_libpq<&::PQconninfoFree>("PQconninfoFree", options); }
void PQreset(PGconn* connection) { return in_libpq<&::PQreset>("PQreset", connection); }
PGcancel* PQgetCancel(PGconn* connection) { return in_libpq<&::PQgetCancel>("PQgetCancel", connection); }
void PQfreeCancel(PGcancel* cancel) { return in_libpq<&::PQfreeCancel>("PQfreeCancel", cancel); }
int PQcancel(PGcancel* cancel, char* buffer, int size) {
  return in_libpq<&::PQcancel>("PQcancel", cancel, buffer, size);
}
char* PQdb(const PGconn* connection) { return in_libpq<&::PQdb>("PQdb", connection); }
char* PQuser(const PGconn* connection) { return in_libpq<&::PQuser>("PQuser", connection); }
char* PQhost(const PGconn* connection) { return in_libpq<&::PQhost>("PQhost", connection); }
char* PQport(const PGconn* connection) { return in_libpq<&::PQport>("PQport", connection); }
ConnStatusType PQstatus(const PGconn* connection) { return in_libpq<&::PQstatus>("PQstatus", connection); }
const char* PQparameterStatus(const PGconn* connection, const char* parameter) {
  return in_libpq<&::PQparameterStatus>("PQparameterStatus", connection, parameter);
}
int PQprotocolVersion(const PGconn* connection) {
  return in_libpq<&::PQprotocolVersion>("PQprotocolVersion", connection);
}
int PQserverVersion(const PGconn* connection) { return in_libpq<&::PQserverVersion>("PQserverVersion", connection); }
char* PQerrorMessage(const PGconn* connection) { return in_libpq<&::PQerrorMessage>("PQerrorMessage", connection); }
int PQsocket(const PGconn* connection) { return in_libpq<&::PQsocket>("PQsocket", connection); }
int PQbackendPID(const PGconn* connection) { return in_libpq<&::PQbackendPID>("PQbackendPID", connection); }
int PQclientEncoding(const PGconn* connection) { return in_libpq<&::PQclientEncoding>("PQclientEncoding", connection); }
int PQsetClientEncoding(PGconn* connection, const char* encoding) {
  return in_libpq<&::PQsetClientEncoding>("PQsetClientEncoding", connection, encoding);
}
PGVerbosity PQsetErrorVerbosity(PGconn* connection, PGVerbosity verbosity) {
  return in_libpq<&::PQsetErrorVerbosity>("PQsetErrorVerbosity", connection, verbosity);
}
PQnoticeProcessor PQsetNoticeProcessor(PGconn* connection, PQnoticeProcessor processor, void* argument) {
  return in_libpq<&::PQsetNoticeProcessor>("PQsetNoticeProcessor", connection, processor, argument);
}
void PQtrace(PGconn* connection, FILE* stream) { return in_libpq<&::PQtrace>("PQtrace", connection, stream); }
void PQuntrace(PGconn* connection) { return in_libpq<&::PQuntrace>("PQuntrace", connection); }
PGresult* PQexec(PGconn* connection, const char* query) { return in_libpq<&::PQexec>("PQexec", connection, query); }
PGresult* PQexecParams(PGconn* connection, const char* command, int count, const Oid* types, const char* const* values,
                       const int* lengths, const int* formats, int format) {
  return in_libpq<&::PQexecParams>("PQexecParams", connection, command, count, types, values, lengths, formats, format);
}
PGresult* PQprepare(PGconn* connection, const char* name, const char* query, int count, const Oid* types) {
  return in_libpq<&::PQprepare>("PQprepare", connection, name, query, count, types);
}
PGresult* PQexecPrepared(PGconn* connection, const char* name, int count, const char* const* values, const int* lengths,
                         const int* formats, int format) {
  return in_libpq<&::PQexecPrepared>("PQexecPrepared", connection, name, count, values, lengths, formats, format);
}
int PQsendQuery(PGconn* connection, const char* query) {
  return in_libpq<&::PQsendQuery>("PQsendQuery", connection, query);
}
int PQsendQueryParams(PGconn* connection, const char* command, int count, const Oid* types, const char* const* values,
                      const int* lengths, const int* formats, int format) {
  return in_libpq<&::PQsendQueryParams>("PQsendQueryParams", connection, command, count, types, values, lengths,
                                        formats, format);
}
int PQsetSingleRowMode(PGconn* connection) { return in_libpq<&::PQsetSingleRowMode>("PQsetSingleRowMode", connection); }
int PQenterPipelineMode(PGconn* connection) {
  return in_libpq<&::PQenterPipelineMode>("PQenterPipelineMode", connection);
}
int PQexitPipelineMode(PGconn* connection) { return in_libpq<&::PQexitPipelineMode>("PQexitPipelineMode", connection); }
int PQpipelineSync(PGconn* connection) { return in_libpq<&::PQpipelineSync>("PQpipelineSync", connection); }
PGresult* PQgetResult(PGconn* connection) { return in_libpq<&::PQgetResult>("PQgetResult", connection); }
int PQisBusy(PGconn* connection) { return in_libpq<&::PQisBusy>("PQisBusy", connection); }
int PQconsumeInput(PGconn* connection) { return in_libpq<&::PQconsumeInput>("PQconsumeInput", connection); }
PGnotify* PQnotifies(PGconn* connection) { return in_libpq<&::PQnotifies>("PQnotifies", connection); }
int PQputCopyData(PGconn* connection, const char* buffer, int size) {
  return in_libpq<&::PQputCopyData>("PQputCopyData", connection, buffer, size);
}
int PQputCopyEnd(PGconn* connection, const char* message) {
  return in_libpq<&::PQputCopyEnd>("PQputCopyEnd", connection, message);
}
int PQgetCopyData(PGconn* connection, char** buffer, int asynchronous) {
  return in_libpq<&::PQgetCopyData>("PQgetCopyData", connection, buffer, asynchronous);
}
int PQendcopy(PGconn* connection) { return in_libpq<&::PQendcopy>("PQendcopy", connection); }
void PQinitOpenSSL(int ssl, int crypto) { return in_libpq<&::PQinitOpenSSL>("PQinitOpenSSL", ssl, crypto); }
int PQisthreadsafe() { return in_libpq<&::PQisthreadsafe>("PQisthreadsafe"); }
ExecStatusType PQresultStatus(const PGresult* result) { return in_libpq<&::PQresultStatus>("PQresultStatus", result); }
char* PQresultErrorMessage(const PGresult* result) {
  return in_libpq<&::PQresultErrorMessage>("PQresultErrorMessage", result);
}
char* PQresultErrorField(const PGresult* result, int code) {
  return in_libpq<&::PQresultErrorField>("PQresultErrorField", result, code);
}
int PQntuples(const PGresult* result) { return in_libpq<&::PQntuples>("PQntuples", result); }
int PQnfields(const PGresult* result) { return in_libpq<&::PQnfields>("PQnfields", result); }
char* PQfname(const PGresult* result, int column) { return in_libpq<&::PQfname>("PQfname", result, column); }
int PQfnumber(const PGresult* result, const char* name) { return in_libpq<&::PQfnumber>("PQfnumber", result, name); }
Oid PQftable(const PGresult* result, int column) { return in_libpq<&::PQftable>("PQftable", result, column); }
int PQftablecol(const PGresult* result, int column) { return in_libpq<&::PQftablecol>("PQftablecol", result, column); }
Oid PQftype(const PGresult* result, int column) { return in_libpq<&::PQftype>("PQftype", result, column); }
int PQfsize(const PGresult* result, int column) { return in_libpq<&::PQfsize>("PQfsize", result, column); }
int PQfmod(const PGresult* result, int column) { return in_libpq<&::PQfmod>("PQfmod", result, column); }
char* PQcmdStatus(PGresult* result) { return in_libpq<&::PQcmdStatus>("PQcmdStatus", result); }
Oid PQoidValue(const PGresult* result) { return in_libpq<&::PQoidValue>("PQoidValue", result); }
char* PQcmdTuples(PGresult* result) { return in_libpq<&::PQcmdTuples>("PQcmdTuples", result); }
char* PQgetvalue(const PGresult* result, int row, int column) {
  return in_libpq<&::PQgetvalue>("PQgetvalue", result, row, column);
}
int PQgetlength(const PGresult* result, int row, int column) {
  return in_libpq<&::PQgetlength>("PQgetlength", result, row, column);
}
int PQgetisnull(const PGresult* result, int row, int column) {
  return in_libpq<&::PQgetisnull>("PQgetisnull", result, row, column);
}
void PQclear(PGresult* result) { return in_libpq<&::PQclear>("PQclear", result); }
void PQfreemem(void* memory) { return in_libpq<&::PQfreemem>("PQfreemem", memory); }
size_t PQescapeStringConn(PGconn* connection, char* to, const char* from, size_t length, int* error) {
  return in_libpq<&::PQescapeStringConn>("PQescapeStringConn", connection, to, from, length, error);
}
char* PQescapeIdentifier(PGconn* connection, const char* text, size_t length) {
  return in_libpq<&::PQescapeIdentifier>("PQescapeIdentifier", connection, text, length);
}
unsigned char* PQescapeByteaConn(PGconn* connection, const unsigned char* from, size_t length, size_t* written) {
  return in_libpq<&::PQescapeByteaConn>("PQescapeByteaConn", connection, from, length, written);
}
unsigned char* PQunescapeBytea(const unsigned char* text, size_t* length) {
  return in_libpq<&::PQunescapeBytea>("PQunescapeBytea", text, length);
}
char* PQencryptPassword(const char* password, const char* user) {
  return in_libpq<&::PQencryptPassword>("PQencryptPassword", password, user);
}
char* PQencryptPasswordConn(PGconn* connection, const char* password, const char* user, const char* algorithm) {
  return in_libpq<&::PQencryptPasswordConn>("PQencryptPasswordConn", connection, password, user, algorithm);
}
const char* pg_encoding_to_char(int encoding) {
  return in_libpq<&::pg_encoding_to_char>("pg_encoding_to_char", encoding);
}
}
