#!/bin/bash
# make check-each: every commit of the series builds, on x86-64 (kernel and
# modules, KVM_WERROR=y) and on arm64 (KVM's objects, without a warning).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

builds_arm64()
{
	"$TOP/scripts/arch.sh" each arm64
	[ ! -s "$BUILD/out/each-arm64/warnings" ] ||
		die "$(head -n 1 "$BUILD/out/each-arm64/warnings")" "mend that commit"
}

mapfile -t commits < <(git -C "$TREE" rev-list --reverse base..elastic)
[ ${#commits[@]} -gt 0 ] || not_ok "every patch builds" "there is no commit after base in $TREE"
number=0
for commit in "${commits[@]}"; do
	number=$((number + 1))
	subject=$(git -C "$TREE" log -1 --format=%s "$commit")
	progress "patch $number of ${#commits[@]}: $subject"
	"$TOP/scripts/at.sh" "$commit" >/dev/null
	check "each-$number-x86" "$number x86-64 builds: $subject" "$TOP/scripts/build.sh" each x86
	check "each-$number-arm64" "$number arm64 builds: $subject" builds_arm64
done
