/* Signed notes: reading and writing them. */
#include "tree/note.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a blank begin a signature line */

enum {
	TIME_BYTES = 8,
	BLOB = NOTE_ID + SIGN_BYTES,
	COBLOB = NOTE_ID + TIME_BYTES + SIGN_BYTES,
	BLOB_B64 = code_b64_size(COBLOB), /* of either */
	KEY_B64 = code_b64_size(1 + SIGN_PUBLIC_BYTES),
	RECEIPT_TEXT_MOST = RECEIPT_BYTES_MOST + 256,
};

/* ---- small things that have one form only ---- */

bool
note_number(struct str s, uint64_t *n)
{
	int64_t v;

	if (s.len == 0 || (s.at[0] == '0' && s.len > 1) || !str_int64(s, &v))
		return false;
	*n = (uint64_t)v;
	return true;
}

/* Exactly `len` bytes, written as we would write them: padding bits are 0. */
static bool
unb64(struct str s, unsigned char *to, size_t len)
{
	char again[BLOB_B64];
	size_t got;

	if (s.len != code_b64_size(len) - 1 || !code_unb64(to, len, &got, s) || got != len)
		return false;
	code_b64(again, to, len);
	return str_is(s, again);
}

bool
note_hash(struct str s, struct hash *h)
{
	return unb64(s, h->at, TREE_HASH);
}

static bool
good_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] == '+' || name.at[i] == '"' ||
		    name.at[i] == '\\' || (unsigned char)name.at[i] >= 0x7f)
			return false;
	return name.len > 0 && name.len < NOTE_NAME_SIZE;
}

/* ---- keys ---- */

bool
note_key_make(struct note_key *k, enum note_type type, const char *name,
    const unsigned char public_key[SIGN_PUBLIC_BYTES], struct err *e)
{
	char text[NOTE_NAME_SIZE + 2 + SIGN_PUBLIC_BYTES];
	unsigned char sha256[DIGEST_BYTES];
	size_t len = strlen(name);

	if (!good_name(str_of(name)))
		return err(e, ERR_CONF,
		    "\"%s\" is no name of a log: expected letters without blanks, + or quotes, "
		    "as in hub.example/audit",
		    name);
	k->type = type;
	memcpy(k->name, name, len + 1);
	memcpy(k->public_key, public_key, SIGN_PUBLIC_BYTES);
	memcpy(text, name, len);
	text[len] = '\n';
	text[len + 1] = (char)type;
	memcpy(text + len + 2, public_key, SIGN_PUBLIC_BYTES);
	digest_of(text, len + 2 + SIGN_PUBLIC_BYTES, sha256);
	memcpy(k->id, sha256, NOTE_ID);
	return true;
}

void
note_key_write(struct buf *to, const struct note_key *k)
{
	unsigned char typed[1 + SIGN_PUBLIC_BYTES] = { (unsigned char)k->type };
	char id[2 * NOTE_ID + 1], b64[KEY_B64];

	memcpy(typed + 1, k->public_key, SIGN_PUBLIC_BYTES);
	code_hex(id, k->id, NOTE_ID);
	code_b64(b64, typed, sizeof typed);
	buf_fmt(to, "%s+%s+%s", k->name, id, b64);
}

bool
note_key_read(struct note_key *k, struct str text, struct err *e)
{
	unsigned char typed[1 + SIGN_PUBLIC_BYTES];
	AUTO(buf) again = BUF(1024);
	struct str name, rest, id, b64;
	char name_c[NOTE_NAME_SIZE];

	if (!str_cut(text, '+', &name, &rest) || !str_cut(rest, '+', &id, &b64) ||
	    !good_name(name) || !unb64(b64, typed, sizeof typed) ||
	    (typed[0] != NOTE_LOG && typed[0] != NOTE_WITNESS))
		return err(e, ERR_FINDINGS,
		    "that is no public key: expected NAME+ID+KEY, as `busbar audit key` shows "
		    "it");
	str_copy(name_c, sizeof name_c, name);
	if (!note_key_make(k, typed[0], name_c, typed + 1, e))
		return false;
	note_key_write(&again, k);
	return str_eq(buf_view(&again), text) ||
	       err(e, ERR_FINDINGS, "the public key and its id do not belong together");
}

/* ---- signatures ---- */

static const struct note_key *
key_of(const struct note_key *keys, size_t n, struct str name, const unsigned char *id)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, keys[i].name) && memcmp(id, keys[i].id, NOTE_ID) == 0)
			return &keys[i];
	return NULL;
}

static bool
name_known(const struct note_key *keys, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, keys[i].name))
			return true;
	return false;
}

/* *known: of a key that we have. Of others' nothing is known, nor what they look like. */
static bool
signature_holds(struct str name, struct str b64, struct str text, const struct note_key *keys,
    size_t n, bool *known, struct err *e)
{
	unsigned char blob[BLOB];
	const struct note_key *k;

	*known = false;
	if (!unb64(b64, blob, sizeof blob))
		return !name_known(keys, n, name) ||
		       err(e, ERR_FINDINGS, "the signature of " STR_FMT " is not whole",
			   STR_ARG(str_first(name, NOTE_NAME_SIZE)));
	k = key_of(keys, n, name, blob);
	if (k == NULL)
		return true;
	*known = true;
	return sign_holds(blob + NOTE_ID, text, k->public_key) ||
	       err(e, ERR_FINDINGS, "the signature of %s does not belong to it", k->name);
}

