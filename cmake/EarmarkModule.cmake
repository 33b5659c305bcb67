# earmark_module(NAME SOURCES … HEADERS … DEPENDS … LIBS …)
#   static library earmark_NAME, alias earmark::NAME; include root is the repository ("core/error.h").
#   DEPENDS: modules of ours that its headers may use. LIBS: earmark_dep::x, private to the sources.
function(earmark_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPENDS;LIBS" ${ARGN})
  add_library(earmark_${name} STATIC ${ARG_SOURCES})
  add_library(earmark::${name} ALIAS earmark_${name})
  target_sources(earmark_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HEADERS})
  list(TRANSFORM ARG_DEPENDS PREPEND "earmark::")
  target_link_libraries(earmark_${name} PUBLIC ${ARG_DEPENDS} PRIVATE earmark_warnings ${ARG_LIBS})
  set_target_properties(earmark_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# earmark_test(NAME LABEL SOURCES … DEPENDS … LIBS …): one GoogleTest program; each of its cases is a CTest case with LABEL.
function(earmark_test name label)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;LIBS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  list(TRANSFORM ARG_DEPENDS PREPEND "earmark::")
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE earmark_test_support ${ARG_DEPENDS} earmark_dep::gtest earmark_warnings ${ARG_LIBS})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS ${label} TIMEOUT ${ARG_TIMEOUT})
endfunction()

# earmark_postgresql_test(NAME PROGRAM [FILTER PATTERN]): runs a GoogleTest program once more, on a PostgreSQL server.
function(earmark_postgresql_test name program)
  cmake_parse_arguments(ARG "" "FILTER" "" ${ARGN})
  if(NOT ARG_FILTER)
    set(ARG_FILTER "*")
  endif()
  add_test(NAME postgresql.${name} COMMAND /usr/bin/python3 "${PROJECT_SOURCE_DIR}/tests/support/postgresql.py"
    $<TARGET_FILE:${program}> --gtest_brief=1 "--gtest_filter=${ARG_FILTER}")
  set_tests_properties(postgresql.${name} PROPERTIES LABELS unit TIMEOUT 900 SKIP_RETURN_CODE 77
    ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
endfunction()
