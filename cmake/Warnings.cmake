# The warnings that every target of the project is built with (errors in the presets).
add_library(earmark_warnings INTERFACE)
target_compile_options(earmark_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnull-dereference
  -Wdouble-promotion -Wcast-align -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)
if(EARMARK_SANITIZE)
  # The sanitizers' instrumentation makes GCC 12 see null dereferences and uninitialised reads that cannot happen.
  target_compile_options(earmark_warnings INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized)
endif()
