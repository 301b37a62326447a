#!/bin/bash
# deb-config.sh DIR: writes DIR/.config for make deb, by CONFIG, MODULES, LSMOD,
# DEBUG_INFO and KVM_MAX_NR_VCPUS (see deb.sh), and says what became different
# from what was given and matters.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || die "deb-config.sh wants a directory"
dir=$1 modules=${MODULES:-all} debug=${DEBUG_INFO:-y} vcpus=${KVM_MAX_NR_VCPUS:-}
[[ $modules = all || $modules = loaded ]] || die "MODULES=$modules means nothing" "MODULES=loaded, or leave it out"
[[ $debug = [yn] ]] || die "DEBUG_INFO=$debug means nothing" "DEBUG_INFO=n, or leave it out"
[[ $vcpus =~ ^[0-9]*$ ]] || die "KVM_MAX_NR_VCPUS=$vcpus is not a number" "a number from 1024 to 65536"

given=${CONFIG:-}
if [ -z "$given" ]; then
	given=/boot/config-$(uname -r)
	[ -r "$given" ] || given=/proc/config.gz
	[ -r "$given" ] || die "the running kernel's configuration is not found" \
		"name one: CONFIG=/path/to/config (a distribution's is /boot/config-* of its kernel's package)"
fi

kbuild() { make -s -C "$TREE" O="$dir" ARCH=x86_64 CC="${CC:-gcc}" HOSTCC="${CC:-gcc}" "$@"; }
config() { "$TREE/scripts/config" --file "$dir/.config" "$@"; }
value() { sed -n "s/^CONFIG_$1=\"*\([^\"]*\)\"*$/\1/p" "$dir/.config"; }

# readable FILES DIRECTORY: are all of them on this machine?
readable()
{
	local file

	for file in $1; do
		[[ $file = /* ]] || file=${2:-/nowhere}/$file
		[ -r "$file" ] || return 1
	done
}

# A distribution's configuration names what only its builders have.
foreign()
{
	local symbol files where

	for symbol in SYSTEM_TRUSTED_KEYS SYSTEM_REVOCATION_KEYS SYSTEM_BLACKLIST_HASH_LIST INITRAMFS_SOURCE EXTRA_FIRMWARE; do
		files=$(value "$symbol") where=
		[ "$symbol" != EXTRA_FIRMWARE ] || where=$(value EXTRA_FIRMWARE_DIR)
		if ! readable "$files" "$where"; then
			say "  $symbol: without $files, which is not on this machine"
			config --set-str "$symbol" ''
		fi
	done
	if [ "$(value MODULE_SIG)" = y ]; then
		files=$(value MODULE_SIG_KEY)
		if [ -z "$files" ] || ! readable "$files"; then
			say "  MODULE_SIG_KEY: a key made for this build signs the modules"
			config --set-str MODULE_SIG_KEY certs/signing_key.pem
		fi
		config --enable MODULE_SIG_ALL
	fi
	# Tests; warnings of a compiler that the distribution didn't use; its name.
	config --disable KUNIT --disable WERROR --disable LOCALVERSION_AUTO --set-str LOCALVERSION ''
}

# Only modules that are loaded or listed, and a VMM's, loaded or not.
loaded()
{
	local list=$dir/.lsmod

	if [ -n "${LSMOD:-}" ]; then
		list=$(realpath -m "$LSMOD")
	else
		lsmod >"$list" || die "lsmod failed" "leave MODULES=loaded out"
	fi
	grep -qsv '^Module ' "$list" ||
		die "MODULES=loaded: there is no module in $list" "leave it out, or LSMOD=/path/to/what/lsmod/printed"
	LSMOD=$list LMC_KEEP=arch/x86/kvm:virt:drivers/vhost:drivers/vfio \
		kbuild localmodconfig < <(yes '') >"$LOGS/deb-loaded.log" 2>&1 ||
		die "make localmodconfig failed" "look at $LOGS/deb-loaded.log"
}

unpack=(cat)
case $given in
*.gz) unpack=(gzip -dc) ;;
*.xz) unpack=(xz -dc) ;;
esac
"${unpack[@]}" "$given" >"$dir/.config" || die "cannot read CONFIG=$given" "name a kernel's configuration, plain, .gz or .xz"
grep -q '^CONFIG_X86_64=y' "$dir/.config" || die "$given is no configuration of an x86-64 kernel" "CONFIG=/path/to/another"
say "configuration: $given"
foreign
btf=$(value DEBUG_INFO_BTF)
if [ "$debug" = n ]; then
	config --enable DEBUG_INFO_NONE --disable DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT \
		--disable DEBUG_INFO_DWARF4 --disable DEBUG_INFO_DWARF5 --disable DEBUG_INFO_BTF
fi
[ -z "$vcpus" ] || config --set-val KVM_MAX_NR_VCPUS "$vcpus"
kbuild olddefconfig 2>"$LOGS/deb-config.log" || die "make olddefconfig failed" "look at $LOGS/deb-config.log"
[ "$modules" = all ] || loaded
[[ $(value KVM_INTEL)$(value KVM_AMD) = *[ym]* ]] ||
	die "$given has neither KVM_INTEL nor KVM_AMD: there is nothing in it for the series to change" \
	    "CONFIG=/path/to/another, for example a distribution's"
[ -z "$vcpus" ] || [ "$(value KVM_MAX_NR_VCPUS)" = "$vcpus" ] ||
	die "this kernel cannot have KVM_MAX_NR_VCPUS=$vcpus" "a number from 1024 to 65536"
[ "$btf" = "$(value DEBUG_INFO_BTF)" ] ||
	say "  DEBUG_INFO_BTF: left out, as $([ "$debug" = n ] && echo "DEBUG_INFO=n says" || echo "this pahole cannot make it (apt install pahole)")"
say "  $(grep -c '=m$' "$dir/.config" || :) modules, up to $(value KVM_MAX_NR_VCPUS) vCPUs a VM"
