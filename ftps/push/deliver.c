/*
 * The road of a delivery to an SFTP or FTPS server, whichever it is: what is published already
 * is left alone; each file goes up under its temporary name, on from what an earlier attempt
 * left when that is ours byte for byte; sizes are compared; dropd is asked; all are renamed.
 */
#include <stdio.h>
#include <string.h>

#include "push.h"
#include "talk.h"

struct road {
	struct push *p;
	const struct peer_kind *kind;
	struct peer *peer;
	char receipt[sizeof((struct push *)NULL)->said]; /* what was said to the last rename */
};

/* An attempt before this one may have renamed it, and died before it could say so. */
static bool
look_published(struct road *r, struct job_file *f, struct err *e)
{
	int64_t size;
	bool same = false;

	if (!r->kind->size(r->peer, f->name, &size, e))
		return false;
	if (size != f->size)
		return true;
	if (r->kind->same(r->peer, f->name, f, size, &same, e)) {
		f->done = same;
		return true;
	}
	/* a box that gives nothing back: its size, after we were told to publish, is the proof
	 */
	f->done = e->code == ERR_FORBIDDEN;
	return f->done;
}

/* How much of the part is ours; 0: begin anew. */
static bool
look_part(struct road *r, const char *part, struct job_file *f, int64_t *from, struct err *e)
{
	int64_t size;
	bool same = false;

	*from = 0;
	if (!r->kind->size(r->peer, part, &size, e))
		return false;
	if (size <= 0 || size > f->size)
		return true;
	if (r->kind->same(r->peer, part, f, size, &same, e)) {
		*from = same ? size : 0;
		return true;
	}
	if (e->code != ERR_FORBIDDEN)
		return false;
	/* it cannot be read back: ours if this delivery sent some of it */
	*from = r->p->job.resume ? size : 0;
	return true;
}

static bool
send_file(struct road *r, struct job_file *f, struct err *e)
{
	char part[JOB_PART_SIZE];
	int64_t from, size;

	job_part_name(part, f);
	if (!look_part(r, part, f, &from, e))
		return false;
	if (from > 0)
		talk_say(r->p->talk, "resumed %lld", (long long)from);
	pace_begin(&r->p->pace);
	if ((from == 0 || from < f->size) && !r->kind->put(r->peer, part, f, from, e))
		return false;
	if (!r->kind->size(r->peer, part, &size, e))
		return false;
	if (size != f->size) {
		struct err ignored;

		r->kind->remove(r->peer, part, &ignored);
		return fail(r->p, PUSH_REMOTE, e,
		    "the server has %lld bytes of %s after %lld were sent", (long long)size,
		    f->name, (long long)f->size);
	}
	return true;
}

static bool
publish_file(struct road *r, struct job_file *f, struct err *e)
{
	char part[JOB_PART_SIZE];
	int64_t size;

	job_part_name(part, f);
	if (!r->kind->rename(r->peer, part, f->name, e)) {
		enum push_reason why = r->p->reason;
		struct err ignored;

		/* some servers publish only what the same login has put: the next attempt
		 * must not find a part that is whole */
		if (why == PUSH_REMOTE)
			r->kind->remove(r->peer, part, &ignored);
		r->p->reason = why;
		return false;
	}
	str_copy(r->receipt, sizeof r->receipt, str_of(r->p->said));
	if (!r->kind->size(r->peer, f->name, &size, e))
		return false;
	f->done = size == f->size;
	return f->done || fail(r->p, PUSH_REMOTE, e,
			      "%s has %lld bytes under its final name, expected %lld", f->name,
			      (long long)size, (long long)f->size);
}

/* All temporary names away; what cannot be removed is told last, after all were tried. */
static bool
clean(struct road *r, struct err *e)
{
	char part[JOB_PART_SIZE];
	bool ok = true;
	int64_t size;

	for (size_t i = 0; i < r->p->job.files; i++) {
		job_part_name(part, &r->p->job.file[i]);
		ok = r->kind->size(r->peer, part, &size, e) &&
		     (size < 0 || r->kind->remove(r->peer, part, e)) && ok;
	}
	return ok;
}

typedef bool step(struct road *r, struct job_file *f, struct err *e);

static bool
each(struct road *r, step *fn, struct err *e)
{
	for (size_t i = 0; i < r->p->job.files; i++)
		if (!r->p->job.file[i].done && !fn(r, &r->p->job.file[i], e))
			return false;
	return true;
}

static int64_t
total(const struct job *j)
{
	int64_t sum = 0;

	for (size_t i = 0; i < j->files; i++)
		sum += j->file[i].size;
	return sum;
}

static bool
all_done(const struct job *j)
{
	for (size_t i = 0; i < j->files; i++)
		if (!j->file[i].done)
			return false;
	return true;
}

static bool
walk(struct road *r, struct err *e)
{
	struct push *p = r->p;

	if (p->job.action == JOB_CLEAN) {
		if (!clean(r, e))
			return false;
		talk_say(p->talk, "withdrawn");
		return true;
	}
	if (p->job.publishing && !each(r, look_published, e))
		return false;
	if (!all_done(&p->job)) {
		if (!each(r, send_file, e))
			return false;
		switch (talk_ask(p->talk)) {
		case TALK_PUBLISH:
			break;
		case TALK_WITHDRAW:
			if (!clean(r, e))
				return false;
			talk_say(p->talk, "withdrawn");
			return true;
		default:
			return fail(p, PUSH_OURS, e, "the hub hung up");
		}
		if (!each(r, publish_file, e))
			return false;
	}
	talk_say(p->talk, "sent %lld %s", (long long)total(&p->job),
	    r->receipt[0] != '\0' ? r->receipt : "there under its name, with its size");
	return true;
}

bool
push_deliver(struct push *p, struct err *e)
{
	static const struct peer_kind *const kinds[EGRESS_KINDS] = {
		[EGRESS_SFTP] = &peer_sftp,
		[EGRESS_FTPS] = &peer_ftps,
	};
	struct road r = { .p = p, .kind = kinds[p->job.kind] };
	bool ok;

	if (!push_find(p, e))
		return false;
	if (p->job.kind == EGRESS_HTTPS)
		return push_https(p, e);
	r.peer = r.kind->open(p, e);
	ok = r.peer != NULL && walk(&r, e);
	if (r.peer != NULL)
		r.kind->close(&r.peer);
	return ok;
}
