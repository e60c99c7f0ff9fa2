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
		say(t, s, x->code != 0 ? x->code : 226, "%s", x->done);
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
