/* Limits on sessions, of the process and of an address. */
#include "door.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "rt/log.h"

enum {
	/* the loop, the log, listeners, the store, PostgreSQL's connections and some */
	DESCRIPTORS_RESERVED = 64,
	/* the control connection; the data listener or connection; the file */
	DESCRIPTORS_EACH = 3
};

struct visitor {
	char from[FROM_SIZE];
	unsigned sessions, bucket;
	struct visitor *next;
};

static struct visitor *
visitor_of(struct door *d, const char *from)
{
	unsigned bucket = (unsigned)(code_hash64(from, strlen(from), 0) % VISITOR_BUCKETS);
	struct visitor *v = d->visitors[bucket];

	while (v != NULL && strcmp(v->from, from) != 0)
		v = v->next;
	if (v != NULL || (v = calloc(1, sizeof *v)) == NULL)
		return v;
	str_copy(v->from, sizeof v->from, str_of(from));
	v->bucket = bucket;
	v->next = d->visitors[bucket];
	d->visitors[bucket] = v;
	return v;
}

struct visitor *
door_enter(struct door *d, const char *from, const char **why)
{
	struct visitor *v = NULL;

	*why = "Too many sessions are open; try again later.";
	if (d->counts->sessions_now < d->sessions_most && (v = visitor_of(d, from)) != NULL) {
		v->sessions++;
		d->counts->sessions_now++;
		if (v->sessions <= (unsigned)d->conf.ftps_address_sessions) {
			d->counts->sessions++;
			return v;
		}
		*why = "Your address has too many sessions open; end one of them first.";
		door_leave(d, v);
	}
	d->counts->refused_full++;
	return NULL;
}

void
door_leave(struct door *d, struct visitor *v)
{
	struct visitor **at = &d->visitors[v->bucket];

	d->counts->sessions_now--;
	if (--v->sessions > 0)
		return;
	while (*at != v)
		at = &(*at)->next;
	*at = v->next;
	free(v);
}

void
door_limits(struct door *d)
{
	struct rlimit is = { 0 };
	rlim_t fit;

	d->sessions_most = (unsigned)d->conf.ftps_sessions;
	if (getrlimit(RLIMIT_NOFILE, &is) != 0)
		return;
	fit = is.rlim_cur > DESCRIPTORS_RESERVED
		  ? (is.rlim_cur - DESCRIPTORS_RESERVED) / DESCRIPTORS_EACH
		  : 1;
	if (fit >= d->sessions_most)
		return;
	d->sessions_most = fit > 0 ? (unsigned)fit : 1;
	log_warn(NULL, "ftps.limited", "sessions=%u setting=%d descriptors=%u",
	    d->sessions_most, (int)d->conf.ftps_sessions, (unsigned)is.rlim_cur);
}
