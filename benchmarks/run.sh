#!/bin/sh
# Measures Relata beside its peers: benchmarks/run.sh short|full [--graph FILE --nodes N] [--only GROUP,...]
# The first run builds everything and downloads PyTorch (220 MB) from Maven Central.
set -e
from=$(pwd)
arguments=
while [ $# -gt 0 ]; do
  if [ "$1" = --graph ] || [ "$1" = --out ]; then
    case ${2-} in
      "") echo "$1 needs a value" >&2; exit 1 ;;
      /*) file=$2 ;;
      *) file=$from/$2 ;;
    esac
    arguments="$arguments $1 \"$file\""
    shift 2
  else
    arguments="$arguments $1"
    shift
  fi
done
cd "$(dirname "$0")/.."
exec mvn -B -ntp -q -Pquick,bench -pl benchmarks -am -DskipTests package \
  -Dbench.main=io.relata.benchmarks.Yardstick "-Dbench.args=$arguments"
