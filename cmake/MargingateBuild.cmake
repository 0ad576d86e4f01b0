# Build options shared by all targets, and the functions that collect sources.

# Warnings, sanitizers and assertions. Linked privately: nothing of it reaches a user of the
# library. Contraction is off everywhere, so that every kernel and compiler gives the same bits.
# -Wdouble-promotion is GCC's: Clang means double to long double as well, which is what accuracy is
# measured in. -Wrestrict is off for gcc 12, which sees an overlap in std::string's operator+ (GCC
# bug 105329).
add_library(margingate_build_options INTERFACE)
target_compile_features(margingate_build_options INTERFACE cxx_std_20)
target_compile_options(margingate_build_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-align
  $<$<CXX_COMPILER_ID:GNU>:-Wdouble-promotion> -Wextra-semi
  -Wformat=2 -Wimplicit-fallthrough -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wundef
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wno-restrict>
  $<$<BOOL:${MARGINGATE_WERROR}>:-Werror>
  -ffp-contract=off)
target_compile_definitions(margingate_build_options INTERFACE
  $<$<BOOL:${MARGINGATE_CHECKED}>:MARGINGATE_CHECKED=1>)

if(MARGINGATE_SANITIZE)
  list(JOIN MARGINGATE_SANITIZE "," sanitizers)
  if("undefined" IN_LIST MARGINGATE_SANITIZE)
    string(APPEND sanitizers ",float-divide-by-zero,float-cast-overflow")
  endif()
  target_compile_options(margingate_build_options INTERFACE
    -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(margingate_build_options INTERFACE -fsanitize=${sanitizers})
endif()

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_EXTENSIONS OFF)
  find_program(MARGINGATE_CCACHE ccache)
  mark_as_advanced(MARGINGATE_CCACHE)
  if(MARGINGATE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${MARGINGATE_CCACHE})
  endif()
endif()

# margingate_sources(<out> <directory>...): the C++ sources of these directories; new files are
# picked up by the next build. A target needs at least one source: none found, an empty one.
function(margingate_sources out)
  list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/" OUTPUT_VARIABLE patterns)
  list(TRANSFORM patterns APPEND "/*.cpp")
  file(GLOB found CONFIGURE_DEPENDS ${patterns})
  if(NOT found)
    set(found "${PROJECT_BINARY_DIR}/no_sources.cpp")
    file(CONFIGURE OUTPUT "${found}" CONTENT "")
  endif()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# What every part of the installed library is compiled with. Position independent, so that a host
# may put the static library into a shared one, without giving up inlining for it.
function(margingate_library_options target)
  target_include_directories(${target} PRIVATE
    "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/include")
  target_compile_options(${target} PRIVATE -fno-semantic-interposition)
  target_link_libraries(${target} PRIVATE
    $<BUILD_INTERFACE:margingate_build_options> $<BUILD_INTERFACE:Boost::headers>)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF)
endfunction()
