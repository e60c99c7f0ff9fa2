# Writes an LSE file of known sums: LF-separated parts on standard input, each a line
#
#   DAY CREATED FIRST COUNT SEED BAD
#
# DAY is YYYYMMDD, CREATED YYYYMMDDHHMMSS, FIRST the number of the first of COUNT meters, SEED what the
# values depend on; BAD 1 adds five broken blocks, one of each kind, and takes at least 208 meters. The
# second meter of a part is zero all day. Days have 96 intervals, so none of those of the clock change.
# The Wh of the good blocks of each part go to the file `sums`, a line a part.
function wh(seed, i) {
	return seed < 0 ? 0 : (seed * 7919 + i * 104729) % 1500
}
function esiid(meter) {
	return sprintf("1044372%010d", meter)
}
function block(id, day, stop_wh, values, seed, i) {
	printf "00000001,%s,4,%s000000,%s235959,Y,N\r\n", id, day, day
	printf "00000002,100.000,%.3f,1,0,1,0,900,01,,,,\r\n", 100 + stop_wh / 1000
	printf "00000003,\r\n00000004,%s,M\r\n", created
	for (i = 0; i < values; i++) {
		if (i % 24 == 0)
			printf "%s1%07d", (i > 0 ? "\r\n" : ""), i / 24
		printf ",%.3f,A,", wh(seed, i) / 1000
	}
	printf "\r\n"
}
function broken(kind, m, seed) {
	if (kind == 1)
		block("20443720000000001", day, 0, 96, seed)
	else if (kind == 2)
		block(esiid(m), day, 0, 95, seed)
	else if (kind == 3)
		printf "00000001,%s,9,%s000000,%s235959,Y,N\r\n", esiid(m), day, day
	else if (kind == 4)
		block(esiid(m), "20991231", 0, 96, seed)
	else if (kind == 5)
		block(esiid(m), substr(day, 1, 6) "99", 0, 96, seed)
}
{
	day = $1
	created = $2
	total = kind = 0
	for (m = $3; m < $3 + $4; m++) {
		seed = m == $3 + 1 ? -1 : $5 * 1000 + m
		sum = 0
		for (i = 0; i < 96; i++)
			sum += wh(seed, i)
		block(esiid(m), day, sum, 96, seed)
		total += sum
		if ($6 && m % 50 == 7)
			broken(++kind, m, seed)
	}
	print total > sums
}
