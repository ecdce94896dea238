#!/bin/sh
# Compiles every kernel source to PTX: build.sh [DESTINATION]. Needs nvcc; the Maven profile "cuda"
# runs it, and a test runs it to see that what is checked in is current.
#
# compute_75 is the oldest architecture that every supported driver and ours agree on; the driver
# compiles for the device when it loads the PTX. nvcc writes the PTX version of its own release,
# which older drivers refuse to read, so the version line is lowered to 8.0, that of CUDA 12.0.
# ptxas checks every instruction against the declared version, so what still assembles uses nothing
# newer (docs/cuda.md). One hint to the optimiser, which bytes of a wide load are used, is of 8.3 and
# is left out.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-$here/../resources/io/relata/cuda}
mkdir -p "$to"
to=$(cd "$to" && pwd)
cd "$here"
index=$to/kernels.txt.part
: >"$index"
for source in *.cu; do
  name=${source%.cu}
  nvcc -ptx -arch=compute_75 -O3 -fmad=false -std=c++17 -o "$to/$name.part" "$source"
  sed -e 's/^\.version .*/.version 8.0/' -e '/^[[:space:]]*\.pragma "used_bytes_mask /d' \
    "$to/$name.part" >"$to/$name.ptx"
  rm "$to/$name.part"
  sed -n "s/^\.visible \.entry \([A-Za-z0-9_]*\)(.*/$name \1/p" "$to/$name.ptx" >>"$index"
done
LC_ALL=C sort "$index" >"$to/kernels.txt"
rm "$index"
# A source that is gone takes its PTX along.
for ptx in "$to"/*.ptx; do
  [ -e "$here/$(basename "${ptx%.ptx}").cu" ] || rm "$ptx"
done
