# cipherlane_library(NAME core ROOT dir SOURCES ... [PUBLIC libs] [PRIVATE libs])
#   One SDK library: target cipherlane_NAME, alias cipherlane::NAME, public headers under ROOT/include.
function(cipherlane_library)
  cmake_parse_arguments(arg "" "NAME;ROOT" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  set(target cipherlane_${arg_NAME})
  add_library(${target} ${arg_SOURCES})
  add_library(cipherlane::${arg_NAME} ALIAS ${target})
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${arg_ROOT}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC}
    PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:cipherlane_options>)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_NAME}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  # Shared, each names all that it uses, and finds the others beside itself wherever the tree is put.
  if(BUILD_SHARED_LIBS AND NOT CIPHERLANE_SANITIZE)
    target_link_options(${target} PRIVATE LINKER:-z,defs)
  endif()
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")
  set_property(GLOBAL APPEND PROPERTY CIPHERLANE_LIBRARIES ${target})
  add_dependencies(shipped ${target})
endfunction()

# A library that waits for devices, disks and lines is optimised for its size in a release, by which the C library, that
# holds them all, is half as large. Cryptography, the codecs and the path of a command to a cipher machine (hsm, and of net
# all but names, connecting, TLS and words), of which bars count nanoseconds, are not.
function(cipherlane_small target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Os>)
endfunction()

# Sources of that kind in another library: what reads descriptions, checks and tells. Call it in the folder of the target.
function(cipherlane_small_sources)
  if(CMAKE_BUILD_TYPE STREQUAL Release) # elsewhere they would lose their unit for nothing
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS -Os)
  endif()
endfunction()

# What people link and run: the libraries, the programs of tools/ and samples/.
add_custom_target(shipped)

# cipherlane_program(NAME program SOURCES ... LIBS ...): a program of tools/ or samples/.
function(cipherlane_program)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;LIBS" ${ARGN})
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBS} cipherlane_options)
  cipherlane_precompiled(${arg_NAME} program)
  add_dependencies(shipped ${arg_NAME})
endfunction()

# tests_LABEL builds all test programs of one label and nothing else: sanitizer presets need no more.
foreach(label unit vectors integration fault simulation corpus compile install valgrind)
  add_custom_target(tests_${label})
endforeach()

# cipherlane_test(NAME unit_core LABEL unit SOURCES ... LIBS ... [ENV ...] [SERIAL] [LONG])
#   One GoogleTest program, one ctest entry with the label. LONG ones, which wait for minutes, are begun first.
#   Labels: unit, vectors, integration, fault, simulation, corpus, compile, headers, install.
function(cipherlane_test)
  cmake_parse_arguments(arg "SERIAL;LONG" "NAME;LABEL;TIMEOUT" "SOURCES;LIBS;ENV" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300) # it ends what hangs, on a machine that is much slower, too
  endif()
  if(CMAKE_CROSSCOMPILING) # an emulator takes its time
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5")
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBS} cipherlane_test_support cipherlane_options)
  cipherlane_precompiled(${arg_NAME} test)
  add_dependencies(tests_${arg_LABEL} ${arg_NAME})
  add_test(NAME ${arg_NAME} COMMAND ${arg_NAME}
    --gtest_output=xml:${CMAKE_BINARY_DIR}/junit/${arg_NAME}.xml)
  set_tests_properties(${arg_NAME} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "CIPHERLANE_SOURCE_DIR=${CMAKE_SOURCE_DIR};CIPHERLANE_BINARY_DIR=${CMAKE_BINARY_DIR};${arg_ENV}")
  if(arg_LONG)
    set_tests_properties(${arg_NAME} PROPERTIES COST 100)
  endif()
  if(arg_SERIAL)
    set_tests_properties(${arg_NAME} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()

# cipherlane_test_part(NAME conformance_pinpads OF conformance_devices FILTER "*pinpad*" [TIMEOUT ...] [COST ...])
#   What FILTER names of a program as a ctest entry of its own, so that it runs beside the rest. The rest is the
#   program's own entry, with a GTEST_FILTER in its ENV that leaves the parts out.
function(cipherlane_test_part)
  cmake_parse_arguments(arg "" "NAME;OF;FILTER;TIMEOUT;COST" "" ${ARGN})
  get_test_property(${arg_OF} LABELS label)
  add_test(NAME ${arg_NAME} COMMAND ${arg_OF} --gtest_filter=${arg_FILTER}
    --gtest_output=xml:${CMAKE_BINARY_DIR}/junit/${arg_NAME}.xml)
  set_tests_properties(${arg_NAME} PROPERTIES LABELS ${label} TIMEOUT ${arg_TIMEOUT} COST ${arg_COST}
    ENVIRONMENT "CIPHERLANE_SOURCE_DIR=${CMAKE_SOURCE_DIR};CIPHERLANE_BINARY_DIR=${CMAKE_BINARY_DIR}")
endfunction()

# cipherlane_fuzz(NAME fuzz_x SOURCE x.cpp CORPUS dir LIBS ...)
#   A libFuzzer target under the fuzz preset; elsewhere the same source replays its corpus as a test.
function(cipherlane_fuzz)
  cmake_parse_arguments(arg "" "NAME;SOURCE;CORPUS" "LIBS" ${ARGN})
  add_executable(${arg_NAME} ${arg_SOURCE})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBS} cipherlane_options)
  if(NOT CIPHERLANE_FUZZ AND NOT TARGET cipherlane_fuzz_replay)
    add_library(cipherlane_fuzz_replay OBJECT ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
    target_link_libraries(cipherlane_fuzz_replay PRIVATE cipherlane_options)
  endif()
  if(CIPHERLANE_FUZZ)
    target_link_options(${arg_NAME} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${arg_NAME} PRIVATE $<TARGET_OBJECTS:cipherlane_fuzz_replay>)
    add_dependencies(tests_corpus ${arg_NAME})
    add_test(NAME ${arg_NAME} COMMAND ${arg_NAME} ${arg_CORPUS})
    set_tests_properties(${arg_NAME} PROPERTIES LABELS corpus TIMEOUT 300)
  endif()
endfunction()
