#!/bin/bash
# recipients.sh DIRECTORY: gives each mail in it the To and Cc that the tree's
# scripts/get_maintainer.pl names, and each letter those of all its patches.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need perl awk

dir=$(realpath "$1")
lists=$(mktemp -d)
temporary "$lists"
cd "$TREE"

# Headers are ASCII; names in MAINTAINERS are not.
encode()
{
	perl -MEncode -ne 'chomp; my $line = decode("UTF-8", $_);
		$line =~ s/^([^<]*[^ -~][^<]*) </encode("MIME-Q", $1) . " <"/e; print "$line\n"'
}

# Addresses without the role behind them.
bare() { sed -E 's/>.*/>/; /</!s/ .*//'; }

# To: who maintains what a patch changes.  Cc: reviewers, lists, and those who
# asked for all that mentions a word.
names()
{
	perl scripts/get_maintainer.pl --nogit --nogit-fallback --nofixes --roles "$1" | encode >"$lists/all" || exit
	grep -E '\((maintainer|supporter)' "$lists/all" | grep -v ':Keyword:' | bare >>"$2.to" || :
	bare <"$lists/all" >>"$2.cc"
	echo kvm@vger.kernel.org >>"$2.cc"	# where a thread is to be read as a whole
	sort -u -o "$2.to" "$2.to"
	sort -u "$2.cc" | grep -vxF -f "$2.to" >"$2.cc.new" || :
	mv "$2.cc.new" "$2.cc"
	[ -s "$2.to" ] || { head -n 1 "$2.cc" >"$2.to"; sed -i 1d "$2.cc"; }
	[ -s "$2.to" ] || die "nobody maintains what $1 changes" "look at the patch with $TREE/scripts/get_maintainer.pl"
}

# insert MAIL NAMES: at the end of the headers, a line each.
insert()
{
	awk -v to="$2.to" -v cc="$2.cc" '
		function header(name, file,    text, n) {
			while ((getline text <file) > 0)
				all[++n] = text
			close(file)
			for (i = 1; i <= n; i++)
				print (i == 1 ? name ": " : "    ") all[i] (i < n ? "," : "")
		}
		!done && $0 == "" { header("To", to); header("Cc", cc); done = 1 }
		{ print }' "$1" >"$1.new"
	mv "$1.new" "$1"
}

for topic in "$dir"/*/; do
	topic=${topic%/}
	for mail in "$topic"/*.patch; do
		[[ $mail != *0000-cover-letter.patch ]] || continue
		rm -f "$lists"/one.*
		names "$mail" "$lists/one"
		for kind in to cc; do
			cat "$lists/one.$kind" >>"$lists/${topic##*/}.$kind"
			cat "$lists/one.$kind" >>"$lists/overview.$kind"
		done
		insert "$mail" "$lists/one"
	done
done
for kind in "$lists"/*.to; do
	kind=${kind%.to}
	[ "${kind##*/}" != one ] || continue
	sort -u -o "$kind.to" "$kind.to"
	sort -u "$kind.cc" | grep -vxF -f "$kind.to" >"$kind.new" || :
	mv "$kind.new" "$kind.cc"
	for mail in "$dir/${kind##*/}"/*0000-cover-letter.patch "$dir/${kind##*/}.eml"; do
		[ ! -f "$mail" ] || insert "$mail" "$kind"
	done
done
