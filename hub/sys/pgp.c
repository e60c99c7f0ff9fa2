/* gpg as a child. See pgp.h. */
#include "sys/pgp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "rt/work.h"
#include "sys/child.h"

enum { COLONS_MOST = 256 * 1024 };

/* ---- messages ---- */

#define QUIET                                                                        \
	"--no-options", "--batch", "--no-tty", "--quiet", "--no-permission-warning", \
	    "--no-autostart", "--no-keyring", "--no-random-seed-file"

/* There must be a home: the root folder is named, and nothing is read from it or written to
 * it. */
static const char *const encrypting[] = { "/usr/bin/gpg", "--homedir", "/", QUIET,
	"--lock-never", "--trust-model", "always", "--compress-algo", "none",
	"--recipient-file", "/proc/self/fd/3", "--armor", "--encrypt", NULL };

struct pgp {
	struct child *gpg;
};

struct pgp *
pgp_begin(struct str key, pgp_out *out, void *self, struct err *e)
{
	AUTO_PTR(pgp) p = calloc(1, sizeof *p);
	AUTO_FD file = child_file(key, e);
	struct pgp *made = p;

	if (p == NULL) {
		err(e, ERR_BUSY, "no memory to encrypt");
		return NULL;
	}
	if (file < 0 ||
	    (p->gpg = child_begin(encrypting, (int[]){ file, -1 }, out, self, e)) == NULL)
		return NULL;
	p = NULL;
	return made;
}

bool
pgp_add(struct pgp *p, const void *bytes, size_t len, struct err *e)
{
	return child_add(p->gpg, bytes, len, e);
}

bool
pgp_end(struct pgp *p, struct err *e)
{
	return child_end(p->gpg, e);
}

void
pgp_free(struct pgp **pp)
{
	struct pgp *p = *pp;

	*pp = NULL;
	if (p == NULL)
		return;
	child_free(&p->gpg);
	free(p);
}

/* ---- keys ---- */

struct shown { /* what gpg says of a key block */
	unsigned keys, secrets;
	char validity; /* of the key as a whole */
	char fingerprint[PGP_FINGERPRINT_SIZE];
	bool encrypts;			   /* now */
	bool has_encryption;		   /* some part of it would */
	int64_t bits;			   /* the least of RSA and ElGamal parts that encrypt */
	int64_t expires_s, parts_expire_s; /* the key; the last part that encrypts. 0: never */
	bool part_stays;
};

enum {
	COLON_TYPE,
	COLON_VALIDITY,
	COLON_BITS,
	COLON_KIND,
	COLON_EXPIRES = 6,
	COLON_FINGERPRINT = 9,
	COLON_CAN = 11,
	COLON_FIELDS
};

/* A key or a part of one that can encrypt by itself ("e"). */
static void
see_part(struct shown *s, const struct str f[COLON_FIELDS])
{
	int64_t bits = 0, kind = 0, expires_s = 0;

	if (!str_has(f[COLON_CAN], STR("e")))
		return;
	s->has_encryption = true;
	if (str_is(f[COLON_VALIDITY], "r"))
		return;
	(void)str_int64(f[COLON_BITS], &bits);
	(void)str_int64(f[COLON_KIND], &kind);
	/* 1 RSA, 16 ElGamal: their bits compare; those of curves do not */
	if ((kind == 1 || kind == 16) && !str_is(f[COLON_VALIDITY], "e") &&
	    (s->bits == 0 || bits < s->bits))
		s->bits = bits;
	if (!str_int64(f[COLON_EXPIRES], &expires_s))
		s->part_stays = true;
	else if (expires_s > s->parts_expire_s)
		s->parts_expire_s = expires_s;
}

static void
see_line(struct shown *s, struct str line)
{
	struct str f[COLON_FIELDS] = { 0 }, rest = line;

	for (size_t i = 0; i < nitems(f) && rest.len > 0; i++)
		str_cut(rest, ':', &f[i], &rest);
	if (str_is(f[COLON_TYPE], "sec"))
		s->secrets++;
	if (str_is(f[COLON_TYPE], "pub")) {
		s->keys++;
		s->validity = f[COLON_VALIDITY].len > 0 ? f[COLON_VALIDITY].at[0] : '-';
		/* a capital letter: the key as a whole can, today */
		s->encrypts = str_has(f[COLON_CAN], STR("E"));
		if (!str_int64(f[COLON_EXPIRES], &s->expires_s))
			s->expires_s = 0;
		see_part(s, f);
	}
	if (str_is(f[COLON_TYPE], "sub"))
		see_part(s, f);
	if (str_is(f[COLON_TYPE], "fpr") && s->fingerprint[0] == '\0')
		str_copy(s->fingerprint, sizeof s->fingerprint, f[COLON_FINGERPRINT]);
}

static bool
keep(void *self, const void *bytes, size_t len, struct err *e)
{
	struct buf *b = self;

	buf_add(b, bytes, len);
	return buf_ok(b) || err(e, ERR_TOO_BIG, "the key has too many parts");
}

