#!/bin/sh
# Puts all that run.sh needs on a bare machine into target/device/relata-device.tar.xz: a stripped Java
# runtime, Relata's jars and classes, third-party jars, and JCuda's natives (no ND4J, no OpenBLAS).
# Needs JDK 25 (JAVA25_HOME or JAVA_HOME or the newest in /usr/lib/jvm) and Maven.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
jdk=${JAVA25_HOME:-${JAVA_HOME:-}}
[ -x "$jdk/bin/jlink" ] && [ -d "$jdk/jmods" -o -n "$("$jdk/bin/java" -version 2>&1 | grep ' "25')" ] ||
  jdk=$(ls -d /usr/lib/jvm/*25* | head -n 1)
out=$root/target/device
stage=$out/stage
rm -rf "$out"
mkdir -p "$stage/jars" "$stage/classes"

# Compiles everything and lists what the tests of backend-cuda and the examples run with.
mvn -B -q ${MAVEN_OPTIONS:-} -Pquick -pl backend-cuda,examples -am test-compile \
  org.apache.maven.plugins:maven-dependency-plugin:3.6.0:build-classpath \
  -Dmdep.outputFile=target/device-classpath.txt -Dmdep.includeScope=test -Dmdep.outputFilterFile=false

# Our own modules as folders of classes, everything else as jars.
for module in api hetero nn data tck backend-cuda examples; do
  cp -R "$module/target/classes/." "$stage/classes/"
done
cp -R backend-cuda/target/test-classes/io/relata/cuda/device "$stage/classes/io/relata/cuda/"
# Every module announces itself in a file of the same name; only this backend's is wanted.
mkdir -p "$stage/classes/META-INF/services"
cp backend-cuda/target/classes/META-INF/services/io.relata.spi.RelataModule \
  "$stage/classes/META-INF/services/"
tr ':' '\n' <backend-cuda/target/device-classpath.txt >"$out/all.txt"
tr ':' '\n' <examples/target/device-classpath.txt >>"$out/all.txt"
sort -u "$out/all.txt" | grep '\.jar$' |
  grep -v -E 'nd4j|openblas|javacpp|/io/relata/|archunit|javafx|opencv|hdf5|cuda-platform|leptonica|flatbuffers|protobuf|neoitertools|junit|opentest4j|apiguardian|natives|byte-buddy|neo4j|commons|guava-|shaded|oshi|jna|jackson-dataformat' \
  >"$out/jars.txt"
sort -u "$out/all.txt" | grep -E '/com/google/guava/(guava|failureaccess)/' >>"$out/jars.txt" || true
while read -r jar; do cp "$jar" "$stage/jars/"; done <"$out/jars.txt"

# The natives that are used: the driver's binding and cuBLAS's. The others are large.
for natives in $(grep -E 'j(cuda|cublas)-natives' "$out/all.txt" | sort -u); do
  (cd "$out" && rm -rf lib && "$jdk/bin/jar" -xf "$natives" lib &&
    rm -f lib/*JNvPTXCompiler* lib/*JNvrtc* lib/libJCublas-* &&
    "$jdk/bin/jar" -cf "$stage/jars/$(basename "$natives")" lib && rm -r lib META-INF 2>/dev/null || true)
done

# The test engine in one jar.
junit=$(sed -n 's/.*<junit.version>\(.*\)<.*/\1/p' pom.xml | sed 's/^5\./1./')
(cd "$out" && mvn -B -q ${MAVEN_OPTIONS:-} org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy \
  -Dartifact=org.junit.platform:junit-platform-console-standalone:"$junit" \
  -DoutputDirectory="$stage/jars")
# The report of the example inlines one file of this library and names its version.
(cd "$out" && "$jdk/bin/jar" -xf "$stage"/jars/echarts-*.jar &&
  find META-INF -type f ! -name echarts.min.js ! -name pom.properties -delete &&
  "$jdk/bin/jar" -cMf "$stage"/jars/echarts-*.jar META-INF && rm -r META-INF)
# Compressed by xz as a whole, which does better than jlink file by file.
"$jdk/bin/jlink" --output "$stage/jre" --strip-debug --no-header-files --no-man-pages \
  --compress=zip-0 --vm=server \
  --add-modules java.base,java.logging,java.management,java.naming,java.xml,java.net.http,jdk.unsupported,jdk.incubator.vector,jdk.management,jdk.zipfs
rm -rf "$stage/jre/legal"
tar -C "$stage" -cJf "$out/relata-device.tar.xz" .
du -sh "$stage/jre" "$stage/jars" "$stage/classes"
# What travels to a borrowed machine is often this and the sources together.
size=$(stat -c %s "$out/relata-device.tar.xz")
rm -rf "$stage"
echo "$out/relata-device.tar.xz: $((size / 1048576)) MiB"
[ "$size" -lt $((64 * 1048576)) ] || { echo "too large: more than 64 MiB"; exit 1; }
