/*
 * The second factor of one's account. It is begun (a secret is drawn, and shown as a picture
 * and as text), set by a code of it, and ended by another. Recovery codes are shown once, on
 * the page that follows.
 */
#include "factor.h"

#include <stdio.h>

#include "mine.h"
#include "qr.h"

enum {
	FACTOR_CODE,
	CODE_TYPED_MOST = 40,
	PLACE_BYTES = 13 + 16,
	URI_SIZE = 200,
	QR_BYTES = 32 * 1024
};

static const struct field factor_fields[] = {
	{ "code", "text", "one-time-code", CODE_TYPED_MOST, TEXT_FACTOR_CODE,
	    TEXT_FACTOR_CODE_HINT, TEXT_WRONG_FACTOR },
};

/* The name of the account in the program of the phone; a short one, so that all fits. */
static bool
set_picture(struct page *p, const struct factor *x, struct err *e)
{
	char text[TOTP_TEXT + 1], uri[URI_SIZE], grouped[TOTP_TEXT * 5 / 4 + 1];
	AUTO(buf) path = BUF(QR_BYTES);
	struct qr qr;
	size_t n = 0;

	totp_text(text, x->secret);
	for (size_t i = 0; i < TOTP_TEXT; i++) {
		if (i > 0 && i % 4 == 0)
			grouped[n++] = ' ';
		grouped[n++] = text[i];
	}
	snprintf(uri, sizeof uri, "otpauth://totp/Busbar:%.20s?secret=%s&issuer=Busbar",
	    page_keep(p, x->login).at, text);
	if (!qr_make(&qr, str_of(uri)))
		return err(e, ERR_BUG, "the address of a second factor is too long");
	qr_path(&path, &qr);
	view_set(&p->view, "qr", page_keep(p, buf_view(&path)));
	view_set(&p->view, "key", page_keep(p, (struct str){ grouped, n }));
	secret_wipe(text, sizeof text);
	secret_wipe(uri, sizeof uri);
	return true;
}

struct state_row {
	bool is_set;
	int32_t codes;
};

static bool
set(struct task *t, struct page *p, struct mine_form *form, struct err *e)
{
	static const struct db_field fields[] = { DB_BOOL(state_row, is_set),
		DB_INT4(state_row, codes) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO(factor) x = { 0 };
	struct state_row row;
	enum db_got got;

	(void)form;
	if (c == NULL ||
	    db_one(t, c, SQL_PORTAL_FACTOR_STATE, ARGS(P_BYTES(p->sha256, LINK_BYTES)), fields,
		nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	db_release(&c);
	view_c(&p->view, "is_set", row.is_set ? "1" : "");
	view_c(&p->view, "begun", "");
	view_set(&p->view, "count", page_number(p, row.codes));
	if (row.is_set)
		return true;
	got = factor_read(t, p, &x, e);
	if (got == DB_NONE)
		return true;
	view_c(&p->view, "begun", "1");
	return got == DB_FOUND && set_picture(p, &x, e);
}

static bool
begin(struct task *t, struct page *p, struct err *e)
{
	unsigned char secret[TOTP_BYTES], sealed[TOTP_BYTES + SEAL_EXTRA];
	unsigned char place[PLACE_BYTES] = "factor.secret";
	AUTO_PTR(conn) c = NULL;
	size_t len;

	secret_random(secret, sizeof secret);
	secret_random(place + PLACE_BYTES - 16, 16);
	len = seal(p->portal->consent_keys, sealed, (struct str){ (char *)secret, TOTP_BYTES },
	    (struct str){ (char *)place, PLACE_BYTES });
	secret_wipe(secret, sizeof secret);
	c = db_lease(t, p->portal->db, e);
	return c != NULL &&
	       db_exec(t, c, SQL_PORTAL_FACTOR_BEGIN,
		   ARGS(P_BYTES(p->sha256, LINK_BYTES), P_BYTES(sealed, len),
		       P_BYTES(place, PLACE_BYTES)),
		   NULL, e) <= DB_NONE &&
	       page_go(t, p, "/account/factor", e);
}

/* Draws recovery codes: as items of the page, and their digests. */
static bool
draw_codes(struct page *p, unsigned char hashes[RECOVERY_CODES * 32], struct err *e)
{
	struct view *items = page_items(p, RECOVERY_CODES, 1, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		unsigned char bits[RECOVERY_BYTES];
		char text[RECOVERY_TEXT + 1];

		secret_random(bits, sizeof bits);
		recovery_text(text, bits);
		recovery_hash(str_of(text), hashes + i * 32);
		view_set(&items[i], "code", page_keep(p, str_of(text)));
		secret_wipe(bits, sizeof bits);
	}
	view_list(&p->view, "codes", items, RECOVERY_CODES);
	return true;
}

static bool
turn_on(struct task *t, struct page *p, const struct factor_typed *y, struct mine_said *said,
    struct err *e)
{
	unsigned char hashes[RECOVERY_CODES * 32];
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct mine_result r;

	if (!draw_codes(p, hashes, e) || (c = db_lease(t, p->portal->db, e)) == NULL ||
	    db_one(t, c, SQL_PORTAL_FACTOR_SET,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_INT8(y->step),
		    P_BYTES(hashes, sizeof hashes)),
		mine_result_fields, 2, &r, &keep, e) != DB_FOUND)
		return false;
	db_release(&c);
	return mine_is_ok(p, &r, FACTOR_CODE, TEXT_WRONG_FACTOR, said) &&
	       page_send(t, p, 200, "factor_codes.html", e);
}

static bool
turn_off(struct task *t, struct page *p, const struct factor_typed *y, struct mine_said *said,
    struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	struct mine_result r;

	if (c == NULL || db_one(t, c, SQL_PORTAL_FACTOR_END,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_TYPED(*y)),
			     mine_result_fields, 2, &r, &keep, e) != DB_FOUND)
		return false;
	return mine_is_ok(p, &r, FACTOR_CODE, TEXT_WRONG_FACTOR, said);
}

static bool
act(struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	AUTO(factor) x = { 0 };
	struct factor_typed y;
	enum db_got got;

	if (str_is(form_get(f, "do"), "begin"))
		return begin(t, p, e);
	if (said->wrong[FACTOR_CODE] != TEXTS)
		return false;
	got = factor_read(t, p, &x, e);
	if (got == DB_NONE)
		said->wrong[FACTOR_CODE] = TEXT_WRONG_FACTOR;
	if (got != DB_FOUND)
		return false;
	factor_typed(&x, form_get(f, "code"), &y);
	return x.is_set ? turn_off(t, p, &y, said, e) : turn_on(t, p, &y, said, e);
}

const struct mine mine_factor = { "/account/factor", "factor.html", "FACTOR", TEXT_FACTOR_TITLE,
	TEXT_FACTOR_LEAD, TEXT_FACTOR_BUTTON, TEXT_FACTOR_ENDED, factor_fields,
	nitems(factor_fields), set, act };
