#!/bin/bash
# make deb: Debian packages of the patched kernel, from any configuration.
#   CONFIG=FILE         the configuration, plain, .gz or .xz (the running kernel's)
#   MODULES=loaded      no modules but KVM's and those that are loaded here, or
#                       listed in LSMOD=FILE (what lsmod printed elsewhere)
#   DEBUG_INFO=n        no debugging information, and so no BTF: less disk, less time
#   KVM_MAX_NR_VCPUS=N  the most vCPUs of a VM (what the configuration says)
#   LOCALVERSION=-NAME  ends the kernel's name (-elastic): it is installed beside others
#   DEB=DIR             where the packages go (build/deb)
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

DEB=$(realpath -m "${DEB:-$BUILD/deb}") suffix=${LOCALVERSION:--elastic}
unset LOCALVERSION
[[ $suffix =~ ^-[a-z0-9.+-]{1,30}$ ]] ||
	die "LOCALVERSION=$suffix cannot end a package's name" "for example LOCALVERSION=-mine: small letters, digits, dots"
[ -f "$TREE/Makefile" ] || die "$TREE is not there" "make tree"
export PATH=$PATH:/usr/sbin:/sbin
need gcc make flex bison bc perl rsync cpio xz openssl dpkg-buildpackage dh_builddeb depmod

# The packages appear in the directory above the objects, so one at a time.
objects=$TREE/.out-$(basename "$DEB")
mkdir -p "$objects" "$LOGS"
exec 9>"$TREE/.out-deb.lock"
flock -n 9 || { say "waiting for another make deb to end"; flock 9; }

kbuild()
{
	make -j "$JOBS" -C "$TREE" O="$objects" ARCH=x86_64 CC="${CC:-gcc}" HOSTCC="${CC:-gcc}" \
		LOCALVERSION="$suffix" KBUILD_BUILD_USER=elastic KBUILD_BUILD_HOST=kvm "$@"
}
configured() { grep -qE "^CONFIG_($1)=y" "$objects/.config"; }

# tool COMMAND SYMBOLS: what only some configurations need, by its package's name.
tool()
{
	! configured "$2" || command -v "$1" >/dev/null ||
		die "this configuration needs $1, for CONFIG_$2" "apt install $1"
}

# A later build is a later version.  Without debugging symbols, which are large,
# and without dpkg's check for packages, of which most configurations need fewer.
package()
{
	local version

	version=$(kbuild -s kernelversion | sed 's/-\(rc[0-9]*\)/~\1/')
	KDEB_PKGVERSION=$version-$(date -u +%Y%m%d.%H%M) DEB_BUILD_OPTIONS=terse \
		DEB_BUILD_PROFILES=pkg.linux-upstream.nokerneldbg kbuild bindeb-pkg DPKG_FLAGS=--no-check-builddeps || { leftovers; exit 1; }
}

"$TOP/scripts/deb-config.sh" "$objects"
tool zstd 'KERNEL_ZSTD|MODULE_COMPRESS_ZSTD'
tool lz4 KERNEL_LZ4
tool lzop KERNEL_LZO
! configured GENDWARFKSYMS || printf '#include <dwarf.h>\n' | gcc -fsyntax-only -x c - 2>/dev/null ||
	die "this configuration needs libdw's headers, for CONFIG_GENDWARFKSYMS" "apt install libdw-dev"
# MiB for each module and for the rest: three times what Debian's packages hold,
# as objects, modules and packages are there at once.  An estimate, not measured.
each=2 rest=2048
! configured DEBUG_INFO || each=6 rest=5120
modules=$(grep -c '=m$' "$objects/.config") || :
need_disk $(((modules * each + rest) / 1024)) "$objects"
need_memory 2 "linking a distribution's kernel"
release=$(kbuild -s kernelrelease)

leftovers() { rm -f "$TREE"/linux-{image,headers,libc-dev}[-_]*.deb "$TREE"/linux-upstream_*; }
leftovers
step 1/1 "$release and its packages (a distribution's takes hours; see $LOGS/deb.log)" deb package
mkdir -p "$DEB"
declare -a packages=()
for package in "$TREE"/linux-{image,headers}-"$release"_*.deb; do
	[ -f "$package" ] || continue # without modules there are no headers
	name=${package##*/}
	rm -f "$DEB/${name%%_*}"_*.deb
	mv "$package" "$DEB"
	packages+=("$DEB/$name")
done
# What is left is the C library's headers: they stay the distribution's.
leftovers
du -h "${packages[@]}"
secure=/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
if [ "$(od -An -t u1 -j 4 -N 1 "$secure" 2>/dev/null | tr -d ' ')" = 1 ]; then
	warn "Secure Boot is on, and boots this kernel only if it is signed with an enrolled key (sbsign, mokutil)"
fi
say "To install it:  sudo apt install ${packages[*]}"
say "To go back:     boot another kernel (GRUB: Advanced options), then sudo apt remove linux-image-$release${packages[1]:+ linux-headers-$release}"
