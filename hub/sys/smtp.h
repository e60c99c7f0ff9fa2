/*
 * Mails to one relay by SMTP (libcurl, MIME by its curl_mime): text and HTML as alternatives,
 * one recipient each. TLS is required, but for a relay on loopback whose settings say that it
 * has none. All calls block, some minutes at most: they are for the work pool, one at a time
 * for each struct smtp. The connection is kept for the next mail.
 */
#ifndef SYS_SMTP_H
#define SYS_SMTP_H

#include "base/err.h"

enum { SMTP_REPLY_SIZE = 400 };

struct smtp_relay {
	const char *host;
	int64_t port;		     /* 465: TLS from the first byte; else STARTTLS */
	bool tls;		     /* false: none, for a loopback address only */
	const char *ca;		     /* file of certificates to believe; "": the system's */
	const char *hello;	     /* our name */
	const char *user, *password; /* "": no login */
};

struct smtp_mail {
	const char *envelope_from, *to; /* mailboxes */
	const char *from, *from_name;
	const char *subject;	/* UTF-8 */
	const char *message_id; /* without its < > */
	int64_t date_s;
	const char *unsubscribe; /* URL that takes RFC 8058's POST; NULL: none */
	struct str text, html;	 /* UTF-8 */
	const char *file_name;	 /* of what goes with it; NULL: nothing does */
	struct str file;
};

enum smtp_got {
	SMTP_ACCEPTED,
	SMTP_LATER,   /* 4xx to this mail, or the connection ended in it: try again */
	SMTP_REFUSED, /* 5xx to this mail */
	SMTP_AWAY, /* the relay is away or not as it should be: says nothing about the mail */
};

struct smtp; /* AUTO_PTR(smtp) s = smtp_new(&relay, e); */
/* Before the first other call, in the main thread. ERR_CONF: no TLS for a relay elsewhere. The
 * relay's texts must outlive it. */
struct smtp *smtp_new(const struct smtp_relay *relay, struct err *e);
void smtp_free(struct smtp **s);
/* `reply` is what the relay, or the connection to it, said last, without addresses. A header
 * that would not be one line is SMTP_REFUSED, before anything is sent. */
enum smtp_got smtp_send(struct smtp *s, const struct smtp_mail *m, char reply[SMTP_REPLY_SIZE]);
/* From another thread: the send under way, and each later one, ends within a second. */
void smtp_stop(struct smtp *s);

/* Parts, for tests. A subject as a header has it (RFC 2047 where it is not plain ASCII). */
void smtp_encoded(struct buf *to, struct str text);
void smtp_date(char to[40], int64_t utc_s); /* Thu, 26 Nov 2026 14:07:26 +0000 */
bool smtp_loopback(const char *host);

#endif
