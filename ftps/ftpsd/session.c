/* The life of a session: greeting, commands one after the other, farewell. */
#include "session.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "commands.h"
#include "held.h"
#include "rt/log.h"
#include "transfer.h"

enum {
	BUFFER_BYTES = LINE_MOST + 2,
	STRIKES_MOST = 20,
	FAREWELL_MS = 1000,
	SETTLE_MS = 1000,
	FAREWELL_BYTES = 8 << 20, /* of a peer that still talks, so that it reads our reply */
	END_MS = 5000
};

/* clang-format off */
static const enum ftp_phase next[FTP_PHASES][FTP_EVENTS] = {
	[FTP_CLEAR]  = { [EV_SECURED] = FTP_SECURE, [EV_QUIT] = FTP_CLOSED },
	[FTP_SECURE] = { [EV_USER] = FTP_NAMED,     [EV_QUIT] = FTP_CLOSED },
	[FTP_NAMED]  = { [EV_USER] = FTP_NAMED,     [EV_QUIT] = FTP_CLOSED,
	                 [EV_REFUSED] = FTP_SECURE, [EV_LOGGED_IN] = FTP_READY },
	[FTP_READY]  = { [EV_QUIT] = FTP_CLOSED },
};
/* clang-format on */

static const char *const phase_name[FTP_PHASES] = {
	[FTP_NONE] = "nowhere",
	[FTP_CLEAR] = "before AUTH TLS",
	[FTP_SECURE] = "before USER",
	[FTP_NAMED] = "after USER",
	[FTP_READY] = "after the login",
	[FTP_CLOSED] = "at the end",
};

static const char *const event_name[FTP_EVENTS] = {
	[EV_SECURED] = "AUTH",
	[EV_USER] = "USER",
	[EV_REFUSED] = "PASS",
	[EV_LOGGED_IN] = "PASS",
	[EV_QUIT] = "QUIT",
};

bool
phase_step(enum ftp_phase *p, enum ftp_event ev, struct err *e)
{
	enum ftp_phase to = next[*p][ev];

	if (to == FTP_NONE)
		return err(
		    e, ERR_SEQUENCE, "%s is not possible %s", event_name[ev], phase_name[*p]);
	*p = to;
	return true;
}

/* ---- lines ---- */

enum io_got
session_line(struct task *t, struct session *s, struct line *l, struct err *e)
{
	struct str raw;
	enum io_got got = stream_line(t, s->control, LINE_MOST, &raw, e);

	if (got != IO_OK)
		return got;
	if (!stream_whole(s->control))
		return IO_END; /* what a client left that died */
	if (line_make(l, raw))
		return IO_OK;
	err(e, ERR_BUSY, "no memory for a command");
	return IO_FAIL;
}

static uint32_t
patience_ms(const struct session *s)
{
	return (uint32_t)(s->phase == FTP_READY ? s->door->conf.ftps_idle_ms
						: s->door->conf.ftps_login_ms);
}

/* Why there is no next command. */
static void
no_line(struct task *t, struct session *s, const struct err *e)
{
	if (e->code == ERR_TOO_BIG) {
		say(t, s, 500, "A line has at most %d bytes; closing.", LINE_MOST);
	} else if (task_cancelled(t)) {
		say(t, s, 421, "The service is being restarted; come back in a moment.");
	} else if (e->code == ERR_TIMEOUT) {
		say(t, s, 421, "Nothing was asked for %u seconds; closing.",
		    patience_ms(s) / 1000);
	} else {
		s->gone = true;
		if (e->code != ERR_GONE)
			log_info(t, "ftps.broken", "code=%s", err_rows[e->code].name);
	}
	s->closing = true;
}

/* Nothing came in the time given, and there is more of it. */
static bool
was_quiet(const struct task *t, enum io_got got, const struct err *e)
{
	return got == IO_FAIL && e->code == ERR_TIMEOUT && task_left_ms(t) > 0;
}

/* A client that says nothing for a moment may say nothing for long: the stack that a handshake
 * or a transfer went through is given back. */
