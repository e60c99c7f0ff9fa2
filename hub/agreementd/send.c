/*
 * Mails on their way. Each sender is a task with a connection to the relay of its own; it takes
 * a few mails at a time, and after each tells what became of it before it begins the next, so
 * that a kill finds at most one mail a sender that went and is not known to have.
 */
#include <string.h>

#include "letter.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "rt/work.h"
#include "text.h"

enum {
	BATCH = 10,
	LEASE_S = 600, /* longer than BATCH mails take; who starts again takes its own back */
	AGAIN_MS = 1000,
	TELL_TRIES = 30,
	TELL_TRIES_STOP = 8, /* when we are told to end: within PROC_STOP_S */
	TELL_MS = 60000,
	PAUSE_FIRST_S = 60,
	PAUSE_MOST_S = 4 * 3600,
	AWAY_FIRST_MS = 1000,
	AWAY_MOST_MS = 60000,
	GIVE_UP_MOST = 500,
};

/* ---- pauses ---- */

int64_t
send_pause_s(int32_t attempts, unsigned jitter)
{
	int64_t pause_s = PAUSE_FIRST_S;

	for (int32_t i = 1; i < attempts && pause_s < PAUSE_MOST_S; i++)
		pause_s *= 2;
	if (pause_s > PAUSE_MOST_S)
		pause_s = PAUSE_MOST_S;
	return pause_s - pause_s * (int64_t)(jitter % 1000) / 5000;
}

uint64_t
send_away_ms(unsigned times)
{
	uint64_t ms = AWAY_FIRST_MS;

	for (unsigned i = 1; i < times && ms < AWAY_MOST_MS; i++)
		ms *= 2;
	return ms < AWAY_MOST_MS ? ms : AWAY_MOST_MS;
}

void
senders_wake(struct agreementd *d)
{
	d->call++;
	for (unsigned i = 0; i < d->senders; i++)
		if (d->sender[i].task != NULL)
			task_wake(d->sender[i].task);
}

/* ---- one mail ---- */

struct outcome {
	enum smtp_got got;
	char reply[SMTP_REPLY_SIZE];
};

struct dispatch { /* what the work pool gets */
	struct smtp *smtp;
	const struct smtp_mail *mail;
	struct outcome *to;
};

static void
dispatch(void *arg)
{
	struct dispatch *x = arg;

	x->to->got = smtp_send(x->smtp, x->mail, x->to->reply);
}

static bool
make_links(struct task *t, struct sender *s, const struct claimed *c, const struct letter *l,
    struct err *e)
{
	struct str purposes[LETTER_LINKS_MOST], hashes[LETTER_LINKS_MOST];
	AUTO_PTR(conn) conn = NULL;

	if (l->links == 0)
		return true;
	for (size_t i = 0; i < l->links; i++) {
		purposes[i] = str_of(l->link[i].purpose);
		hashes[i] = str_of(l->link[i].hash);
	}
	conn = db_lease(t, s->d->db, e);
	return conn != NULL && db_exec(t, conn, SQL_MAIL_LINKS,
				   ARGS(P_INT8(c->mail), P_STR(c->token),
				       P_TEXTS(purposes, l->links), P_TEXTS(hashes, l->links)),
				   NULL, e) == DB_FOUND;
}

static enum db_got
tell_once(struct task *t, struct sender *s, const struct claimed *c, const struct outcome *o,
    struct err *e)
{
	struct over {
		bool over;
	} row;
	static const struct db_field fields[] = { DB_BOOL(over, over) };
	AUTO_PTR(conn) conn = db_lease(t, s->d->db, e);
	unsigned short jitter = 0;

	if (conn == NULL)
		return DB_RETRY;
	switch (o->got) {
	case SMTP_ACCEPTED:
		return db_exec(t, conn, SQL_MAIL_ACCEPTED,
		    ARGS(P_INT8(c->mail), P_STR(c->token), P_TEXT(o->reply)), NULL, e);
	case SMTP_REFUSED:
		return db_exec(t, conn, SQL_MAIL_REFUSED,
		    ARGS(P_INT8(c->mail), P_STR(c->token), P_TEXT(o->reply)), NULL, e);
	case SMTP_LATER:
		secret_random(&jitter, sizeof jitter);
		return db_one(t, conn, SQL_MAIL_DEFERRED,
		    ARGS(P_INT8(c->mail), P_STR(c->token), P_TEXT(o->reply),
			P_INT8(send_pause_s(c->attempts, jitter))),
		    fields, nitems(fields), &row, NULL, e);
	default:
		return db_exec(t, conn, SQL_MAIL_RELEASED,
		    ARGS(P_INT8(c->mail), P_STR(c->token), P_TEXT(o->reply)), NULL, e);
	}
}

