#!/bin/bash
# make deb: a configuration with the peculiarities of distributions' gives
# packages that apt installs and removes in a Debian root.  That root boots with
# its own initramfs, and KVM there allows what the base's doesn't.  What make
# deb can't use, it refuses before it builds.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

VCPUS=8192	# KVM_MAX_NR_VCPUS of the base is 4096 at most
RELEASE=$(make -s -C "$TREE" kernelversion)-elastic-test
scratch=$(mktemp -d "$BUILD/.check.XXXXXX")
temporary "$scratch" "$TREE/.out-deb-refused"
given=$scratch/config/.config
export DEB=$BUILD/deb-test

configuration()
{
	mkdir "$scratch/config"
	make -s -C "$TREE" O="$scratch/config" ARCH=x86_64 tinyconfig
	cd "$scratch/config"
	"$TREE/scripts/kconfig/merge_config.sh" -m -O . .config "$TOP/configs/x86.config" "$TOP/configs/deb-test.config"
}

build()
{
	local said wanted="linux-headers-$RELEASE linux-image-$RELEASE"

	rm -rf "$DEB"
	configuration
	said=$(CONFIG=$given KVM_MAX_NR_VCPUS=$VCPUS LOCALVERSION=-elastic-test CC='ccache gcc' "$TOP/scripts/deb.sh" | tee >(cat >&2))
	for symbol in SYSTEM_TRUSTED_KEYS EXTRA_FIRMWARE MODULE_SIG_KEY; do
		grep -q "^  $symbol: " <<<"$said" || die "$symbol was not dealt with"
	done
	[ "$(cd "$DEB" && printf '%s\n' * | sed 's/_.*//' | paste -sd' ')" = "$wanted" ] || die "$DEB has not just $wanted: $(ls "$DEB")"
	grep -q "^To install it: .*$DEB/linux-image-${RELEASE}_" <<<"$said" || die "the last lines do not say how to install it"
	[ -z "$(git -C "$TREE" status --porcelain)" ] || die "make deb left files in $TREE: $(git -C "$TREE" status --porcelain)"
}

# debian_root [sudo]: as root in the plain way, else in user namespaces.
debian_root()
{
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg

	# shellcheck disable=SC2016
	"$@" mmdebstrap --quiet --variant=apt --format=ext2 --include=initramfs-tools,busybox \
		--aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--customize-hook="copy-in $scratch/packages /var/tmp" \
		--customize-hook='chroot "$1" sh -eux /var/tmp/packages/install' \
		--customize-hook="copy-in $scratch/local /usr" \
		--customize-hook="copy-out /boot $scratch" \
		"$ROOT_SUITE" "$scratch/image" "deb [signed-by=$keyring] $BASE_MIRROR $ROOT_SUITE main"
}

