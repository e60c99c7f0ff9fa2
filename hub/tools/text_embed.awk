# Turns text files into rows of C: { "en/invitation", "…" }, named by folder and file without its ending.
#
#   awk -v out=FILE -f text_embed.awk FILE...
BEGIN {
	print "/* Made from hub/agreementd/texts by hub/tools/text_embed.awk. */" > out
}

FNR == 1 {
	file_end()
	n = split(FILENAME, part, "/")
	name = part[n - 1] "/" part[n]
	sub(/\.mail$/, "", name)
	printf "\t{ \"%s\",\n", name > out
	open = 1
}

{
	sub(/[ \t\r]+$/, "")
	printf "\t  \"%s\\n\"\n", quoted($0) > out
}

END {
	file_end()
}

function file_end() {
	if (open)
		print "\t}," > out
	open = 0
}

# gsub treats backslashes in its replacement in ways that differ between awks: walk instead. Bytes
# over 0x7f go through as they are.
function quoted(s,    made, c, i) {
	made = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		made = made (c == "\\" || c == "\"" || c == "?" ? "\\" c : c)
	}
	return made
}