static bool
tell_again(struct task *t, struct sender *s, const struct claimed *c, const struct outcome *o,
    struct err *e)
{
	for (int i = 0; i < (task_cancelled(t) ? TELL_TRIES_STOP : TELL_TRIES); i++) {
		if (tell_once(t, s, c, o, e) == DB_FOUND || e->code == ERR_SEQUENCE)
			return true;
		if (!task_sleep(t, AGAIN_MS, e))
			break;
	}
	return false;
}

/* What became of it must get to the database, or it goes a second time: also when we are told
 * to end meanwhile. ERR_SEQUENCE: told already, or not ours. */
static bool
tell(struct task *t, struct sender *s, const struct claimed *c, const struct outcome *o)
{
	bool was = task_shield(t, true), told;
	struct err e = { 0 };

	task_deadline(t, TELL_MS);
	told = tell_again(t, s, c, o, &e);
	task_deadline(t, 0);
	task_shield(t, was);
	if (!told)
		log_error(
		    t, "mail.untold", "mail=%lld says=\"%s\"", (long long)c->mail, e.text);
	return told;
}

static void
log_outcome(struct task *t, const struct claimed *c, const struct outcome *o)
{
	static const char *const words[] = {
		[SMTP_ACCEPTED] = "sent",
		[SMTP_LATER] = "deferred",
		[SMTP_REFUSED] = "refused",
		[SMTP_AWAY] = "away",
	};
	char says[LOG_TEXT_SIZE];

	count_mail(c->kind, words[o->got]);
	if (o->got == SMTP_ACCEPTED)
		log_info(t, "mail.sent", "mail=%lld kind=" STR_FMT " attempt=%d",
		    (long long)c->mail, STR_ARG(c->kind), c->attempts);
	else if (o->got != SMTP_AWAY)
		log_warn(t, "mail.failed",
		    "mail=%lld kind=" STR_FMT " attempt=%d result=%s says=%s",
		    (long long)c->mail, STR_ARG(c->kind), c->attempts, words[o->got],
		    log_text(says, str_of(o->reply)));
}

/* False: it was not tried, or nobody could be told; the lease brings it back. */
static bool
send_one(struct task *t, struct sender *s, const struct claimed *c, struct outcome *o)
{
	struct err e = { 0 };
	struct letter *l = letter_new(&s->d->conf, s->d->keys, c, &e);
	bool ok = l != NULL && make_links(t, s, c, l, &e) && letter_enclose(t, s->d, c, l, &e);

	if (ok && l->by_phone) {
		ok = text_send(
		    t, s->d, str_of(l->to), str_of(l->subject), &o->got, o->reply, &e);
	} else if (ok) {
		struct dispatch x = { s->smtp, &l->mail, o };

		ok = work_run(t, dispatch, &x, &e);
		if (ok && o->got == SMTP_AWAY && task_cancelled(t)) {
			/* we broke it off, the relay is not to blame: who starts next takes it
			 */
			letter_free(&l);
			return false;
		}
	} else if (l == NULL || e.code == ERR_FORBIDDEN) {
		/* with other settings or keys it may go yet; no text, mailbox or right: never
		 */
		log_error(t, "mail.bad", "mail=%lld kind=" STR_FMT " says=\"%s\"",
		    (long long)c->mail, STR_ARG(c->kind), e.text);
		*o = (struct outcome){ .got = e.code == ERR_CONF || e.code == ERR_BUSY
						  ? SMTP_LATER
						  : SMTP_REFUSED };
		str_copy(o->reply, sizeof o->reply, str_of(e.text));
		ok = true;
	}
	letter_free(&l);
	if (!ok) {
		log_warn(t, "mail.kept", "mail=%lld says=\"%s\"", (long long)c->mail, e.text);
		return false;
	}
	log_outcome(t, c, o);
	return tell(t, s, c, o);
}

/* ---- a relay that is away ---- */

