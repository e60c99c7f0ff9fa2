# Turns sql/queries/*.sql into sql_statements.h (an enum) and sql_statements.inc (rows of text).
#
#   awk -v out=DIR -f sql_embed.awk FILE...
#
# A file is a list of blocks:
#
#   --! meter_find(esiid, day)  one read
#   -- why this is asked
#   select …  where esiid = $1 and day = $2
#
# The first word behind the parentheses is what is expected back: one (row, or none), rows, exec
# (a count), copyin, copyout. "read" after it promises that nothing is changed, so an answer that
# was lost may simply be asked for again. Parameter names are documentation, but their number must
# be the highest $n used. Names are unique over all files.

BEGIN {
	split("one rows exec copyin copyout", words, " ")
	for (i in words)
		kind_of["" words[i]] = "SQL_K_" toupper(words[i])
	kind_of["copyin"] = "SQL_K_COPY_IN"
	kind_of["copyout"] = "SQL_K_COPY_OUT"
	enum_file = out "/sql_statements.h"
	rows_file = out "/sql_statements.inc"
	print "/* Made from sql/queries by hub/tools/sql_embed.awk. */" > enum_file
	print "#ifndef SQL_STATEMENTS_H\n#define SQL_STATEMENTS_H\n\nenum sql {" > enum_file
	print "/* Made from sql/queries by hub/tools/sql_embed.awk. */" > rows_file
	if (ARGC < 2)
		exit 0 # no query file yet: an empty list, rather than reading the terminal
}

FNR == 1 {
	block_end()
	file = FILENAME
	sub(/.*\//, "", file)
	sub(/\.sql$/, "", file)
}

/^--!/ {
	block_end()
	block_begin()
	next
}

/^[ \t]*--/ || /^[ \t]*$/ {
	next
}

{
	if (name == "")
		fault("text before the first \"--! name(…) kind\"")
	sub(/[ \t\r]+$/, "")
	text = text == "" ? $0 : text "\n" $0
}

END {
	block_end()
	if (failed)
		exit 1
	print "\tSQL_COUNT\n};\n\n#endif" > enum_file
}

function fault(what) {
	if (!failed) # the first one; what follows may be its echo
		print FILENAME ":" FNR ": " what > "/dev/stderr"
	failed = 1
	exit 1
}

function block_begin(    head, tail, open, close_at, n) {
	head = $0
	sub(/^--![ \t]*/, "", head)
	open = index(head, "(")
	close_at = index(head, ")")
	if (open < 2 || close_at < open)
		fault("expected \"--! name(parameter, …) kind\"")
	name = substr(head, 1, open - 1)
	names = substr(head, open + 1, close_at - open - 1)
	tail = substr(head, close_at + 1)
	if (name !~ /^[a-z][a-z0-9_]*$/)
		fault("the name \"" name "\" is not made of a-z, 0-9 and _")
	if (name in where)
		fault("\"" name "\" is there already: " where[name])
	where[name] = FILENAME ":" FNR
	gsub(/[ \t]/, "", names)
	params = names == "" ? 0 : split(names, parts, ",")
	n = split(tail, parts, " ")
	if (n < 1 || !(parts[1] in kind_of))
		fault("\"" name "\" needs one of: one, rows, exec, copyin, copyout")
	kind = parts[1]
	if (n > 2 || (n == 2 && parts[2] != "read"))
		fault("after \"" kind "\" only \"read\" may follow")
	reads = n == 2
	if (kind ~ /^copy/ && params > 0)
		fault("COPY takes no parameters")
	text = ""
	begun = FNR
}

function highest_param(s,    most, n) {
	most = 0
	while (match(s, /[$][0-9]+/)) {
		n = substr(s, RSTART + 1, RLENGTH - 1) + 0
		if (n > most)
			most = n
		s = substr(s, RSTART + RLENGTH)
	}
	return most
}

# gsub treats backslashes in its replacement in ways that differ between awks: walk instead.
function quoted(s,    made, c, i) {
	made = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\\" || c == "\"")
			made = made "\\" c
		else if (c == "\n")
			made = made "\\n\"\n\t  \""
		else if (c == "\t")
			made = made "\\t"
		else if (c == "?")
			made = made "\\?"
		else
			made = made c
	}
	return "\"" made "\""
}

function block_end(    used) {
	if (failed || name == "")
		return
	sub(/;[ \t\n]*$/, "", text)
	if (text == "")
		fault("\"" name "\" (" where[name] ") has no statement")
	if (text ~ /;[ \t]*\n/)
		fault("\"" name "\" (" where[name] ") has more than one statement")
	used = highest_param(text)
	if (used != params)
		fault("\"" name "\" (" where[name] ") names " params " parameters and uses $" used)
	print "\tSQL_" toupper(name) ", /* " file ": (" names ") " kind " */" > enum_file
	print "\t{ \"" name "\", \"" file "\", " kind_of[kind] ", " params ", " \
	    (reads ? "true" : "false") ",\n\t  " quoted(text) " }," > rows_file
	name = ""
}
