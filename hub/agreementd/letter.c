#include "letter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "mails.h"
#include "sys/digest.h"
#include "texts.h"

enum { ARENA_MOST = 256 * 1024, CODE_DIGITS = 6, CODES = 1000000 };

const struct db_field claimed_fields[] = {
	DB_INT8(claimed, mail),
	DB_STAMP(claimed, hub_now),
	DB_TEXT(claimed, token),
	DB_TEXT(claimed, kind),
	DB_TEXT(claimed, language),
	DB_TEXT(claimed, args),
	DB_TEXT(claimed, facts),
	DB_BYTES(claimed, recipient_sealed),
	DB_BYTES(claimed, recipient_place),
	DB_BYTES(claimed, salt),
	DB_TEXT(claimed, verp),
	DB_INT4(claimed, attempts),
	DB_BOOL(claimed, to_csp),
	DB_BOOL(claimed, opt_out),
};
const size_t claimed_field_count = nitems(claimed_fields);

/* ---- addresses ---- */

bool
letter_verp(char to[ADDRESS_SIZE], const char *bounce, struct str verp, struct err *e)
{
	struct str local, domain;
	int n;

	if (!str_cut(str_of(bounce), '@', &local, &domain))
		return err(e, ERR_CONF, "mail.bounce is no e-mail address");
	n = snprintf(to, ADDRESS_SIZE, STR_FMT "+" STR_FMT "@" STR_FMT, STR_ARG(local),
	    STR_ARG(verp), STR_ARG(domain));
	return (n > 0 && n < ADDRESS_SIZE) ||
	       err(e, ERR_CONF, "mail.bounce is too long to have a code put before its @");
}

static bool
open_recipient(
    struct letter *l, const struct keys *keys, const struct claimed *c, struct err *e)
{
	if (c->recipient_sealed.len == 0 || c->recipient_place.len == 0)
		return err(e, ERR_BUG, "it has no mailbox");
	if (!mailbox_open(l->to, keys, c->recipient_sealed, c->recipient_place))
		return err(
		    e, ERR_CONF, "its mailbox was not sealed by this pii.key for that place");
	return l->by_phone || email_ok(str_of(l->to)) ||
	       err(e, ERR_BUG, "its mailbox is not one e-mail address");
}

/* Stable over attempts: what it is made from is kept until the mail has gone. */
static void
name_message(
    struct letter *l, const struct conf *conf, const struct keys *keys, const struct claimed *c)
{
	unsigned char id[SECRET_TOKEN_BYTES];
	struct str local, domain;
	char hex[33];

	keys_token(keys, id, c->salt, "message-id");
	code_hex(hex, id, 16);
	str_cut(str_of(conf->mail_from), '@', &local, &domain);
	snprintf(l->message_id, sizeof l->message_id, "%lld.%s@" STR_FMT, (long long)c->mail,
	    hex, STR_ARG(domain));
}

/* ---- links ---- */

static void
hash_of(char to[65], struct str text)
{
	unsigned char sha256[DIGEST_BYTES];

	digest_of(text.at, text.len, sha256);
	code_hex(to, sha256, sizeof sha256);
}

static void
make_link(struct letter *l, const struct conf *conf, const struct keys *keys,
    const struct claimed *c, const char *purpose, const char *path, char url[URL_SIZE])
{
	struct letter_link *to = &l->link[l->links++];
	char token[LETTER_TOKEN_SIZE];
	unsigned char mac[SECRET_TOKEN_BYTES];

	keys_token(keys, mac, c->salt, purpose);
	code_b64u(token, mac, sizeof mac);
	to->purpose = purpose;
	hash_of(to->hash, str_of(token));
	snprintf(url, URL_SIZE, "%s/%s/%s", conf->portal_url, path, token);
	secret_wipe(mac, sizeof mac);
}

/* Six digits: beside a link for who has no script, or alone, for ten minutes. What is kept of
 * them is hashed with the link's secret, since a million hashes are soon tried; of those that
 * stand alone with the mail's number. */
static void
make_code(struct letter *l, const struct keys *keys, const struct claimed *c)
{
	const char *token = strrchr(l->link_url, '/');
	struct letter_link *to = &l->link[l->links++];
	unsigned char mac[SECRET_TOKEN_BYTES];
	char text[LETTER_TOKEN_SIZE + CODE_DIGITS + 2];

	keys_token(keys, mac, c->salt, "code");
	snprintf(l->code, sizeof l->code, "%06u", get_be32(mac) % CODES);
	if (token != NULL)
		snprintf(text, sizeof text, "%s:%s", token + 1, l->code);
	else
		snprintf(text, sizeof text, "%lld:%s", (long long)c->mail, l->code);
	to->purpose = token != NULL ? "CODE" : "ONCE";
	hash_of(to->hash, str_of(text));
	secret_wipe(mac, sizeof mac);
	secret_wipe(text, sizeof text);
}

