# The targets of the memslots topic, as rows of a table.  Variables, all names of
# files: base and patched (figures counted), timed_base and timed (spreads).

function load(file, into, low, high,	line, field)
{
	while ((getline line <file) > 0) {
		split(line, field, " ")
		into[field[1]] = field[2]
		low[field[1]] = field[3]
		high[field[1]] = field[4]
	}
	close(file)
}

function row(what, limit, value, good)
{
	printf "| %s | %s | %s | %s |\n", what, limit, value, good ? "reached" : "missed"
}

# The largest of a figure at these numbers of slots by its smallest.
function flat(what, name, figures, limit, numbers,	n, i, v, min, max, of, missing)
{
	n = split(numbers, of, " ")
	for (i = 1; i <= n; i++) {
		if (!((name of[i]) in figures)) {
			missing = 1
			continue
		}
		v = figures[name of[i]]
		if (!min || v < min) min = v
		if (v > max) max = v
	}
	if (missing)
		row(what, limit, "not measured at each", 0)
	else
		row(what, "<= " limit, sprintf("%.2f", max / min), max / min <= limit)
}

# The worst quotient of patched and base over the numbers of slots.
function no_more(what, name, was, is, timing,	key, q, worst, at, bad)
{
	for (key in is) {
		# slots_add_512, but not slots_add_all_512
		if (index(key, name) != 1 || substr(key, length(name) + 1) !~ /^[0-9]+$/ || !(key in was))
			continue
		q = is[key] / was[key]
		if (q > worst) {
			worst = q
			at = substr(key, length(name) + 1)
		}
		if (timing ? low[key] > was_high[key] : q >= 1.005)
			bad = 1
	}
	row(what, "<= base", worst ? sprintf("%.2f of it, at %s", worst, at) : "not measured", worst && !bad)
}

function ratio(what, name, was, is, limit)
{
	if (!(name in was) || !(name in is))
		row(what, "<= " limit, "not measured", 0)
	else
		row(what, "<= " limit, sprintf("%.3f", is[name] / was[name]), is[name] / was[name] <= limit)
}

BEGIN {
	for (i = 1; i < ARGC; i++) {
		split(ARGV[i], option, "=")
		file[option[1]] = substr(ARGV[i], length(option[1]) + 2)
	}
	load(file["base"], counted_base, none, none2)
	load(file["patched"], counted, none, none2)
	load(file["timed_base"], wall_base, was_low, was_high)
	load(file["timed"], wall, low, high)

	flat("dirty log of a slot with 512, 32764 and 65533 slots, instructions", "slots_dirty_log_", counted, 1.1, "512 32764 65533")
	flat("the same, wall time", "slots_dirty_log_", wall, 1.5, "512 32764 65533")
	if (("slots_add_512" in counted) && ("slots_add_32764" in counted))
		q = counted["slots_add_32764"] / counted["slots_add_512"]
	row("addition with 32764 slots by that with 512, instructions", "<= 1.1",
	    q ? sprintf("%.2f", q) : "not measured", q && q <= 1.1)
	split("add flags move delete", op, " ")
	split("addition/turning the dirty log off/move/deletion", text, "/")
	for (i = 1; i <= 4; i++)
		no_more(text[i] ", instructions", "slots_" op[i] "_", counted_base, counted, 0)
	for (i = 1; i <= 4; i++)
		no_more(text[i] ", wall time", "slots_" op[i] "_", wall_base, wall, 1)
	ratio("memory of a slot with 512 slots, by the base's", "memory_per_slot_512", counted_base, counted, 0.6)
	ratio("memory of a slot with 32764 slots, by the base's", "memory_per_slot_32764", counted_base, counted, 0.6)
}
