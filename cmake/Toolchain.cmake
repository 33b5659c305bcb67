# Faster builds with what the machine has: ccache for unchanged files, mold for linking. Both are optional.
find_program(EARMARK_CCACHE ccache)
if(EARMARK_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${EARMARK_CCACHE}")
endif()
find_program(EARMARK_MOLD mold)
if(EARMARK_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
