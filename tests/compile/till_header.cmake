# What a unit that includes till.hpp alone costs its user: compiled as it stands there, without precompiled headers or
# optimisation. The bar is a second and a half on a quiet machine; far above it something heavy has come in.
set(most_ms 10000)
file(WRITE ${UNIT} "#include <cipherlane/till/till.hpp>\n")
list(TRANSFORM INCLUDES PREPEND -I)
foreach(attempt RANGE 1 3) # others may be at work beside it
  string(TIMESTAMP begin "%s%f" UTC)
  execute_process(COMMAND ${COMPILER} -std=c++20 -O0 ${INCLUDES} -c ${UNIT} -o ${UNIT}.o
    RESULT_VARIABLE failed)
  string(TIMESTAMP end "%s%f" UTC)
  if(NOT failed EQUAL 0)
    message(FATAL_ERROR "till.hpp does not compile alone")
  endif()
  math(EXPR took "(${end} - ${begin}) / 1000")
  message(STATUS "a unit that includes till.hpp alone: ${took} ms, at most ${most_ms}")
  if(took LESS_EQUAL most_ms)
    return()
  endif()
endforeach()
message(FATAL_ERROR "till.hpp costs each unit that includes it more than ${most_ms} ms")
