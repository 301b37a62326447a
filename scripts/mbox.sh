#!/bin/bash
# mbox.sh: the series as mails in build/mbox/, for git send-email; sends
# nothing.  Each topic is a thread of its own, with a letter (letters/), and
# a letter over all goes before them.  It is told by the environment:
#   SIGNOFF="Name <mail>"	whose the mails are, and who signs the patches off
#   VERSION=2			of the series, 1 if it isn't said
#   TOPIC=vcpus			writes only that topic's, leaving the others
#   BASE_COMMIT=...		the base's commit in the kernel's repository
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need git perl awk

VERSION=${VERSION:-1} TOPIC=${TOPIC:-} SIGNOFF=${SIGNOFF:-} BASE_COMMIT=${BASE_COMMIT:-}
OUT=${MBOX_DIR:-$BUILD/mbox}
new=$OUT.new
mapfile -t topics < <(cut -d/ -f1 "$PATCHES/series" | uniq)
tree() { git -C "$TREE" "$@"; }

preconditions()
{
	local example="make mbox SIGNOFF=\"Name <mail@example.org>\""

	[ -n "$SIGNOFF" ] || die "SIGNOFF is not set: who signs the patches off?" "$example"
	[[ $SIGNOFF =~ ^[^\<\>@[:space:]][^\<\>@]*\ \<[^\<\>@[:space:]]+@[^\<\>@[:space:]]+\.[^\<\>@[:space:].]+\>$ ]] ||
		die "SIGNOFF is '$SIGNOFF', which is not a name and a mail address" "$example"
	[[ $VERSION =~ ^[1-9][0-9]*$ ]] || die "VERSION is '$VERSION', which is not a number" "VERSION=2, for example"
	[[ $BASE_COMMIT =~ ^([0-9a-f]{40})?$ ]] ||
		die "BASE_COMMIT is '$BASE_COMMIT', which is not a commit's 40 digits" "git rev-parse v$BASE_VERSION^0, in the kernel's repository"
	[ -z "$TOPIC" ] || [[ " ${topics[*]} " == *" $TOPIC "* ]] || die "there is no topic '$TOPIC'" "the topics are: ${topics[*]}"
	[ -d "$TREE/.git" ] || die "$TREE is not there" "make tree"
	if [ "$(sum_of "$PATCHES")" != "$(tree config elastic.applied)" ] || [ -n "$(tree status --porcelain -uno)" ] ||
	   [ "$(tree rev-parse elastic HEAD | uniq)" != "$(tree config elastic.head)" ]; then
		die "$TREE is not what patches/ gives" "commit what is not committed there, and run make series"
	fi
}

address() { sed -E 's/.*<(.*)>/\1/' <<<"$1"; }

