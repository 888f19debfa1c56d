# Language level, warnings, sanitizers: what every target of this project is compiled with.
set(CMAKE_CXX_STANDARD 20 CACHE STRING "C++ standard: 20 or 23")
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(CIPHERLANE_SHARED_UNITS "Compile the sources of a target together: faster from nothing, slower after a change" OFF)
set(CIPHERLANE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

find_program(CIPHERLANE_CCACHE ccache)
if(CIPHERLANE_CCACHE AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_C_COMPILER_LAUNCHER ${CIPHERLANE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CIPHERLANE_CCACHE})
endif()
if(NOT CMAKE_CROSSCOMPILING) # a cross g++ looks for one of its own
  find_program(CIPHERLANE_MOLD mold)
endif()

# Sources of one target in a few translation units. Templates of Asio, GoogleTest and JSON, parsed and instantiated source
# by source, were most of a build from nothing: acquiring and its tests take 58 s of processor time so and 22 s together.
if(CIPHERLANE_SHARED_UNITS)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
endif()

# Sources that keep a unit of their own: what they define would meet the same name of a neighbour, or a library's macro.
# Call it in the folder of the target.
function(cipherlane_own_units)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# A target of which each source is such: tables of commands that all bear the same name.
function(cipherlane_separate_units target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
endfunction()

add_library(cipherlane_options INTERFACE)
if(CIPHERLANE_SHARED_UNITS AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # A unit of eight sources makes g++ collect its garbage again and again: a tenth of its time, for memory that is there.
  target_compile_options(cipherlane_options INTERFACE
    "SHELL:--param ggc-min-expand=1000" "SHELL:--param ggc-min-heapsize=1000000")
endif()
target_compile_options(cipherlane_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Woverloaded-virtual
  # Where sources share a unit, names that meet only there are no fault: other presets compile each source alone.
  $<IF:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>,$<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>,-Wshadow>
  -Wno-missing-field-initializers # settings are aggregates whose members have defaults
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
# Programs carry only what they use: each function and table has a section of its own, which the linker leaves out where
# nobody asks for it. And nobody replaces a function of a library from outside: g++ reckons with it else, clang never does.
target_compile_options(cipherlane_options INTERFACE
  $<$<CONFIG:Release>:-ffunction-sections> $<$<CONFIG:Release>:-fdata-sections>
  $<$<CONFIG:Release>:-fno-semantic-interposition>)
target_link_options(cipherlane_options INTERFACE $<$<CONFIG:Release>:LINKER:--gc-sections>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # With optimisation g++ 12 sees overlaps in std::string, writes past vectors and reads of short strings' buffers that
  # are not there (GCC PR105651, PR105329, PR105562).
  target_compile_options(cipherlane_options INTERFACE -Wno-restrict
    $<$<CONFIG:Release>:-Wno-array-bounds> $<$<CONFIG:Release>:-Wno-stringop-overflow>
    $<$<CONFIG:Release>:-Wno-stringop-overread> $<$<CONFIG:Release>:-Wno-maybe-uninitialized>)
endif()
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(cipherlane_options INTERFACE -Werror)
endif()
if(CIPHERLANE_MOLD AND PROJECT_IS_TOP_LEVEL)
  target_link_options(cipherlane_options INTERFACE
    $<$<NOT:$<BOOL:$<TARGET_PROPERTY:CIPHERLANE_SYSTEM_LINKER>>>:-fuse-ld=mold>)
endif()
if(CIPHERLANE_SANITIZE)
  target_compile_options(cipherlane_options INTERFACE
    -fsanitize=${CIPHERLANE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(cipherlane_options INTERFACE -fsanitize=${CIPHERLANE_SANITIZE})
  if(CIPHERLANE_SANITIZE MATCHES undefined)
    target_compile_options(cipherlane_options INTERFACE -fno-sanitize-recover=undefined)
    if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
      # clang 14 cannot assemble coroutines with the function check on; it must follow "undefined".
      target_compile_options(cipherlane_options INTERFACE -fno-sanitize=function)
    endif()
  endif()
  if(CIPHERLANE_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Asio orders its counters with fences, which the thread sanitizer does not know; g++ warns of each.
    target_compile_options(cipherlane_options INTERFACE -Wno-tsan)
  endif()
endif()

# Sources in which g++ 12 with sanitizers takes library code (std::stop_source, std::regex, use_future) for reads of
# what is not initialised. Call it in the folder of the target.
function(cipherlane_false_uninitialized)
  if(CIPHERLANE_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS -Wno-maybe-uninitialized)
  endif()
endfunction()

if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  # clang counts changes of sign into -Wconversion, g++ does not.
  target_compile_options(cipherlane_options INTERFACE -Wno-sign-conversion)
endif()
