/* One mail as it goes out, from a row of mail.claim(). */
#ifndef AGREEMENTD_LETTER_H
#define AGREEMENTD_LETTER_H

#include "agreementd.h"
#include "base/arena.h"
#include "base/code.h"
#include "render.h"
#include "store/mailbox.h"

struct claimed { /* a row of mail.claim() */
	int64_t mail, hub_now;
	struct str token, kind, language, args, facts, recipient_sealed, recipient_place, salt,
	    verp;
	int32_t attempts;
	bool to_csp, opt_out;
};
extern const struct db_field claimed_fields[];
extern const size_t claimed_field_count;

enum {
	LETTER_LINKS_MOST = 3,
	LETTER_TOKEN_SIZE = code_b64u_size(SECRET_TOKEN_BYTES),
	URL_SIZE = 400,
	ADDRESS_SIZE = EMAIL_MOST + 1
};

struct letter_link { /* what a link of it may do, and the SHA-256 of its secret */
	const char *purpose;
	char hash[65];
};

struct letter {
	struct arena *arena;
	struct fields fields;
	struct rendered rendered;
	struct buf page;
	struct letter_link link[LETTER_LINKS_MOST];
	size_t links;
	char to[ADDRESS_SIZE], envelope[ADDRESS_SIZE], message_id[ADDRESS_SIZE + 64];
	char subject[1024], link_url[URL_SIZE], opt_out_url[URL_SIZE], code[8];
	char file_name[256];
	struct buf file;       /* goes with it; at NULL: none */
	bool by_phone;	       /* `to` is a phone number, the subject all of it */
	struct smtp_mail mail; /* points into the above */
};

/* Opens the mailbox, makes links and texts. ERR_BUG: it cannot be sent as it is, now or later.
 */
struct letter *letter_new(
    const struct conf *conf, const struct keys *keys, const struct claimed *c, struct err *e);
void letter_free(struct letter **l); /* wipes its secrets */

/* enclose.c: the file that goes with the mail, if any. ERR_FORBIDDEN: the mail must not go. */
bool letter_enclose(struct task *t, struct agreementd *d, const struct claimed *c,
    struct letter *l, struct err *e);

/* The envelope sender: bounce+VERP@example.org of bounce@example.org. */
bool letter_verp(char to[ADDRESS_SIZE], const char *bounce, struct str verp, struct err *e);

#endif
