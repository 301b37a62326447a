#!/bin/bash
# Installs what the file packages lists and this Debian lacks; does nothing
# when all is there, or where there is no apt.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t wanted < <(sed 's/#.*//; s/[[:space:]]//g; /^$/d' "$TOP/packages")

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	# Elsewhere the packages have other names; each script says what it misses.
	warn "this is not a Debian machine: install what the file packages lists by its package manager, or use Debian 12 in a container"
	exit 0
fi

declare -a missing=()
for package in "${wanted[@]}"; do
	dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
		missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

declare -a root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null ||
		die "these packages are missing: ${missing[*]}" "as root: apt-get install ${missing[*]}"
	root=(sudo env DEBIAN_FRONTEND=noninteractive)
fi
need_disk 3 /var/cache/apt
say "installing ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$LOGS/setup.log
mkdir -p "$LOGS"
: >"$log"
for attempt in 1 2; do
	if "${root[@]}" apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "${missing[@]}" >>"$log" 2>&1; then
		exit 0
	fi
	# The lists may be old or absent: once more with fresh ones.
	[ "$attempt" -eq 2 ] || "${root[@]}" apt-get -q update >>"$log" 2>&1 || break
done
grep -E '^E: ' "$log" >&2 || :
die "apt-get could not install: ${missing[*]}" \
    "look at the network and at $log; Debian 12 (bookworm) has them all"
