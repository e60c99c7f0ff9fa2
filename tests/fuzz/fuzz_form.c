/*
 * What a browser sends to the portal: a Cookie header up to the first NUL, then the body of a
 * form. What was read is inside of what was given, has no field twice, is whole text, and says
 * the same again when it is written and read once more. No nonce is good but one that was made.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nonce.h"
#include "sys/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { NOW_MS = 1000000000, LIFE_MS = 3600000 };

static struct keys *keys;
static const unsigned char of_link[LINK_BYTES] = "the link of a mail, thirty-two.";

static void
keys_once(void)
{
	char folder[] = "/tmp/fuzz-form-XXXXXX", name[64];
	static const char *const files[] = { "pii", "index", "push", "audit", "mail", "portal",
		"link", "hook", "consent" };
	struct err e;

	if (keys != NULL)
		return;
	assert(secret_start(&e) && mkdtemp(folder) != NULL && keys_make(folder, &e));
	keys = keys_open_portal(folder, &e);
	assert(keys != NULL);
	for (size_t i = 0; i < nitems(files); i++) {
		snprintf(name, sizeof name, "%s/%s.key", folder, files[i]);
		unlink(name);
	}
	rmdir(folder);
}

static bool
inside(struct str s, const void *at, size_t len)
{
	return s.at >= (const char *)at && s.at + s.len <= (const char *)at + len;
}

static void
write_one(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_fmt(b, "%%%02X", (unsigned)(unsigned char)s.at[i]);
}

/* Written with every byte escaped it is three times as long, so some do not fit again. */
static void
reads_the_same(const struct form *f)
{
	AUTO(buf) b = BUF(4 * FORM_BYTES_MOST);
	struct form again;
	struct err e;

	for (size_t i = 0; i < f->n; i++) {
		buf_byte(&b, '&');
		write_one(&b, f->at[i].name);
		buf_byte(&b, '=');
		write_one(&b, f->at[i].value);
	}
	assert(buf_ok(&b));
	if (b.len > FORM_BYTES_MOST)
		return;
	assert(form_parse(&again, buf_view(&b), &e) && again.n == f->n);
	for (size_t i = 0; i < f->n; i++)
		assert(str_eq(again.at[i].name, f->at[i].name) &&
		       str_eq(again.at[i].value, f->at[i].value));
}

static void
form(struct str body)
{
	struct form f;
	struct err e = { 0 };

	if (!form_parse(&f, body, &e)) {
		assert(e.code == ERR_BAD_INPUT || e.code == ERR_TOO_BIG);
		return;
	}
	assert(f.n <= FORM_FIELDS_MOST && f.used <= sizeof f.text);
	for (size_t i = 0; i < f.n; i++) {
		assert(inside(f.at[i].name, f.text, f.used) && str_utf8(f.at[i].name));
		assert(inside(f.at[i].value, f.text, f.used) && str_utf8(f.at[i].value));
		for (size_t k = 0; k < i; k++)
			assert(!str_eq(f.at[i].name, f.at[k].name));
	}
	reads_the_same(&f);
}

static void
cookies(struct str header, struct str nonce)
{
	struct str c = cookie_get(header, NONCE_COOKIE);
	char made[NONCE_SIZE];
	int64_t age_ms;

	if (c.at == NULL)
		return;
	assert(inside(c, header.at, header.len));
	if (!cookie_ok(c)) {
		assert(nonce_check(nonce, keys, of_link, c, NOW_MS, LIFE_MS, &age_ms) ==
		       NONCE_BAD);
		return;
	}
	assert(nonce_check(nonce, keys, of_link, c, NOW_MS, LIFE_MS, &age_ms) == NONCE_BAD);
	nonce_make(made, keys, of_link, c, NOW_MS);
	assert(nonce_check(str_of(made), keys, of_link, c, NOW_MS + 5, LIFE_MS, &age_ms) ==
		   NONCE_OK &&
	       age_ms == 5);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str all = { (const char *)bytes, size }, header, body;
	char *copy; /* of its own, so that a read behind it is seen */

	keys_once();
	if (!str_cut(all, '\0', &header, &body))
		body = all;
	copy = malloc(body.len + 1);
	assert(copy != NULL);
	memcpy(copy, body.at, body.len);
	form((struct str){ copy, body.len });
	cookies(header, (struct str){ copy, body.len });
	free(copy);
	return 0;
}
