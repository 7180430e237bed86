# Character properties for formatters/unicode.cpp, made at build time from Debian's package unicode-data.
set(QUEUETRACE_UNICODE_DATA /usr/share/unicode CACHE PATH "Folder with UnicodeData.txt, EastAsianWidth.txt and Scripts.txt")
if(NOT EXISTS ${QUEUETRACE_UNICODE_DATA}/UnicodeData.txt)
  message(FATAL_ERROR "${QUEUETRACE_UNICODE_DATA}/UnicodeData.txt is missing: install the package unicode-data")
endif()

set(unicode_files ${QUEUETRACE_UNICODE_DATA}/UnicodeData.txt ${QUEUETRACE_UNICODE_DATA}/EastAsianWidth.txt
  ${QUEUETRACE_UNICODE_DATA}/Scripts.txt)
set(unicode_tables ${CMAKE_BINARY_DIR}/generated/formatters/unicode_tables.inc)
add_executable(generate_unicode_tables formatters/unicode/generate_tables.cpp)
target_compile_features(generate_unicode_tables PRIVATE cxx_std_20)
target_include_directories(generate_unicode_tables PRIVATE ${CMAKE_SOURCE_DIR})
add_custom_command(OUTPUT ${unicode_tables}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated/formatters
  COMMAND generate_unicode_tables ${unicode_files} ${unicode_tables}
  DEPENDS generate_unicode_tables ${unicode_files} VERBATIM)
target_sources(queuetrace_formatters PRIVATE ${unicode_tables})
target_include_directories(queuetrace_formatters PRIVATE ${CMAKE_BINARY_DIR}/generated)
