/* STOR and APPE: a file comes in, hidden until it is whole. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "held.h"
#include "rt/log.h"
#include "store/temp_name.h"
#include "transfer.h"

enum { KEEP_MS = 300000 };

struct upload {
	struct box_put *put;
	int64_t offset;
	const char *called; /* the name it comes under; x->path is what it will be */
	struct box_receipt receipt;
	bool held;
};

static bool
take(struct task *t, void *arg, const void *bytes, size_t len, struct err *e)
{
	(void)t;
	return box_put_add(arg, bytes, len, e);
}

static bool
begin(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	struct upload *u = x->arg;
	struct held *before = held_for(s, x->path);

	x->stage = AT_BEGIN;
	if (before != NULL)
		held_leave(t, s, before);
	task_deadline(t, ASK_MS);
	u->put = box_put_begin(t, &s->box, x->path, u->offset, e);
	task_deadline(t, 0);
	return u->put != NULL;
}

/* What came stays: its sender can go on behind it. */
static void
leave(struct task *t, struct transfer *x)
{
	struct upload *u = x->arg;
	int64_t size = box_put_size(u->put);

	snprintf(x->kept, sizeof x->kept,
	    "%" PRId64 " bytes are kept for a day: go on by APPE, or REST %" PRId64 " and STOR",
	    size, size);
	box_put_leave(t, &u->put);
}

/* 250 and not 226: it is here, but nobody vouches for it yet. */
static bool
hold(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	struct upload *u = x->arg;

	if (!held_add(s, u->called, x->path, &u->put, e)) {
		leave(t, x);
		return false;
	}
	u->held = true;
	x->code = 250;
	snprintf(x->done, sizeof x->done,
	    "Held until RNTO gives it its name: the reply to that is the receipt.");
	return true;
}

void
upload_words(char *to, size_t size, const struct box_receipt *r)
{
	char hex[2 * DIGEST_BYTES + 1];

	code_hex(hex, r->sha256, sizeof r->sha256);
	snprintf(to, size, "Received: %" PRId64 " bytes%s, SHA-256 %s.", r->size,
	    r->repeated ? " that were here already" : "", hex);
}

static bool
keep(struct task *t, struct transfer *x, struct err *e)
{
	struct upload *u = x->arg;
	bool ok;

	x->stage = AT_KEEP;
	task_deadline(t, KEEP_MS);
	ok = box_put_end(t, &u->put, &u->receipt, e);
	task_deadline(t, 0);
	if (ok)
		upload_words(x->done, sizeof x->done, &u->receipt);
	return ok;
}

static bool
receive_file(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	struct upload *u = x->arg;

	if (!begin(t, s, x, e))
		return false;
	x->stage = AT_MOVE;
	if (!data_receive(t, s->data, take, u->put, e)) {
		leave(t, x);
		return false;
	}
	return strcmp(u->called, x->path) != 0 ? hold(t, s, x, e) : keep(t, x, e);
}

/* ---- before it begins ---- */

static bool
find_folder(struct task *t, struct session *s, struct str folder, struct err *e)
{
	uint64_t was = task_deadline(t, ASK_MS);
	char where[BOX_PATH_MOST];
	struct box_entry x;
	bool ok;

	snprintf(where, sizeof where, "/" STR_FMT, STR_ARG(folder));
	ok = box_find(t, &s->box, where, &x, e);
	task_deadline(t, was);
	if (!ok)
		return false;
	if (!x.can_put)
		return err(e, ERR_FORBIDDEN, "nothing can be put into %s", where);
	str_copy(s->put_folder, sizeof s->put_folder, folder);
	s->put_fixed = !x.can_remove;
	return true;
}

/* Told before anybody connects; the right itself is looked at again when the upload begins. */
bool
upload_path(struct task *t, struct session *s, const char *called, char path[BOX_PATH_MOST],
    struct err *e)
{
	const char *slash = strrchr(called, '/');
	struct str folder = { called + 1, slash > called ? (size_t)(slash - called - 1) : 0 };

	if (folder.len == 0)
		return err(e, ERR_FORBIDDEN, "files go into a folder");
	if (!str_is(folder, s->put_folder) && !find_folder(t, s, folder, e))
		return false;
	if (!s->put_fixed || !temp_final(path, BOX_PATH_MOST, called))
		str_copy(path, BOX_PATH_MOST, str_of(called));
	return true;
}

/* Where to go on, told before anybody connects, since a client that is already sending may not
 * read what it is told. An APPE to a file that is whole would leave its last bytes alone under
 * its name. */
static bool
may_go_on(
    struct task *t, struct session *s, const struct upload *u, const char *path, struct err *e)
{
	uint64_t was = task_deadline(t, ASK_MS);
	const struct held *h = held_for(s, path);
	struct err none = { 0 };
	struct box_entry x;
	int64_t size = h != NULL ? box_put_size(h->put) : 0;
	bool part =
	    h != NULL || (u->offset != 0 && box_part_size(t, &s->box, path, &size, &none));
	bool whole = u->offset == BOX_APPEND && !part && strcmp(u->called, path) == 0 &&
		     box_find(t, &s->box, path, &x, &none);

	task_deadline(t, was);
	if (whole)
		return err(
		    e, ERR_FORBIDDEN, "%s is whole: STOR puts another in its place", path);
	return u->offset <= 0 || u->offset == size ||
	       err(e, ERR_BAD_INPUT,
		   "%" PRId64 " bytes of it are here, expected to go on there", size);
}

static void
received(struct task *t, struct session *s, const struct transfer *x, const struct upload *u)
{
	struct counts *c = s->door->counts;

	c->bytes_received += (uint64_t)x->bytes;
	c->files_received += x->ok && !u->held;
	if (x->ok)
		log_info(t, u->held ? "ftps.held" : "ftps.received",
		    "entry=%" PRId64 " file=%" PRId64 " bytes=%" PRId64 " ms=%" PRId64,
		    u->receipt.entry, u->receipt.file, x->bytes, x->ms);
}

static bool
upload(struct task *t, struct session *s, const char *verb, struct str arg, int64_t offset,
    struct err *e)
{
	struct upload u = { .offset = offset };
	struct transfer x = { .verb = verb, .run = receive_file, .arg = &u };
	char called[BOX_PATH_MOST], path[BOX_PATH_MOST];

	if (s->ascii)
		return say(t, s, 550,
		    "Files are kept byte for byte, and TYPE A would change them: send TYPE I "
		    "(binary) first.");
	if (!session_path(s, arg, called, e) || !upload_path(t, s, called, path, e))
		return false;
	u.called = called;
	if (!may_go_on(t, s, &u, path, e))
		return e->code == ERR_BAD_INPUT && say_err(t, s, 554, e);
	x.path = path;
	str_copy(x.opening, sizeof x.opening, STR("Send it; end with TLS close_notify."));
	transfer_run(t, s, &x);
	received(t, s, &x, &u);
	return true;
}

bool
cmd_stor(struct task *t, struct session *s, struct str arg, struct err *e)
{
	return upload(t, s, "STOR", arg, s->rest, e);
}

bool
cmd_appe(struct task *t, struct session *s, struct str arg, struct err *e)
{
	return upload(t, s, "APPE", arg, BOX_APPEND, e);
}