# Installed, removed without a trace that the boot loader would find, installed again.
install_packages()
{
	mkdir -p "$scratch/packages" "$scratch/local/sbin" "$scratch/local/share"
	cp "$DEB"/*.deb "$scratch/packages"
	cp "$TOP/guest/installed" "$scratch/local/sbin/installed"
	cp "$TOP/guest/complaints" "$scratch/local/share/complaints"
	gcc -O2 -Wall -Werror -static -o "$scratch/local/sbin/limits" "$TOP/guest/limits.c"
	cat >"$scratch/packages/install" <<-END
		export DEBIAN_FRONTEND=noninteractive
		apt-get -q -y install /var/tmp/packages/*.deb
		test -s /boot/initrd.img-$RELEASE
		apt-get -q -y remove linux-image-$RELEASE linux-headers-$RELEASE
		test -z "\$(ls /boot)"
		apt-get -q -y install /var/tmp/packages/*.deb
		rm -r /var/tmp/packages
	END
	debian_root || { [ "$(id -u)" -ne 0 ] && sudo -n true && debian_root sudo; }
}

boot()
{
	local accel=(-accel tcg -cpu max) vendor=amd line

	! nested_kvm || accel=(-accel kvm -cpu host)
	! nested_kvm || ! grep -qw vmx /proc/cpuinfo || vendor=intel
	"$TOP/scripts/root.sh"
	timeout --foreground -k 5 900 "$ROOT/qemu-system-x86_64" "${accel[@]}" -M q35 -m 2G -smp 1 \
		-display none -nic none -no-reboot -nodefaults \
		-kernel "$scratch/boot/vmlinuz-$RELEASE" -initrd "$scratch/boot/initrd.img-$RELEASE" \
		-append 'root=/dev/vda ro init=/usr/local/sbin/installed console=ttyS0 panic=-1 oops=panic' \
		-drive "file=$scratch/image,format=raw,if=none,readonly=on,id=root" -device virtio-blk-pci,drive=root \
		-serial stdio -serial "file:$scratch/result" </dev/null
	tr -d '\r' <"$scratch/result" >"$scratch/said"
	cat "$scratch/said"
	grep -qx end "$scratch/said" || die "the root did not come as far as its first process's end"
	for line in "release $RELEASE" 'modules .*ext2 .*' 'modules .*virtio_blk .*' "modules .*kvm_$vendor .*" 'tainted 0' \
	    "result vCPUs at most (KVM_CAP_MAX_VCPUS): $VCPUS" "result a VM with $VCPUS vCPUs created: .*"; do
		grep -qx "$line" "$scratch/said" || die "the installed kernel did not say '$line'"
	done
	! grep '^fault ' "$scratch/said" || die "the installed kernel complained: $(grep -m 1 '^fault ' "$scratch/said")"
}

# refused WHAT NAME=VALUE...: it ends with an error that says WHAT and what to do.
refused()
{
	local what=$1 said

	shift
	! said=$(env DEB="$BUILD/deb-refused" "$@" "$TOP/scripts/deb.sh" 2>&1) || die "this was not refused: $*"
	grep -A 1 "^error: .*$what" <<<"$said" | grep -q '^  what to do: ' || die "refused, but not for '$what': $said"
	[ ! -e "$BUILD/deb-refused" ] || die "refused, but there are packages: $*"
}
refuses()
{
	refused 'cannot end a package' CONFIG="$given" LOCALVERSION=-My_kernel
	refused 'cannot read' CONFIG="$scratch/nothing"
	refused 'cannot have KVM_MAX_NR_VCPUS=65537' CONFIG="$given" KVM_MAX_NR_VCPUS=65537
	refused 'is not a number' CONFIG="$given" KVM_MAX_NR_VCPUS=many
	refused 'DEBUG_INFO=no means nothing' CONFIG="$given" DEBUG_INFO=no
	refused 'MODULES=few means nothing' CONFIG="$given" MODULES=few
	echo 'Module Size Used by' >"$scratch/lsmod"
	refused 'there is no module' CONFIG="$given" MODULES=loaded LSMOD="$scratch/lsmod"
	grep -v '^CONFIG_KVM_' "$given" >"$scratch/without-kvm"
	refused 'neither KVM_INTEL nor KVM_AMD' CONFIG="$scratch/without-kvm"
	sed 's/X86_64/ARM64/' "$given" >"$scratch/arm64"
	refused 'no configuration of an x86-64 kernel' CONFIG="$scratch/arm64"
}
loaded()
{
	mkdir "$scratch/loaded"
	printf 'Module Size Used by\nvirtio_blk 1 0\n' >"$scratch/lsmod"
	CONFIG=$given MODULES=loaded LSMOD=$scratch/lsmod "$TOP/scripts/deb-config.sh" "$scratch/loaded"
	[ "$(grep -cE '^CONFIG_(VIRTIO_BLK|KVM_AMD|KVM_INTEL)=m' "$scratch/loaded/.config")" = 3 ] || die "a module that is loaded, or KVM's, is left out"
	! grep '^CONFIG_EXT2_FS=' "$scratch/loaded/.config" || die "ext2 is not loaded, and is built"
}

progress "compiling the patched kernel from a configuration like a distribution's, as packages"
check deb-build "make deb builds packages from a configuration like a distribution's" build
[ "$good" = 1 ] || exit 0
check deb-install "apt installs the packages in Debian $ROOT_SUITE, removes them, installs them again" install_packages
[ "$good" = 0 ] || check deb-boot "that root boots with its own initramfs; KVM has $VCPUS vCPUs, the base 4096 at most" boot
check deb-refuses "make deb refuses what it can't use, before it builds" refuses
check deb-loaded "MODULES=loaded keeps the loaded modules and KVM's" loaded
