#!/usr/bin/env bash
# What loading a model costs: benchmarks/model-memory.sh MODEL_FOLDER (after a first ./javigate, which builds).
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The launcher's environment (./javigate): libtorch and glibc read it when they are loaded.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
if grep -qsw avx512bw /proc/cpuinfo; then
  export OPENBLAS_CORETYPE="${OPENBLAS_CORETYPE:-SkylakeX}"
fi
export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8589934592:glibc.malloc.trim_threshold=17179869184}"
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
exec "$java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
  -cp "$home/core/target/classes:$(cat "$home/core/target/runtime.classpath")" \
  "$home/benchmarks/ModelMemory.java" "$1"