static void
signature(
    char to[BLOB_B64], const struct note_key *k, const unsigned char seed[], struct str text)
{
	unsigned char blob[BLOB];

	memcpy(blob, k->id, NOTE_ID);
	sign_make(blob + NOTE_ID, seed, text);
	code_b64(to, blob, sizeof blob);
}

void
note_sign(struct buf *to, const struct note_key *k, const unsigned char seed[], struct str text)
{
	char b64[BLOB_B64];

	signature(b64, k, seed, text); /* first: the text may lie in `to` */
	buf_fmt(to, DASH "%s %s\n", k->name, b64);
}

/* ---- notes ---- */

/* Where the signatures begin, behind the last empty line; 0: there is none. */
static size_t
signatures_at(struct str note)
{
	for (size_t i = note.len; i-- > 1;)
		if (note.at[i] == '\n' && note.at[i - 1] == '\n')
			return i + 1;
	return 0;
}

static bool
plain(struct str note)
{
	for (size_t i = 0; i < note.len; i++)
		if ((unsigned char)note.at[i] < ' ' && note.at[i] != '\n')
			return false;
	return str_utf8(note);
}

bool
note_open(
    struct str note, const struct note_key *keys, size_t n, struct str *text, struct err *e)
{
	size_t at = signatures_at(note);
	struct str rest = { note.at + at, note.len - at }, line, name, b64;
	bool known, any = false;

	if (at < 3 || note.len > NOTE_BYTES_MOST || note.at[note.len - 1] != '\n' ||
	    !plain(note))
		return err(e, ERR_FINDINGS, "that is no signed note");
	*text = (struct str){ note.at, at - 1 };
	for (unsigned lines = 0; rest.len > 0; lines++) {
		str_cut(rest, '\n', &line, &rest);
		if (!str_starts(line, DASH) || lines == NOTE_SIGNATURES_MOST)
			return err(e, ERR_FINDINGS, "one of its signature lines is none");
		line.at += sizeof DASH - 1;
		line.len -= sizeof DASH - 1;
		if (!str_cut(line, ' ', &name, &b64))
			return err(e, ERR_FINDINGS, "one of its signature lines is none");
		if (!signature_holds(name, b64, *text, keys, n, &known, e))
			return false;
		any = any || known;
	}
	return any || err(e, ERR_FINDINGS, "it is not signed by a key that is known");
}

/* ---- witnesses ---- */

static void
cosigned_text(struct buf *to, uint64_t time, struct str text)
{
	buf_fmt(to, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	buf_str(to, text);
}

void
note_cosign(struct buf *to, const struct note_key *k, const unsigned char seed[], uint64_t time,
    struct str text)
{
	AUTO(buf) message = BUF(NOTE_BYTES_MOST + 64);
	unsigned char blob[COBLOB];
	char b64[BLOB_B64];

	cosigned_text(&message, time, text);
	if (!buf_ok(&message)) {
		to->over = true;
		return;
	}
	memcpy(blob, k->id, NOTE_ID);
	for (unsigned i = 0; i < TIME_BYTES; i++)
		blob[NOTE_ID + i] = (unsigned char)(time >> (8 * (TIME_BYTES - 1 - i)));
	sign_make(blob + NOTE_ID + TIME_BYTES, seed, buf_view(&message));
	code_b64(b64, blob, sizeof blob);
	buf_fmt(to, DASH "%s %s\n", k->name, b64);
}

static bool
cosignature_holds(
    struct str b64, struct str text, const struct note_key *k, uint64_t *time, struct err *e)
{
	AUTO(buf) message = BUF(NOTE_BYTES_MOST + 64);
	unsigned char blob[COBLOB];
	uint64_t at = 0;

	if (!unb64(b64, blob, sizeof blob))
		return err(
		    e, ERR_FINDINGS, "the signature of the witness %s is not whole", k->name);
	if (memcmp(blob, k->id, NOTE_ID) != 0)
		return true; /* of another key of that name */
	for (unsigned i = 0; i < TIME_BYTES; i++)
		at = at << 8 | blob[NOTE_ID + i];
	cosigned_text(&message, at, text);
	if (at == 0 || at > INT64_MAX || !buf_ok(&message) ||
	    !sign_holds(blob + NOTE_ID + TIME_BYTES, buf_view(&message), k->public_key))
		return err(e, ERR_FINDINGS,
		    "the signature of the witness %s does not belong to it", k->name);
	*time = at;
	return true;
}

bool
note_cosigned(
    struct str note, const struct note_key *k, uint64_t *time, struct str *which, struct err *e)
{
	size_t at = signatures_at(note);
	struct str text = { note.at, at - 1 }, rest = { note.at + at, note.len - at }, line;

	*time = 0;
	while (str_cut(rest, '\n', &line, &rest) && str_starts(line, DASH)) {
		struct str name, b64,
		    told = { line.at + sizeof DASH - 1, line.len - (sizeof DASH - 1) };
		uint64_t was = *time;

		if (!str_cut(told, ' ', &name, &b64) || !str_is(name, k->name))
			continue;
		if (!cosignature_holds(b64, text, k, time, e))
			return false;
		if (*time != was && which != NULL)
			*which = line;
	}
	return true;
}

bool
note_next(struct str *rest, struct str *note)
{
	const char *end = rest->at + rest->len, *p = rest->at;
	bool signatures = false;

	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		struct str line = { p, (size_t)((eol != NULL ? eol : end) - p) };

		if (signatures && !str_starts(line, DASH))
			break;
		signatures = str_starts(line, DASH);
		p = eol != NULL ? eol + 1 : end;
	}
	*note = (struct str){ rest->at, (size_t)(p - rest->at) };
	*rest = (struct str){ p, (size_t)(end - p) };
	return note->len > 0;
}

