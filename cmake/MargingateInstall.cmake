# Install rules, the CMake package with its component mimalloc, and the pkg-config file.

include(CMakePackageConfigHelpers)

set(config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/margingate")
set(config_build_dir "${PROJECT_BINARY_DIR}/package")

install(TARGETS margingate EXPORT margingateTargets FILE_SET HEADERS)
install(EXPORT margingateTargets NAMESPACE margingate:: DESTINATION "${config_dir}")

if(TARGET margingate_mimalloc)
  install(TARGETS margingate_mimalloc EXPORT margingateMimallocTargets FILE_SET HEADERS)
  install(EXPORT margingateMimallocTargets NAMESPACE margingate:: DESTINATION "${config_dir}")
endif()

configure_package_config_file(cmake/margingateConfig.cmake.in
  "${config_build_dir}/margingateConfig.cmake" INSTALL_DESTINATION "${config_dir}"
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${config_build_dir}/margingateConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${config_build_dir}/margingateConfig.cmake" "${config_build_dir}/margingateConfigVersion.cmake"
  DESTINATION "${config_dir}")

# Relative to the place of the .pc file, so that an installed tree may be moved.
file(RELATIVE_PATH pc_prefix
  "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/margingate.pc.in "${config_build_dir}/margingate.pc" @ONLY)
install(FILES "${config_build_dir}/margingate.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

foreach(directory IN ITEMS conformance data params)
  install(DIRECTORY ${directory} DESTINATION "${CMAKE_INSTALL_DATADIR}/margingate" OPTIONAL)
endforeach()
install(FILES LICENSE CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