# threads: each topic's patches, and a cover letter that is to be filled.
threads()
{
	local topic from=base options=()

	[ "$VERSION" = 1 ] || options=(-v "$VERSION")
	for topic in "${topics[@]}"; do
		if [ -z "$TOPIC" ] || [ "$TOPIC" = "$topic" ]; then
			git -C "$new/git" -c core.quotePath=true format-patch -q -n --cover-letter --thread=shallow --signoff \
				--from="$SIGNOFF" --base=base --no-signature --subject-prefix=PATCH "${options[@]}" \
				--diff-algorithm=histogram --stat=72 -o "$new/$topic" "$from..topic/$topic"
			# The covers of several topics, made in one second, would have one ID.
			sed -i -E -e "1,/^\$/s/<cover\./<$topic./" -e "$base_commit" "$new/$topic"/*
		fi
		from=topic/$topic
	done
}

# cover_of TOPIC: its cover letter of this run or, as it was sent, an earlier one.
cover_of() { compgen -G "$new/$1/*0000-*" || compgen -G "$OUT/$1/*0000-*" || :; }
# link_to TOPIC INDENT: its subject, and where its letter can be read.
link_to()
{
	local cover

	cover=$(cover_of "$1")
	sed -n "1s/^Subject: /$2/p" "$TOP/letters/$1.md"
	[ ! -f "$cover" ] || sed -nE "1,/^\$/s@^Message-I[dD]: <(.*)>@$2https://lore.kernel.org/all/\1/@p" "$cover"
}

letters()
{
	local topic before=() text

	letter_base=$(tree log -1 --format=%s base) letter_patches=$(wc -l <"$PATCHES/series")
	export letter_base letter_patches letter_links letter_topics
	letter_topics=$(for topic in "${topics[@]}"; do
		printf '%s\n' "  $topic, $(grep -c "^$topic/" "$PATCHES/series") patches"
		link_to "$topic" "    "
	done)
	for topic in "${topics[@]}"; do
		letter_links="Nothing is needed before this series."
		[ ${#before[@]} -eq 0 ] || letter_links=$(echo "This goes on top of:"
			for text in "${before[@]}"; do link_to "$text" "  "; done)
		before+=("$topic")
		[ -d "$new/$topic" ] || continue
		text=$("$TOP/scripts/letter.sh" "$topic")
		[ "$VERSION" = 1 ] || grep -q "^Changes since v$((VERSION - 1))" <<<"$text" ||
			warn "letters/$topic.md has no paragraph 'Changes since v$((VERSION - 1)), LINK:', which reviewers look for"
		cover "$(cover_of "$topic")" "$text"
	done
	[ -n "$TOPIC" ] || overview "$("$TOP/scripts/letter.sh" series)"
}

# cover FILE LETTER: git encodes the name in the patches, but not in a cover.
cover()
{
	from=$(grep -hm 1 '^From: ' "${1%/*}"/*0001-*) subject=$(sed -n '1s/^Subject: //p' <<<"$2") \
		blurb=$(sed 1,2d <<<"$2") awk '
		/^From: / { $0 = ENVIRON["from"] }
		/^Subject:/ { sub(/\*\*\* SUBJECT HERE \*\*\*/, ENVIRON["subject"]) }
		$0 == "*** BLURB HERE ***" { $0 = ENVIRON["blurb"] }
		{ print }' "$1" >"$1.new"
	mv "$1.new" "$1"
}

# The letter over all is no patch, and asks for advice; hence RFC.
overview()
{
	cat <<-END >"$new/overview.eml"
	$(sed -n '1p;/^From: /p;/^Date: /p;/^$/q' "$(cover_of "${topics[0]}")")
	Subject: [RFC$([ "$VERSION" = 1 ] || echo " v$VERSION")] $(sed -n '1s/^Subject: //p' <<<"$1")
	Message-ID: <series.$(date +%s).git.$(address "$SIGNOFF")>

	$(sed 1,2d <<<"$1")
	END
}

preconditions
# What isn't known by the kernel's repository helps nobody.
base_commit='/^base-commit: /d'
[ -z "$BASE_COMMIT" ] || base_commit="s/^base-commit: .*/base-commit: $BASE_COMMIT/"
temporary "$new"
rm -rf "$new" && mkdir -p "$new"
replaced=$([ -z "$TOPIC" ] || link_to "$TOPIC" '' | sed -n 2p)
export SIGNOFF GIT_COMMITTER_NAME=${SIGNOFF% <*} GIT_COMMITTER_EMAIL
GIT_COMMITTER_EMAIL=$(address "$SIGNOFF")
"$TOP/scripts/signed.sh" "$new/git"
threads
letters
rm -rf "$new/git"
"$TOP/scripts/recipients.sh" "$new"
written=$(find "$new" -type f | wc -l)
if [ -z "$TOPIC" ]; then
	rm -rf "$OUT"
	mv "$new" "$OUT"
else
	mkdir -p "$OUT"
	rm -rf "${OUT:?}/$TOPIC"
	mv "$new/$TOPIC" "$OUT/"
	[ -z "$replaced" ] || ! linking=$(grep -rlF "$replaced" "$OUT") ||
		warn "these link the letter that was replaced; if it was not sent, write all anew, without TOPIC: ${linking//$'\n'/ }"
fi
[ -n "$BASE_COMMIT" ] || warn "the mails have no base-commit: say BASE_COMMIT=\$(git rev-parse v$BASE_VERSION^0), of the kernel's repository"
say "$OUT: $written mails written; look at them, then, in this order:"
# To whom the mails' headers name, and to nobody else; without --to-cmd it asks.
send='git send-email --no-thread --to-cmd=true --suppress-cc=author --suppress-cc=self --suppress-cc=body --suppress-cc=cccmd'
[ -n "$TOPIC" ] || say "  $send $OUT/overview.eml"
for topic in ${TOPIC:-"${topics[@]}"}; do
	say "  $send $OUT/$topic/*.patch"
done
