#!/bin/bash
# x86-64: the kernel and its modules (KVM, KVM_INTEL and KVM_AMD) build with
# KVM_WERROR=y at the end of each topic, and some functions' stack frames are
# small; sparse has nothing to say of KVM that it does not say of the base.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t topics < <(git -C "$TREE" tag -l 'topic/*' --sort=creatordate)
tip=$(git -C "$TREE" rev-parse HEAD)
work=$(mktemp -d)
temporary "$work"

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

# Those that had bitmaps of all vCPUs there, and those that do their work now; gcc
# may give a function's name an end (.part.0), and puts some into their callers.
small='ioapic_mmio_write ioapic_set_irq __kvm_irq_delivery_to_apic kvm_request_dest_vcpus kvm_request_batch_add
	kvm_hv_flush_tlb hv_next_tlb_flush_vcpu kvm_hv_send_ipi_to_many kvm_recalculate_apic_map'
frames()
{
	local module=$BUILD/out/patched-x86/arch/x86/kvm/kvm.ko name large

	nm "$module" >"$work/symbols"
	objdump -d "$module" >"$work/code"
	perl "$TREE/scripts/checkstack.pl" x86_64 512 <"$work/code" >"$work/large"
	grep -q ' \[kvm\]:' "$work/large" || die "checkstack.pl found no large frame at all, and some there are" "see whether it still reads objdump's output"
	for name in $small; do
		grep -qE " [tT] $name(\.|$)" "$work/symbols" ||
			die "kvm.ko has no function $name" "name in tests/x86.sh what does its work now, or into which it was put"
		! large=$(grep -E " $name(\.[a-z0-9.]+)? \[" "$work/large") || die "this is on the stack: $large"
	done
}

progress "compiling the patched kernel"
check x86-patched "x86-64 builds with KVM_WERROR=y: the whole series" whole patched
built=$good
[ "$built" = 0 ] || check frames "no 512 bytes on the stack where bitmaps of vCPUs were" frames
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
