#!/bin/bash
# Fetches the base's source into the cache and prints the tarball's path.
# Debian first, by an apt configuration of its own; kernel.org if Debian no
# longer has that version, or with SOURCE=kernel.org; then a later Debian one.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

FROM=${SOURCE:-debian}
APT=$CACHE/apt
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# What follows is called behind if, where errexit is off: each step asks.
sum_is() { [ "$(sha256sum <"$1")" = "$2  -" ]; }

# A tarball is in place only after it was verified, with its sum beside it.
place()
{
	if ! sha256sum <"$1" | cut -d' ' -f1 >"$2.sha256.new" || ! mv "$2.sha256.new" "$2.sha256" || ! mv "$1" "$2"; then
		die "$2 cannot be written" "mend what the line above says, and run it again"
	fi
}
cached() { [ -f "$1" ] && [ -f "$1.sha256" ] && sum_is "$1" "$(cat "$1.sha256")"; }

apt_private()
{
	apt-get -qq -c "$APT/apt.conf" "$@" >&2
}

# The machine's own sources and lists stay as they are.
apt_prepare()
{
	mkdir -p "$APT/lists/partial" "$APT/cache/archives/partial" || return 1
	echo "deb [signed-by=$KEYRING] $BASE_MIRROR $BASE_SUITE main" >"$APT/sources.list"
	cat >"$APT/apt.conf" <<-CONF
		Dir::Etc::sourcelist "$APT/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::State::Lists "$APT/lists";
		Dir::Cache "$APT/cache";
		APT::Architecture "amd64";
		APT::Get::AllowUnauthenticated "false";
		APT::Sandbox::User "";
		Acquire::Languages "none";
		Acquire::Retries "3";
	CONF
	apt_private update
}

# The package's version: the one in file base, or a later one of the same
# stable series if asked for; nothing if there is none.
debian_version()
{
	apt-cache -c "$APT/apt.conf" madison "$BASE_DEB" 2>/dev/null |
		awk -v want="$BASE_DEB_VERSION" -v later="$1" -F' *[|] *' '
			$2 == want { found = $2 }
			later && !found { found = $2 }
			END { print found }'
}

# fetch_debian VERSION TARBALL
fetch_debian()
{
	local deb=$APT/${BASE_DEB}_${1}_all.deb inside=./usr/src/$BASE_DEB.tar.xz new=$2.new

	# apt resumes where an interrupted download stopped.
	(cd "$APT" && apt_private download "$BASE_DEB=$1") || return 1
	if [ "$1" = "$BASE_DEB_VERSION" ] && ! sum_is "$deb" "$BASE_DEB_SHA256"; then
		rm -f "$deb"
		die "$BASE_DEB $1 has not the sha256 that file base names" \
		    "run it again; if it stays so, compare with packages.debian.org before trusting either"
	fi
	temporary "$new"
	dpkg-deb --fsys-tarfile "$deb" | tar -xOf - "$inside" >"$new" ||
		die "$deb does not unpack" "mend what the line above says, or remove that file, and run it again"
	if [ "$1" = "$BASE_DEB_VERSION" ] && ! sum_is "$new" "$BASE_TAR_SHA256"; then
		die "the tarball in $BASE_DEB $1 has not the sha256 that file base names" "mend BASE_TAR_SHA256 in file base, if its BASE_DEB_SHA256 is right"
	fi
	place "$new" "$2"
	rm -f "$deb"
}

fetch_kernel_org()
{
	local part=$1.part sums

	need curl
	sums=$(curl -fsSL --retry 3 "${BASE_URL%/*}/sha256sums.asc") || return 1
	sums=$(awk -v name="${BASE_URL##*/}" '$2 == name { print $1 }' <<<"$sums")
	[ -n "$sums" ] || return 1
	curl -fsSL --retry 3 -C - -o "$part" "$BASE_URL" || return 1
	if ! sum_is "$part" "$sums"; then
		rm -f "$part"
		die "${BASE_URL##*/} has not the sum that sha256sums.asc names" "run it again"
	fi
	place "$part" "$1"
}

main()
{
	local tarball=$CACHE/linux-$BASE_VERSION-$FROM.tar.xz version later

	# The cache is everybody's.
	mkdir -p "$CACHE"
	exec 8>"$CACHE/.fetch.lock"
	flock 8
	if cached "$tarball"; then
		echo "$tarball"
		return
	fi
	need_disk 1 "$CACHE"
	if [ "$FROM" = debian ] && command -v apt-get >/dev/null && [ -r "$KEYRING" ]; then
		if apt_prepare; then
			version=$(debian_version '')
			if [ -n "$version" ] && fetch_debian "$version" "$tarball"; then
				echo "$tarball"
				return
			fi
		fi
		warn "Debian's $BASE_SUITE did not give $BASE_DEB $BASE_DEB_VERSION; trying kernel.org"
	fi
	tarball=$CACHE/linux-$BASE_VERSION-kernel.org.tar.xz
	if cached "$tarball" || fetch_kernel_org "$tarball"; then
		echo "$tarball"
		return
	fi
	version=
	[ ! -f "$APT/apt.conf" ] || version=$(debian_version later)
	later=${version%%-*}
	if [ -n "$version" ] && [ "${later%.*}" = "${BASE_VERSION%.*}" ]; then
		warn "Linux $BASE_VERSION cannot be had; taking $later instead, which file base does not name"
		tarball=$CACHE/linux-$later-debian.tar.xz
		if cached "$tarball" || fetch_debian "$version" "$tarball"; then
			echo "$tarball"
			return
		fi
	fi
	die "no source of Linux $BASE_VERSION could be reached (Debian's mirror, kernel.org)" \
	    "look at the network (a proxy: http_proxy, https_proxy), or use a tree of your own: LINUX=/path/to/linux-$BASE_VERSION make ..."
}

main "$@"
