# tables.awk: figures and tables of markdown files, for letter.awk.
# Variables: top, the directory in which files are named; results, where
# results/ is; name, what is being filled.

function fail(what, todo)
{
	printf "error: %s: %s\n  what to do: %s\n", name, what, todo >"/dev/stderr"
	failed = 1
	exit 1
}

# Lines of a file: line[file, 1 .. lines[file]].
function load(file,    path, text)
{
	if (file in lines)
		return
	path = top "/" file
	if (index(file, "results/") == 1)
		path = results substr(file, 8)
	lines[file] = 0
	RS = "\n"	# not by paragraphs, as the template
	while ((getline text <path) > 0)
		line[file, ++lines[file]] = text
	RS = ""
	close(path)
	if (lines[file] == 0)
		fail("there is no " file, "make bench writes results/; else mend the template")
}

# The number of the line that begins so, whatever heading or table it is in.
function find(file, text,    i, got)
{
	load(file)
	for (i = 1; i <= lines[file]; i++) {
		got = line[file, i]
		sub(/^[#|]* */, "", got)
		if (index(got, text) == 1)
			return i
	}
	fail(file " has no line that begins with '" text "'", \
	     "make bench, if that is a measured table; else mend the template")
}

# What of a cell goes into a mail: no markup, no spread.
function plain(text,    rest)
{
	gsub(/`/, "", text)
	while (match(text, /\[[^]]*\]\([^)]*\)/)) {
		rest = substr(text, RSTART, RLENGTH)
		sub(/\]\(.*/, "", rest)
		text = substr(text, 1, RSTART - 1) substr(rest, 2) substr(text, RSTART + RLENGTH)
	}
	sub(/ \([0-9.]+ to [0-9.]+\)$/, "", text)
	sub(/: median \(min to max\)$/, "", text)
	return text
}

# Long numbers with commas.
function commas(text,    n)
{
	if (text ~ /^[0-9][0-9][0-9][0-9][0-9]+([. ]|$)/)
		for (n = match(text, /[. ]|$/) - 3; n > 1; n -= 3)
			text = substr(text, 1, n - 1) "," substr(text, n)
	return text
}

# Cells of a table's row into cell[1 .. n]; returns n.
function cells(text,    n, i)
{
	gsub(/^\| *| *\|$/, "", text)
	n = split(text, cell, / *\| */)
	for (i = 1; i <= n; i++)
		cell[i] = plain(cell[i])
	return n
}

# The first table from the line on that begins with the text, into
# table[0 .. rows, 1 .. columns], row 0 being its head.
function read_table(file, text,    i, j, start)
{
	start = i = find(file, text)
	while (i <= lines[file] && line[file, i] !~ /^\|/ && (i == start || line[file, i] !~ /^#/))
		i++
	if (line[file, i] !~ /^\|/)
		fail(file " has no table after '" text "'", "make bench, if it is a measured one; else mend the template")
	for (rows = -1; line[file, i] ~ /^\|/; i++) {
		if (line[file, i] ~ /^\|[-:|]+$/) {
			split(line[file, i], cell, /\|/)
			for (j = 1; j <= columns; j++)
				right[j] = cell[j + 1] ~ /:$/
			continue
		}
		rows++
		columns = cells(line[file, i])
		key[rows] = ""
		for (j = 1; j <= columns; j++) {
			table[rows, j] = cell[j]
			key[rows] = key[rows] cell[j] " "
		}
	}
}

# The column of that title, or with " #2" behind it the second one.
function column(title, where,    j, nth, text)
{
	text = title
	nth = sub(/ #2$/, "", text) ? 2 : 1
	for (j = 1; j <= columns; j++)
		if (table[0, j] == text && --nth == 0)
			return j
	fail("the table '" where "' has no column '" title "'", "make bench, or mend the template")
}

function absent(row, where)
{
	fail("the table '" where "' has no row '" row "'", "make bench, or mend the template")
}

# The rows of the table that are marked in hit[], and the columns wanted.
function print_table(where, wanted,    n, i, j, col, width, text)
{
	n = split(wanted, col, / *\| */)
	for (j = 1; j <= n; j++) {
		split(col[j], text_of, " = ")
		col[j] = column(text_of[1], where)
		if (2 in text_of)
			table[0, col[j]] = text_of[2]
	}
	for (j = 1; n == 0 && j <= columns; j++)
		col[j] = j
	if (n == 0)
		n = columns
	for (j = 1; j <= n; j++)
		for (i = 0; i <= rows; i++)
			if (hit[i] && length(commas(table[i, col[j]])) > width[j])
				width[j] = length(commas(table[i, col[j]]))
	for (i = 0; i <= rows; i++) {
		if (!hit[i])
			continue
		text = ""
		for (j = 1; j <= n; j++)
			text = text sprintf("  %" (right[col[j]] ? "" : "-") width[j] "s", commas(table[i, col[j]]))
		if (length(text) > 75)
			fail("the table '" where "' is " length(text) " columns wide, a mail has 75", \
			     "name fewer of its columns")
		sub(/ +$/, "", text)
		print text
	}
}
