# The kernels, watched: included where SESCTL_SANITIZE is set.
string(REGEX REPLACE "^(ON|TRUE|1)$" "address,undefined" SESCTL_SANITIZERS "${SESCTL_SANITIZE}")
# The kernels alone: instrumenting pybind11's headers takes minutes and checks nothing of ours. A report names lines;
# what a debugger wants besides takes as long to compile as all the rest.
add_compile_options(-g1)
target_compile_options(sesctl_core PRIVATE -O1 -fsanitize=${SESCTL_SANITIZERS} -fno-sanitize-recover=all -g1)
# GCC needs many minutes to check every pointer here, where ASan checks what it points to; fuzzing does both, with Clang.
set_source_files_properties(cpp/src/hampel.cpp cpp/src/chirp_rates.cpp cpp/src/chirp_stft.cpp cpp/src/stretches.cpp PROPERTIES COMPILE_OPTIONS -fno-sanitize=null,alignment,object-size,pointer-overflow)
target_link_options(sesctl_core PUBLIC -fsanitize=${SESCTL_SANITIZERS})
