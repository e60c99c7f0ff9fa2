/*
 * What home answers of use: how much in the last 30 days, compared with the 30 before, and
 * whether anything is wrong with it. The reads come by a release, as for each page; since home
 * is where one comes back to, what was found holds for a minute, in the session that it was
 * found for.
 */
#include <string.h>

#include "chart.h"
#include "figures.h"
#include "use.h"

enum { DAYS = 30, KEPT_MOST = 1024, KEPT_MS = 60 * 1000 };

struct found {
	int64_t at_ms; /* 0: nothing */
	unsigned char sha256[LINK_BYTES];
	char street[64], last[5], esiid[ESIID_SIZE];
	int64_t places, wh, given, alike[2];
	int32_t newest, alike_days, estimated, missing, absent, slots;
	bool some, generation;
	struct use_sum sum[USE_CHANNELS];
	char currency[PRICE_CURRENCY_SIZE];
	struct chart_bar bars[DAYS];
};
static struct found
    kept[KEPT_MOST]; /* by the session's first bytes: a newer one takes its place */

static struct found *
place_of(const struct page *p)
{
	return &kept[(p->sha256[0] << 8 | p->sha256[1]) % KEPT_MOST];
}

static void
take_bar(struct found *f, int i, const struct use_sum *load, const struct use_sum *given)
{
	bool none = load->slots == 0 || load->missing == load->slots;

	f->bars[i] = (struct chart_bar){ .up = load->wh, .down = given->wh, .mark = -1 };
	f->bars[i].kind = none					? CHART_NONE
			  : load->missing + load->estimated > 0 ? CHART_GUESSED
								: CHART_WHOLE;
	f->wh += load->wh;
	f->given += given->wh;
	f->slots += load->slots;
	f->missing += load->missing;
	f->estimated += load->estimated;
	f->absent += load->slots == 0;
	f->sum[CHANNEL_LOAD].nano += load->nano;
	f->sum[CHANNEL_LOAD].unpriced += load->unpriced;
	f->sum[CHANNEL_GENERATION].nano += given->nano;
	f->sum[CHANNEL_GENERATION].unpriced += given->unpriced;
}

/* Days that both halves have whole, the first of one beside the first of the other. */
static void
take(struct found *f, const struct use *u)
{
	for (int i = 0; i < DAYS; i++) {
		const struct use_sum *was = &u->days[i * USE_CHANNELS];
		const struct use_sum *is = &u->days[(i + DAYS) * USE_CHANNELS];

		take_bar(f, i, is + CHANNEL_LOAD, is + CHANNEL_GENERATION);
		if (was->slots == 0 || was->missing > 0 || is->slots == 0 || is->missing > 0)
			continue;
		f->alike[0] += is->wh;
		f->alike[1] += was->wh;
		f->alike_days++;
	}
	f->some = f->slots > 0;
	f->generation = u->generation;
	memcpy(f->currency, u->currency, sizeof f->currency);
}

static bool
find(struct task *t, struct page *p, struct found *f, struct err *e)
{
	AUTO(places) x = { 0 };
	struct use u = { 0 };
	bool ok;

	*f = (struct found){ 0 };
	if (!places_read(t, p, &x, e))
		return false;
	if (x.one == NULL)
		return true;
	f->places = x.one->places;
	f->newest = place_newest(x.one);
	str_copy(f->street, sizeof f->street, x.one->street);
	str_copy(f->esiid, sizeof f->esiid, x.one->esiid);
	str_copy(
	    f->last, sizeof f->last, (struct str){ x.one->esiid.at + x.one->esiid.len - 4, 4 });
	ok = use_read(t, p, x.one, f->newest - 2 * DAYS + 1, f->newest, BY_DAY, true, &u, e);
	if (ok)
		take(f, &u);
	use_auto(&u);
	return ok;
}

/* ---- in words ---- */

static void
compared(struct page *p, const struct found *f)
{
	int64_t percent = f->alike[1] > 0 ? (f->alike[0] - f->alike[1]) * 100 / f->alike[1] : 0;

	view_set(&p->view, "n", page_number(p, f->alike_days));
	view_set(&p->view, "percent", page_number(p, percent < 0 ? -percent : percent));
	page_say(p, "use_compared",
	    f->alike_days == 0 || f->alike[1] == 0 ? TEXT_HOME_NOT_ALIKE
	    : percent == 0			   ? TEXT_HOME_SAME
	    : percent < 0			   ? TEXT_HOME_LESS
						   : TEXT_HOME_MORE);
}

static void
wrong(struct page *p, const struct found *f)
{
	view_set(&p->view, "slots", page_grouped(p, f->slots));
	view_set(&p->view, "missing", page_grouped(p, f->missing));
	view_set(&p->view, "absent", page_number(p, f->absent));
	view_set(&p->view, "n", page_grouped(p, f->estimated));
	view_set(&p->view, "use_absent",
	    f->absent > 0 ? page_text(p, TEXT_USE_SAY_ABSENT) : STR(""));
	view_set(&p->view, "use_missing",
	    f->missing > 0 ? page_text(p, TEXT_USE_SAY_MISSING) : STR(""));
	view_set(&p->view, "use_estimated",
	    f->estimated > 0 ? page_text(p, TEXT_USE_SAY_ESTIMATED) : STR(""));
	view_c(&p->view, "use_whole", f->absent + f->missing + f->estimated == 0 ? "1" : "");
}

bool
home_use(struct task *t, struct page *p, struct err *e)
{
	struct found *f = place_of(p), *fresh;
	int64_t now = page_now_ms();

	if (f->at_ms < now - KEPT_MS || memcmp(f->sha256, p->sha256, LINK_BYTES) != 0) {
		fresh = arena_get(p->memory, sizeof *fresh);
		if (fresh == NULL)
			return err(e, ERR_BUSY, "no memory for a page");
		if (!find(t, p, fresh, e))
			return false;
		fresh->at_ms = now;
		memcpy(fresh->sha256, p->sha256, LINK_BYTES);
		*f = *fresh;
	} else {
		fresh = f;
	}
	view_c(&p->view, "use_style", file_named(STR("use.css"))->tag);
	view_c(&p->view, "use_place", fresh->places > 0 ? "1" : "");
	view_c(&p->view, "use_some", fresh->some ? "1" : "");
	if (!fresh->some)
		return true;
	view_set(&p->view, "used", use_kwh_short(p, fresh->wh));
	view_set(&p->view, "given", use_kwh_short(p, fresh->given));
	view_c(&p->view, "generation", fresh->generation ? "1" : "");
	view_set(&p->view, "premise", page_keep(p, str_of(fresh->esiid)));
	view_set(&p->view, "use_street", page_keep(p, str_of(fresh->street)));
	view_set(&p->view, "use_last", page_keep(p, str_of(fresh->last)));
	view_c(&p->view, "use_more", fresh->places > 1 && !p->me->many ? "1" : "");
	view_c(&p->view, "use_all", p->me->many ? "1" : "");
	view_set(&p->view, "range", use_range_text(p, fresh->newest - DAYS + 1, fresh->newest));
	use_set_cost(p, fresh->sum, fresh->currency);
	compared(p, fresh);
	wrong(p, fresh);
	return chart_set(p, fresh->bars, DAYS, "kWh", e);
}
