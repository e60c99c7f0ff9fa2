/* RETR: a file of the box goes out. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "rt/log.h"
#include "transfer.h"

struct download {
	struct session *s;
	int fd;
	struct box_entry entry;
	int64_t offset;
};

/* The client may have taken its time to connect, and takes it to fetch. */
static bool
still(struct task *t, void *arg, struct err *e)
{
	struct download *d = arg;

	return box_still(t, &d->s->box, &d->entry, e);
}

static bool
send_file(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	struct download *d = x->arg;

	snprintf(x->done, sizeof x->done, "Sent %" PRId64 " bytes.", d->entry.size - d->offset);
	data_watch(s->data, still, d);
	return data_send(t, s->data, d->fd, d->offset, d->entry.size, e);
}

static void
sent(struct task *t, struct session *s, const struct transfer *x, const struct download *d)
{
	struct counts *c = s->door->counts;

	c->files_sent += x->ok;
	c->bytes_sent += (uint64_t)x->bytes;
	if (x->ok)
		log_info(t, "ftps.sent", "entry=%" PRId64 " bytes=%" PRId64 " ms=%" PRId64,
		    d->entry.entry, x->bytes, x->ms);
	task_deadline(t, ASK_MS);
	box_sent(t, &s->box, &d->entry, x->bytes, x->ok, x->ms);
	task_deadline(t, 0);
}

static bool
open_file(
    struct task *t, struct session *s, const char *path, struct download *d, struct err *e)
{
	task_deadline(t, ASK_MS);
	d->fd = box_open(t, &s->box, path, &d->entry, e);
	task_deadline(t, 0);
	return d->fd >= 0;
}

bool
cmd_retr(struct task *t, struct session *s, struct str arg, struct err *e)
{
	struct transfer x = { .verb = "RETR", .run = send_file };
	struct download d = { .s = s, .fd = -1, .offset = s->rest };
	char path[BOX_PATH_MOST];

	if (!session_path(s, arg, path, e) || !open_file(t, s, path, &d, e))
		return false;
	if (d.offset > d.entry.size) {
		fd_auto(&d.fd);
		return say(t, s, 554,
		    "REST %" PRId64 " is behind the end: the file has %" PRId64 " bytes.",
		    d.offset, d.entry.size);
	}
	x.path = path;
	x.arg = &d;
	snprintf(
	    x.opening, sizeof x.opening, "Sending %" PRId64 " bytes.", d.entry.size - d.offset);
	transfer_run(t, s, &x);
	fd_auto(&d.fd);
	sent(t, s, &x, &d);
	return true;
}
