/* Bars of eighths: a row of the chart has eight levels. See chart.h. */
#include "cli/chart.h"

#include "base/kwh.h"

enum {
	MARGIN = 10,
	LEVELS = 8,
	HOUR_S = 3600,
	LABEL_HOURS = 3,
	CHART_COLUMNS = DAY_SLOTS_MOST
};

static const char *const bars[LEVELS + 1] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

struct column_of {
	int64_t watt;	    /* mean over the slots that have a value */
	char mark;	    /* 'x', 'e' or ' ' */
	const char *colour; /* escape sequence or "" */
};

struct chart {
	struct column_of column[CHART_COLUMNS];
	unsigned n, slots_each;
	int64_t most_watt;
	bool marked;
};

/* The smallest number of slots to a column that fits the width and divides the hour. */
static unsigned
slots_to_column(const struct day *d, unsigned width)
{
	unsigned hour =
	    d->interval_s > 0 && d->interval_s < HOUR_S ? HOUR_S / d->interval_s : 1;
	unsigned k = 1;

	while (k < hour && (d->n / k > width || hour % k != 0))
		k++;
	return k;
}

static struct column_of
fill_column(const struct day *d, unsigned from, unsigned to)
{
	struct column_of c = { .mark = ' ', .colour = "" };
	int64_t sum_wh = 0, present = 0;

	for (unsigned i = from; i < to && i < d->n; i++) {
		if (d->status[i] == STATUS_MISSING) {
			c.mark = 'x';
			continue;
		}
		sum_wh += d->wh[i];
		present++;
		if (d->status[i] != STATUS_ACTUAL && c.mark == ' ')
			c.mark = 'e';
	}
	if (present > 0 && d->interval_s > 0)
		c.watt = sum_wh * HOUR_S / (present * (int64_t)d->interval_s);
	return c;
}

static void
fill(struct chart *ch, const struct day *d, unsigned width, bool colour)
{
	ch->slots_each = slots_to_column(d, width);
	for (unsigned i = 0; i < d->n && ch->n < CHART_COLUMNS; i += ch->slots_each) {
		struct column_of *c = &ch->column[ch->n++];

		*c = fill_column(d, i, i + ch->slots_each);
		if (c->watt > ch->most_watt)
			ch->most_watt = c->watt;
		if (c->mark != ' ')
			ch->marked = true;
		if (colour)
			c->colour = c->mark == 'e' ? "\033[33m" : "\033[36m";
	}
}

static void
draw_title(struct buf *b, const struct day *d, const char *label)
{
	char date[CIVIL_DATE_SIZE], kwh[KWH_SIZE];

	civil_date(date, d->day);
	kwh_write(kwh, d->total_wh);
	buf_fmt(b, "%s %s, %s kWh in %u intervals", date, label, kwh, (unsigned)d->n);
	if (d->estimated > 0)
		buf_fmt(b, ", %u estimated", (unsigned)d->estimated);
	if (d->missing > 0)
		buf_fmt(b, ", %u missing", (unsigned)d->missing);
	buf_byte(b, '\n');
}

/* "12.4 kW" in seven characters, right-aligned. */
static void
draw_scale(struct buf *b, int64_t watt)
{
	char text[KWH_SIZE];
	size_t len = watt < 10000 ? decimal_write(text, (watt + 5) / 10, 2)
				  : decimal_write(text, (watt + 50) / 100, 1);

	buf_fmt(b, "%*s" STR_FMT " kW ┤", len < 5 ? (int)(5 - len) : 0, "", (int)len, text);
}

static void
draw_bars(struct buf *b, const struct chart *ch, int row)
{
	const char *now = "";

	for (unsigned i = 0; i < ch->n; i++) {
		const struct column_of *c = &ch->column[i];
		int64_t most = ch->most_watt > 0 ? ch->most_watt : 1;
		int64_t level = (c->watt * CHART_ROWS * LEVELS + most - 1) / most;

		level -= (int64_t)row * LEVELS;
		level = level < 0 ? 0 : level > LEVELS ? LEVELS : level;
		if (level > 0 && c->colour != now) {
			buf_c(b, c->colour);
			now = c->colour;
		}
		buf_c(b, bars[level]);
	}
	if (now[0] != '\0')
		buf_c(b, "\033[0m");
	buf_byte(b, '\n');
}

/* The local hour that begins with this column, when it is one to be labelled; else -1. */
static int
hour_at(const struct day *d, const struct zone *z, const struct chart *ch, unsigned column)
{
	int64_t utc_s = zone_day_start(z, d->day) +
			(int64_t)column * ch->slots_each * (int64_t)d->interval_s;
	int64_t local_s = zone_local_s(z, utc_s);
	int64_t hour = local_s / HOUR_S - (int64_t)d->day * 24;

	if (local_s % HOUR_S != 0 || hour % LABEL_HOURS != 0)
		return -1;
	return (int)hour;
}

static void
draw_axis(struct buf *b, const struct day *d, const struct zone *z, const struct chart *ch)
{
	buf_c(b, "    0    └");
	for (unsigned i = 0; i < ch->n; i++)
		buf_c(b, hour_at(d, z, ch, i) >= 0 ? "┬" : "─");
	buf_fmt(b, "\n%*s", MARGIN, "");
	for (unsigned i = 0; i < ch->n;) {
		int hour = hour_at(d, z, ch, i);

		if (hour < 0) {
			buf_byte(b, ' ');
			i++;
		} else {
			buf_fmt(b, "%02d", hour);
			i += 2;
		}
	}
	buf_byte(b, '\n');
}

static void
draw_marks(struct buf *b, const struct chart *ch)
{
	buf_fmt(b, "%*s", MARGIN, "");
	for (unsigned i = 0; i < ch->n; i++)
		buf_byte(b, ch->column[i].mark);
	buf_fmt(b, "  e estimated, x missing\n");
}

void
chart_day(struct buf *b, const struct day *d, const struct zone *z, const char *label,
    unsigned columns, bool colour)
{
	struct chart ch = { 0 };

	if (columns < CHART_COLUMNS_LEAST)
		columns = CHART_COLUMNS_LEAST;
	fill(&ch, d, columns - MARGIN, colour);
	draw_title(b, d, label);
	for (int row = CHART_ROWS - 1; row >= 0; row--) {
		if (row == CHART_ROWS - 1)
			draw_scale(b, ch.most_watt);
		else
			buf_c(b, "         │");
		draw_bars(b, &ch, row);
	}
	draw_axis(b, d, z, &ch);
	if (ch.marked)
		draw_marks(b, &ch);
	buf_byte(b, '\n');
}
