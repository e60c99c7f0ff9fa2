/* Buttons of desks that need more than a statement; see desk.h. */
#include <string.h>

#include "base/code.h"
#include "desk.h"
#include "login.h"
#include "store/mailbox.h"
#include "store/proof.h"
#include "sys/tls_chain.h"

enum { SECRET_VALUES = 2, INDEX_SIZE = 2 * INDEX_BYTES + 1, PERSON_LOGIN_MOST = 64 };

/* ---- an approval: what the third party signs in and goes live by is drawn here ---- */

struct chain_row {
	struct str chain;
};
struct approved_row {
	struct str client_id, login;
};

/* The certificate of the registration holds now; the digest of its own is what opens the box.
 */
static bool
leaf_of(struct task *t, struct page *p, const struct desk *d,
    unsigned char sha256[DIGEST_BYTES], struct err *e)
{
	static const struct db_field fields[] = { DB_BYTES(chain_row, chain) };
	AUTO(buf) der = BUF(CHAIN_BYTES_MOST);
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	char says[CHAIN_SAYS_SIZE];
	struct chain_row row;
	size_t leaf_len;

	if (c == NULL || db_one(t, c, SQL_DESK_CSP_CHAIN,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(desk_key(p, d))),
			     fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (row.chain.len == 0)
		return err(e, ERR_SEQUENCE, "its certificate is missing");
	if (!chain_read(row.chain, &der, &leaf_len, e) ||
	    !chain_check(buf_view(&der), p->portal->conf.csp_ca, says, e))
		return err_at(e, "the certificate of the request");
	digest_of(der.at, leaf_len, sha256);
	return true;
}

static bool
approve(struct task *t, struct page *p, const struct desk *d,
    const unsigned char leaf[DIGEST_BYTES], const struct proof *secret,
    const struct proof *registration, struct approved_row *row, struct rows **keep,
    struct err *e)
{
	static const struct db_field fields[] = { DB_TEXT(approved_row, client_id),
		DB_TEXT(approved_row, login) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	return c != NULL &&
	       db_one(t, c, SQL_DESK_CSP_APPROVE,
		   ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(desk_key(p, d)),
		       P_BYTES(leaf, DIGEST_BYTES),
		       P_BYTES(secret->verifier, sizeof secret->verifier),
		       P_BYTES(registration->verifier, sizeof registration->verifier)),
		   fields, nitems(fields), row, keep, e) == DB_FOUND;
}

/* What is shown now is shown only now: no reload, no other page has it. */
static bool
tell_approved(struct task *t, struct page *p, const struct desk *d,
    const struct approved_row *row, const char *secret, const char *registration, struct err *e)
{
	const struct {
		enum text title;
		struct str text;
	} told[] = {
		{ TEXT_OP_CLIENT_ID, row->client_id },
		{ TEXT_OP_CLIENT_SECRET, str_of(secret) },
		{ TEXT_OP_REGISTRATION_TOKEN, str_of(registration) },
		{ TEXT_OP_BOX_LOGIN, row->login },
	};
	struct view *items = page_items(p, nitems(told), SECRET_VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < nitems(told); i++) {
		items[i].outer = &p->view;
		view_set(&items[i], "title", text_of(p->language, told[i].title));
		view_set(&items[i], "text", page_keep(p, told[i].text));
	}
	view_list(&p->view, "secrets", items, nitems(told));
	return desk_show(t, p, d, NULL, 200, TEXTS, STR(""), NULL, e);
}

bool
approve_act(struct task *t, struct page *p, const struct desk *d, const struct form *f,
    struct str words[], struct err *e)
{
	unsigned char leaf[DIGEST_BYTES];
	char secret[MADE_SIZE], registration[MADE_SIZE];
	struct proof of_secret, of_registration;
	struct approved_row row;
	AUTO_PTR(rows) keep = NULL;
	bool ok;

	(void)f;
	(void)words;
	proof_new_token(&of_secret, secret);
	proof_new_token(&of_registration, registration);
	ok = leaf_of(t, p, d, leaf, e) &&
	     approve(t, p, d, leaf, &of_secret, &of_registration, &row, &keep, e) &&
	     tell_approved(t, p, d, &row, secret, registration, e);
	secret_wipe(secret, sizeof secret);
	secret_wipe(registration, sizeof registration);
	return ok;
}

/* ---- a look at a customer: a mailbox goes to the database as its keyed digest alone ---- */

bool
look_act(struct task *t, struct page *p, const struct desk *d, const struct form *f,
    struct str words[], struct err *e)
{
	struct login who;
	char index[INDEX_SIZE];

	(void)t;
	(void)d;
	(void)f;
	login_mailbox(p, words[1], &who);
	words[2] = STR("");
	if (who.mailbox) {
		code_hex(index, who.index, sizeof who.index);
		words[1] = STR("");
		words[2] = page_keep(p, str_of(index));
	} else if (words[1].len > 0 && memchr(words[1].at, '@', words[1].len) != NULL)
		return err(e, ERR_BAD_INPUT, "that is no e-mail address");
	return true;
}

/* ---- the first person of an organization: name and mailbox go to the database sealed ---- */

static struct str
hex_of(struct page *p, const void *bytes, size_t len)
{
	char *to = arena_get(p->memory, 2 * len + 1);

	if (to == NULL)
		return STR("");
	code_hex(to, bytes, len);
	return str_of(to);
}

bool
person_act(struct task *t, struct page *p, const struct desk *d, const struct form *f,
    struct str words[], struct err *e)
{
	enum { LOGIN, EMAIL, BOX, NAME, SEALED, PLACE, INDEX, LANGUAGE };
	struct mailbox box;
	struct err bad = { 0 };
	char name[PERSON_LOGIN_MOST + SEAL_EXTRA];

	(void)t;
	(void)d;
	(void)f;
	words[LOGIN] = str_trim(words[LOGIN]);
	if (words[LOGIN].len > PERSON_LOGIN_MOST ||
	    !mailbox_seal(&box, p->portal->consent_keys, "person.email", words[EMAIL], &bad))
		return err(e, ERR_BAD_INPUT, "that is no e-mail address");
	words[NAME] = hex_of(
	    p, name, mailbox_name_seal(name, p->portal->consent_keys, words[LOGIN], &box));
	words[SEALED] = hex_of(p, box.sealed, box.sealed_len);
	words[PLACE] = hex_of(p, box.place, box.place_len);
	words[INDEX] = hex_of(p, box.index, sizeof box.index);
	words[LANGUAGE] = str_of(language_code(p->language));
	return true;
}
