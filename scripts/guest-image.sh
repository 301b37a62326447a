#!/bin/bash
# guest-image.sh DIR: makes DIR/bzImage and DIR/initrd, a Linux guest for the
# booted host to run, that prints which of its CPUs are online and ends: the
# patched host's own kernel image.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -eq 1 ] || die "guest-image.sh wants a directory"
need cpio
out=$BUILD/out/patched-x86
"$TOP/scripts/initramfs.sh" patched x86
work=$(mktemp -d)
temporary "$work"
# shellcheck disable=SC2016
echo 'echo "online in the guest: $(cat /sys/devices/system/cpu/online)"' >"$work/job"
mkdir -p "$1"
(cd "$work" && echo job | cpio --quiet -o -H newc -R 0:0) | cat "$out/initramfs.cpio" - >"$1/initrd"
cp -L "$out/arch/x86/boot/bzImage" "$1/bzImage"
