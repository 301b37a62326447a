#!/bin/bash
# root.sh: makes the Debian root in which the booted host finds QEMU 10, an
# ext2 image in the cache.  It is read-only in use, so one serves every boot.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

image=$CACHE/root-$ROOT_SUITE.img
[ ! -f "$image" ] || exit 0

need mmdebstrap genext2fs
need_disk 4 "$CACHE"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
new=$image.new
temporary "$new"
rm -f "$new"
# As root in the plain way; else mmdebstrap finds one (user namespaces).
mmdebstrap --quiet --variant=apt --format=ext2 --include=qemu-system-x86 \
	--aptopt='APT::Install-Recommends "false"' \
	--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	"$ROOT_SUITE" "$new" "deb [signed-by=$keyring] $BASE_MIRROR $ROOT_SUITE main" ||
	die "mmdebstrap could not make the Debian $ROOT_SUITE root" \
	    "look at the network; if not run as root, it needs the package uidmap and user namespaces (or run it with sudo)"
mv "$new" "$image"
