/*
 * The packed day. Deltas between neighbours are small, so most values take one or two bytes;
 * the writer makes both without a branch between them. See pack.h for the layout.
 */
#include <assert.h>
#include <string.h>

#include "meter/pack.h"
#include "meter/swar.h"

enum {
	VERSION = 1,
	HAS_RUNS = 1 << 4,
	HAS_START = 1 << 5,
	HAS_STOP = 1 << 6,
	HAS_INTERVAL = 1 << 7,
	INTERVAL_USUAL_S = 900,
	INTERVAL_MOST_S = 86400
};
#define WH_BITS 40 /* values and registers lie within +-2^40 Wh: KWH_MOST_WH and some room */

static uint64_t
zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}

static int64_t
unzigzag(uint64_t z)
{
	return (int64_t)(z >> 1 ^ -(z & 1));
}

static bool
wh_fits(int64_t wh)
{
	return (uint64_t)wh + (UINT64_C(1) << WH_BITS) <= UINT64_C(2) << WH_BITS;
}

static unsigned char *
put_varint(unsigned char *p, uint64_t v)
{
	while (v >= 0x80) {
		*p++ = (unsigned char)(v | 0x80);
		v >>= 7;
	}
	*p++ = (unsigned char)v;
	return p;
}

/* True when every slot is actual and no method is given: the packed day needs no runs. */
static bool
all_actual(const struct day *d)
{
	uint64_t other = 0;
	unsigned i = 0;

	for (; i + 8 <= d->n; i += 8)
		other |= (swar_load(d->status + i) ^ SWAR_EVERY(STATUS_ACTUAL)) |
			 swar_load((const char *)d->method + i);
	for (; i < d->n; i++)
		other |= (uint64_t)(d->status[i] != STATUS_ACTUAL) | d->method[i];
	return other == 0;
}

static unsigned char *
put_values(unsigned char *p, const struct day *d)
{
	int64_t before = 0;
	bool fits = true;

	for (unsigned i = 0; i < d->n; i++) {
		bool missing = d->status[i] == STATUS_MISSING;
		int64_t wh = missing ? before : d->wh[i];
		uint64_t z = zigzag(wh - before);

		fits &= wh_fits(wh);
		before = wh;
		if (__builtin_expect(z < 1 << 14, 1)) {
			unsigned two = z >= 0x80;
			uint16_t w = (uint16_t)((z & 0x7f) | two << 7 | z >> 7 << 8);

			memcpy(p, &w, sizeof(w));
			p += 1 + two;
		} else {
			p = put_varint(p, z);
		}
	}
	assert(fits);
	return p;
}

