#!/usr/bin/env bash
# What loading a model costs: benchmarks/model-memory.sh MODEL_FOLDER (after a first ./javigate, which builds).
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
exec "$java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
  -cp "$home/core/target/classes:$(cat "$home/core/target/runtime.classpath")" \
  "$home/benchmarks/ModelMemory.java" "$1"
