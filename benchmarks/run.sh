#!/bin/sh
# Measures Relata beside its peers: benchmarks/run.sh short|full [--graph FILE --nodes N] [--only GROUP,...]
# -Drelata.data=DIR says where the data sets lie; without it, ../shared/data. The first run builds everything and
# downloads PyTorch (112 MB) from Maven Central.
set -e
from=$(pwd)
arguments=
data=-Drelata.data=
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
    case $1 in
      -Drelata.data=*) data=$1 ;;
      *) arguments="$arguments $1" ;;
    esac
    shift
  fi
done
cd "$(dirname "$0")/.."
exec mvn -B -ntp -q -Pquick,bench -pl benchmarks -am -DskipTests package \
  -Dbench.main=io.relata.benchmarks.Yardstick "-Dbench.args=$arguments" "$data"
