/*
 * busbar-agreementd: mails of the outbox on their way, and the clock of agreements. What has to
 * survive is rows of mail.outbox; this process may be killed at any instant and is started
 * again.
 *
 *   clock.c   one task: what falls due by the hub's clock; one that hears what others tell
 *   send.c    a few tasks: take mails by a lease, make their links, have them sent in the work
 *             pool, and tell what became of each
 *   letter.c  one mail: mailbox, links, facts, texts, the envelope
 *   enclose.c the file that goes with a mail
 *   text.c    a text message, which is a mail of another kind: to a phone, by a gateway
 *   mails.c   the table of mails: kind, audience, what its link is for
 *   facts.c   what the database tells of a mail, in words of its language
 *   render.c  a template with its fields, as text and as HTML
 *   texts.c   the templates of texts/LANGUAGE, built into the program
 *   metrics.c what is counted
 *
 * A relay that is away stops the sending, not the mails: each stays due, and is tried when the
 * relay answers again. What it refuses for now is tried again with growing pauses until it is
 * given up; what it refuses for good is.
 */
#ifndef AGREEMENTD_AGREEMENTD_H
#define AGREEMENTD_AGREEMENTD_H

#include "sys/conf.h"
#include "sys/db.h"
#include "sys/fetch.h"
#include "sys/ops.h"
#include "sys/smtp.h"

enum { SENDERS_MOST = 16 };

struct keys;
struct agreementd;

struct sender {
	struct agreementd *d;
	struct smtp *smtp;
	struct task *task;
	uint64_t seen; /* the call that it has answered */
};

struct agreementd {
	struct conf conf;
	struct db *db;
	struct keys *keys;
	struct objects *objects;       /* NULL until a file goes with a mail */
	char password[CONF_TEXT_SIZE]; /* of the relay */
	struct smtp_relay relay;
	struct fetch_rules text_rules; /* of the gateway for text messages */
	char text_header[CONF_TEXT_SIZE + 32];
	struct task *clock;
	bool look;		/* the clock has something to look at */
	uint64_t call;		/* grows whenever a mail may wait to be sent */
	uint64_t away_until_ms; /* the relay was away: nobody asks before this */
	unsigned away_times;
	struct sender sender[SENDERS_MOST];
	unsigned senders;
	struct ops ops;
};

/* clock.c */
void clock_run(struct task *t, void *agreementd);  /* task */
void listen_run(struct task *t, void *agreementd); /* task */

/* send.c */
void sender_run(struct task *t, void *sender); /* task */
void senders_wake(struct agreementd *d);
/* The pause before the next attempt, after `attempts` of them: 1 min, doubling, up to 4 h; up
 * to a fifth of it shorter by jitter (0 to 999), so that what failed together comes back apart.
 */
int64_t send_pause_s(int32_t attempts, unsigned jitter);
/* How long nobody asks a relay that was away the n-th time in a row: 1 s, doubling, up to 60.
 */
uint64_t send_away_ms(unsigned times);

/* metrics.c */
void count_mail(struct str kind, const char *result);
void count_ticks(int64_t n);
void mail_metrics(struct buf *to, void *agreementd);

#endif
