# letter.awk: makes a letter, plain text for a mail, of its template.  In a
# template stand, besides text, which is wrapped anew:
#
#   {{results/FILE | TABLE | ROW | COLUMN}}
#	a figure.  TABLE is how the line begins which the table follows, or the
#	table's head; ROW how the row begins; COLUMN what stands over it.
#   {{NAME}}			a text that scripts/letter.sh names
#
# and as paragraphs of their own:
#
#   @table FILE | TABLE		a table
#   @columns A | B		with these columns of it only; "A #2" is the second A,
#				"A = a" is A and called a
#   @rows A | B			with the rows of it only that begin so
#   @list FILE | TABLE		a table whose cells are sentences, as a list; @rows too
#   @section FILE | HEADING	what stands below a heading
#   @text NAME			lines that scripts/letter.sh names

function value(spec,    part, j, i, found)
{
	if (split(spec, part, / *\| */) != 4) {
		if (!(("letter_" spec) in ENVIRON))
			fail("{{" spec "}} is no figure and no text", "mend the template")
		return ENVIRON["letter_" spec]
	}
	read_table(part[1], part[2])
	j = column(part[4], part[2])
	for (i = 1; i <= rows; i++)
		if (index(key[i], part[3] " ") == 1) {
			found++
			spec = commas(table[i, j])
		}
	if (!found)
		absent(part[3], part[2])
	if (found > 1)
		fail("'" part[3] "' means " found " rows of '" part[2] "'", "name more of the row")
	return spec
}

function fill(text,    from, spec)
{
	while (from = match(text, /\{\{[^}]*\}\}/)) {
		spec = substr(text, from + 2, RLENGTH - 4)
		text = substr(text, 1, from - 1) value(spec) substr(text, from + length(spec) + 4)
	}
	return text
}

# Wraps text; a link has a line of its own.
function wrap(text,    word, n, i, out, indent)
{
	n = split(text, word, /[ \t\n]+/)
	indent = text ~ /^- / ? "  " : ""
	out = word[1]
	for (i = 2; i <= n; i++) {
		if (length(out) + 1 + length(word[i]) > 72 || word[i] ~ /^https:/ || word[i - 1] ~ /^https:/) {
			print out
			out = indent word[i]
		} else {
			out = out " " word[i]
		}
	}
	print out
}

function wrap_items(text,    item, n, i)
{
	gsub(/\n- /, "\001- ", text)
	n = split(text, item, "\001")
	for (i = 1; i <= n; i++)
		wrap(item[i])
}

# Marks the rows of the table that begin so, or all, in hit[].
function choose(which, where,    m, row, i, k, found)
{
	split("", hit)
	m = split(which, row, / *\| */)
	for (i = 0; i <= rows; i++)
		hit[i] = i == 0 || m == 0
	for (k = 1; k <= m; k++) {
		found = 0
		for (i = 1; i <= rows; i++)
			if (index(key[i], row[k] " ") == 1)
				hit[i] = found = 1
		if (!found)
			absent(row[k], where)
	}
}

function print_list(    i, j, text)
{
	for (i = 1; i <= rows; i++) {
		if (!hit[i])
			continue
		text = "- " table[i, 1]
		for (j = 2; j <= columns; j++)
			text = text (j == columns ? ": " : ", ") table[i, j]
		wrap(text)
	}
}

function print_section(file, heading,    i, text, done)
{
	for (i = find(file, heading) + 1; i <= lines[file] && line[file, i] !~ /^#/; i++) {
		if (line[file, i] != "")
			text = text (text == "" ? "" : "\n") line[file, i]
		if (text != "" && (line[file, i] == "" || i == lines[file] || line[file, i + 1] ~ /^#/)) {
			if (done++)
				print ""
			wrap_items(plain(text))
			text = ""
		}
	}
}

BEGIN { RS = "" }
{
	if (NR > 1)
		print ""
	if ($0 !~ /^@/) {
		if (/^Subject: / || /\n--+$/)
			print
		else
			wrap_items(fill($0))
		next
	}
	n = split($0, line_of, "\n")
	split("", option)
	for (i = 1; i <= n; i++) {
		match(line_of[i], /^@[a-z]+ /)
		option[substr(line_of[i], 2, RLENGTH - 2)] = substr(line_of[i], RLENGTH + 1)
	}
	what = substr($1, 2)
	split(option[what], part, / *\| */)
	if (what == "table" || what == "list") {
		read_table(part[1], part[2])
		choose(option["rows"], part[2])
	}
	if (what == "table")
		print_table(part[2], option["columns"])
	else if (what == "list")
		print_list()
	else if (what == "section")
		print_section(part[1], part[2])
	else if (what == "text")
		print value(option[what])
	else
		fail("'@" what "' means nothing", "mend the template; scripts/letter.awk lists what there is")
}
