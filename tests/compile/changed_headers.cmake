# Public headers that have changed lately compile alone, all of them, and of those that include one of them as many as
# there is time for: another share with each commit, and it says how many are left to others. All of them are compiled
# where a preset is built in full (compile_headers), and here where there is no history to compare with.
cmake_minimum_required(VERSION 3.22)

set(commits 30)
set(most_includers 30) # some twenty seconds

file(GLOB_RECURSE all RELATIVE ${SOURCE} ${SOURCE}/sdk/include/*.hpp ${SOURCE}/hsm/include/*.hpp
  ${SOURCE}/drivers/include/*.hpp ${SOURCE}/till/include/*.hpp)
# Whoever owns the clone: as in a container, it may be somebody else.
set(git git -c safe.directory=* -C ${SOURCE})
execute_process(COMMAND ${git} rev-list --max-count=${commits} HEAD
  OUTPUT_VARIABLE history RESULT_VARIABLE failed ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
string(REGEX MATCHALL "[0-9a-f]+" history "${history}")
list(LENGTH history known)
set(changed ${all})
if(NOT failed AND known GREATER 1)
  list(GET history -1 since)
  execute_process(COMMAND ${git} diff --name-only --diff-filter=AMR ${since} -- "*/include/*.hpp"
    OUTPUT_VARIABLE changed COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${git} ls-files --others --exclude-standard -- "*/include/*.hpp"
    OUTPUT_VARIABLE added COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" changed "${changed}${added}")
endif()

set(includers)
foreach(header ${all})
  if(header IN_LIST changed)
    continue()
  endif()
  file(STRINGS ${SOURCE}/${header} includes REGEX "^#include <cipherlane/")
  foreach(one ${changed})
    string(REGEX REPLACE "^.*/include/" "" name ${one})
    if("#include <${name}>" IN_LIST includes)
      list(APPEND includers ${header})
      break()
    endif()
  endforeach()
endforeach()

# The commit's name draws the share: a count would draw the same one again where several commits land together.
list(LENGTH includers left_out)
math(EXPR shares "(${left_out} + ${most_includers} - 1) / ${most_includers}")
set(share ${includers})
if(shares GREATER 1)
  list(GET history 0 newest)
  string(SUBSTRING ${newest} 0 6 newest)
  math(EXPR place "0x${newest} % ${shares}")
  set(share)
  set(at 0)
  foreach(header ${includers})
    math(EXPR of "${at} % ${shares}")
    if(of EQUAL place)
      list(APPEND share ${header})
    endif()
    math(EXPR at "${at} + 1")
  endforeach()
endif()
list(LENGTH changed changed_count)
list(LENGTH share share_count)
math(EXPR left_out "${left_out} - ${share_count}")
set(units ${changed} ${share})

list(REMOVE_ITEM INCLUDES "" /usr/include)
list(TRANSFORM INCLUDES PREPEND -I)
list(TRANSFORM DEFINES PREPEND -D)
file(REMOVE_RECURSE ${FOLDER})
set(files)
foreach(header ${units})
  string(REGEX REPLACE "^.*/include/" "" name ${header})
  string(MAKE_C_IDENTIFIER ${name} file)
  file(WRITE ${FOLDER}/${file}.cpp "#include <${name}>\n#include <${name}>\n")
  string(APPEND files "${FOLDER}/${file}.cpp\n")
endforeach()
file(WRITE ${FOLDER}/list "${files}")
execute_process(COMMAND xargs -r -P 2 -n 1 -a ${FOLDER}/list
  ${COMPILER} -std=c++20 -fsyntax-only -Wall -Wextra -Werror ${DEFINES} ${INCLUDES} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "a header does not compile alone")
endif()
message(STATUS "${changed_count} changed headers and ${share_count} that include one compile alone; "
  "${left_out} more that include one are left to other commits and to compile_headers")