static enum io_got
patient_line(struct task *t, struct session *s, struct line *l, struct err *e)
{
	uint64_t was = task_deadline(t, SETTLE_MS);
	enum io_got got = session_line(t, s, l, e);

	task_deadline(t, was);
	if (!was_quiet(t, got, e))
		return got;
	task_trim(t);
	if (s->data == NULL)
		return session_line(t, s, l, e);
	/* ports are few: one that is announced and not used is free again after a while */
	was = task_deadline(t, s->door->rules.accept_ms);
	got = session_line(t, s, l, e);
	task_deadline(t, was);
	if (!was_quiet(t, got, e))
		return got;
	data_close(NULL, &s->data);
	return session_line(t, s, l, e);
}

static bool
next_line(struct task *t, struct session *s, struct line *l)
{
	struct err e = { .code = ERR_GONE };
	enum io_got got;

	if (s->queued > 0) {
		*l = s->queue[0];
		memmove(s->queue, s->queue + 1, --s->queued * sizeof *l);
		return true;
	}
	if (s->phase == FTP_READY)
		task_deadline(t, 0);
	task_deadline(t, patience_ms(s));
	got = patient_line(t, s, l, &e);
	if (got != IO_OK)
		no_line(t, s, &e);
	if (s->phase == FTP_READY)
		task_deadline(t, 0);
	return got == IO_OK;
}

/* ---- commands ---- */

static const struct {
	enum line_fault fault;
	int code;
	const char *words;
} faults[] = {
	{ LINE_EMPTY, 500, "A command is expected." },
	{ LINE_NUL, 501, "A line has no NUL." },
	{ LINE_NOT_UTF8, 501, "A line is UTF-8." },
	{ LINE_NO_VERB, 500, "A command begins with its name." },
};

/* A stranger who guesses at commands is not listened to for ever. */
static void
strike(struct task *t, struct session *s, int code, const char *words)
{
	if (s->phase != FTP_READY && ++s->strikes > STRIKES_MOST)
		say(t, s, 421, "That were too many commands that are none; closing.");
	else
		say(t, s, code, "%s", words);
}

/* Whether it may be run now; has replied when not. */
static bool
possible(struct task *t, struct session *s, const struct command *c, const struct line *l)
{
	if (c->arg == ARG_MUST && l->arg.len == 0)
		say(t, s, 501, "%s needs a parameter: %s", c->verb, c->help);
	else if ((c->needs & (TLS | LOGIN | DATA)) != 0 && s->phase == FTP_CLEAR)
		say(t, s, 530, "Protect the connection first: AUTH TLS.");
	else if ((c->needs & (LOGIN | DATA)) != 0 && s->phase != FTP_READY)
		say(t, s, 530, "Log in first: USER, then PASS.");
	else if ((c->needs & DATA) != 0 && !s->protected)
		say(t, s, 521, "Data connections are protected here: PBSZ 0, then PROT P.");
	else if ((c->needs & DATA) != 0 && s->data == NULL)
		say(t, s, 425, "Send EPSV or PASV first.");
	else
		return true;
	return false;
}

static void
forget(struct session *s, const struct command *c)
{
	if ((c->needs & (OFFSET | DATA)) != 0)
		s->rest = 0;
	if ((c->needs & RENAMES) == 0) {
		free(s->renames);
		s->renames = NULL;
	}
}

static void
run(struct task *t, struct session *s, const struct command *c, const struct line *l)
{
	struct err e = { 0 };
	uint64_t was = (c->needs & DATA) != 0 ? 0 : task_deadline(t, ASK_MS);
	bool ok = c->run(t, s, l->arg, &e);

	if ((c->needs & DATA) == 0)
		task_deadline(t, was);
	if (!ok && !s->gone)
		say_err(t, s, 0, &e);
	forget(s, c);
}

