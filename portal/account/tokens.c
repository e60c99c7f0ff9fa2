/* A customer's personal tokens, for programs: made (and shown once), and ended. */
#include "listing.h"
#include "mine.h"
#include "once.h"
#include "sys/token.h"

enum { TOKEN_LABEL, TOKEN_WORDS, TOKEN_DAYS, TOKEN_FIELDS };

static const struct field rows[TOKEN_FIELDS] = {
	{ "label", "text", "off", 100, TEXT_TOKEN_LABEL, TEXT_TOKEN_LABEL_HINT,
	    TEXT_WRONG_TOKEN_LABEL },
	{ "words", "checks", "off", 20, TEXT_TOKEN_WORDS, TEXTS, TEXT_WRONG_KINDS },
	{ "days", "select", "off", 3, TEXT_TOKEN_DAYS, TEXTS, TEXT_WRONG_TOKEN_DAYS },
};

static const struct {
	const char *word;
	enum text text;
} words[] = {
	{ "interval", TEXT_KIND_INTERVAL },
	{ "register", TEXT_KIND_REGISTER },
	{ "billing", TEXT_KIND_BILLING },
	{ "profile", TEXT_KIND_CUSTOMER },
	{ "commands", TEXT_TOKEN_COMMANDS },
	{ "webhooks", TEXT_TOKEN_WEBHOOKS },
	{ "agreements", TEXT_TOKEN_AGREEMENTS },
};
static const struct {
	const char *days;
	enum text text;
} terms[] = {
	{ "30", TEXT_TOKEN_30 },
	{ "90", TEXT_TOKEN_90 },
	{ "366", TEXT_TOKEN_366 },
};

struct own_token {
	struct str label, scope;
	int64_t token, expires_at, used_at;
};
static const struct db_field fields[] = {
	DB_INT8(own_token, token),
	DB_TEXT(own_token, label),
	DB_TEXT(own_token, scope),
	DB_STAMP(own_token, expires_at),
	DB_STAMP(own_token, used_at),
};
static const struct column columns[] = {
	{ TEXT_TOKEN_LABEL, false },
	{ TEXT_TOKEN_UNTIL, false },
	{ TEXT_TOKEN_USED, false },
};

static bool
set_choices(struct page *p, struct mine_form *x, struct err *e)
{
	struct field_choice *at = arena_get(p->memory, nitems(words) * sizeof *at);
	struct field_choice *days = arena_get(p->memory, nitems(terms) * sizeof *days);

	if (at == NULL || days == NULL)
		return err(e, ERR_BUSY, "no memory for choices");
	for (size_t i = 0; i < nitems(words); i++)
		at[i] = (struct field_choice){ str_of(words[i].word),
			text_of(p->language, words[i].text) };
	for (size_t i = 0; i < nitems(terms); i++)
		days[i] = (struct field_choice){ str_of(terms[i].days),
			text_of(p->language, terms[i].text) };
	x->choices[x->n_choices++] = (struct field_choices){ "words", at, nitems(words) };
	x->choices[x->n_choices++] = (struct field_choices){ "days", days, nitems(terms) };
	return true;
}

static bool
set(struct task *t, struct page *p, struct mine_form *x, struct err *e)
{
	AUTO_PTR(rows) got = act_rows(t, p, SQL_PORTAL_TOKENS, ARGS(P_ME(p)), e);
	struct listing l;
	struct own_token one;

	/* a new one is shown by the page that the browser is sent to: sent again, it makes none
	 */
	once_take(p);
	if (str_is(page_query(p, "done"), "made"))
		view_c(&p->view, "done", "");
	if (got == NULL || !listing_begin(&l, p, "tokens", TEXT_TOKENS_TITLE, columns,
			       nitems(columns), rows_count(got), e))
		return false;
	while (ROWS_NEXT(got, fields, &one)) {
		listing_row(&l);
		listing_text(&l, page_keep(p, one.label));
		listing_more(&l, page_keep(p, one.scope));
		listing_date(&l, one.expires_at);
		listing_date(&l, one.used_at);
		listing_button(&l, "end", page_number(p, one.token),
		    text_of(p->language, TEXT_TOKEN_END), true);
	}
	return listing_end(&l, TEXT_TOKENS_NONE, TEXT_TOKENS_NONE_SAYS, e) &&
	       set_choices(p, x, e);
}

static bool
make(
    struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	struct made_row {
		int64_t token, expires_at;
	} row;
	static const struct db_field made[] = { DB_INT8(made_row, token),
		DB_STAMP(made_row, expires_at) };
	AUTO_PTR(conn) c = NULL;
	struct field_choice at[nitems(words)];
	struct str chosen[nitems(words)];
	struct token token;
	int64_t days = 0;
	size_t n;
	bool ok;

	for (size_t i = 0; i < TOKEN_FIELDS; i++)
		if (said->wrong[i] != TEXTS)
			return false;
	for (size_t i = 0; i < nitems(words); i++)
		at[i].value = str_of(words[i].word);
	n = fields_checked(f, "words", at, nitems(words), chosen);
	(void)act_form_number(f, "days", &days);
	token_draw(&token, "bbp_");
	c = db_lease(t, p->portal->db, e);
	ok = c != NULL && db_one(t, c, SQL_PORTAL_TOKEN_MAKE,
			      ARGS(P_ME(p), P_BYTES(token.sha256, DIGEST_BYTES),
				  P_STR(str_trim(form_get(f, "label"))), P_TEXTS(chosen, n),
				  P_INT4(days > 0 && days <= 366 ? (int32_t)days : 0)),
			      made, nitems(made), &row, NULL, e) == DB_FOUND;
	db_release(&c);
	if (ok)
		ok = once_go(t, p, str_of(token.text), "made", STR("/account/tokens"), e);
	secret_wipe(&token, sizeof token);
	return ok;
}

static bool
act(struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	int64_t token;

	if (!act_form_number(f, "end", &token))
		return make(t, p, f, said, e);
	for (size_t i = 0; i < FIELDS_MOST; i++)
		said->wrong[i] = TEXTS; /* the other form was not sent */
	c = db_lease(t, p->portal->db, e);
	return c != NULL && db_exec(t, c, SQL_PORTAL_TOKEN_END, ARGS(P_ME(p), P_INT8(token)),
				NULL, e) <= DB_NONE;
}

const struct mine mine_tokens = { "/account/tokens", "tokens.html", "TOKEN", TEXT_TOKENS_TITLE,
	TEXT_TOKENS_LEAD, TEXT_TOKEN_MAKE, TEXT_TOKEN_ENDED, rows, TOKEN_FIELDS, set, act };