static bool
status_ok(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static unsigned char *
put_runs(unsigned char *p, const struct day *d)
{
	unsigned from = 0;

	for (unsigned i = 1; i <= d->n; i++) {
		if (i < d->n && d->status[i] == d->status[from] &&
		    d->method[i] == d->method[from])
			continue;
		assert(status_ok(d->status[from]));
		*p++ = (unsigned char)d->status[from];
		*p++ = d->method[from];
		p = put_varint(p, i - from);
		from = i;
	}
	return p;
}

size_t
day_pack(unsigned char to[PACK_MOST], const struct day *d, uint32_t shape)
{
	bool plain = all_actual(d), usual = d->interval_s == INTERVAL_USUAL_S;
	int64_t base_wh = d->has_start ? d->start_wh : 0;
	unsigned char *p = to;

	assert(d->n > 0 && d->n <= DAY_SLOTS_MOST);
	assert(d->interval_s > 0 && d->interval_s <= INTERVAL_MOST_S);
	*p++ =
	    (unsigned char)(VERSION | (plain ? 0 : HAS_RUNS) | (d->has_start ? HAS_START : 0) |
			    (d->has_stop ? HAS_STOP : 0) | (usual ? 0 : HAS_INTERVAL));
	p = put_varint(p, d->n);
	if (!usual)
		p = put_varint(p, d->interval_s);
	p = put_varint(p, shape);
	if (d->has_start) {
		assert(wh_fits(d->start_wh));
		p = put_varint(p, zigzag(d->start_wh));
	}
	if (d->has_stop) {
		assert(wh_fits(d->stop_wh));
		p = put_varint(p, zigzag(d->stop_wh - base_wh));
	}
	p = put_values(p, d);
	if (!plain)
		p = put_runs(p, d);
	return (size_t)(p - to);
}

struct cursor {
	const unsigned char *start, *at, *end;
};

static bool
bad(const struct cursor *c, struct err *e, const char *what)
{
	return err(e, ERR_BAD_INPUT, "packed day, byte %td: %s", c->at - c->start, what);
}

/* A varint of at most `most`, in its shortest form. */
static bool
take(struct cursor *c, uint64_t most, uint64_t *v, struct err *e)
{
	unsigned shift = 0;
	uint64_t got = 0, part;

	do {
		if (c->at == c->end)
			return bad(c, e, "ends inside a number");
		part = *c->at & 0x7f;
		if (shift == 63 && part > 1)
			return bad(c, e, "number is larger than 64 bits");
		got |= part << shift;
		shift += 7;
	} while ((*c->at++ & 0x80) != 0 && shift < 70);
	if ((c->at[-1] & 0x80) != 0)
		return bad(c, e, "number is longer than ten bytes");
	if (part == 0 && shift > 7)
		return bad(c, e, "number is not in its shortest form");
	if (got > most)
		return bad(c, e, "number is larger than allowed here");
	*v = got;
	return true;
}

/* `base` plus a signed difference. */
static bool
take_wh(struct cursor *c, int64_t base_wh, int64_t *wh, struct err *e)
{
	uint64_t z;

	if (!take(c, UINT64_C(8) << WH_BITS, &z, e))
		return false;
	*wh = base_wh + unzigzag(z);
	return wh_fits(*wh) || bad(c, e, "energy is larger than any real one");
}

static bool
take_head(struct cursor *c, struct day *d, uint32_t *shape, unsigned *flags, struct err *e)
{
	uint64_t n, interval_s = INTERVAL_USUAL_S, id;

	if (c->at == c->end)
		return bad(c, e, "is empty");
	*flags = *c->at++;
	if ((*flags & 0x0f) != VERSION)
		return bad(c, e, "version is not 1");
	if (!take(c, DAY_SLOTS_MOST, &n, e))
		return false;
	if (n == 0)
		return bad(c, e, "has no slots");
	if ((*flags & HAS_INTERVAL) != 0) {
		if (!take(c, INTERVAL_MOST_S, &interval_s, e))
			return false;
		if (interval_s == 0 || interval_s == INTERVAL_USUAL_S)
			return bad(c, e, "interval is 0, or 900 which is not written out");
	}
	if (!take(c, UINT32_MAX, &id, e))
		return false;
	d->n = (uint16_t)n;
	d->interval_s = (uint32_t)interval_s;
	*shape = (uint32_t)id;
	return true;
}

static bool
take_registers(struct cursor *c, struct day *d, unsigned flags, struct err *e)
{
	d->has_start = (flags & HAS_START) != 0;
	d->has_stop = (flags & HAS_STOP) != 0;
	d->start_wh = d->stop_wh = 0;
	return (!d->has_start || take_wh(c, 0, &d->start_wh, e)) &&
	       (!d->has_stop || take_wh(c, d->start_wh, &d->stop_wh, e));
}

static bool
take_values(struct cursor *c, struct day *d, struct err *e)
{
	int64_t wh = 0;
	bool fits = true;

	for (unsigned i = 0; i < d->n; i++) {
		if (c->end - c->at >= 2 && (c->at[0] & 0x80) == 0) {
			wh += unzigzag(*c->at++);
		} else if (c->end - c->at >= 2 && c->at[1] - 1U < 0x7f) {
			wh += unzigzag((c->at[0] & 0x7fU) | (uint64_t)c->at[1] << 7);
			c->at += 2;
		} else if (!take_wh(c, wh, &wh, e)) {
			return false;
		}
		d->wh[i] = wh;
		fits &= wh_fits(wh);
	}
	return fits || bad(c, e, "energy is larger than any real one");
}

static bool
take_runs(struct cursor *c, struct day *d, struct err *e)
{
	int64_t before_wh = 0;
	unsigned i = 0, runs = 0;

	for (; i < d->n; runs++) {
		uint64_t len;
		char status;
		uint8_t method;

		if (c->end - c->at < 3)
			return bad(c, e, "ends inside the status runs");
		status = (char)*c->at++;
		method = *c->at++;
		if (!status_ok(status))
			return bad(c, e, "status is no letter or digit");
		if (!take(c, d->n - i, &len, e))
			return false;
		if (len == 0 ||
		    (i > 0 && d->status[i - 1] == status && d->method[i - 1] == method))
			return bad(c, e, "status run is empty or like the one before");
		for (uint64_t k = 0; k < len; k++, i++) {
			d->status[i] = status;
			d->method[i] = method;
			if (status == STATUS_MISSING && d->wh[i] != before_wh)
				return bad(c, e, "missing slot has a value");
			before_wh = d->wh[i];
			if (status == STATUS_MISSING)
				d->wh[i] = 0;
		}
	}
	if (runs == 1 && d->status[0] == STATUS_ACTUAL && d->method[0] == 0)
		return bad(c, e, "status runs say nothing");
	return true;
}

bool
day_unpack(struct str packed, struct day *d, uint32_t *shape, struct err *e)
{
	const unsigned char *start = (const unsigned char *)packed.at;
	struct cursor c = { start, start, start + packed.len };
	unsigned flags = 0;

	if (!take_head(&c, d, shape, &flags, e) || !take_registers(&c, d, flags, e) ||
	    !take_values(&c, d, e))
		return false;
	if ((flags & HAS_RUNS) == 0) {
		memset(d->status, STATUS_ACTUAL, d->n);
		memset(d->method, 0, d->n);
	} else if (!take_runs(&c, d, e)) {
		return false;
	}
	if (c.at != c.end)
		return bad(&c, e, "more bytes than the day needs");
	day_count(d);
	return true;
}
