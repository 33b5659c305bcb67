# EARMARK_SANITIZE=address,undefined | thread: instruments everything in the build.
set(EARMARK_SANITIZE "" CACHE STRING "Sanitizers to build with, comma separated")
if(EARMARK_SANITIZE)
  add_compile_options(-fsanitize=${EARMARK_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${EARMARK_SANITIZE})
  if(EARMARK_SANITIZE MATCHES undefined)
    # The check of dynamic types needs type information that SOCI's SQLite library does not export.
    add_compile_options(-fno-sanitize=vptr)
  endif()
  add_compile_definitions(EARMARK_SANITIZED=1)
endif()
