#!/bin/bash
# arch.sh [--names]: the KVM objects of every other architecture, and of x86 by
# clang, compile, without a warning that the base does not give.  The base is
# compiled only where there is a warning.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

declare -a names=(x86-clang arm64 s390 powerpc powerpc-pr powerpc-e500 riscv mips loongarch)
if [ "${1:-}" = --names ]; then
	echo "${names[@]}"
	exit
fi

compiles()
{
	local out=$BUILD/out

	"$TOP/scripts/arch.sh" patched "$1"
	[ -s "$out/patched-$1/warnings" ] || return 0
	"$TOP/scripts/arch.sh" base "$1"
	nothing_new "$out/patched-$1/warnings" "$out/base-$1/warnings"
}

for name in "${names[@]}"; do
	progress "compiling the KVM objects of $name"
	check "arch-$name" "KVM objects of $name compile without new warnings" compiles "$name"
done
