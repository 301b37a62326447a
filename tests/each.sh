#!/bin/bash
# make check-each: every commit of the series builds: x86-64 by gcc (kernel and
# modules, KVM_WERROR=y), and KVM's objects, by clang and without a warning, of
# each architecture that the commit can change something of.  The ends of topics
# are booted, for KUnit and the selftests that they have.  COMMITS=A..B are these only.
# A build that passed is remembered, by its sources and by what built it: a run
# that was stopped goes on where it was, and a patch of documentation or selftests
# builds nothing again.
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
	git -C "$TREE" ls-tree "$1" | grep -vE '	(Documentation|tools)$'
	git -C "$TREE" ls-tree "$1:tools" | grep -v '	testing$'
}

# build NUMBER NAME COMMIT SUBJECT
build()
{
	local what="$1 $2 builds: $4" key result

	key="$2 $(sources "$3" | sha256sum | cut -c 1-40) $with"
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
if [ ${#commits[@]} -eq 0 ]; then
	not_ok "every patch builds" "there is no commit in ${COMMITS:-base..elastic} of $TREE"
	exit 0
fi
number=$(git -C "$TREE" rev-list --count "base..${commits[0]}^") all=$(git -C "$TREE" rev-list --count base..elastic)
for commit in "${commits[@]}"; do
	number=$((number + 1))
	subject=$(git -C "$TREE" log -1 --format=%s "$commit")
	progress "patch $number of $all: $subject"
	"$TOP/scripts/at.sh" "$commit" >/dev/null
	mapfile -t concerned < <(changed "$commit")
	# Half of a build is one process that looks for what has changed.
	for name in x86-64 "${concerned[@]}"; do
		while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
		build "$number" "$name" "$commit" "$subject" &
	done
	wait
	topic=$(git -C "$TREE" tag --points-at "$commit" 'topic/*')
	[ -z "$topic" ] || runs "${topic#topic/}" | sed -E "s/^(ok|not ok|skip) - /&${topic#topic/}: /"
done
