#!/bin/bash
# Breaks the containers and their users on purpose, one fault at a time, and runs
# the test that should notice: each file of tests/mutants is a fault, a mutant,
# and names that test.  MUTANTS='NAME ...' tries these only.  When each was caught
# the last time it was tried, results/mutants.md is written.  What is broken is a
# copy of the tree, in build/mutants.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/mutants/try.sh
. "$TESTS/mutants/try.sh"
need perl git make gcc

series=$TREE
[ -f "$series/Makefile" ] || die "$series is not there" "make tree"
declare -a mutants=()
for name in ${MUTANTS:-$(cd "$TESTS/mutants" && ls -- *.mutant)}; do
	[ -f "$TESTS/mutants/${name%.mutant}.mutant" ] ||
		die "there is no mutant ${name%.mutant}" "see tests/mutants for their names"
	mutants+=("${name%.mutant}")
done

# All that runs from here on works on the copy.
export BUILD=$BUILD/mutants
export TREE=$BUILD/linux LOGS=$BUILD/log
mkdir -p "$LOGS"
exec 8>"$BUILD/.lock"
flock -n 8 || die "mutants are being tried already" "wait until that is done"
report=$LOGS/report page=$TOP/results/mutants.md
work=$(mktemp -d)
temporary "$work"

what_of() { sed -n '1s/; caught by .*//p' "$TESTS/mutants/$1.mutant"; }
test_of() { sed -n '1s/.*; caught by //p' "$TESTS/mutants/$1.mutant"; }
restore() { git -C "$TREE" checkout -q -f --detach "$commit"; }

# What was found before, elsewhere too, of those that are still the same
[ -f "$report" ] || cp "$page" "$report" 2>/dev/null || touch "$report"
for file in "$TESTS"/mutants/*.mutant; do
	name=$(basename "$file" .mutant)
	grep -F "| $name | $(what_of "$name") | $(test_of "$name") | " "$report" || :
done >"$report.new"
mv "$report.new" "$report"

# mutant NAME: one result.
mutant()
{
	local name=$1 test log=$LOGS/$1.log status=0 message again="any more: mend tests/mutants/$1.mutant"

	test=$(test_of "$name")
	sed -i "/^| $name |/d" "$report"
	restore
	if ! perl "$TESTS/mutants/apply.pl" "$TESTS/mutants/$name.mutant" "$TREE" >"$log" 2>&1; then
		not_ok "mutant $name" "it does not apply $again ($(cause "$log"))"
		return
	fi
	# What is built goes by its commit.
	git -C "$TREE" commit -q -a -m "mutant $name"
	try "$log" "$(kind_of "$test")" "$test" || status=$?
	message=$(perl "$TESTS/mutants/said.pl" "$log")
	! grep -qa '^@ 124 ' "$log" || message=${message:-it did not end}
	case $status in
	0) not_ok "mutant $name" "survived $test ($(what_of "$name"))" ;;
	1)
		ok "mutant $name: caught by $test ($message)"
		# shellcheck disable=SC2016 # As code, so that nothing of it is markup.
		printf '| %s | %s | %s | `%s` |\n' "$name" "$(what_of "$name")" "$test" "${message//|/\\|}" >>"$report"
		;;
	2) not_ok "mutant $name" "it does not compile $again ($(cause "$log"))" ;;
	*) not_ok "mutant $name" "$test did not run, $log" ;;
	esac
}

# pass KIND: what KIND's mutants are to be caught by passes without them, else it
# would prove nothing.
pass()
{
	local kind=$1 log="$LOGS/none-${1// /-}.log" status=0
	local -a tests

	mapfile -t tests < <(for name in "${mutants[@]}"; do test_of "$name"; done | sort -u |
		while read -r test; do [ "$(kind_of "$test")" != "$kind" ] || echo "$test"; done)
	if [ "$kind" = user ]; then
		for test in "${tests[@]}"; do
			try "$log" user "$test" || status=$?
			[ "$status" -eq 0 ] || break
		done
	else
		try "$log" "$kind" "${tests[@]}" || status=$?
	fi
	if [ "$status" -ne 0 ]; then
		not_ok "no mutant, $kind" "status $status, but these have to pass: ${tests[*]}; $log"
		return 1
	fi
	ok "no mutant: ${tests[*]} passed"
}

# Work in the tree that is not committed is tried, too.
commit=$(git -C "$series" stash create)
commit=${commit:-$(git -C "$series" rev-parse HEAD)}
if ! git -C "$TREE" rev-parse -q --verify "$commit" >/dev/null 2>&1; then
	git -C "$series" worktree prune
	rm -rf "$TREE"
	git -C "$series" worktree add -q -f --detach "$TREE" "$commit" ||
		die "git cannot check out $commit in $TREE" "mend what the line above says, or remove $TREE"
fi
for name in "${mutants[@]}"; do
	[ -n "$(test_of "$name")" ] || die "tests/mutants/$name.mutant does not say what it is caught by"
	printf '%s\t%s\n' "$(kind_of "$(test_of "$name")")" "$name"
done >"$work/mutants"

for kind in user kunit 'x86 1' 'x86 2' 'x86+debug 1'; do
	grep -q "^$kind	" "$work/mutants" || continue
	restore
	progress "$(grep -c "^$kind	" "$work/mutants") mutants: $kind"
	pass "$kind" || continue
	while read -r name; do
		mutant "$name" </dev/null
	done < <(sed -n "s/^$kind	//p" "$work/mutants")
done
restore
mapfile -t mutants < <(cd "$TESTS/mutants" && ls -- *.mutant)
if diff -q <(cut -d ' ' -f 2 "$report" | sort) <(printf '%s\n' "${mutants[@]%.mutant}" | sort) >/dev/null; then
	{
		echo '# Mutants'
		echo
		echo "Each of these ${#mutants[@]} faults was put into the series on purpose, alone, and"
		echo 'the test named beside it failed; without a fault it passed. "make mutants"'
		echo 'repeats it and writes this file, with what each said the last time.'
		echo
		echo '| mutant | what is broken | caught by | which said |'
		echo '|---|---|---|---|'
		sort "$report"
	} >"$page"
fi
