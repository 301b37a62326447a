#!/bin/bash
# limit-sized.sh: fails if something in KVM of build/linux is sized by a limit of
# vCPUs, be it an array, a bitmap, a variable on the stack or an allocation, and
# tests/limit-sized.known doesn't say why it may be.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

limits='(KVM_MAX_VCPUS|KVM_MAX_VCPU_IDS|KVM_MAX_VCORES|VGIC_V[35]_MAX_CPUS|KVM_MAX_PHYID|EIOINTC_ROUTE_MAX_VCPUS|KVM_HV_MAX_VPS)'
sized="(\\[|DECLARE_BITMAP\\(|BITS_TO_LONGS\\(|bitmap_zalloc|alloc|_objs?\\(|_flex\\(|sizeof).*$limits|^[[:space:]]+\\(?$limits *[-+*,]"

# sized_in [COMMIT]: such lines of the work tree, or of a commit.
sized_in()
{
	git -C "$TREE" grep -nE "$sized" "$@" -- ':(glob)arch/*/kvm/**' ':(glob)arch/*/include/**' include virt >"$work/all"
	git -C "$TREE" grep -nE '\[[^]]*NR_CPUS' "$@" -- arch/powerpc/kvm ':(glob)arch/powerpc/include/asm/kvm*' >>"$work/all" || :
	grep -vE ':[0-9]+:[[:space:]]*\*|#define|\[0\.\.|BUILD_BUG_ON|^([a-z]+:)?[^:]*_kunit\.c:|[<>]=? *(KVM|VGIC|EIO)' "$work/all" >"$work/sized" || :
}

known()
{
	local file text reason

	while IFS=: read -r file text reason; do
		[[ $1 == "$file:"* && $1 == *"${text# }"* ]] || continue
		echo "$file:$text:$reason" >>"$work/used"
		return 0
	done <"$work/known"
	return 1
}

# What finds less in the base than there is would find nothing here either.
work=$(mktemp -d)
temporary "$work"
sized_in base
[ "$(wc -l <"$work/sized")" -ge 22 ] || die "only $(wc -l <"$work/sized") such objects are found in the base, which has 22" "mend what tests/limit-sized.sh looks for"
sized_in
grep -v '^#' "$TESTS/limit-sized.known" >"$work/known"
: >"$work/used"
status=0
while read -r line; do
	known "$line" && continue
	say "error: sized by a limit: $line"
	status=1
done <"$work/sized"
stale=$(grep -vxF -f "$work/used" "$work/known" || :)
[ -z "$stale" ] || die "tests/limit-sized.known has what is not there any more: $(head -n 1 <<<"$stale")" "remove that line"
exit "$status"
