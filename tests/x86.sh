#!/bin/bash
# x86-64: the kernel and its modules (KVM, KVM_INTEL and KVM_AMD) build with
# KVM_WERROR=y at the end of each topic; sparse has nothing to say of KVM that
# it does not say of the base.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t topics < <(git -C "$TREE" tag -l 'topic/*' --sort=creatordate)
tip=$(git -C "$TREE" rev-parse HEAD)

whole()
{
	local line

	"$TOP/scripts/build.sh" "$1" x86
	for line in KVM_INTEL=m KVM_AMD=m KVM_WERROR=y; do
		grep -qx "CONFIG_$line" "$BUILD/out/$1-x86/.config" || die "this was built without $line" "mend configs/x86.config"
	done
}
topic_builds()
{
	"$TOP/scripts/at.sh" "$1"
	whole each
}

progress "compiling the patched kernel"
check x86-patched "x86-64 builds with KVM_WERROR=y: the whole series" whole patched
built=$good
for topic in "${topics[@]}"; do
	[ "$(git -C "$TREE" rev-parse "$topic^{commit}")" != "$tip" ] || continue
	git -C "$TREE" merge-base --is-ancestor "$topic" "$tip" || continue
	progress "compiling the kernel at the end of ${topic#topic/}"
	check "x86-${topic#topic/}" "x86-64 builds with KVM_WERROR=y: up to topic ${topic#topic/}" topic_builds "$topic"
done
if [ "$built" = 0 ]; then
	not_ok "sparse has no new message" "the patched kernel did not build"
	exit 0
fi
progress "compiling the base kernel, for sparse to compare with"
check sparse "sparse has no new message about KVM" "$TESTS/sparse.sh"
