#!/bin/bash
# root.sh: makes, in the cache, a Debian root with a recent QEMU: an ext2 image,
# read-only in use, in which the booted host finds it, and what this machine
# needs of it to run the same QEMU.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ ! -x "$ROOT/qemu-system-x86_64" ] || exit 0

need mmdebstrap genext2fs
need_disk 4 "$CACHE"
exec 9>"$CACHE/.root.lock"
flock 9
[ ! -x "$ROOT/qemu-system-x86_64" ] || exit 0
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
new=$ROOT.new
temporary "$new"
rm -rf "$new"
mkdir -p "$new/usr/bin" "$new/usr/lib" "$new/usr/share"
# root_image [sudo]: as root in the plain way, else in user namespaces.
root_image()
{
	"$@" mmdebstrap --quiet --variant=apt --format=ext2 --include=qemu-system-x86 \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt="APT::Default-Release \"$ROOT_SUITE-backports\"" \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$ROOT_SUITE" "$new/image" "deb [signed-by=$keyring] $BASE_MIRROR $ROOT_SUITE main" \
		"deb [signed-by=$keyring] $BASE_MIRROR $ROOT_SUITE-backports main"
}

# Not every machine has user namespaces for everybody.
if ! root_image && ! { [ "$(id -u)" -ne 0 ] && sudo -n true && root_image sudo; }; then
	die "mmdebstrap could not make the Debian $ROOT_SUITE root" \
	    "look at the network; if not run as root, it needs user namespaces and the package uidmap, or sudo"
fi

for path in bin/qemu-system-x86_64 lib/x86_64-linux-gnu lib64 share/qemu share/seabios; do
	PATH=$PATH:/sbin:/usr/sbin debugfs -R "rdump /usr/$path $new/usr/$(dirname "$path")" "$new/image" 2>&1
done
cat >"$new/qemu-system-x86_64" <<'EOF'
#!/bin/sh
usr=$(dirname "$0")/usr
exec "$usr/lib64/ld-linux-x86-64.so.2" --library-path "$usr/lib/x86_64-linux-gnu" \
	"$usr/bin/qemu-system-x86_64" -L "$usr/share/qemu" -L "$usr/share/seabios" "$@"
EOF
chmod 755 "$new/qemu-system-x86_64"
version=$("$new/qemu-system-x86_64" --version | sed -n 's/.*version \([0-9]*\.[0-9]*\).*/\1/p') ||
	die "the QEMU of the Debian $ROOT_SUITE root does not run on this machine" "look at the lines above"
# Older ones lose interrupts of a host that runs guests, see docs/design.md.
if [ "$(printf '10.2\n%s\n' "$version" | sort -V | head -n 1)" != 10.2 ]; then
	warn "QEMU $version emulates virtualization unreliably, expect hosts that hang"
fi
rm -rf "$ROOT"
mv "$new" "$ROOT"
