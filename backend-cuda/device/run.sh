#!/bin/sh
# Proves and measures the CUDA backend on a machine with a GPU: run.sh [RESULTS], from anywhere in the
# repository, after pack.sh made target/device/relata-device.tar.xz (on a machine with Maven, in under
# ten minutes here in all). Needs a driver for CUDA 12 or newer and a JDK-less Linux x86-64; Python with
# PyTorch and PyTorch Geometric for the comparison. No step stops the others; what failed is listed at the
# end, and the exit status says whether anything did.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
results=${1:-$root/target/device-results}
mkdir -p "$results"
results=$(cd "$results" && pwd)
work=${RELATA_DEVICE_WORK:-/tmp/relata-device}
bundle=${RELATA_DEVICE_BUNDLE:-$root/target/device/relata-device.tar.xz}
# What rehearse.sh changes, which runs this on a slow stand-in: sizes and steps are divided, limits of
# time are multiplied.
divisor=${RELATA_DEVICE_DIVISOR:-1}
patience=${RELATA_DEVICE_PATIENCE:-1}
began=$(date +%s)
failed=""
shown=8

elapsed() { echo $(($(date +%s) - began)); }

# step NAME SECONDS COMMAND...: its output goes to NAME.txt; the last lines are shown.
step() {
  name=$1
  limit=$(($2 * patience))
  shift 2
  echo "== $name (at $(elapsed) s, at most $limit s)"
  timeout -k 5 "$limit" "$@" >"$results/$name.txt" 2>&1
  status=$?
  tail -n "$shown" "$results/$name.txt"
  if [ $status -ne 0 ]; then
    echo "== $name FAILED with status $status"
    failed="$failed $name"
  fi
}

rm -rf "$work"
mkdir -p "$work"
tar -C "$work" -xJf "$bundle" || exit 2
java=$work/jre/bin/java
cp=$work/classes:$(echo "$work"/jars/*.jar | tr ' ' ':')
# Containers have the driver's library where the loader may not look.
for d in /usr/local/nvidia/lib64 /usr/lib/wsl/lib; do
  [ -e "$d/libcuda.so.1" ] && export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$d"
done
# PyTorch may have brought the CUDA 12 library that JCublas looks for.
for d in $(python3 -c 'import nvidia, os; print(*[os.path.join(p, "cublas", "lib") for p in nvidia.__path__])' 2>/dev/null) \
  /usr/local/cuda-12*/lib64; do
  [ -e "$d/libcublas.so.12" ] && export LD_LIBRARY_PATH="$d:${LD_LIBRARY_PATH:-}"
done
set -- --enable-native-access=ALL-UNNAMED --add-modules jdk.incubator.vector \
  -Drelata.backend=cuda "-Drelata.cuda.cache=$work/cubins" \
  -Drelata.golden=tck/src/test/resources/io/relata/tck/golden -cp "$cp"
cd "$root" || exit 2

step doctor 30 "$java" "$@" io.relata.examples.Doctor
if ! grep -q "cuda: available" "$results/doctor.txt"; then
  echo "No usable CUDA device:"
  grep "cuda:" "$results/doctor.txt"
  exit 1
fi

# One short run compiles every module that the checks use, and fills the cache for the others.
step checks 75 "$java" -Xmx4g "$@" io.relata.cuda.device.DeviceChecks "$results/checks.json" $((10000 / divisor))
step kit 110 "$java" -Xmx8g "$@" org.junit.platform.console.ConsoleLauncher execute \
  --select-class io.relata.cuda.device.DeviceKit --details=summary --disable-banner
step golden 40 "$java" -Xmx4g "$@" io.relata.cuda.device.DeviceGolden
step example 40 "$java" -Xmx4g "$@" -Drelata.example.epochs=20 \
  "-Drelata.example.out=$work/example" io.relata.examples.jdk.JdkModules
step benchmarks 110 "$java" -Xmx40g "$@" io.relata.cuda.device.DeviceBenchmarks "$work/graphs" \
  $((90 * patience)) "$divisor"
cp "$work/graphs/relata.json" "$results/" 2>/dev/null
if python3 -c 'import torch' 2>/dev/null; then
  # The whole table, with the goals.
  shown=40
  step peers 110 python3 "$here/peers.py" "$work/graphs" $((90 * patience))
  shown=8
  cp "$work/graphs/results.json" "$results/" 2>/dev/null
else
  echo "== no PyTorch in $(command -v python3 || echo 'no python3'): no comparison"
fi
sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | head -n 1)
if [ -n "$sanitizer" ]; then
  for tool in memcheck racecheck; do
    left=$((580 * patience - $(elapsed)))
    if [ $left -gt 30 ]; then
      # The JVM uses SIGSEGV for itself; the sanitizer is told to look at the device alone.
      step "$tool" $(((left / 2 + 10) / patience)) "$sanitizer" --tool "$tool" --error-exitcode 9 \
        --target-processes all "$java" -Xmx4g "$@" \
        io.relata.cuda.device.DeviceChecks "$results/$tool.json" 20
    else
      echo "== no time for $tool"
    fi
  done
else
  echo "== no compute-sanitizer"
fi
echo "== done after $(elapsed) s; results in $results"
[ -z "$failed" ] || { echo "FAILED:$failed"; exit 1; }
