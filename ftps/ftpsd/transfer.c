/*
 * Running a transfer. The session's task is in it from "150" to the last reply; meanwhile the
 * ear, a task of its own, reads the control connection: it answers what can be answered at
 * once and keeps the rest for later. A client that leaves the control connection ends its
 * transfer. Before the last reply the ear is stopped: while it listens by cancelling it (a
 * line that has not come whole stays in the stream), while it speaks by waiting for it.
 */
#include "transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "rt/log.h"

enum { BEGIN_MS = 30000, KEEP_MS = 300000 };

/* ---- the ear ---- */

static bool
at_once(const struct line *l)
{
	const struct command *c = l->fault == LINE_GOOD ? command_find(l->verb) : NULL;

	/* STAT of a path asks the database: that can wait */
	return c != NULL && (c->needs & DURING) != 0 && (c->run != cmd_stat || l->arg.len == 0);
}

static void
ear_run(struct task *t, void *arg)
{
	struct session *s = arg;
	struct transfer *x = s->transfer;
	struct line l;
	struct err e;

	while (!x->deaf && !s->gone && s->queued < QUEUE_MOST) {
		enum io_got got;

		x->listening = true;
		got = session_line(t, s, &l, &e);
		x->listening = false;
		if (got != IO_OK && !task_cancelled(t)) {
			s->gone = true;
			data_abort(s->data);
		}
		if (got != IO_OK)
			return;
		if (at_once(&l)) {
			session_command(t, s, &l);
			line_free(&l);
		} else {
			s->queue[s->queued++] = l;
		}
	}
}

static void
ear_stop(struct task *t, struct transfer *x, struct group *g)
{
	x->deaf = true;
	if (x->listening)
		group_cancel(g);
	group_join(t, g);
}

/* ---- the transfer ---- */

static void
note_unresumed(struct task *t, struct session *s)
{
	char client[LOG_TEXT_SIZE];

	if (data_bound(s->data) == TLS_BOUND)
		return;
	s->door->counts->data_unresumed++;
	log_info(t, "ftps.unresumed", "showed=%s client=%s",
	    data_bound(s->data) == TLS_FOREIGN ? "other" : "none",
	    log_text(client, str_of(s->client)));
}

static bool
move(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	x->stage = AT_ACCEPT;
	if (!data_accept(t, s->data, e))
		return false;
	if (!say(t, s, 150, "%s", x->opening))
		return err(e, ERR_GONE, "the control connection is gone");
	x->stage = AT_SECURE;
	if (!data_secure(t, s->data, e))
		return false;
	note_unresumed(t, s);
	x->stage = AT_MOVE;
	return x->run(t, s, x, e);
}

/* Codes that differ from the error table's, by stage; 0 is as the table says. */
static const int codes[][ERR_CODES] = {
	[AT_ACCEPT] = { [ERR_CANCELLED] = 426 },
	[AT_SECURE] = { [ERR_CANCELLED] = 426, [ERR_FORBIDDEN] = 522 },
	[AT_BEGIN] = { [ERR_BAD_INPUT] = 554, [ERR_TIMEOUT] = 451 },
	[AT_MOVE] = { [ERR_BAD_INPUT] = 426, [ERR_TIMEOUT] = 426 },
	[AT_KEEP] = { [ERR_TIMEOUT] = 451, [ERR_GONE] = 451, [ERR_CANCELLED] = 451 },
};

int
transfer_code(enum transfer_stage stage, enum err_code code)
{
	int is = codes[stage][code];

	if (is != 0)
		return is;
	return stage == AT_ACCEPT || stage == AT_SECURE ? 425 : err_rows[code].ftp;
}

/* What a failure is told by; the setting that helps clients that cannot resume has its name. */
static void
explain(struct session *s, const struct transfer *x, int code, struct err *e)
{
	char was[sizeof e->text];

	str_copy(was, sizeof was, str_of(e->text));
	if (code == 522)
		err(e, e->code,
		    "%.300s. If your client cannot resume it, ask the operator for: busbar "
		    "account "
		    "set %s --data-tls prefer",
		    was, s->box.login);
	else if (x->kept[0] != '\0')
		err(e, e->code, "%.300s; %s", was, x->kept);
}

static void
last_words(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	int code = transfer_code(x->stage, e->code);
	char why[LOG_TEXT_SIZE];

	if (x->ok) {
		say(t, s, 226, "%s", x->done);
		return;
	}
	s->door->counts->failed[e->code]++;
	log_info(t, "ftps.cut", "verb=%s reply=%d code=%s bytes=%" PRId64 " says=%s", x->verb,
	    code, err_rows[e->code].name, x->bytes, log_text(why, str_of(e->text)));
	explain(s, x, code, e);
	say_err(t, s, code, e);
}

void
transfer_run(struct task *t, struct session *s, struct transfer *x)
{
	struct group g = { 0 };
	struct err e = { 0 };

	s->transfer = x;
	s->door->counts->transfers_now++;
	if (!group_spawn(t, &g, "ftps.ear", ear_run, s, &e))
		log_warn(t, "ftps.deaf", "says=\"%s\"", e.text);
	x->ok = move(t, s, x, &e);
	ear_stop(t, x, &g);
	s->transfer = NULL;
	s->door->counts->transfers_now--;
	x->bytes = data_bytes(s->data);
	x->ms = data_ms(s->data, t);
	last_words(t, s, x, &e);
	for (; x->aborts > 0; x->aborts--)
		say(t, s, 226, "%s",
		    x->ok ? "The transfer had ended before." : "The transfer is ended.");
	data_close(s->gone ? NULL : t, &s->data);
}

