# What a unit that includes till.hpp alone costs its user. The bar is a second and a half on a quiet machine, without
# precompiled headers or optimisation, where it took 1.33 s. Machines differ, and a busy one slows a large unit more than
# a small one; so the bar is held by what the compiler has to read, which is the same everywhere, beside a unit of the
# executors of Asio alone: 1.2 times as much. By the clock, in the processor's time, it takes some one and a half times
# as long, and was seen to take 2.3 where others were at work: above the bound both are measured again, in turn, and the
# best of each counts. What has left till.hpp once is named, too.
set(most_text 1.3)
set(most_times 2.6)
set(most_rounds 4)
set(has_left boost/asio/any_completion_handler.hpp boost/asio/any_io_executor.hpp boost/asio/execution.hpp
  cipherlane/iso8583/ cipherlane/ledger/trades.hpp toml.hpp /fmt/ /spdlog/ /c[+][+]/[0-9]+/iostream /c[+][+]/[0-9]+/regex)

# How many characters a unit is that includes what `text` does.
function(text_of_unit text into)
  file(WRITE ${UNIT} "${text}")
  execute_process(COMMAND ${COMPILER} -std=c++20 ${DEFINES} ${INCLUDES} -E -P ${UNIT} -o ${UNIT}.ii
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "this does not preprocess alone: ${text}${failed}")
  endif()
  file(SIZE ${UNIT}.ii size)
  file(REMOVE ${UNIT}.ii)
  set(${into} ${size} PARENT_SCOPE)
endfunction()

# Into `best_NAME`, where it is less than what is there.
function(time_of_unit name text)
  file(WRITE ${UNIT} "${text}")
  execute_process(COMMAND bash -c "TIMEFORMAT=%3U; time \"$@\"" timed
      ${COMPILER} -std=c++20 -O0 ${DEFINES} ${INCLUDES} -c ${UNIT} -o ${UNIT}.o
    RESULT_VARIABLE failed ERROR_VARIABLE said)
  if(NOT failed EQUAL 0 OR NOT said MATCHES "([0-9]+)[.,]([0-9][0-9][0-9])\n*$")
    message(FATAL_ERROR "this does not compile alone: ${text}${said}")
  endif()
  math(EXPR took "${CMAKE_MATCH_1} * 1000 + 1${CMAKE_MATCH_2} - 1000")
  if(took LESS best_${name})
    set(best_${name} ${took} PARENT_SCOPE)
  endif()
endfunction()

list(REMOVE_ITEM INCLUDES "" /usr/include)
list(TRANSFORM INCLUDES PREPEND -I)
list(TRANSFORM DEFINES PREPEND -D)
file(WRITE ${UNIT} "#include <cipherlane/till/till.hpp>\n")
execute_process(COMMAND ${COMPILER} -std=c++20 ${DEFINES} ${INCLUDES} -M ${UNIT}
  OUTPUT_VARIABLE brings RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "what till.hpp includes is not known: ${failed}")
endif()
foreach(one ${has_left})
  if(brings MATCHES "${one}")
    message(FATAL_ERROR "till.hpp includes ${one} again")
  endif()
endforeach()

set(of_asio "#include <boost/asio/async_result.hpp>\n#include <boost/asio/any_io_executor.hpp>\n")
set(of_till "#include <cipherlane/till/till.hpp>\n")
text_of_unit("${of_asio}" asio)
text_of_unit("${of_till}" till)
string(REGEX REPLACE "[.]" "" most_tenths ${most_text})
math(EXPR most "${asio} * ${most_tenths} / 10")
message(STATUS "a unit that includes till.hpp alone: ${till} characters, at most ${most}")
if(till GREATER most)
  message(FATAL_ERROR "till.hpp brings more than ${most_text} times what Asio's executors do")
endif()

string(REGEX REPLACE "[.]" "" most_tenths ${most_times})
set(best_asio 1000000)
set(best_till 1000000)
foreach(round RANGE 1 ${most_rounds})
  time_of_unit(asio "${of_asio}")
  time_of_unit(till "${of_till}")
  math(EXPR most "${best_asio} * ${most_tenths} / 10")
  message(STATUS "a unit that includes till.hpp alone: ${best_till} ms, at most ${most}, "
    "${most_times} times Asio's ${best_asio}")
  if(round GREATER 1 AND best_till LESS_EQUAL most)
    return()
  endif()
endforeach()
message(FATAL_ERROR "till.hpp costs each unit that includes it more than ${most} ms")
