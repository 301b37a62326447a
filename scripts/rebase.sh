#!/bin/bash
# make rebase BASE=/path/to/linux: which patches still apply to that tree, and
# which don't and why.  The tree is only read: the files that the series touches
# are copied, and patched there.  A patch that doesn't apply is left out, and
# those after it are tried nevertheless.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need git patch

[ -n "${BASE:-}" ] || die "rebase wants a tree" "make rebase BASE=/path/to/linux"
grep -qs '^SUBLEVEL' "$BASE/Makefile" || die "BASE=$BASE is not a Linux tree"
BASE=$(realpath "$BASE")
[ -s "$PATCHES/series" ] || die "there is no $PATCHES/series" "make series"

work=$(mktemp -d)
temporary "$work"
mapfile -t series <"$PATCHES/series"
touched() { sed -n -E 's|^(---\|\+\+\+) [ab]/([^[:space:]]*).*|\2|p' "$@" | sort -u; }

mkdir "$work/tree"
(cd "$PATCHES" && touched "${series[@]}") >"$work/files"
(cd "$BASE" && while read -r file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done <"$work/files" |
	tar --null -T - -cf -) | tar -xf - -C "$work/tree"
cd "$work/tree"
# So that git doesn't look for a repository above it
git init -q .

# clashes PATCH: the files of a patch that has no place, each with the lines
# where its first such hunk was to go.
clashes()
{
	local file

	{ git apply --check "$1" 2>&1 || :; } |
		sed -n -E 's/^error: (patch failed: )?([^ ]+): (already exists|No such file).*/\2: \3/p; s/^error: patch failed: (.*)/\1/p' | sort -u |
		while IFS= read -r file; do printf '      %s\n' "$file"; done
}

applied=0 fuzzy=0 failed=0
for path in "${series[@]}"; do
	if git apply "$PATCHES/$path" 2>/dev/null; then
		applied=$((applied + 1))
	elif patch -p1 -s -f --dry-run --no-backup-if-mismatch -r - <"$PATCHES/$path" >/dev/null 2>&1; then
		patch -p1 -s -f --no-backup-if-mismatch -r - <"$PATCHES/$path"
		fuzzy=$((fuzzy + 1))
		say "  look at  $path: it applies, but to lines that changed"
	else
		failed=$((failed + 1))
		say "  mend     $path"
		clashes "$PATCHES/$path"
	fi
done

version=$(sed -n -E 's/^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) = *(.*)$/\2/p' "$BASE/Makefile" | paste -sd. | sed -E 's/\.([-.]|$)/\1/g')
say "Linux $version: of ${#series[@]} patches, $applied apply, $fuzzy are to be looked at, $failed are to be mended"
say "docs/porting.md tells how to go on"
[ "$failed" -eq 0 ]
