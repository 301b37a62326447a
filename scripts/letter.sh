#!/bin/bash
# letter.sh NAME: the letter that letters/NAME.md is the template of, with the
# figures of results/, as scripts/mbox.sh puts it into a mail.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need awk

LETTERS=${LETTERS:-$TOP/letters}
template=$LETTERS/${1-}.md
[ -f "$template" ] ||
	die "letter.sh wants the name of a letter" "one of: $(cd "$LETTERS" && printf '%s ' *.md | sed 's/\.md//g')"
grep -q '^Subject: .' <(head -n 1 "$template") ||
	die "letters/$1.md does not begin with a subject" "make 'Subject: KVM: ...' its first line"

# What mbox.sh knows better.
export letter_links=${letter_links:-"(links to the other series)"}
export letter_topics=${letter_topics:-"(links to the series)"}
export letter_base=${letter_base:-"Linux $BASE_VERSION"}
export letter_patches=${letter_patches:-$(wc -l <"$PATCHES/series")}

letter=$(LC_ALL=C awk -v top="$TOP" -v results="${RESULTS:-$TOP/results}" -v name="letters/$1.md" \
	-f "$TOP/scripts/tables.awk" -f "$TOP/scripts/letter.awk" "$template") || exit 1
if LC_ALL=C grep -vE '^[ -~]{0,75}$|^ *https://[!-~]+$' <<<"$letter" >&2 || grep -E '\{\{|\}\}|^@' <<<"$letter" >&2; then
	die "letters/$1.md gives the above, which a mail can't have: not ASCII, over 75 columns, or a placeholder" \
	    "mend the template, or what it takes from results/, docs/ or README.md"
fi
printf '%s\n' "$letter"
