#include "synth/dirt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "synth/sheet.h"

enum { FIRST_DAY_BACK = 40, SENT_AT_S = 9 * 3600 };

static bool
ordinary(const struct dirt *d, int32_t day)
{
	return zone_day_s(world_zone(d->world), day) == 86400;
}

void
dirt_case(struct dirt *d, const char *folder)
{
	snprintf(d->folder, sizeof d->folder, "%s", folder);
	do
		d->day--;
	while (!ordinary(d, d->day));
}

void
dirt_fault(struct dirt *d, unsigned line, unsigned column, enum rule rule)
{
	enum severity s = rule_rows[rule].severity;

	if (s == SEV_FLAG)
		d->flagged++;
	else
		d->rejected++;
	buf_fmt(
	    &d->faults, "%u,%u,%s,%s\n", line, column, rule_rows[rule].code, severity_name(s));
}

static bool
make_dir(const char *path, struct err *e)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST ||
	       err_errno(e, ERR_IO, "cannot make %s", path);
}

static bool
write_bytes(const char *path, struct str bytes, struct err *e)
{
	FILE *f = fopen(path, "we");
	bool ok = f != NULL && fwrite(bytes.at, 1, bytes.len, f) == bytes.len;

	if (f != NULL)
		ok &= fclose(f) == 0;
	return ok || err_errno(e, ERR_IO, "cannot write %s", path);
}

static void
note_expected(struct dirt *d, const char *name, const char *state, enum rule rule)
{
	const char *code = rule == RULES ? "" : rule_rows[rule].code;
	struct str rest = buf_view(&d->faults), line;

	if (strcmp(state, "HELD") == 0)
		buf_fmt(&d->expected, "dirty/%s/%s,HELD,,,,,%s\n", d->folder, name, code);
	else
		buf_fmt(&d->expected, "dirty/%s/%s,%s,%u,%u,%u,%u,%s\n", d->folder, name, state,
		    d->records, d->accepted, d->rejected, d->flagged, code);
	while (str_cut(rest, '\n', &line, &rest))
		buf_fmt(&d->all_faults, "dirty/%s/%s," STR_FMT "\n", d->folder, name,
		    STR_ARG(line));
}

bool
dirt_file(struct dirt *d, const char *name, const char *state, enum rule rule, struct err *e)
{
	char path[PATH_MOST + 256];

	if (!buf_ok(&d->text))
		return err(e, ERR_TOO_BIG, "no memory for a faulty file");
	snprintf(path, sizeof path, "%s/dirty/%s", d->dir, d->folder);
	if (!make_dir(path, e))
		return false;
	snprintf(path, sizeof path, "%s/dirty/%s/%s", d->dir, d->folder, name);
	if (!write_bytes(path, buf_view(&d->text), e))
		return false;
	note_expected(d, name, state, rule);
	d->sum->files++;
	d->sum->bytes += d->text.len;
	buf_reset(&d->text);
	buf_reset(&d->faults);
	d->lines = d->records = d->accepted = d->rejected = d->flagged = 0;
	return true;
}

void
dirt_lse_name(const struct dirt *d, unsigned counter, char to[LSE_NAME])
{
	lse_file_name(
	    to, d->tdu->area[0].duns, (int64_t)(d->day + 1) * 86400 + SENT_AT_S, counter);
}

bool
dirt_lse(struct dirt *d, const char *state, enum rule rule, struct err *e)
{
	char name[LSE_NAME];

	dirt_lse_name(d, 1, name);
	return dirt_file(d, name, state, rule, e);
}

/* ---- blocks ---- */

void
dirt_day(struct dirt *d, unsigned home, int32_t day, struct day *to)
{
	memset(to, 0, sizeof *to);
	if (d->shapes.day != day)
		world_shapes(d->world, day, &d->shapes);
	(void)premise_day(&d->home[home], &d->shapes, CHANNEL_LOAD, false, to);
	memset(to->status, STATUS_ACTUAL, to->n);
	to->estimated = 0;
}

struct str
dirt_block(struct dirt *d, const struct premise *p, const struct day *day, char to[BLOCK_MOST])
{
	return (struct str){ to, lse_block(to, p, day, d->tdu->eol) };
}

void
dirt_text(struct dirt *d, struct str block)
{
	for (size_t i = 0; i < block.len; i++)
		d->lines += block.at[i] == '\n';
	buf_str(&d->text, block);
	d->records++;
}

void
dirt_good(struct dirt *d, unsigned home, int32_t day)
{
	char room[BLOCK_MOST];
	struct day *reads = malloc(sizeof *reads);

	if (reads == NULL) {
		d->text.over = true;
		return;
	}
	dirt_day(d, home, day, reads);
	dirt_text(d, dirt_block(d, &d->home[home], reads, room));
	d->accepted++;
	free(reads);
}

/* ---- all cases ---- */

static bool
find_homes(struct dirt *d, uint32_t meters, struct err *e)
{
	for (uint32_t i = FIXED_PREMISES; i < meters && d->homes < HOMES; i++) {
		struct premise *p = &d->home[d->homes];

		premise_of(d->world, d->tdu_index, i, p);
		if (p->class <= CLASS_HOME_ELECTRIC && p->area == 0)
			d->homes++;
	}
	return d->homes >= HOMES_LEAST ||
	       err(e, ERR_USAGE, "--dirty needs more meters: there are too few homes among %u",
		   (unsigned)meters);
}

static bool
write_lists(struct dirt *d, struct str good, struct err *e)
{
	static const char head[] = "file,state,records,accepted,rejected,flagged,rule\n";
	char path[PATH_MOST + 64];
	AUTO(buf) all = BUF(128 << 20);

	buf_c(&all, head);
	buf_str(&all, good);
	buf_str(&all, buf_view(&d->expected));
	if (!buf_ok(&all) || !buf_ok(&d->all_faults))
		return err(e, ERR_TOO_BIG, "no memory for the list of files");
	snprintf(path, sizeof path, "%s/expected.csv", d->dir);
	if (!write_bytes(path, buf_view(&all), e))
		return false;
	buf_reset(&all);
	buf_c(&all, "file,line,column,rule,severity\n");
	buf_str(&all, buf_view(&d->all_faults));
	snprintf(path, sizeof path, "%s/expected.faults.csv", d->dir);
	return write_bytes(path, buf_view(&all), e);
}

bool
dirty_write(const struct world *w, unsigned tdu, uint32_t meters, const struct period *run,
    const char *dir, struct str good, struct synth_sum *sum, struct err *e)
{
	struct dirt *d = calloc(1, sizeof *d);
	char path[PATH_MOST + 16];
	bool ok;

	if (d == NULL)
		return err(e, ERR_TOO_BIG, "no memory for faulty files");
	d->world = w;
	d->tdu = &tdus[tdu];
	d->tdu_index = tdu;
	d->run = run;
	d->dir = dir;
	d->sum = sum;
	d->shapes.day = DAY_NONE;
	d->day = run->from - FIRST_DAY_BACK;
	d->text.max = d->faults.max = d->expected.max = d->all_faults.max = DIRT_MOST;
	snprintf(path, sizeof path, "%s/dirty", dir);
	ok = find_homes(d, meters, e) && make_dir(path, e) && dirty_lse_rows(d, e) &&
	     dirty_lse_days(d, e) && dirty_lse_files(d, e) && dirty_csv_files(d, e) &&
	     write_lists(d, good, e);
	buf_auto(&d->text);
	buf_auto(&d->faults);
	buf_auto(&d->expected);
	buf_auto(&d->all_faults);
	free(d);
	return ok;
}
