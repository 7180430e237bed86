# Writes commands/program/facts.hpp's definitions from the project version and the files of completions/.
set(facts_inputs completions/queuetrace.bash completions/_queuetrace completions/queuetrace.fish)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${facts_inputs})
file(READ completions/queuetrace.bash QUEUETRACE_BASH_SCRIPT)
file(READ completions/_queuetrace QUEUETRACE_ZSH_SCRIPT)
file(READ completions/queuetrace.fish QUEUETRACE_FISH_SCRIPT)
configure_file(cmake/program_facts.cpp.in ${CMAKE_BINARY_DIR}/generated/program_facts.cpp @ONLY)
target_sources(queuetrace_commands PRIVATE ${CMAKE_BINARY_DIR}/generated/program_facts.cpp)
