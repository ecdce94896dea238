#!/bin/sh
# Runs run.sh, unchanged and with the bundle that pack.sh made, on a machine without a GPU: the
# driver's library, cuBLAS and compute-sanitizer are the tests' stand-ins (backend-cuda/src/test/cuda),
# which run the kernels as g++ compiles them. It shows that the script, the bundle, JCuda's calls and
# every step work together; it says nothing about a GPU, and its times mean nothing. Needs g++ and
# JDK 25, and takes some minutes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
jdk=${JAVA25_HOME:-$(ls -d /usr/lib/jvm/*25* | head -n 1)}
out=$root/target/rehearsal
mkdir -p "$out/bin"

cd "$root"
assignments=$("$jdk/bin/java" -cp backend-cuda/target/test-classes io.relata.cuda.ShimCompiler)
export $assignments
export RELATA_FAKE_BYTES=$((4 << 30))

# Takes the sanitizer's options, pairs of a name and a value, and runs what follows them.
cat >"$out/bin/compute-sanitizer" <<'END'
#!/bin/sh
while [ "${1#--}" != "$1" ]; do shift 2; done
exec "$@"
END
chmod +x "$out/bin/compute-sanitizer"
export PATH="$out/bin:$PATH"

# Small sizes and long limits: the stand-in is a processor that runs one thread of a kernel at a time.
export OMP_NUM_THREADS=1
export RELATA_DEVICE_DIVISOR=${RELATA_DEVICE_DIVISOR:-500}
export RELATA_DEVICE_PATIENCE=${RELATA_DEVICE_PATIENCE:-10}
exec sh "$here/run.sh" "$out/results"
