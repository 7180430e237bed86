# Compiler settings as interface targets; never CMAKE_CXX_FLAGS, so a user's own flags stay theirs.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

# For every source, the tests' included: what all objects of one program must agree on, and warnings.
add_library(queuetrace_settings INTERFACE)
target_compile_features(queuetrace_settings INTERFACE cxx_std_20)
target_include_directories(queuetrace_settings INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(queuetrace_settings INTERFACE _FILE_OFFSET_BITS=64)  # as hiredis asks for
target_compile_options(queuetrace_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(queuetrace_settings INTERFACE -Wno-restrict -Wno-stringop-overread -Wno-stringop-overflow
    -Wno-array-bounds)  # wrong about inlined std::string and std::vector, fixed in GCC 13
endif()
if(QUEUETRACE_WERROR)
  target_compile_options(queuetrace_settings INTERFACE -Werror)
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(queuetrace_settings INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(QUEUETRACE_SANITIZE)
  target_compile_options(queuetrace_settings INTERFACE -fsanitize=${QUEUETRACE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(queuetrace_settings INTERFACE -fsanitize=${QUEUETRACE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND QUEUETRACE_SANITIZE MATCHES "undefined")
    target_link_options(queuetrace_settings INTERFACE -static-libubsan)  # as a shared library it reads no options (tests/sanitizer)
  endif()
endif()
if(QUEUETRACE_COVERAGE)
  target_compile_options(queuetrace_settings INTERFACE --coverage)
  target_link_options(queuetrace_settings INTERFACE --coverage)
endif()

# For what is installed. tests/install/check_hardening looks for what this leaves in the program.
add_library(queuetrace_product INTERFACE)
target_link_libraries(queuetrace_product INTERFACE queuetrace_settings)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT QUEUETRACE_SANITIZE AND NOT QUEUETRACE_COVERAGE)
  set(QUEUETRACE_HARDENED ON)
  include(CheckCXXCompilerFlag)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS "-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
  check_cxx_source_compiles("#include <features.h>
    #if __USE_FORTIFY_LEVEL != 3
    #error the compiler or the C library does not have it
    #endif
    int main() {}" has_fortify_3)
  unset(CMAKE_REQUIRED_FLAGS)
  set(fortify_level 2)
  if(has_fortify_3)
    set(fortify_level 3)
  endif()
  target_compile_options(queuetrace_product INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${fortify_level} -fPIE)
  foreach(flag -fstack-clash-protection -fcf-protection)
    string(MAKE_C_IDENTIFIER has${flag} has_flag)
    check_cxx_compiler_flag(${flag} ${has_flag})
    if(${has_flag})
      target_compile_options(queuetrace_product INTERFACE ${flag})
    endif()
  endforeach()
  target_link_options(queuetrace_product INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

# For the tests. They use the product's own objects; how fast the tests themselves are is of less account than how long one
# waits for them, so they are not optimised.
add_library(queuetrace_tests INTERFACE)
target_link_libraries(queuetrace_tests INTERFACE queuetrace_settings)
# Without a try around each expression a test compiles in about a tenth less time; what is thrown fails its case all the same.
target_compile_definitions(queuetrace_tests INTERFACE DOCTEST_CONFIG_SUPER_FAST_ASSERTS)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(queuetrace_tests INTERFACE -O0)
endif()

# Files of one folder are compiled eight at a time in optimised builds: half of the processor time, of which most goes into what
# headers define. The price: names in anonymous namespaces differ within a folder. The preset `dev` compiles each file alone. So
# is the description of a system (system.cpp), whose constants have the same names in every variant, and folders of one or two files.
option(QUEUETRACE_COMPILE_TOGETHER "Compile the files of a folder together" ON)
function(queuetrace_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${QUEUETRACE_COMPILE_TOGETHER} UNITY_BUILD_MODE GROUP)
  set(folders "")
  foreach(source ${ARGN})
    cmake_path(GET source PARENT_PATH folder)
    list(APPEND folders ${folder})
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder ${folders})
    set(files ${ARGN})
    list(FILTER files INCLUDE REGEX "^${folder}/[^/]+$")
    list(FILTER files EXCLUDE REGEX "/system\\.cpp$")
    list(LENGTH files count)
    if(count GREATER 2)
      cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE group)
      string(REPLACE "/" "_" group ${group})
      math(EXPR groups "(${count} + 7) / 8")
      set(index 0)
      foreach(file ${files})
        math(EXPR number "${index} * ${groups} / ${count} + 1")
        set_source_files_properties(${file} PROPERTIES UNITY_GROUP ${group}_${number})
        math(EXPR index "${index} + 1")
      endforeach()
    endif()
  endforeach()
endfunction()

# Read once instead of by each of 470 files: 0.5 to 0.8 s of processor time less in each, a quarter of the whole build. Every
# file still includes what it uses: the preset `dev` builds without this.
set(queuetrace_precompiled <algorithm> <array> <charconv> <chrono> <cstddef> <cstdint> <functional> <map> <memory> <optional>
  <set> <span> <string> <string_view> <utility> <vector> <fmt/format.h>)
