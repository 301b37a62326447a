#!/bin/sh
# messages.sh SOURCE <LOG: the warnings and errors in a compiler's or sparse's
# log in a form that survives moved lines: paths from SOURCE's top, no line or
# column; sorted, each once with its count.
set -eu
sed -nE -e "s|$1/||g" -e 's|(^\|[ (])(\.\./)+|\1|g' -e 's/\x1b\[[0-9;]*[mK]//g' \
	-e 's/^([^ :]+):[0-9]+(:[0-9]+)?: ((fatal )?(warning|error)): (.*)$/\1: \3: \6/p' |
	sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)/\2 [\1]/'