/* A home until the block ends: to say that a key has expired or was revoked, gpg wants to write
 * a trust database, which is empty. A process that may write nowhere (confine.h) has none: gpg
 * then fails for such keys, and what is said of them is less. */
struct home {
	char path[32];
	bool made;
};

static void
home_auto(struct home *h)
{
	char file[64];

	if (!h->made)
		return;
	(void)snprintf(file, sizeof file, "%s/trustdb.gpg", h->path);
	unlink(file);
	rmdir(h->path);
}

static bool
show(struct str armoured, struct shown *s, struct err *e)
{
	AUTO(buf) b = BUF(COLONS_MOST);
	AUTO(home) home = { "/tmp/busbar-key-XXXXXX", false };
	const char *const argv[] = { "/usr/bin/gpg", "--homedir", home.path, QUIET,
		"--with-colons", "--show-keys", NULL };
	const char *const homeless[] = { "/usr/bin/gpg", "--homedir", "/", QUIET,
		"--lock-never", "--trust-model", "always", "--with-colons", "--show-keys",
		NULL };
	struct err why = { .code = ERR_NONE };
	struct str line, rest;
	AUTO_PTR(child) gpg = NULL;

	home.made = mkdtemp(home.path) != NULL;
	gpg = child_begin(home.made ? argv : homeless, (int[]){ -1, -1 }, keep, &b, e);
	if (gpg == NULL)
		return false;
	if (!child_add(gpg, armoured.at, armoured.len, &why) || !child_end(gpg, &why))
		return why.code == ERR_BAD_INPUT
			   ? err(e, ERR_BAD_INPUT, "the key is damaged or cut off%s",
				 home.made ? "" : ", has expired or was revoked")
			   : err(e, why.code, "%s", why.text);
	for (rest = buf_view(&b); rest.len > 0;) {
		str_cut(rest, '\n', &line, &rest);
		see_line(s, line);
	}
	return true;
}

static bool
expired(const char *what, int64_t at_s, struct err *e)
{
	char stamp[CIVIL_STAMP_SIZE];

	civil_stamp(stamp, at_s);
	return err(e, ERR_BAD_INPUT, "the key's %s expired at %s", what, stamp);
}

static bool
judge(const struct shown *s, struct err *e)
{
	if (s->secrets > 0)
		return err(e, ERR_BAD_INPUT, "that is a private key, expected the public one");
	if (s->keys != 1)
		return err(e, ERR_BAD_INPUT, "there are %u keys, expected one", s->keys);
	if (s->validity == 'r')
		return err(e, ERR_BAD_INPUT, "the key was revoked");
	if (s->validity == 'e')
		return expired("validity", s->expires_s, e);
	if (!s->has_encryption)
		return err(
		    e, ERR_BAD_INPUT, "the key can only sign, expected one that encrypts");
	if (!s->encrypts && !s->part_stays && s->parts_expire_s > 0)
		return expired("part that encrypts", s->parts_expire_s, e);
	if (!s->encrypts)
		return err(e, ERR_BAD_INPUT, "the key's part that encrypts is not valid");
	if (s->bits != 0 && s->bits < PGP_BITS_LEAST)
		return err(e, ERR_BAD_INPUT, "the key has %d bits, expected %d or more",
		    (int)s->bits, PGP_BITS_LEAST);
	return true;
}

bool
pgp_key_check(struct str armoured, struct pgp_key *key, struct err *e)
{
	static const char begins[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
	struct str text = str_trim(armoured);
	struct shown s = { .validity = '-' };

	/* before anything else touches it */
	if (str_has(text, STR("PRIVATE KEY BLOCK")))
		return err(e, ERR_BAD_INPUT, "that is a private key, expected the public one");
	if (text.len > PGP_KEY_MOST)
		return err(e, ERR_TOO_BIG, "the key has %zu bytes, expected at most %d",
		    text.len, PGP_KEY_MOST);
	if (!str_starts(text, begins))
		return err(e, ERR_BAD_INPUT, "that is no armoured key, expected %s", begins);
	if (!str_ends(text, "-----END PGP PUBLIC KEY BLOCK-----"))
		return err(e, ERR_BAD_INPUT, "the key is cut off: its last line is not there");
	if (!show(text, &s, e) || !judge(&s, e))
		return false;
	memcpy(key->fingerprint, s.fingerprint, sizeof key->fingerprint);
	key->expires_s = s.expires_s;
	if (!s.part_stays && (key->expires_s == 0 || s.parts_expire_s < key->expires_s))
		key->expires_s = s.parts_expire_s;
	return true;
}

/* ---- in the work pool ---- */

struct key_work {
	struct str armoured;
	struct err e;
	bool ok;
};

static void
check_key(void *arg)
{
	struct key_work *w = arg;
	struct pgp_key key;

	w->ok = pgp_key_check(w->armoured, &key, &w->e);
}

bool
pgp_key_ok(struct task *t, struct str armoured, struct err *e)
{
	struct key_work w = { .armoured = armoured };

	if (!work_run(t, check_key, &w, e))
		return false;
	return w.ok || err(e, w.e.code == ERR_BAD_FILE ? ERR_BAD_INPUT : w.e.code,
			   "OpenPGP key: %s", w.e.text);
}