static void
give_up(struct task *t, struct sender *s)
{
	struct given {
		int32_t mails;
	} row = { 0 };
	static const struct db_field fields[] = { DB_INT4(given, mails) };
	struct err e = { 0 };
	AUTO_PTR(conn) c = db_lease(t, s->d->db, &e);

	if (c == NULL)
		return;
	do {
		if (db_one(t, c, SQL_MAIL_GIVE_UP, ARGS(P_INT4(GIVE_UP_MOST)), fields,
			nitems(fields), &row, NULL, &e) != DB_FOUND)
			return;
		if (row.mails > 0)
			log_error(t, "mail.given_up", "mails=%d says=\"the relay is away\"",
			    row.mails);
	} while (row.mails == GIVE_UP_MOST);
}

static void
relay_away(struct task *t, struct sender *s, const char *reply)
{
	struct agreementd *d = s->d;
	uint64_t now = loop_now_ms(task_loop(t)), ms;
	char says[LOG_TEXT_SIZE];

	if (now >= d->away_until_ms)
		d->away_times++; /* several senders may find it at once */
	ms = send_away_ms(d->away_times);
	d->away_until_ms = now + ms;
	if (d->away_times == 1 || ms == AWAY_MOST_MS)
		log_error(t, "mail.relay", "host=%s port=%lld again_in_ms=%llu says=%s",
		    d->relay.host, (long long)d->relay.port, (unsigned long long)ms,
		    log_text(says, str_of(reply)));
	give_up(t, s);
}

static void
relay_there(struct task *t, struct agreementd *d)
{
	if (d->away_times == 0)
		return;
	d->away_times = 0;
	d->away_until_ms = 0;
	log_info(t, "mail.relay_back", "host=%s", d->relay.host);
	senders_wake(d);
}

/* ---- taking ---- */

static void
release(struct task *t, struct sender *s, const struct claimed *c, const struct outcome *o)
{
	struct outcome away = { .got = SMTP_AWAY };

	str_copy(away.reply, sizeof away.reply, str_of(o->reply));
	tell(t, s, c, &away);
}

/* Takes some and sends them; *took: how many there were. */
static bool
batch(struct task *t, struct sender *s, size_t *took, struct err *e)
{
	struct outcome o = { .got = SMTP_ACCEPTED };
	AUTO_PTR(rows) rows = NULL;
	struct claimed c;

	{
		AUTO_PTR(conn) conn = db_lease(t, s->d->db, e);

		rows = conn == NULL ? NULL
				    : db_rows(t, conn, SQL_MAIL_CLAIM,
					  ARGS(P_INT4(BATCH), P_INT4(LEASE_S),
					      P_TEXT(s->d->conf.agreements_name)),
					  e);
	}
	if (rows == NULL)
		return false;
	*took = rows_count(rows);
	while (rows_next(rows, claimed_fields, claimed_field_count, &c)) {
		if (task_cancelled(t))
			break; /* who starts next takes them back */
		if (o.got == SMTP_AWAY) {
			release(t, s, &c, &o); /* they wait with the one that found out */
			continue;
		}
		if (!send_one(t, s, &c, &o))
			continue;
		if (o.got == SMTP_AWAY)
			relay_away(t, s, o.reply);
		else
			relay_there(t, s->d);
	}
	return true;
}

static void
rest(struct task *t, struct sender *s, uint64_t wait_ms)
{
	struct err e = { 0 };

	task_deadline(t, wait_ms);
	while (s->seen == s->d->call && task_park(t, &e))
		;
	task_deadline(t, 0);
}

/* Until the relay is to be asked again: nobody can hurry that. */
static void
wait_away(struct task *t, const struct agreementd *d)
{
	struct err e = { 0 };
	uint64_t now = loop_now_ms(task_loop(t));

	while (now < d->away_until_ms && task_sleep(t, (uint32_t)(d->away_until_ms - now), &e))
		now = loop_now_ms(task_loop(t));
}

void
sender_run(struct task *t, void *arg)
{
	struct sender *s = arg;
	struct err e = { 0 };

	s->task = t;
	while (!task_cancelled(t)) {
		size_t took = 0;

		wait_away(t, s->d);
		if (task_cancelled(t))
			break;
		s->seen = s->d->call;
		if (!batch(t, s, &took, &e)) {
			if (task_cancelled(t))
				break;
			log_warn(t, "mail.look", "says=\"%s\"", e.text);
			task_sleep(t, AGAIN_MS, &e);
		} else if (took == 0) {
			rest(t, s, 60000);
		}
	}
	s->task = NULL;
}
