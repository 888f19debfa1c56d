# What `cmake --install` puts where, so that an outside project finds it by find_package or pkg-config.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY CIPHERLANE_LIBRARIES)
install(TARGETS ${libraries} EXPORT cipherlane_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(root sdk hsm drivers till)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${root}/include/cipherlane DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")
endforeach()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/cipherlane)
install(EXPORT cipherlane_targets NAMESPACE cipherlane:: FILE cipherlane-targets.cmake DESTINATION ${package_folder})
configure_package_config_file(cmake/cipherlane-config.cmake.in ${CMAKE_BINARY_DIR}/cipherlane-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/cipherlane-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/cipherlane-config.cmake ${CMAKE_BINARY_DIR}/cipherlane-config-version.cmake
  DESTINATION ${package_folder})

# pkg-config names the libraries in link order: a library before those that it uses.
set(pc_libraries)
foreach(library ${libraries})
  list(PREPEND pc_libraries -l${library})
endforeach()
list(JOIN pc_libraries " " pc_libraries)
configure_file(cmake/cipherlane.pc.in ${CMAKE_BINARY_DIR}/cipherlane.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/cipherlane.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
