#!/bin/bash
# make check-each: every commit of the series builds: x86-64 by gcc (kernel and
# modules, KVM_WERROR=y), and KVM's objects, by clang and without a warning, of
# each architecture that the commit can change something of.  The ends of topics
# are booted, for KUnit and the selftests that they have.  COMMITS=A..B are these only.
# A build that passed is remembered, by its sources and by what built it, so a run
# that was stopped goes on where it was.  results/check-each.md has a row for each
# patch and end of a topic that was seen like this: COMMITS adds its own.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

builds()
{
	[ "$1" != x86-64 ] || { "$TOP/scripts/build.sh" each x86; return; }
	"$TOP/scripts/arch.sh" each "$1"
	[ ! -s "$BUILD/out/each-$1/warnings" ] ||
		die "$(head -n 1 "$BUILD/out/each-$1/warnings")" "mend that commit"
}

memory=$LOGS/each.passed
touch "$memory"
with=$({ gcc --version && clang-19 --version && cat "$TOP"/configs/* "$TOP"/scripts/{lib,host,build,arch,messages}.sh \
	"$TESTS/objects.skip"; } | sha256sum | cut -c 1-16)

# sources COMMIT: their sum, without what no build reads.
sources()
{
	{ git -C "$TREE" ls-tree "$1" && git -C "$TREE" ls-tree "$1:tools"; } |
		grep -vE '	(Documentation|tools|testing)$' | sha256sum | cut -c 1-40
}

# build NUMBER NAME SOURCES SUBJECT
build()
{
	local what="$1 $2 builds: $4" key="$2 $3 $with" result

	if grep -qxF "$key" "$memory"; then
		ok "$what (earlier)"
		return
	fi
	result=$(check "each-$1-$2" "$what" builds "$2")
	echo "$result"
	[ "${result#ok - }" = "$result" ] || echo "$key" >>"$memory"
}

read -r -a names < <("$TESTS/arch.sh" --names)
# changed COMMIT: builds of tests/arch.sh, all of them for common code.
changed()
{
	local files name

	files=$(git -C "$TREE" diff-tree --no-commit-id --name-only -r "$1" | grep -vE '^(Documentation|tools)/' || :)
	for name in "${names[@]}"; do
		! grep -qE "^arch/${name%%-*}/|^[^a]" <<<"$files" || echo "$name"
	done
}

# runs TOPIC: at its end, which is checked out.
runs()
{
	local list=$scratch/topic-$1.list

	TREE_NAME=each NAME=kunit-$1 "$TESTS/kunit.sh"
	check "each-$1" "selftests at the end of $1 build" "$TOP/scripts/selftests.sh" each
	[ "$good" = 1 ] || return 0
	while read -r line; do
		read -r _ _ name _ <<<"$line"
		[ ! -f "$BUILD/each/tools/testing/selftests/kvm/$name.c" ] || printf '%s\n' "$line"
	done < <(grep -E '^ *[0-9]' "$TESTS/selftests.list") >"$list"
	TREE_NAME=each LIST=$list "$TESTS/selftests.sh"
}

scratch=$(mktemp -d "$BUILD/.check.XXXXXX")
temporary "$scratch"
mapfile -t commits < <(git -C "$TREE" rev-list --reverse "${COMMITS:-base..elastic}")
[ ${#commits[@]} -gt 0 ] || { not_ok "every patch builds" "there is no commit in ${COMMITS:-base..elastic} of $TREE"; exit 0; }

# The rows that the page is to have, and those it has: what, sum, what was found.
declare -A sources topics
page=$TOP/results/check-each.md number=0
while read -r commit subject; do
	number=$((number + 1)) sources[$commit]=$(sources "$commit")
	printf '%s %s\t%.12s\n' "$number" "$subject" "$(sha256sum <<<"${sources[$commit]} $with")"
	topics[$commit]=$(git -C "$TREE" tag --points-at "$commit" 'topic/*')
	[ -z "${topics[$commit]}" ] || printf 'the end of %s\t%.12s\n' "${topics[$commit]#topic/}" "$(
		{ git -C "$TREE" rev-parse "$commit^{tree}" && cat "$TESTS"/selftests.{list,sh} "$TESTS/kunit.sh"; } | sha256sum)"
done < <(git -C "$TREE" log --reverse --format='%H %s' base..elastic) >"$scratch/wanted"
[ ! -f "$page" ] || sed -nE 's/^\| (.*) \| (.*) \| ([0-9a-f]{12}) \|$/\1\t\3\t\2/p' "$page" >"$scratch/rows"

# built NAME...: those that built, and those that did not.
built()
{
	local name found=

	for name; do
		if grep -q '^ok - ' "$scratch/built-$name"; then found+=", $name"; else found+=", **$name failed**"; fi
	done
	echo "${found#, }"
}

# row WHAT FOUND: writes the page, without the rows of what is no more.
row()
{
	local sum

	sum=$(awk -F'\t' -v what="$1" '$1 == what { print $2 }' "$scratch/wanted")
	[ -n "$sum" ] || return 0
	printf '%s\t%s\t%s\n' "$1" "$sum" "$2" >>"$scratch/rows"
	# A patch may have another number now.
	awk -F'\t' '{ what = $1; sub(/^[0-9]+ /, "", what); what = what FS $2 }
		NR == FNR { found[what] = $3; next }
		what in found { printf "| %s | %s | %s |\n", $1, found[what], $2 }' "$scratch/rows" "$scratch/wanted" >"$scratch/table"
	cat - "$scratch/table" >"$scratch/page" <<-END
	# What make check-each found

	Written by it, patch by patch, last on $(date -u +%F): $(wc -l <"$scratch/table") of $(wc -l <"$scratch/wanted") rows. Linux $BASE_VERSION, and with the
	series, $all patches. x86-64 is a kernel with its modules by $(gcc --version | sed -n '1s/ .* / /p'), the others KVM's
	objects by clang $(clang-19 --version | sed -nE '1s/.*version ([0-9.]*).*/\1/p'); a warning is an error. The end of a topic is booted. The sum is of the
	sources of a build, and of what builds; at the end of a topic, of the tree and what tests it.

	| patch | builds | sum |
	|---|---|---|
	END
	mv "$scratch/page" "$page" || warn "$page cannot be written"
}

all=$number
number=$(git -C "$TREE" rev-list --count "base..${commits[0]}^")
for commit in "${commits[@]}"; do
	number=$((number + 1))
	subject=$(git -C "$TREE" log -1 --format=%s "$commit")
	progress "patch $number of $all: $subject"
	"$TOP/scripts/at.sh" "$commit" >/dev/null
	mapfile -t concerned < <(changed "$commit")
	# Half of a build is one process that looks for what has changed.
	for name in x86-64 "${concerned[@]}"; do
		while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
		build "$number" "$name" "${sources[$commit]:-$(sources "$commit")}" "$subject" | tee "$scratch/built-$name" &
	done
	wait
	for name in x86-64 "${concerned[@]}"; do
		[ -s "$scratch/built-$name" ] || { not_ok "$number $name builds: $subject" 'it was killed'; continue 2; }
	done
	row "$number $subject" "$(built x86-64 "${concerned[@]}")"
	topic=${topics[$commit]:-} topic=${topic#topic/}
	[ -n "$topic" ] || continue
	runs "$topic" | sed -E "s/^(ok|not ok|skip) - /&$topic: /" | tee "$scratch/ran"
	row "the end of $topic" "$(grep -c '^ok - ' "$scratch/ran") passed, $(grep -c '^not ok - ' "$scratch/ran") failed, $(grep -c '^skip - ' "$scratch/ran") skipped"
done
