# Installs the tree that is built already; each way compiles one small program and links it.
set(scratch ${BUILD}/install-test)
file(REMOVE_RECURSE ${scratch})
file(MAKE_DIRECTORY ${scratch}/shop)

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${scratch}/shop RESULT_VARIABLE code OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(code)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
endfunction()

function(configure way)
  run(${CMAKE_COMMAND} -S ${SOURCE} -B ${scratch}/${way} -G Ninja -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_CXX_COMPILER=${CXX} -DWAY=${way} ${ARGN})
endfunction()

# Any prefix, and one that was moved afterwards.
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${scratch}/first)
set(prefix ${scratch}/second)
file(RENAME ${scratch}/first ${prefix})
set(settings ${prefix}/share/cipherlane/examples/till.toml)
if(NOT EXISTS ${settings})
  message(FATAL_ERROR "the example of a settings file is not installed")
endif()

# All of it by find_package: a program, and a shared library over the installed libraries.
configure(till)
run(${CMAKE_COMMAND} --build ${scratch}/till)
run(${scratch}/till/shop ${settings})
run(${scratch}/till/shop_of_library ${settings})

# One component asks for what it links, and for nothing else. (CMake's own search for OpenSSL uses pkg-config.)
configure(crypto -DCMAKE_DISABLE_FIND_PACKAGE_PNG=ON -DCMAKE_DISABLE_FIND_PACKAGE_Freetype=ON
  -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON -DCMAKE_DISABLE_FIND_PACKAGE_ZXing=ON)
run(${CMAKE_COMMAND} --build ${scratch}/crypto)
run(${scratch}/crypto/digests)

# A program in C knows nothing of all that is behind its one library.
configure(c -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON -DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON
  -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON -DCMAKE_DISABLE_FIND_PACKAGE_ZXing=ON)
run(${CMAKE_COMMAND} --build ${scratch}/c)
run(${scratch}/c/digest_in_c)

# A component that is not there is refused by name.
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${scratch}/wrong -G Ninja -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_CXX_COMPILER=${CXX} -DWAY=cryptography RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(REGEX REPLACE "[ \n]+" " " output "${output}")
if(NOT code OR NOT output MATCHES "no component cryptography; it has core, crypto")
  message(FATAL_ERROR "a component that is not there: ${output}")
endif()

# By pkg-config alone.
function(build_by_pkg_config way)
  file(GLOB_RECURSE pc ${prefix}/cipherlane.pc)
  get_filename_component(pc_folder ${pc} DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} ${pc_folder})
  execute_process(COMMAND pkg-config --cflags --libs cipherlane
    RESULT_VARIABLE code OUTPUT_VARIABLE flags ERROR_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(code)
    message(FATAL_ERROR "pkg-config: ${flags}")
  endif()
  if(way STREQUAL shared AND flags MATCHES "-l(pq|sqlite3|usb-1.0|qrencode)")
    message(FATAL_ERROR "pkg-config wants what only the shared libraries themselves link: ${flags}")
  endif()
  separate_arguments(flags)
  run(${CXX} ${SOURCE}/shop.cpp -o ${scratch}/shop-pc-${way} ${flags} -Wl,-rpath,${pc_folder}/..)
  run(${scratch}/shop-pc-${way} ${settings})
endfunction()
build_by_pkg_config(static)
execute_process(COMMAND pkg-config --cflags --libs cipherlane-c RESULT_VARIABLE code OUTPUT_VARIABLE flags
  OUTPUT_STRIP_TRAILING_WHITESPACE)
separate_arguments(flags)
run(cc -std=c11 -pedantic ${SOURCE}/digest_in_c.c -o ${scratch}/digest-pc ${flags} -Wl,-rpath,${prefix}/lib)
run(${scratch}/digest-pc)

# The same tree with shared libraries, linked from the objects that are there: nothing is compiled twice. What an
# earlier static installation left must not be found.
file(REMOVE_RECURSE ${prefix})
run(${CMAKE_COMMAND} -S ${PROJECT} -B ${scratch}/relinked -G Ninja -DBUILD_SHARED_LIBS=ON
  -DCIPHERLANE_ARCHIVES=${BUILD} -DCIPHERLANE_TESTS=OFF -DCIPHERLANE_TOOLS=OFF -DCIPHERLANE_SAMPLES=OFF
  -DCIPHERLANE_BINDINGS=OFF -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Debug)
run(${CMAKE_COMMAND} --build ${scratch}/relinked)
run(${CMAKE_COMMAND} --install ${scratch}/relinked --prefix ${scratch}/first)
file(RENAME ${scratch}/first ${prefix})
file(GLOB_RECURSE archives ${prefix}/*.a)
if(archives)
  message(FATAL_ERROR "the shared tree has static libraries: ${archives}")
endif()
configure(till) # the same project as before, which now finds the shared libraries
run(${CMAKE_COMMAND} --build ${scratch}/till --clean-first)
run(${scratch}/till/shop ${settings})
run(${scratch}/till/shop_of_library ${settings})
build_by_pkg_config(shared)