static void
make_links(struct letter *l, const struct conf *conf, const struct keys *keys,
    const struct claimed *c, const struct mail_row *row)
{
	if (row->purpose != NULL)
		make_link(l, conf, keys, c, row->purpose, row->path, l->link_url);
	if (row->code)
		make_code(l, keys, c);
	if (c->opt_out)
		make_link(l, conf, keys, c, "OPT_OUT", "o", l->opt_out_url);
}

/* ---- texts ---- */

static bool
write_texts(struct letter *l, const struct conf *conf, const struct claimed *c,
    const struct mail_row *row, struct err *e)
{
	const char *language = str_is(c->language, "ES") ? "es" : "en";
	struct str text = text_of(language, row->text);

	if (text.at == NULL)
		return err(e, ERR_BUG, "there is no text %s/%s", language, row->text);
	if (!facts_read(&l->fields, l->arena, language, c->facts, c->args, e))
		return false;
	fields_add(&l->fields, "hub", str_of(conf->mail_from_name));
	fields_add(&l->fields, "portal", str_of(conf->portal_url));
	fields_add(&l->fields, "link", str_of(l->link_url));
	fields_add(&l->fields, "code", str_of(l->code));
	fields_add(&l->fields, "optout", str_of(l->opt_out_url));
	if (!render(&l->rendered, text, &l->fields, e) ||
	    !render(
		&l->rendered, text_of(language, row->csp ? "foot-csp" : "foot"), &l->fields, e))
		return false;
	render_page(&l->page, &l->rendered, language);
	str_copy(l->subject, sizeof l->subject, buf_view(&l->rendered.subject));
	return buf_ok(&l->page) || err(e, ERR_TOO_BIG, "the mail is too long");
}

static bool
fill(struct letter *l, const struct conf *conf, const struct keys *keys,
    const struct claimed *c, struct err *e)
{
	const struct mail_row *row = mail_row_of(c->kind, c->to_csp);

	l->arena = arena_new(ARENA_MOST);
	if (l->arena == NULL)
		return err(e, ERR_BUSY, "out of memory");
	if (row == NULL)
		return err(
		    e, ERR_BUG, "there is no mail of kind \"" STR_FMT "\"", STR_ARG(c->kind));
	if (c->salt.len == 0)
		return err(e, ERR_BUG, "it has no salt");
	l->by_phone = row->path != NULL && strcmp(row->path, "tel") == 0;
	if (!open_recipient(l, keys, c, e) ||
	    !letter_verp(l->envelope, conf->mail_bounce, c->verp, e))
		return false;
	name_message(l, conf, keys, c);
	make_links(l, conf, keys, c, row);
	return write_texts(l, conf, c, row, e);
}

struct letter *
letter_new(
    const struct conf *conf, const struct keys *keys, const struct claimed *c, struct err *e)
{
	struct letter *l = calloc(1, sizeof *l);

	if (l == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	l->rendered = (struct rendered)RENDERED;
	l->page = (struct buf)BUF(2 * RENDER_MOST);
	if (!fill(l, conf, keys, c, e)) {
		letter_free(&l);
		return NULL;
	}
	l->mail = (struct smtp_mail){ .envelope_from = l->envelope,
		.to = l->to,
		.from = conf->mail_from,
		.from_name = conf->mail_from_name,
		.subject = l->subject,
		.message_id = l->message_id,
		.date_s = c->hub_now,
		.unsubscribe = c->opt_out ? l->opt_out_url : NULL,
		.text = buf_view(&l->rendered.text),
		.html = buf_view(&l->page) };
	return l;
}

static void
wipe(struct buf *b)
{
	if (b->at != NULL)
		secret_wipe(b->at, b->len);
	buf_auto(b);
}

void
letter_free(struct letter **l)
{
	if (*l == NULL)
		return;
	wipe(&(*l)->rendered.text);
	wipe(&(*l)->rendered.html);
	wipe(&(*l)->page);
	wipe(&(*l)->file);
	rendered_auto(&(*l)->rendered);
	if ((*l)->arena != NULL)
		arena_free(&(*l)->arena);
	secret_wipe(*l, sizeof **l);
	free(*l);
	*l = NULL;
}
