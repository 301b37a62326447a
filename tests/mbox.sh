#!/bin/bash
# make mbox: its mails apply to the base, are the submitter's, name recipients,
# and form a thread for each topic; its letters have all figures that they
# name; what is missing is refused before anything is written.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

SIGNER='Sübmitter O. Test <submitter@example.com>'
scratch=$(mktemp -d "$BUILD/.check.XXXXXX")
temporary "$scratch"
export MBOX_DIR=$scratch/mbox
mkdir -p "$MBOX_DIR/gone"

write() { SIGNOFF=$SIGNER VERSION=3 "$TOP/scripts/mbox.sh"; }
patches() { find "$MBOX_DIR" -name '*.patch' ! -name '*-0000-*' | LC_ALL=C sort; }

# A repository in which only the files that the mails touch are checked out;
# the topics in the order of the series.
applies()
{
	local topic

	cd "$scratch"
	git clone -q --shared --no-checkout "$TREE" linux
	cd linux
	git config user.name elastic-kvm
	git config user.email elastic-kvm@example.org
	patches | xargs sed -nE 's@^diff --git a/(.*) b/.*@/\1@p' | sort -u | git sparse-checkout set --no-cone --stdin
	git checkout -q -B mails base
	for topic in $(cut -d/ -f1 "$PATCHES/series" | uniq); do
		patches | grep "/$topic/" | xargs git am -q
	done
	[ "$(git rev-parse 'mails^{tree}')" = "$(git rev-parse 'origin/elastic^{tree}')" ] ||
		die "the mails give other files than build/linux has"
	[ "$(git log --format='%an <%ae>' base..mails | sort -u)" = "$SIGNER" ] ||
		die "not each commit has the submitter as its author"
	[ "$(git log --format='%(trailers:key=Signed-off-by,valueonly,separator=%x2c)' base..mails | sort -u)" = "$SIGNER" ] ||
		die "not each commit has the submitter's Signed-off-by and no other"
}

# header MAIL NAME: its value, unfolded.
header() { sed '/^$/q' "$1" | sed -e ':a' -e '$!{N;ba' -e '}' -e 's/\n[ \t]\+/ /g' | sed -nE "s/^$2: (.*)/\1/Ip"; }
headers()
{
	local mail topic number count cover

	for mail in "$MBOX_DIR"/*/*.patch "$MBOX_DIR/overview.eml"; do
		! LC_ALL=C grep -n '[^ -~	]' < <(sed '/^$/q' "$mail") || die "$mail has a header that isn't ASCII"
		[[ $(header "$mail" From) == *'<submitter@example.com>' ]] || die "$mail is not from the submitter"
		[[ $(header "$mail" To) == *@* && $(header "$mail" Cc) == *kvm@vger.kernel.org* ]] || die "$mail lacks recipients"
		topic=$(basename "$(dirname "$mail")") number=$(basename "$mail" | cut -d- -f2)
		[ "$mail" != "$MBOX_DIR/overview.eml" ] || continue
		count=$(grep -c "^$topic/" "$PATCHES/series") cover=("$MBOX_DIR/$topic/"*-0000-*)
		grep -qE "^\[PATCH v3 0*$((10#$number))/$count\] KVM: " <<<"$(header "$mail" Subject)" || die "$mail has the subject $(header "$mail" Subject)"
		[ "$number" = 0000 ] || [ "$(header "$mail" In-Reply-To)" = "$(header "${cover[0]}" Message-I[dD])" ] ||
			die "$mail does not answer its topic's letter"
	done
	[ "$(sed -nE '1,/^$/s/^Message-I[dD]: //p' "$MBOX_DIR"/*/*.patch "$MBOX_DIR/overview.eml" | sort | uniq -d)" = "" ] ||
		die "two mails have the same Message-ID"
}

