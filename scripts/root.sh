#!/bin/bash
# root.sh [others]: makes, in the cache, a Debian root with a recent QEMU: an ext2
# image, read-only in use, in which the booted host finds it, and what this
# machine needs of it to run the same QEMU.  With "others" there is no image, but
# the QEMUs of the other architectures and a busybox of each.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

root=$ROOT${1:+-others} ready=qemu-system-x86_64
[ $# -eq 0 ] || ready=qemu-system-aarch64
[ ! -x "$root/$ready" ] || exit 0

need mmdebstrap genext2fs
need_disk 4 "$CACHE"
exec 9>"$CACHE/.root.lock"
flock 9
[ ! -x "$root/$ready" ] || exit 0
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
new=$root.new
temporary "$new"
rm -rf "$new"
mkdir -p "$new/usr/bin" "$new/usr/lib" "$new/usr/share"
recent="APT::Default-Release \"$ROOT_SUITE-backports\""
suite="deb [signed-by=$keyring] $BASE_MIRROR $ROOT_SUITE main"
backports="deb [signed-by=$keyring] $BASE_MIRROR $ROOT_SUITE-backports main"
# debian [sudo] OPTIONS...: as root in the plain way, else in user namespaces.
debian()
{
	local sudo=

	[ "$1" != sudo ] || { sudo=sudo; shift; }
	$sudo mmdebstrap --quiet --aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$@"
}

# Not every machine has user namespaces for everybody.
make_root()
{
	if ! debian "$@" && ! { [ "$(id -u)" -ne 0 ] && sudo -n true && debian sudo "$@"; }; then
		die "mmdebstrap could not make the Debian $ROOT_SUITE root" \
		    "look at the network; if not run as root, it needs user namespaces and the package uidmap, or sudo"
	fi
}

# wrapper QEMU: the command that runs it with its own libraries and firmware.
wrapper()
{
	cat >"$new/$1" <<-EOF
		#!/bin/sh
		usr=\$(dirname "\$0")/usr
		exec "\$usr/lib64/ld-linux-x86-64.so.2" --library-path "\$usr/lib/x86_64-linux-gnu" \\
			"\$usr/bin/$1" -L "\$usr/share/qemu" -L "\$usr/share/seabios" "\$@"
	EOF
	chmod 755 "$new/$1"
}

# Extracted only: nothing of another architecture runs here.
others()
{
	local debian name

	make_root --variant=extract --format=tar --include=qemu-system-arm,qemu-system-riscv,qemu-system-ppc \
		--aptopt="$recent" "$ROOT_SUITE" "$new/tar" "$suite" "$backports"
	tar -xf "$new/tar" -C "$new" ./usr/bin ./usr/lib ./usr/lib64 ./usr/share/qemu
	find "$new/usr/bin" -type f ! -name 'qemu-system-aarch64' ! -name 'qemu-system-riscv64' ! -name 'qemu-system-ppc64' -delete
	for name in arm64:arm64 riscv64:riscv ppc64el:powerpc; do
		debian=${name%:*}
		make_root --variant=extract --format=tar --architectures="$debian" --include=busybox-static \
			"$ROOT_SUITE" "$new/tar" "$suite"
		tar -xOf "$new/tar" ./usr/bin/busybox >"$new/busybox-${name#*:}"
		chmod 755 "$new/busybox-${name#*:}"
	done
	rm -f "$new/tar"
	for name in riscv64 ppc64 aarch64; do
		wrapper "qemu-system-$name"
	done
}

same_as_booted()
{
	make_root --variant=apt --format=ext2 --include=qemu-system-x86 \
		--aptopt="$recent" "$ROOT_SUITE" "$new/image" "$suite" "$backports"
	for path in bin/qemu-system-x86_64 lib/x86_64-linux-gnu lib64 share/qemu share/seabios; do
		PATH=$PATH:/sbin:/usr/sbin debugfs -R "rdump /usr/$path $new/usr/$(dirname "$path")" "$new/image" 2>&1
	done
	wrapper qemu-system-x86_64
}
if [ $# -gt 0 ]; then others; else same_as_booted; fi

version=$("$new/$ready" --version | sed -n 's/.*version \([0-9]*\.[0-9]*\).*/\1/p') ||
	die "the QEMU of the Debian $ROOT_SUITE root does not run on this machine" "look at the lines above"
# Older ones lose interrupts of a host that runs guests, see docs/design.md.
if [ "$(printf '10.2\n%s\n' "$version" | sort -V | head -n 1)" != 10.2 ]; then
	warn "QEMU $version emulates virtualization unreliably, expect hosts that hang"
fi
rm -rf "$root"
mv "$new" "$root"