void
session_command(struct task *t, struct session *s, const struct line *l)
{
	const struct command *c = l->fault == LINE_GOOD ? command_find(l->verb) : NULL;

	for (size_t i = 0; i < nitems(faults); i++)
		if (l->fault == faults[i].fault) {
			strike(t, s, faults[i].code, faults[i].words);
			return;
		}
	if (c == NULL)
		strike(t, s, 500, "That command is not known here; HELP lists them.");
	else if (possible(t, s, c, l))
		run(t, s, c, l);
}

/* ---- birth and end ---- */

struct session *
session_new(
    struct door *d, int fd, struct visitor *v, const char *from, bool implicit, struct err *e)
{
	struct session *s = calloc(1, sizeof *s);
	struct stream *control = stream_fd_sized(fd, BUFFER_BYTES, e);

	if (s == NULL || control == NULL) {
		stream_auto(&control);
		free(s);
		door_leave(d, v);
		err(e, ERR_BUSY, "no memory for a session");
		return NULL;
	}
	/* Telnet's urgent mark comes in line with the rest */
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &(int){ 1 }, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){ 1 }, sizeof(int));
	s->door = d;
	s->control = control;
	s->visitor = v;
	s->speaking = (struct gate)GATE(1, 4);
	s->phase = FTP_CLEAR;
	s->implicit = s->buffered = s->protected = implicit;
	s->facts = FACTS_ALL;
	str_copy(s->from, sizeof s->from, str_of(from));
	str_copy(s->at, sizeof s->at, STR("/"));
	return s;
}

void
session_drop(struct session *s)
{
	stream_auto(&s->control);
	free(s->renames);
	door_leave(s->door, s->visitor);
	free(s);
}

/* Our goodbye, and what the peer still says is read, so that no reset overtakes our words. */
static void
farewell(struct task *t, struct session *s)
{
	char nothing[2048];
	struct err e;
	size_t n;

	task_deadline(t, 0);
	task_deadline(t, FAREWELL_MS);
	if (s->secured && !stream_finish(t, s->control, &e))
		return;
	shutdown(stream_descriptor(s->control), SHUT_WR);
	for (size_t read = 0; read < FAREWELL_BYTES; read += n)
		if (stream_read(t, s->control, nothing, sizeof nothing, &n, &e) != IO_OK)
			return;
}

static void
end(struct task *t, struct session *s)
{
	data_close(NULL, &s->data);
	held_leave_all(t, s);
	if (s->control != NULL && !s->gone)
		farewell(t, s);
	if (s->control != NULL)
		stream_free(&s->control);
	if (s->box.door != NULL) {
		log_info(t, "ftps.end", "by=%s", s->gone ? "client" : "reply");
		task_deadline(t, 0);
		task_deadline(t, END_MS);
		/* when all is ending there is no time to ask the database: nobody
		 * beats for it any more
		 */
		if (!task_cancelled(t))
			box_end(t, &s->box);
	}
	while (s->queued > 0)
		line_free(&s->queue[--s->queued]);
	session_drop(s);
}

static bool
greet(struct task *t, struct session *s)
{
	struct err e = { 0 };

	task_deadline(t, (uint32_t)s->door->conf.ftps_login_ms);
	if (s->implicit) {
		uint64_t was = task_deadline(t, s->door->rules.shake_ms);

		s->control = tls_start(t, s->door->tls, &s->control, NULL, &e);
		task_deadline(t, was);
		if (s->control == NULL) {
			s->door->counts->tls_failed++;
			log_debug(t, "ftps.no_tls", "code=%s", err_rows[e.code].name);
			return false;
		}
		s->secured = phase_step(&s->phase, EV_SECURED, &e);
	}
	return say(
	    t, s, 220, "Busbar, FTP over TLS%s.", s->implicit ? "" : ": begin with AUTH TLS");
}

void
session_run(struct task *t, void *session)
{
	struct session *s = session;

	task_label(t, "from=%s", s->from);
	if (!greet(t, s))
		s->gone = true;
	while (!s->gone && !s->closing && s->phase != FTP_CLOSED) {
		struct line l;

		if (!next_line(t, s, &l))
			break;
		session_command(t, s, &l);
		line_free(&l);
	}
	end(t, s);
}
