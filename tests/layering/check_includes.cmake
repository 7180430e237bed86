# Who may include whom (ARCHITECTURE.md), which folder owns which library, what no source may call or clang cannot build, that systems have no macros, and how long a file may grow.
# Run by CTest and by make lint: cmake -P tests/layering/check_includes.cmake
cmake_policy(VERSION 3.25)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
set(problems "")

# folder | regular expression that each of its own includes ("...") must match
set(rules
  "model|^model/"
  "formatters|^(formatters|model)/"
  "tracing|^(tracing|model)/"
  "backends/drivers/postgres|^(backends/drivers/postgres|model)/|^backends/engines/sql/(connection|rows_read).hpp$"
  "backends/drivers/sqlite|^(backends/drivers/sqlite|model)/|^backends/engines/sql/(connection|rows_read).hpp$"
  "backends/drivers/redis|^(backends/drivers/redis|model)/"
  "backends/engines/sql|^(backends/engines/sql|model)/|^backends/engines/constant_text.hpp$|^backends/job_(store|administration).hpp$|^backends/systems/catalogue.hpp$|^tracing/trace_"
  "backends/engines/redis|^(backends/engines/redis|backends/drivers/redis|model)/|^backends/engines/constant_text.hpp$|^backends/job_(store|administration).hpp$|^backends/systems/catalogue.hpp$|^tracing/(trace_|base64.hpp$)"
  "backends/systems/[a-z_]+|^backends/systems/@FOLDER@/|^backends/engines/(constant_text|joined|rule_lists).hpp$|^(backends/engines/sql|backends/engines/redis|model)/|^backends/drivers/redis/reply_error.hpp$|^tracing/(trace_|base64.hpp$)"
  "backends/systems|^backends/systems/(catalogue|described|foreign|outcomes|[a-z_]+/system).hpp$|^(backends/engines/sql|backends/engines/redis|model)/"
  "backends|^(backends|model)/|^tracing/trace_"
  "commands|^(commands|formatters|tracing|model)/|^backends/[a-z_]+.hpp$|^backends/systems/catalogue.hpp$"
  "cli|.")

# library header (regular expression) | folders that own it
set(owners
  "<(pqxx/|libpq)|^backends/drivers/postgres/"
  "<(hiredis|openssl)/|^backends/drivers/redis/"
  "<sqlite3.h>|^backends/drivers/sqlite/"
  "<curl/|^tracing/"
  "<CLI/|^cli/options/"
  "<nlohmann/|^(backends/|tracing/|model/moving_json.hpp$|commands/change/json_reader.cpp$)"
  "<toml|^cli/"
  "<(jq|jv)[.]h>|^cli/jq_"
  "<yaml-cpp/|^backends/"
  "<zlib.h>|^(backends|tracing)/"
  "<n?curses|^commands/top/terminal_screen.cpp$")

file(GLOB_RECURSE sources RELATIVE ${root} ${root}/model/*.?pp ${root}/formatters/*.?pp ${root}/tracing/*.?pp ${root}/backends/*.?pp
  ${root}/commands/*.?pp ${root}/cli/*.?pp)
list(LENGTH sources count)
if(count LESS 20)
  message(FATAL_ERROR "layering: only ${count} sources found below ${root}")
endif()

foreach(source ${sources})
  get_filename_component(folder ${source} DIRECTORY)
  file(STRINGS ${root}/${source} includes REGEX "^#include ")
  file(STRINGS ${root}/${source} calls REGEX "(^|[^_a-zA-Z:.>])(system\\([^)]|popen\\(|strcpy\\(|sprintf\\(|gets\\()")
  foreach(call ${calls})
    if(NOT call MATCHES "^ *//")
      string(APPEND problems "  ${source}: banned call: ${call}\n")
    endif()
  endforeach()

  # What the fuzz targets are built with, clang 14, cannot make subranges and views of the library of GCC 12.
  file(STRINGS ${root}/${source} views REGEX
    "#include <ranges>|std::views::|std::ranges::(subrange|search|search_n|find_end|equal_range|unique|remove|remove_if|rotate|partition|stable_partition)\\(")
  foreach(view ${views})
    string(APPEND problems "  ${source}: not built by clang 14, use the algorithm of iterators: ${view}\n")
  endforeach()

  if(source MATCHES "^backends/systems/")
    file(STRINGS ${root}/${source} macros REGEX "^ *# *define ")
    foreach(macro ${macros})
      string(APPEND problems "  ${source}: texts are put together by backends/engines/constant_text.hpp, not by ${macro}\n")
    endforeach()
  endif()

  set(allowed "")
  foreach(rule ${rules})
    string(FIND "${rule}" "|" bar)
    string(SUBSTRING "${rule}" 0 ${bar} rule_folder)
    if(allowed STREQUAL "" AND (folder MATCHES "^${rule_folder}(/|$)"))
      math(EXPR bar "${bar} + 1")
      string(SUBSTRING "${rule}" ${bar} -1 allowed)
      get_filename_component(own_folder ${folder} NAME)
      string(REPLACE "@FOLDER@" "${own_folder}" allowed "${allowed}")  # a system sees its own folder and no other's
    endif()
  endforeach()
  foreach(include ${includes})
    if(include MATCHES "^#include \"([^\"]+)\"")
      set(included ${CMAKE_MATCH_1})
      if(NOT included MATCHES "${allowed}")
        string(APPEND problems "  ${source} may not include ${included}\n")
      endif()
    endif()
    foreach(owner ${owners})
      string(FIND "${owner}" "|^" bar REVERSE)
      string(SUBSTRING "${owner}" 0 ${bar} header)
      math(EXPR bar "${bar} + 1")
      string(SUBSTRING "${owner}" ${bar} -1 owning)
      if(include MATCHES "${header}" AND NOT source MATCHES "${owning}")
        string(APPEND problems "  ${source} may not include a library of another folder: ${include}\n")
      endif()
    endforeach()
  endforeach()

  file(READ ${root}/${source} text)
  string(REGEX MATCHALL "\n" newlines "${text}")
  list(LENGTH newlines length)
  if(length GREATER 350)
    string(APPEND problems "  ${source} has ${length} lines; split it by topic\n")
  endif()
endforeach()

if(problems)
  message(FATAL_ERROR "layering:\n${problems}")
endif()
message(STATUS "layering: ${count} sources keep the rules")
