set(scratch ${BUILD}/install-test)
file(REMOVE_RECURSE ${scratch})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(code)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${scratch}/prefix)
run(${CMAKE_COMMAND} -S ${SOURCE} -B ${scratch}/build -G Ninja -DCMAKE_PREFIX_PATH=${scratch}/prefix
  -DCMAKE_CXX_COMPILER=${CXX})
run(${CMAKE_COMMAND} --build ${scratch}/build)
run(${scratch}/build/consumer)

file(GLOB_RECURSE pc ${scratch}/prefix/cipherlane.pc)
get_filename_component(pc_folder ${pc} DIRECTORY)
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
execute_process(COMMAND pkg-config --define-variable=prefix=${scratch}/prefix --cflags --libs cipherlane
  RESULT_VARIABLE code OUTPUT_VARIABLE flags ERROR_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE)
if(code)
  message(FATAL_ERROR "pkg-config: ${flags}")
endif()
separate_arguments(flags)
run(${CXX} ${SOURCE}/consumer.cpp -o ${scratch}/consumer-pc ${flags})
run(${scratch}/consumer-pc)