/* ---- down ---- */

struct download {
	int fd;
	struct box_entry entry;
	int64_t offset;
};

static bool
send_file(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	struct download *d = x->arg;

	snprintf(x->done, sizeof x->done, "Sent %" PRId64 " bytes.", d->entry.size - d->offset);
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
	task_deadline(t, BEGIN_MS);
	box_sent(t, &s->box, &d->entry, x->bytes, x->ok, x->ms);
	task_deadline(t, 0);
}

static bool
open_file(
    struct task *t, struct session *s, const char *path, struct download *d, struct err *e)
{
	task_deadline(t, BEGIN_MS);
	d->fd = box_open(t, &s->box, path, &d->entry, e);
	task_deadline(t, 0);
	return d->fd >= 0;
}

bool
cmd_retr(struct task *t, struct session *s, struct str arg, struct err *e)
{
	struct transfer x = { .verb = "RETR", .run = send_file };
	struct download d = { .fd = -1, .offset = s->rest };
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

/* ---- up ---- */

struct upload {
	struct box_put *put;
	int64_t offset;
	struct box_receipt receipt;
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

	x->stage = AT_BEGIN;
	task_deadline(t, BEGIN_MS);
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

static bool
keep(struct task *t, struct transfer *x, struct err *e)
{
	struct upload *u = x->arg;
	bool ok;

	x->stage = AT_KEEP;
	task_deadline(t, KEEP_MS);
	ok = box_put_end(t, &u->put, &u->receipt, e);
	task_deadline(t, 0);
	return ok;
}

static bool
receive_file(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	struct upload *u = x->arg;
	char hex[2 * DIGEST_BYTES + 1];

	if (!begin(t, s, x, e))
		return false;
	x->stage = AT_MOVE;
	if (!data_receive(t, s->data, take, u->put, e)) {
		leave(t, x);
		return false;
	}
	if (!keep(t, x, e))
		return false;
	code_hex(hex, u->receipt.sha256, sizeof u->receipt.sha256);
	snprintf(x->done, sizeof x->done, "Received: %" PRId64 " bytes%s, SHA-256 %s.",
	    u->receipt.size, u->receipt.repeated ? " that were here already" : "", hex);
	return true;
}

/* Told before anybody connects; the right itself is looked at again when the upload begins. */
static bool
may_put(struct task *t, struct session *s, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct str folder = { path + 1, slash > path ? (size_t)(slash - path - 1) : 0 };
	char where[BOX_PATH_MOST];
	struct box_entry x;
	bool ok;

	if (folder.len == 0)
		return err(e, ERR_FORBIDDEN, "files go into a folder");
	if (folder.len > 0 && str_is(folder, s->put_folder))
		return true;
	snprintf(where, sizeof where, "/" STR_FMT, STR_ARG(folder));
	task_deadline(t, BEGIN_MS);
	ok = box_find(t, &s->box, where, &x, e);
	task_deadline(t, 0);
	if (!ok)
		return false;
	if (!x.can_put)
		return err(e, ERR_FORBIDDEN, "nothing can be put into %s", where);
	str_copy(s->put_folder, sizeof s->put_folder, folder);
	return true;
}

/* Where to go on, told before anybody connects, since a client that is already sending may not
 * read what it is told. An APPE to a file that is whole would leave its last bytes alone under
 * its name. */
static bool
may_go_on(struct task *t, struct session *s, const char *path, int64_t offset, struct err *e)
{
	uint64_t was = task_deadline(t, BEGIN_MS);
	struct err none = { 0 };
	struct box_entry x;
	int64_t size = 0;
	bool part = offset != 0 && box_part_size(t, &s->box, path, &size, &none);
	bool whole = offset == BOX_APPEND && !part && box_find(t, &s->box, path, &x, &none);

	task_deadline(t, was);
	if (whole)
		return err(
		    e, ERR_FORBIDDEN, "%s is whole: STOR puts another in its place", path);
	return offset <= 0 || offset == size ||
	       err(e, ERR_BAD_INPUT,
		   "%" PRId64 " bytes of it are here, expected to go on there", size);
}

static void
received(struct task *t, struct session *s, const struct transfer *x, const struct upload *u)
{
	struct counts *c = s->door->counts;

	c->bytes_received += (uint64_t)x->bytes;
	c->files_received += x->ok;
	if (x->ok)
		log_info(t, "ftps.received",
		    "entry=%" PRId64 " file=%" PRId64 " bytes=%" PRId64 " ms=%" PRId64,
		    u->receipt.entry, u->receipt.file, x->bytes, x->ms);
}

static bool
upload(struct task *t, struct session *s, const char *verb, struct str arg, int64_t offset,
    struct err *e)
{
	struct upload u = { .offset = offset };
	struct transfer x = { .verb = verb, .run = receive_file, .arg = &u };
	char path[BOX_PATH_MOST];

	if (s->ascii)
		return say(t, s, 550,
		    "Files are kept byte for byte, and TYPE A would change them: send TYPE I "
		    "(binary) first.");
	if (!session_path(s, arg, path, e) || !may_put(t, s, path, e))
		return false;
	if (!may_go_on(t, s, path, offset, e))
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
