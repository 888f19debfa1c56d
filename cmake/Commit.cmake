# cmake -DSOURCE=folder -DOUT=header -P Commit.cmake: writes which commit the sources are, where that has changed. Of a
# checkout git says it, with "+" behind it where tracked files differ; of an archive by `git archive` the line that was
# put into commit.txt. So that two builds of the same sources are the same, nothing else goes in: no time, no machine.
set(commit "")
file(STRINGS ${SOURCE}/cmake/commit.txt exported LIMIT_COUNT 1)
if(exported MATCHES "^[0-9a-f]+$")
  set(commit ${exported})
elseif(EXISTS ${SOURCE}/.git)
  find_program(git git)
  if(git)
    execute_process(COMMAND ${git} -C ${SOURCE} describe --always --abbrev=40 --exclude=* --dirty=+
      OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
endif()
string(REGEX REPLACE "^([0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f])[0-9a-f]*" "\\1"
  commit "${commit}")
set(text "#define CIPHERLANE_COMMIT \"${commit}\"\n")
set(had "")
if(EXISTS ${OUT})
  file(READ ${OUT} had)
endif()
if(NOT had STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
