# shellcheck shell=bash
# Sourced by every script: paths, messages, steps, checks before work begins.
set -euo pipefail
export LC_ALL=C.UTF-8

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$(realpath -m "${BUILD:-$TOP/build}")
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/elastic-kvm
LOGS=$BUILD/log
TREE=$BUILD/linux
PATCHES=${PATCHES:-$TOP/patches}
JOBS=${JOBS:-$(nproc)}
export BUILD CACHE LOGS TREE PATCHES JOBS
# shellcheck source=/dev/null
. "$TOP/base"
export ROOT=$CACHE/root-$ROOT_SUITE-backports

# One compiler cache for both trees, beside the downloads.
export CCACHE_DIR=$CACHE/ccache CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}
export CCACHE_BASEDIR=$BUILD CCACHE_COMPILERCHECK=content
# The user's git configuration must not show in patches or commits, nor what was
# said to this make (LINUX=...) in the kernel's makefiles.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

say() { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# die WHAT WHATTODO: what went wrong, and what the reader can do about it.
die()
{
	printf 'error: %s\n' "$1" >&2
	[ $# -lt 2 ] || printf '  what to do: %s\n' "$2" >&2
	exit 1
}

# Temporary files and directories named here are removed on every way out.
declare -a TEMPORARY=()
temporary() { TEMPORARY+=("$@"); }
cleanup()
{
	local status=$?

	trap - EXIT
	[ ${#TEMPORARY[@]} -eq 0 ] || rm -rf "${TEMPORARY[@]}"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT; trap 'exit 143' TERM

# step N/M TEXT LOG COMMAND...: one line before and its time after; the output
# goes to build/log/LOG.log, of which a failure shows what explains it.  A function
# ends where a command of it fails, if step itself is not behind if, && or ||.
step()
{
	local number=$1 text=$2 log=$LOGS/$3.log start=$SECONDS status

	shift 3
	mkdir -p "$LOGS"
	printf '[%s] %s ... ' "$number" "$text"
	set +e
	(set -e; "$@") >"$log" 2>&1 </dev/null
	status=$?
	set -e
	[ "$status" -ne 0 ] || { printf '%d s\n' $((SECONDS - start)); return 0; }
	printf 'failed after %d s\n' $((SECONDS - start))
	failure "$log" >&2
	printf '  the whole log: %s\n' "$log" >&2
	return "$status"
}

# failure LOG: the lines of a log that tell the cause, else its last ones.
failure()
{
	local pattern='(^|[^a-z])error[: ]|undefined reference|undefined!|No rule to make'

	if grep -a -q '^error: ' "$1"; then
		grep -a -A4 '^error: ' "$1" | tail -n 20
	elif grep -a -qE "$pattern" "$1"; then
		grep -a -m 10 -E "$pattern" "$1"
		printf '  what to do: mend the first of these, then run the same command again\n'
	else
		tail -n 15 "$1" | sed 's/^/  /'
	fi
}

# need COMMAND...: commands that must be there, or what installs them.
need()
{
	local command missing=

	for command; do
		command -v "$command" >/dev/null || missing="$missing $command"
	done
	[ -z "$missing" ] ||
		die "not installed:$missing" "run scripts/setup.sh, which installs what the file packages lists"
}

# need_disk GIB DIRECTORY
need_disk()
{
	local free

	mkdir -p "$2" || die "cannot write to $2" "choose another place: BUILD=/some/where or XDG_CACHE_HOME=/some/where"
	free=$(df --output=avail -k "$2" | tail -n 1)
	[ "$free" -ge $(($1 * 1048576)) ] ||
		die "$2 has $((free / 1048576)) GiB free, $1 GiB are needed" \
		    "free some, or choose another place: BUILD=/some/where (the build) or XDG_CACHE_HOME=/some/where (downloads and caches)"
}

# need_memory GIB WHATFOR
need_memory()
{
	local free

	free=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
	[ "$free" -ge $(($1 * 1048576)) ] ||
		die "$((free / 1048576)) GiB of memory are available, $2 needs $1 GiB" \
		    "end what else runs on this machine, or add memory or swap"
}

# nested_kvm: can QEMU here run a host that itself runs guests with KVM?
nested_kvm() { [ -w /dev/kvm ] && grep -qs '^[1Y]' /sys/module/kvm_{amd,intel}/parameters/nested; }

# sum_of PATCHES: one for all patches of a directory and their order
sum_of() { (cd "$1" && { xargs -r cat <series; cat series; }) | sha256sum | cut -d' ' -f1; }
# source_of TREE: the directory of the tree named base or patched, or each (any
# commit of the series, which scripts/at.sh checks out).
source_of()
{
	case $1 in
	base) echo "$BUILD/base" ;;
	patched) echo "$TREE" ;;
	each) echo "$BUILD/each" ;;
	*) die "there is no tree named '$1'" "say base or patched" ;;
	esac
}

# of_series SOURCE FRAGMENT: the lines of a fragment for the series of which this
# tree, a commit in the middle of it, already has the symbols and the numbers.
of_series()
{
	local symbol value kconfig=("$1"/{virt,arch/*}/kvm/Kconfig)
	while IFS='=' read -r symbol value; do
		grep -qsE "^(menu)?config ${symbol#CONFIG_}$" "${kconfig[@]}" "$1/lib/Kconfig.debug" || continue
		[[ ! $value =~ ^[0-9]+$ ]] || grep -qsw "$value" "${kconfig[@]}" || continue
		echo "$symbol=$value"
	done <"$2"
}
