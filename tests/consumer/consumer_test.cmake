# Builds and runs an outside project against the library. MODE: installed, pkgconfig or embedded.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output
    ERROR_VARIABLE errors OUTPUT_STRIP_TRAILING_WHITESPACE)
  list(JOIN ARGN " " command)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed (${result}): ${command}\n${output}\n${errors}")
  endif()
  message(STATUS "${command}")
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_version)
  if(NOT output STREQUAL VERSION)
    message(FATAL_ERROR "the consumer printed '${output}', expected '${VERSION}'")
  endif()
endfunction()

# Installed to one place and moved to another: nothing may remember where it was.
function(install_and_move prefix)
  file(REMOVE_RECURSE "${prefix}" "${prefix}.staged")
  run(${CMAKE_COMMAND} --install "${BINARY_DIR}" --prefix "${prefix}.staged")
  file(RENAME "${prefix}.staged" "${prefix}")
endfunction()

set(work "${WORK_DIR}/${MODE}")
file(MAKE_DIRECTORY "${work}")
set(configure ${CMAKE_COMMAND} -G "${GENERATOR}" -D CMAKE_BUILD_TYPE=Release
  -D "CMAKE_CXX_COMPILER=${CXX}" -D "CMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")

if(MODE STREQUAL "installed")
  set(prefix "${work}/a prefix with spaces")
  install_and_move("${prefix}")
  file(REMOVE_RECURSE "${work}/build")
  run(${configure} -S "${SOURCE_DIR}/tests/consumer/installed" -B "${work}/build"
    -D "CMAKE_PREFIX_PATH=${prefix}")
  run(${CMAKE_COMMAND} --build "${work}/build")
  run("${work}/build/uses_mimalloc")
  run("${work}/build/consumer")
  expect_version()

elseif(MODE STREQUAL "pkgconfig")
  set(prefix "${work}/prefix")
  install_and_move("${prefix}")
  set(ENV{PKG_CONFIG_PATH} "${prefix}/${LIBDIR}/pkgconfig")
  run(pkg-config --modversion margingate)
  expect_version()
  run(pkg-config --cflags --libs --static margingate)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run(${CXX} -std=c++20 -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror
    "${SOURCE_DIR}/tests/consumer/main.cpp" -o "${work}/consumer" ${flags})
  run(${CMAKE_COMMAND} -E env "LD_LIBRARY_PATH=${prefix}/${LIBDIR}" "${work}/consumer")
  expect_version()

elseif(MODE STREQUAL "embedded")
  run(${configure} -S "${SOURCE_DIR}/tests/consumer/embedded" -B "${work}/build"
    -D "MARGINGATE_SOURCE=${SOURCE_DIR}")
  run(${CMAKE_COMMAND} --build "${work}/build" --target consumer)
  run("${work}/build/consumer")
  expect_version()

else()
  message(FATAL_ERROR "MODE is installed, pkgconfig or embedded, not '${MODE}'")
endif()
