# Turns text files into rows of { .name = "…", .text = "…" } for a table in C:
#
#   awk -f file_embed.awk FILE... > files.inc

FNR == 1 {
	if (NR > 1)
		print "\t},"
	name = FILENAME
	sub(/.*\//, "", name)
	printf "\t{ .name = \"%s\", .text =\n", name
}
{
	gsub(/\\/, "&&")
	gsub(/"/, "\\\"")
	gsub(/\t/, "\\t")
	gsub(/\?\?/, "?\\?") # trigraphs
	printf "\t  \"%s\\n\"\n", $0
}
END {
	if (NR > 0)
		print "\t},"
}
