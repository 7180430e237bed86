# Every library comes from the distribution's packages (Debian 12 and 13); nothing is downloaded.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED)
add_library(openssl INTERFACE IMPORTED)  # the headers alone: it is loaded when it is needed (backends/drivers/redis/openssl.hpp)
set_target_properties(openssl PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${OPENSSL_INCLUDE_DIR}" INTERFACE_LINK_LIBRARIES "${CMAKE_DL_LIBS}")
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(pqxx REQUIRED libpqxx)
pkg_check_modules(libpq REQUIRED libpq)
# libpqxx as an archive, and libpq's header alone: libpq is loaded when it is needed (backends/drivers/postgres/libpq.hpp).
find_library(PQXX_ARCHIVE libpqxx.a HINTS ${pqxx_LIBRARY_DIRS} REQUIRED)
add_library(pqxx STATIC IMPORTED)
set_target_properties(pqxx PROPERTIES IMPORTED_LOCATION ${PQXX_ARCHIVE} INTERFACE_INCLUDE_DIRECTORIES "${pqxx_INCLUDE_DIRS};${libpq_INCLUDE_DIRS}"
  INTERFACE_LINK_LIBRARIES "${CMAKE_DL_LIBS}")
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(ncurses REQUIRED ncursesw)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
find_path(JQ_HEADERS jq.h REQUIRED)  # jq 1.6 has no file for pkg-config
add_library(jq INTERFACE IMPORTED)  # the headers alone: it is loaded when it is needed (cli/jq_functions.cpp)
set_target_properties(jq PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${JQ_HEADERS} INTERFACE_LINK_LIBRARIES "${CMAKE_DL_LIBS}")
find_package(doctest QUIET)  # for the tests alone
