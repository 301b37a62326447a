#!/bin/bash
# check.sh [all | PART...]: the tests (make check); with more compilers and
# configurations, other architectures' hosts and packages (make check-all); or
# some parts.  Each part is tests/PART.sh.  The last line counts the results; the status is 1 if one
# failed.  The whole goes to build/log/check.log too; of make check-all,
# results/check-all.md tells, part by part: PARTS='PART ...' are these only.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
shopt -s lastpipe
# The tests tell each other by these; what is exported for other uses is not meant.
unset CONFIG NAME LIST SMP APPEND MACHINE TREE_NAME LONGEST MODULES LSMOD DEBUG_INFO TOPIC BASE_COMMIT

declare -a parts=(source mbox harness arch x86 kunit selftests parallel debug guards) all
all=("${parts[@]}" breadth arches deb)
case "$*" in
'') ;;
all) read -ra parts <<<"${PARTS:-${all[*]}}" ;;
*) parts=("$@") ;;
esac
for part in "${parts[@]}"; do
	[ -x "$TOP/tests/$part.sh" ] || die "there is no part tests/$part.sh" "the parts are: ${all[*]} check-debug mutants each"
	[ "$*" != all ] || [[ " ${all[*]} " = *" $part "* ]] || die "$part is no part of make check-all" "its parts are: ${all[*]}"
done
[ -f "$TREE/Makefile" ] || die "$TREE is not there" "make tree"
case "$*" in '' | all) need_memory 8 "make check" ;; esac
mkdir -p "$LOGS"
# Two would mix their logs, and check out commits in build/each at once: a compiler
# that reads two of them leaves its mistake in the compiler cache.
exec 6>"$LOGS/.check.lock"
flock -n 6 || die "another check is running in $BUILD" "wait until it is done, or choose another place: BUILD=/some/where"
log=$LOGS/check.log page=$TOP/results/check-all.md
tested=$(git -C "$TREE" rev-parse --short=12 'elastic^{tree}')
: >"$log"
passed=0 failed=0 skipped=0

tell() { printf '%s\n' "$1" | tee -a "$log"; }

count()
{
	local line results=0

	while IFS= read -r line; do
		case $line in
		'ok - '*) passed=$((passed + 1)) ;;
		'not ok - '*) failed=$((failed + 1)) ;;
		'skip - '*) skipped=$((skipped + 1)) ;;
		*) tell "$line"; continue ;;
		esac
		results=$((results + 1))
		tell "$line"
	done
	[ "$results" -gt 0 ] || { failed=$((failed + 1)); tell "not ok - $1: it gave no result"; }
}

# report: results/check-all.md.
report()
{
	local part

	cat <<-END
	# What make check-all found

	Written by it, part by part; the tree is the series', as \`git rev-parse elastic^{tree}\`
	names it.

	| part | Linux | tree | on | CPUs | passed | failed | skipped | seconds |
	|---|---|---|---|---:|---:|---:|---:|---:|
	END
	for part in "${all[@]}"; do [ -z "${rows[$part]}" ] || echo "${rows[$part]}"; done
	printf '\n%s\n\n' 'What failed or was skipped, and why:'
	for part in "${all[@]}"; do [ -z "${found[$part]}" ] || echo "${found[$part]}"; done
}

# What the page says of parts that are not run now stays.
declare -A rows found
for part in "${all[@]}"; do
	rows[$part]=$(grep "^| $part | " "$page" 2>/dev/null || :)
	found[$part]=$(grep "^- $part, " "$page" 2>/dev/null || :)
done
number=0
for part in "${parts[@]}"; do
	number=$((number + 1))
	start=$SECONDS before=("$passed" "$failed" "$skipped")
	tell "# part $number of ${#parts[@]}: $part"
	lines=$(wc -l <"$log")
	{
		status=0
		"$TOP/tests/$part.sh" </dev/null 2>&1 || status=$?
		[ "$status" -eq 0 ] || echo "not ok - $part: tests/$part.sh ended early with status $status"
	} | count "$part"
	tell "# $part took $((SECONDS - start)) s"
	[ "$*" = all ] || continue
	found[$part]=$(tail -n +$((lines + 1)) "$log" | sed -nE "s/[,;] (see )?${LOGS//\//.}[^ ]*//
		s/^not ok - /- $part, failed: /p; s/^skip - /- $part, skipped: /p")
	rows[$part]="| $part | $BASE_VERSION | $tested | $(date -u +%F) | $(nproc) | $((passed - before[0])) | $((failed - before[1])) | $((skipped - before[2])) | $((SECONDS - start)) |"
	report >"$log.md"
	mv "$log.md" "$page" || warn "$page cannot be written; $log.md has it"
done
tell "# $((SECONDS / 60)) min $((SECONDS % 60)) s; this is also in $log"
tell "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
