# The files of large test programs are compiled four at a time where QUEUETRACE_COMPILE_TOGETHER: much of the processor time goes
# into what headers define. Changing one test compiles up to three others. Each file is in a namespace of its own there, so several
# may use the same names; what they include stands in front of all. A file that itself opens a named namespace is as it is, and
# its names differ from those of its neighbours.

# queuetrace_tests_together(RESULT PROGRAM FILE...): what to compile instead of the files.
function(queuetrace_tests_together result program)
  list(LENGTH ARGN count)
  if(NOT QUEUETRACE_COMPILE_TOGETHER OR count LESS 2)
    set(${result} ${ARGN} PARENT_SCOPE)
    return()
  endif()
  set(files "")
  foreach(file ${ARGN})
    cmake_path(ABSOLUTE_PATH file)
    list(APPEND files ${file})
  endforeach()
  math(EXPR groups "(${count} + 3) / 4")
  set(sources "")
  foreach(group RANGE 1 ${groups})
    math(EXPR first "(${group} - 1) * ${count} / ${groups}")
    math(EXPR length "${group} * ${count} / ${groups} - ${first}")
    list(SUBLIST files ${first} ${length} members)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/together/${program}_${group}.cpp)
    add_custom_command(OUTPUT ${source} DEPENDS ${members} ${CMAKE_SOURCE_DIR}/cmake/together.cmake
      COMMAND ${CMAKE_COMMAND} "-DFILES=${members}" -DFOLDER=${CMAKE_SOURCE_DIR} -DOUTPUT=${source} -P ${CMAKE_SOURCE_DIR}/cmake/together.cmake
      COMMENT "Putting together ${program}_${group}.cpp" VERBATIM)
    list(APPEND sources ${source})
  endforeach()
  set(${result} ${sources} PARENT_SCOPE)
endfunction()
