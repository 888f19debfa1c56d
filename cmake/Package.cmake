# What `cmake --install` puts where, so that an outside project finds it by find_package or pkg-config.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY CIPHERLANE_LIBRARIES)
install(TARGETS ${libraries} EXPORT cipherlane_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(root sdk hsm drivers till)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${root}/include/cipherlane DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")
endforeach()

install(FILES ${PROJECT_SOURCE_DIR}/docs/examples/till.toml DESTINATION ${CMAKE_INSTALL_DATADIR}/cipherlane/examples
  COMPONENT tools)

# The components, as `find_package(cipherlane COMPONENTS …)` names them.
set(CIPHERLANE_COMPONENTS)
foreach(library ${libraries})
  string(REGEX REPLACE "^cipherlane_" "" component ${library})
  list(APPEND CIPHERLANE_COMPONENTS ${component})
endforeach()
# The C interface is a component that asks for no other.
if(TARGET cipherlane_c)
  list(APPEND CIPHERLANE_COMPONENTS c)
  install(TARGETS cipherlane_c EXPORT cipherlane_targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/bindings/c/include/cipherlane DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h")
endif()
set(CIPHERLANE_ZXING)
set(CIPHERLANE_PC_ZXING)
if(ZXing_FOUND)
  set(CIPHERLANE_ZXING ZXing)
  set(CIPHERLANE_PC_ZXING ", zxing")
endif()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/cipherlane)
install(EXPORT cipherlane_targets NAMESPACE cipherlane:: FILE cipherlane-targets.cmake DESTINATION ${package_folder})
configure_package_config_file(cmake/cipherlane-config.cmake.in ${CMAKE_BINARY_DIR}/cipherlane-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/cipherlane-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/cipherlane-config.cmake ${CMAKE_BINARY_DIR}/cipherlane-config-version.cmake
  DESTINATION ${package_folder})

# A tree that was installed with another prefix, or moved, finds itself from where its file lies. Who links a shared
# library needs nothing of what that links.
set(CIPHERLANE_PC_REQUIRES Requires)
if(BUILD_SHARED_LIBS)
  set(CIPHERLANE_PC_REQUIRES Requires.private)
endif()
file(RELATIVE_PATH CIPHERLANE_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" CIPHERLANE_PC_PREFIX ${CIPHERLANE_PC_PREFIX})
# pkg-config names the libraries in link order: a library before those that it uses.
set(pc_libraries)
foreach(library ${libraries})
  list(PREPEND pc_libraries -l${library})
endforeach()
list(JOIN pc_libraries " " pc_libraries)
configure_file(cmake/cipherlane.pc.in ${CMAKE_BINARY_DIR}/cipherlane.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/cipherlane.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(TARGET cipherlane_c)
  configure_file(cmake/cipherlane-c.pc.in ${CMAKE_BINARY_DIR}/cipherlane-c.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/cipherlane-c.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
