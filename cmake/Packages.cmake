# Debian packages by `cpack`: one for each kind of reader (docs/03-packages.md). A component of `install` is one package;
# what links shared libraries names them as dpkg-shlibdeps finds them.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cipherlane)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "Cipherlane maintainers <maintainers@cipherlane.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
  WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/compress_manual.cmake)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
if(TARGET cipherlane_c)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/bindings/c) # where the natives of Java find it
endif()

set(cipherlane_changelog ${CMAKE_BINARY_DIR}/packaging/changelog)
file(WRITE ${cipherlane_changelog} "cipherlane (${PROJECT_VERSION}) unstable; urgency=medium

  * What changed stands in CHANGELOG.md of the sources.

 -- ${CPACK_PACKAGE_CONTACT}  Mon, 05 Jan 2026 00:00:00 +0000
")
execute_process(COMMAND gzip -9nkf ${cipherlane_changelog} COMMAND_ERROR_IS_FATAL ANY)

# cipherlane_package(COMPONENT tools NAME cipherlane-tools SECTION utils SUMMARY "…" TEXT "…" [DEPENDS …] [RECOMMENDS …] [ALL]
#   [SCRIPTS file…])
#   ALL: the same on every architecture, and linked with nothing.
function(cipherlane_package)
  cmake_parse_arguments(arg ALL "COMPONENT;NAME;SECTION;SUMMARY;TEXT" "DEPENDS;RECOMMENDS;SCRIPTS" ${ARGN})
  string(TOUPPER ${arg_COMPONENT} key)
  list(JOIN arg_DEPENDS ", " depends)
  list(JOIN arg_RECOMMENDS ", " recommends)
  set(shlibdeps ON)
  if(CMAKE_CROSSCOMPILING)
    set(shlibdeps OFF)
  endif()
  if(arg_ALL)
    set(shlibdeps OFF)
    set(CPACK_DEBIAN_${key}_PACKAGE_ARCHITECTURE all PARENT_SCOPE)
  endif()
  set(CPACK_DEBIAN_${key}_PACKAGE_NAME ${arg_NAME} PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_SECTION ${arg_SECTION} PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_DESCRIPTION "${arg_SUMMARY}\n${arg_TEXT}" PARENT_SCOPE)
  set(CPACK_COMPONENT_${key}_DESCRIPTION "${arg_SUMMARY}\n${arg_TEXT}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_DEPENDS "${depends}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_RECOMMENDS "${recommends}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_SHLIBDEPS ${shlibdeps} PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_CONTROL_EXTRA "${arg_SCRIPTS}" PARENT_SCOPE)
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} ${arg_COMPONENT} PARENT_SCOPE)
  install(FILES ${cipherlane_changelog}.gz ${PROJECT_SOURCE_DIR}/packaging/debian/copyright
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${arg_NAME} COMPONENT ${arg_COMPONENT} EXCLUDE_FROM_ALL)
endfunction()

# Of another machine's libraries this one's dpkg knows nothing: tools/arm64 adds what they depend on.
if(CMAKE_CROSSCOMPILING)
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE arm64)
endif()
set(CPACK_COMPONENTS_ALL)
if(TARGET cipherlane_c)
  cipherlane_package(COMPONENT library NAME libcipherlane0 SECTION libs
    SUMMARY "card and QR payment for tills and fronts: the C interface"
    TEXT "libcipherlane.so.0: cipher machines, ISO 8583, EMV data, payment codes and tills,\nfor programs in C and all that can call it."
    SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian/libcipherlane0/triggers
      ${PROJECT_SOURCE_DIR}/packaging/debian/libcipherlane0/shlibs)
endif()
cipherlane_package(COMPONENT development NAME libcipherlane-dev SECTION libdevel
  SUMMARY "card and QR payment for tills and fronts: headers and libraries"
  TEXT "Static libraries and headers of Cipherlane, a C++20 SDK for the acquiring side of\npayment: cipher machines, QR displays, PIN pads, terminals, and the flow of a sale."
  DEPENDS "libcipherlane0 (= ${PROJECT_VERSION})" libboost1.81-dev libssl-dev libusb-1.0-0-dev libspdlog-dev libsqlite3-dev libpq-dev libtomlplusplus-dev
    libqrencode-dev libzxing-dev libpng-dev libfreetype-dev
    libcairo2-dev)
cipherlane_package(COMPONENT tools NAME cipherlane-tools SECTION utils
  SUMMARY "tools for cipher machines, ISO 8583, payment codes and tills"
  TEXT "The program cipherlane: known answers, messages explained, units asked and tapped,\ndevices tried, a till for scripts and its journal. Rules for udev, so that devices\nat the counter can be opened."
  RECOMMENDS fonts-wqy-zenhei)
if(CIPHERLANE_INSTALL_SIMULATORS)
  cipherlane_package(COMPONENT simulators NAME cipherlane-simulators SECTION utils
    SUMMARY "simulators of cipher machine, acquirer, gateway and devices"
    TEXT "Programs that take the place of what a till or a front talks to, with the real\narithmetic under published test keys. For tests only.")
endif()
set(unit ${PROJECT_SOURCE_DIR}/packaging/systemd/cipherlane-till.service)
if(EXISTS ${unit})
  install(FILES ${unit} DESTINATION lib/systemd/system COMPONENT till EXCLUDE_FROM_ALL)
  set(scripts ${PROJECT_SOURCE_DIR}/packaging/debian/cipherlane-till)
  cipherlane_package(COMPONENT till NAME cipherlane-till SECTION misc
    SUMMARY "a till as a local service"
    TEXT "Runs cipherlane till serve under systemd: payments by HTTP on this machine, for\nprograms in any language. Settings belong in /etc/cipherlane/till.toml."
    DEPENDS "cipherlane-tools (= ${PROJECT_VERSION})" adduser
    SCRIPTS ${scripts}/postinst ${scripts}/prerm ${scripts}/postrm)
endif()
if(TARGET cipherlane_jni)
  cipherlane_package(COMPONENT java NAME libcipherlane-java SECTION java
    SUMMARY "card and QR payment for tills and fronts: Java"
    TEXT "cipherlane.jar and its native library: cipher machines, keys, messages and codes\nfor Java 17."
    DEPENDS "libcipherlane0 (= ${PROJECT_VERSION})" "default-jre-headless | java17-runtime-headless")
endif()
if(TARGET cipherlane_c)
  # Elsewhere pip installs it.
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/bindings/python/cipherlane DESTINATION lib/python3/dist-packages
    COMPONENT python EXCLUDE_FROM_ALL FILES_MATCHING PATTERN "*.py" PATTERN "py.typed" PATTERN "__pycache__" EXCLUDE)
  cipherlane_package(ALL COMPONENT python NAME python3-cipherlane SECTION python
    SUMMARY "card and QR payment for tills and fronts: Python"
    TEXT "The package cipherlane: cipher machines, messages, codes and tills, with asyncio;\ncontrol of the simulators and fixtures for pytest."
    DEPENDS python3 "libcipherlane0 (>= ${PROJECT_VERSION})")
endif()
