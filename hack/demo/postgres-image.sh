#!/usr/bin/env bash
# postgres-image.sh IMAGE-TOOL ARCHIVE: makes a PostgreSQL image from the files that Debian installed, for the
# throw-away cluster, which reaches no registry. It has what postgres.yaml uses of the official image.
set -euo pipefail

image=$1 archive=$2
programs=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
programs=${programs%/postgres}
share=/usr/share/postgresql/$(basename "$(dirname "$programs")")
extensions=$(dirname "$programs")/lib
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# libraries lists what the loader maps into the files, each once.
libraries() {
	ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// {print $3} $1 ~ /^\// && $2 ~ /^\(/ {print $1}' | sort -u
}

# The names that initdb looks its user up by. 999 is the user of the official image.
echo 'postgres:x:999:999:postgres:/tmp:/bin/sh' >"$work/passwd"
echo 'postgres:x:999:' >"$work/group"

# All but the compiler for queries, which is three times the size of the rest.
mapfile -t modules < <(find "$extensions" -maxdepth 1 -name '*.so' ! -name 'llvmjit*' ! -name 'plp*u.so')
files=(
	"/bin/dash:/bin/sh" "$work/passwd:/etc/passwd" "$work/group:/etc/group"
	"$share:$share" /usr/share/zoneinfo/UTC:/usr/share/zoneinfo/UTC
)
for file in "$programs"/{postgres,initdb,pg_isready} "${modules[@]}" /bin/rm; do files+=("$file:$file"); done
for file in $(libraries "$programs"/{postgres,initdb,pg_isready} "${modules[@]}" /bin/dash /bin/rm); do files+=("$file:$file"); done

"$image" --repository localhost/postgres --user 999:999 --env "PATH=$programs:/usr/bin:/bin" --output "$archive" "${files[@]}"
