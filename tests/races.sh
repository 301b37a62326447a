#!/bin/bash
# The data races that KCSAN reported in KVM, from the logs of make check-debug:
# those of the patched host must have been seen in the base, now or before
# (tests/races.known, with reasons).  Races that KVM has no part in are left out.
# A race is the names of its two functions, as in KCSAN's own first line.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# races LOG...: each once, as NAME / NAME, in KVM's modules.
races()
{
	sed -nE 's/^.*BUG: KCSAN: (data-race|assert: race) in (.*\[kvm.*)$/\2/p' "$@" 2>/dev/null |
		tr -d '\r' | sed -E 's/ \[kvm[a-z_]*\]//g; s/\.(isra|constprop|part|cold)[.0-9]*//g' | sort -u
}

declare -a patched=("$LOGS"/check-kcsan-*.log "$LOGS"/check-kunit+kcsan.log)
races "${patched[@]}" >"$LOGS/races-patched"
races "$LOGS"/check-base-*.log >"$LOGS/races-base"
found=0
while read -r race; do
	found=$((found + 1))
	reason=$(sed -n "s|^$race: ||p" "$TESTS/races.known")
	if grep -qxF -e "$race" "$LOGS/races-base"; then
		progress "race $race: in the base, too"
	elif [ -n "$reason" ]; then
		progress "race $race: known, $reason"
	else
		not_ok "no data race that the base hasn't" "$race, see $(grep -lF "${race%% *}" "${patched[@]}" 2>/dev/null | head -n 1)"
	fi
done <"$LOGS/races-patched"
for log in "$LOGS"/check-base-guests-1.log "$LOGS"/check-base-stress-1.log; do
	grep -qsa '^stress rounds: ' "$log" || not_ok "the base had the same stress" "it did not end, see $log"
done
grep -qs 'kvm-stress' "${patched[@]}" || die "there is no log of a stress under KCSAN" "make check-debug"
ok "data races in KVM were compared with the base's: $found in the patched host, $(wc -l <"$LOGS/races-base") in the base"
