# CIPHERLANE_ARCHIVES is a build folder of this tree with static libraries: the libraries here are linked from their
# objects, and nothing is compiled again. tests/install makes a shared tree so, in seconds.
file(WRITE ${CMAKE_BINARY_DIR}/relinked.cpp "// What is linked was compiled elsewhere.\n")
get_property(libraries GLOBAL PROPERTY CIPHERLANE_LIBRARIES)
foreach(library ${libraries})
  get_target_property(folder ${library} SOURCE_DIR)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${folder})
  set(archive ${CIPHERLANE_ARCHIVES}/${folder}/lib${library}.a)
  if(NOT EXISTS ${archive})
    message(FATAL_ERROR "CIPHERLANE_ARCHIVES: ${archive} is not built")
  endif()
  set_target_properties(${library} PROPERTIES
    SOURCES ${CMAKE_BINARY_DIR}/relinked.cpp UNITY_BUILD OFF LINK_DEPENDS ${archive})
  target_link_options(${library} PRIVATE LINKER:--whole-archive ${archive} LINKER:--no-whole-archive)
endforeach()