/* ---- checkpoints ---- */

void
checkpoint_write(struct buf *to, const char *origin, uint64_t size, const struct hash *root)
{
	char b64[code_b64_size(TREE_HASH)];

	code_b64(b64, root->at, TREE_HASH);
	buf_fmt(to, "%s\n%llu\n%s\n", origin, (unsigned long long)size, b64);
}

bool
checkpoint_read(struct checkpoint *c, struct str text, struct err *e)
{
	struct str size, root, rest;

	return (str_cut(text, '\n', &c->origin, &rest) && str_cut(rest, '\n', &size, &rest) &&
		   str_cut(rest, '\n', &root, &rest) && rest.len == 0 && good_name(c->origin) &&
		   note_number(size, &c->size) && note_hash(root, &c->root)) ||
	       err(e, ERR_FINDINGS, "expected a checkpoint: origin, number of entries, root");
}

bool
checkpoint_open(
    struct checkpoint *c, struct str note, const struct note_key *keys, size_t n, struct err *e)
{
	struct str text;

	if (!note_open(note, keys, n, &text, e) || !checkpoint_read(c, text, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_is(c->origin, keys[i].name))
			return true;
	return err(e, ERR_FINDINGS, "it is of another log than the key");
}

/* ---- receipts ---- */

static const char receipt_head[] = "{\"receipt\":", receipt_key[] = ",\"key\":\"",
		  receipt_signature[] = "\",\"signature\":\"", receipt_end[] = "\"}\n";

bool
receipt_is(struct str text)
{
	return str_starts(text, receipt_head);
}

/* What is signed: not a checkpoint, whatever the body says. */
static void
receipt_text(struct buf *to, struct str body)
{
	buf_c(to, "busbar consent receipt\n");
	buf_str(to, body);
	buf_byte(to, '\n');
}

void
receipt_sign(
    struct buf *to, const struct note_key *k, const unsigned char seed[], struct str body)
{
	AUTO(buf) text = BUF(RECEIPT_TEXT_MOST);
	char b64[BLOB_B64];

	receipt_text(&text, body);
	if (!buf_ok(&text)) {
		to->over = true;
		return;
	}
	signature(b64, k, seed, buf_view(&text));
	buf_c(to, receipt_head);
	buf_str(to, body);
	buf_c(to, receipt_key);
	buf_c(to, k->name);
	buf_c(to, receipt_signature);
	buf_c(to, b64);
	buf_c(to, receipt_end);
}

/* The last place of `part`, and what is before and behind it. */
static bool
cut_last(struct str s, const char *part, struct str *head, struct str *tail)
{
	size_t len = strlen(part);

	for (size_t at = s.len < len ? 0 : s.len - len + 1; at-- > 0;) {
		if (memcmp(s.at + at, part, len) != 0)
			continue;
		*head = (struct str){ s.at, at };
		*tail = (struct str){ s.at + at + len, s.len - at - len };
		return true;
	}
	return false;
}

bool
receipt_open(
    struct str receipt, const struct note_key *keys, size_t n, struct str *body, struct err *e)
{
	AUTO(buf) text = BUF(RECEIPT_TEXT_MOST);
	struct str head, tail, name, b64;
	bool known;

	if (!receipt_is(receipt) || !str_ends(receipt, receipt_end) ||
	    receipt.len > RECEIPT_TEXT_MOST || !cut_last(receipt, receipt_key, &head, &tail) ||
	    !cut_last(tail, receipt_signature, &name, &b64))
		return err(e, ERR_FINDINGS, "that is no receipt, or not all of it");
	*body = (struct str){ head.at + sizeof receipt_head - 1,
		head.len - (sizeof receipt_head - 1) };
	b64.len -= sizeof receipt_end - 1;
	receipt_text(&text, *body);
	if (!buf_ok(&text))
		return err(e, ERR_FINDINGS, "a receipt of that size is none");
	if (!signature_holds(name, b64, buf_view(&text), keys, n, &known, e))
		return false;
	return known ||
	       err(e, ERR_FINDINGS, "the receipt is not signed by a key that is known");
}
