#!/bin/sh
# Runs an ensemble in shards, side by side, and merges them.
#
#   gnu-parallel.sh SHARDS OUT [options of `oddpoint simulate`]
#
# Run again after an interruption, it completes what is there. For several machines add --sshloginfile to `parallel`;
# the shards' files then have to be in a folder that all of them see.
set -eu
shards=$1 out=$2
shift 2
# Every core has a shard of its own, so that a shard needs one thread.
export RAYON_NUM_THREADS=1
extension=${out##*.}
part="${out%.*}.{}-of-$shards.$extension"
# Without --quote it would hand the words to another shell, and names with blanks would fall apart.
parallel --quote --halt now,fail=1 "${ODDPOINT:-oddpoint}" simulate "$@" --shard "{}/$shards" --out "$part" ::: $(seq "$shards")
set --
for shard in $(seq "$shards"); do
    set -- "$@" "${out%.*}.$shard-of-$shards.$extension"
done
"${ODDPOINT:-oddpoint}" merge "$@" --out "$out"