letters()
{
	local mail

	for mail in "$MBOX_DIR"/*/*-0000-* "$MBOX_DIR/overview.eml"; do
		! grep -nE '\{\{|\}\}|^@|\*\*\* .* HERE|\(links ' "$mail" || die "$mail has a placeholder"
		grep -q '^What was not tested$' "$mail" || die "$mail does not say what was not tested"
	done
}

# What make mbox says to run sends each mail to whom its headers name.
sends()
{
	git --list-cmds=main,others | grep -x send-email || nothing "git send-email is not installed"
	sed -n "s/^  git send-email /&--dry-run --smtp-server=localhost --from='$SIGNER' /p" "$LOGS/check-mbox.log" | sh -eux >"$scratch/sent"
	find "$MBOX_DIR" -type f | while read -r mail; do header "$mail" To; header "$mail" Cc; done |
		grep -oE '[^<>, ]+@[^<>, ]+' | sort | diff - <(sed -nE 's/^RCPT TO:<(.*)>$/\1/p' "$scratch/sent" | sort) ||
		die "git send-email sends to others than the mails name, see the lines above"
}
# A topic written alone leaves the others, whose links to it go nowhere now.
alone()
{
	[ ! -e "$MBOX_DIR/gone" ] || die "what was there before is still there"
	TOPIC=$(tail -n 1 "$PATCHES/series" | cut -d/ -f1) write 2>&1 | grep 'link the letter .*overview.eml' || die "nothing was said of the links"
}

# checkpatch reads all of a patch, whatever it is to check; up to the first
# change is enough here.
sign_offs()
{
	local mail

	mkdir "$scratch/messages"
	patches | while read -r mail; do
		sed '/^@@/,$d' "$mail" >"$scratch/messages/$(basename "$(dirname "$mail")")-${mail##*/}"
	done
	cd "$TREE"
	printf '%s\n' "$scratch"/messages/* | xargs perl scripts/checkpatch.pl --terse --no-summary --show-types \
		--types MISSING_SIGN_OFF,NO_AUTHOR_SIGN_OFF,BAD_SIGN_OFF,FROM_SIGN_OFF_MISMATCH 2>/dev/null
}

# refused WHAT COMMAND...: it ends with an error that says WHAT, and wrote nothing.
refused()
{
	local what=$1 said

	shift
	rm -rf "$MBOX_DIR"
	! said=$("$@" 2>&1) || die "this was not refused: $*"
	grep -A 1 "^error: .*$what" <<<"$said" | grep -q '^  what to do: ' || die "refused, but not for '$what': $said"
	[ ! -e "$MBOX_DIR" ] || die "refused, but mails were written: $*"
}

refuses()
{
	local mbox=$TOP/scripts/mbox.sh results name named

	refused 'SIGNOFF is not set' env SIGNOFF= "$mbox"
	for name in Name mail@example.com '<mail@example.com>' 'Name <mail>' 'Name <a@b.c> <d@e.f>' 'Name <mail@example.com' ; do
		refused 'which is not a name and a mail' env SIGNOFF="$name" "$mbox"
	done
	refused 'which is not a number' env SIGNOFF="$SIGNER" VERSION=v2 "$mbox"
	refused 'there is no topic' env SIGNOFF="$SIGNER" TOPIC=nothing "$mbox"
	refused 'which is not a commit' env SIGNOFF="$SIGNER" BASE_COMMIT=v7.3 "$mbox"
	cp -r "$PATCHES" "$scratch/patches"
	echo >>"$scratch/patches/$(tail -n 1 "$PATCHES/series")"
	refused 'is not what patches/ gives' env SIGNOFF="$SIGNER" PATCHES="$scratch/patches" "$mbox"
	mapfile -t named < <(grep -ohE 'results/[a-z]+\.md' "$TOP"/letters/*.md | sort -u)
	for results in "${named[@]}"; do
		name=${results##*/}
		cp -r "$TOP/results" "$scratch/results"
		rm "$scratch/results/$name"
		refused "there is no results/$name" env SIGNOFF="$SIGNER" RESULTS="$scratch/results" "$mbox"
		grep -v '^|' "$TOP/$results" >"$scratch/results/$name"
		refused "results/$name has no" env SIGNOFF="$SIGNER" RESULTS="$scratch/results" "$mbox"
		rm -r "$scratch/results"
	done
}

check mbox "make mbox writes a mail for each patch and a letter for each topic" write
[ "$good" = 1 ] || exit 0
check mbox-applies "its mails apply to the base, give build/linux, are signed off by the submitter only" applies
check mbox-headers "its mails have sender, version, recipients and threads" headers
check mbox-letters "its letters have no placeholder left" letters
check mbox-signed "checkpatch finds the sign-offs" sign_offs
check mbox-sends "the commands that make mbox names send to whom the mails name" sends
check mbox-alone "a topic's mails can be written alone" alone
check mbox-refuses "make mbox refuses what is missing or wrong, and writes nothing then" refuses
