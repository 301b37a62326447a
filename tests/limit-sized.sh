#!/bin/bash
# limit-sized.sh: fails if something in KVM of build/linux is sized by a limit of
# vCPUs, be it an array, a bitmap, a variable on the stack or an allocation, and
# tests/limit-sized.known doesn't say why it may be.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

limits='(KVM_MAX_VCPUS|KVM_MAX_VCPU_IDS|KVM_MAX_VCORES|VGIC_V[35]_MAX_CPUS|KVM_MAX_PHYID|EIOINTC_ROUTE_MAX_VCPUS|KVM_HV_MAX_VPS)'
sized="(\\[|DECLARE_BITMAP\\(|BITS_TO_LONGS\\(|bitmap_zalloc|alloc|_objs?\\(|_flex\\(|sizeof).*$limits|^[[:space:]]+\\(?$limits *[-+*,]"

known()
{
	local file text

	while IFS=: read -r file text _; do
		[[ $1 == "$file:"* && $1 == *"${text# }"* ]] && return 0
	done < <(grep -v '^#' "$TESTS/limit-sized.known")
	return 1
}

status=0
while read -r line; do
	known "$line" && continue
	say "error: sized by a limit: $line"
	status=1
done < <(cd "$TREE" && {
	git grep -nE "$sized" -- ':(glob)arch/*/kvm/**' ':(glob)arch/*/include/**' include virt
	git grep -nE '\[[^]]*NR_CPUS' -- arch/powerpc/kvm ':(glob)arch/powerpc/include/asm/kvm*'
} | grep -vE ':[0-9]+:[[:space:]]*\*|#define|\[0\.\.|BUILD_BUG_ON|^[^:]*_kunit\.c:|[<>]=? *(KVM|VGIC|EIO)')
exit "$status"
