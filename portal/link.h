/* A link of a mail: what the database says that it is for. The token is shown to nobody else.
 */
#ifndef PORTAL_LINK_H
#define PORTAL_LINK_H

#include "sys/db.h"

enum { TOKEN_BYTES = 32, TOKEN_LEN = 43 };

struct link {
	struct rows *keep; /* what the slices point into */
	struct str purpose, state, csp, site, privacy, use_en, use_es, kind, kinds, language,
	    by, reason;
	struct str premises; /* JSON: {"items":[…]} */
	int64_t id, dies_at, starts_at, ends_at, decided_at, ended_at;
	int32_t months, history_months;
	bool used;
};

/* The SHA-256 by which a link is known; of anything else too, so that a malformed token takes
 * the same way. */
void link_hash(struct str token, unsigned char sha256[32]);
/* A new secret of that form, for an address or a cookie. */
void token_make(char to[TOKEN_LEN + 1]);
/* Whether it has the form of a token. */
bool link_form(struct str token);
/* DB_NONE: there is none. link_auto() it. */
enum db_got link_read(struct task *t, struct db *db, const unsigned char sha256[32],
    struct link *to, struct err *e);
bool link_runs(const struct link *l); /* agreed to, and not over */
void link_auto(struct link *l);

#endif
