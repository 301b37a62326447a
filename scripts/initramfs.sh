#!/bin/bash
# initramfs.sh TREE CONFIG: writes build/out/TREE-CONFIG/initramfs.cpio: a
# static busybox, the kernel's modules, guest/init and what it goes by.  boot.sh
# adds programs and the command to run behind it.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/host.sh
. "$(dirname "$0")/host.sh"
need cpio busybox

[ $# -eq 2 ] || die "initramfs.sh wants a tree and a config" "for example: scripts/initramfs.sh patched x86"
out=$BUILD/out/$1-$2
image=$out/initramfs.cpio
host_of "$2"
[ -f "$out/.built" ] || die "$out has no built kernel" "scripts/build.sh $1 $2"

# Two hosts may be booted at once.
exec 9>"$out/.initramfs.lock"
flock 9
if [ -f "$image" ] && [ "$image" -nt "$out/.built" ] && [ "$image" -nt "$TOP/guest/init" ] &&
   [ "$image" -nt "$TOP/guest/complaints" ] && [ "$image" -nt "$0" ]; then
	exit 0
fi

root=$out/initramfs.new
temporary "$root" "$image.new"
rm -rf "$root"
mkdir -p "$root"/{bin,dev,proc,sys,tmp,run,mnt,modules,tests,bench,boot,etc}
if [ "$arch" = x86 ]; then
	busybox=$(command -v busybox)
	if ldd "$busybox" >/dev/null 2>&1; then
		die "$busybox is not statically linked" "install the package busybox-static"
	fi
else
	"$TOP/scripts/root.sh" others
	busybox=$OTHERS/busybox-$arch
fi
cp "$busybox" "$root/bin/busybox"
sed "s|/dev/ttyS1|$result|" "$TOP/guest/init" >"$root/init"
cp "$TOP/guest/complaints" "$root/complaints"
chmod 755 "$root/init"
ln -s busybox "$root/bin/sh"
echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
if [ -f "$out/modules.order" ]; then
	while read -r module; do
		cp "$out/${module%.o}.ko" "$root/modules/"
	done < <(sed 's/\.ko$/.o/' "$out/modules.order")
	"$strip" --strip-debug "$root"/modules/*.ko
fi
# Sorted and without times: the same contents give the same image.
find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . -print0 | sort -z | cpio --quiet -0 -o -H newc -R 0:0 --reproducible) >"$image.new"
mv "$image.new" "$image"
