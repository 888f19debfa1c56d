# What a unit that includes till.hpp alone costs its user: compiled as it stands there, without precompiled headers or
# optimisation. The bar is a second and a half on a quiet machine, of the processor's time, as others may be at work
# beside it; far above it something heavy has come in.
set(most_ms 8000)
file(WRITE ${UNIT} "#include <cipherlane/till/till.hpp>\n")
list(TRANSFORM INCLUDES PREPEND -I)
execute_process(COMMAND bash -c "TIMEFORMAT=%3U; time \"$@\"" timed
    ${COMPILER} -std=c++20 -O0 ${INCLUDES} -c ${UNIT} -o ${UNIT}.o
  RESULT_VARIABLE failed ERROR_VARIABLE said)
if(NOT failed EQUAL 0 OR NOT said MATCHES "([0-9]+)[.,]([0-9][0-9][0-9])\n*$")
  message(FATAL_ERROR "till.hpp does not compile alone: ${said}")
endif()
math(EXPR took "${CMAKE_MATCH_1} * 1000 + 1${CMAKE_MATCH_2} - 1000")
message(STATUS "a unit that includes till.hpp alone: ${took} ms, at most ${most_ms}")
if(took GREATER most_ms)
  message(FATAL_ERROR "till.hpp costs each unit that includes it more than ${most_ms} ms")
endif()
