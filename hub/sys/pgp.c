/* gpg as a child: bytes in by one pipe, out by another, words by a third. See pgp.h. */
#include "sys/pgp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/civil.h"

enum { OUT_BYTES = 64 * 1024, WORDS_MOST = 300, COLONS_MOST = 256 * 1024 };

struct pgp {
	pid_t child;
	int in, out, words;
	pgp_out *take;
	void *self;
	char said[WORDS_MOST];
	unsigned char buffer[OUT_BYTES];
};

/* ---- the child ---- */

#define QUIET                                                                        \
	"--no-options", "--batch", "--no-tty", "--quiet", "--no-permission-warning", \
	    "--no-autostart", "--no-keyring", "--no-random-seed-file"

/* There must be a home: the root folder is named, and nothing is read from it or written to
 * it. */
static const char *const encrypting[] = { "gpg", "--homedir", "/", QUIET, "--lock-never",
	"--trust-model", "always", "--compress-algo", "none", "--recipient-file",
	"/proc/self/fd/3", "--armor", "--encrypt", NULL };

/* ends: what the child has as its descriptors 0 to 3; the last may be -1. */
static bool
spawn(pid_t *child, const char *const *argv, const int ends[4], struct err *e)
{
	char *const env[] = { (char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C", NULL };
	posix_spawn_file_actions_t fds;
	posix_spawnattr_t attr;
	sigset_t none, pipes;
	int rc;

	posix_spawn_file_actions_init(&fds);
	for (int i = 0; i < 4; i++)
		if (ends[i] >= 0)
			posix_spawn_file_actions_adddup2(&fds, ends[i], i);
	posix_spawnattr_init(&attr);
	sigemptyset(&none);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &pipes);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawn(child, "/usr/bin/gpg", &fds, &attr, (char *const *)argv, env);
	posix_spawn_file_actions_destroy(&fds);
	posix_spawnattr_destroy(&attr);
	if (rc == 0)
		return true;
	*child = 0;
	errno = rc;
	return err_errno(e, ERR_UNAVAILABLE, "cannot start /usr/bin/gpg");
}

static bool
pipe_pair(int pair[2], struct err *e)
{
	return pipe2(pair, O_CLOEXEC) == 0 || err_errno(e, ERR_BUSY, "cannot make a pipe");
}

static bool
nonblock(int fd, struct err *e)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ||
	       err_errno(e, ERR_BUSY, "cannot change a pipe");
}

/* A descriptor from which the key can be read, or -1. */
static int
key_file(struct str key, struct err *e)
{
	int fd = memfd_create("key", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, key.at, key.len) == (ssize_t)key.len)
		return fd;
	err_errno(e, ERR_BUSY, "cannot keep the key in memory");
	fd_auto(&fd);
	return -1;
}

static struct pgp *
begin(const char *const *argv, int key, pgp_out *out, void *self, struct err *e)
{
	struct pgp *p = calloc(1, sizeof *p);
	int ins[2] = { -1, -1 }, outs[2] = { -1, -1 }, words[2] = { -1, -1 };
	bool ok;

	if (p == NULL) {
		err(e, ERR_BUSY, "no memory to encrypt");
		return NULL;
	}
	ok = pipe_pair(ins, e) && pipe_pair(outs, e) && pipe_pair(words, e) &&
	     spawn(&p->child, argv, (int[4]){ ins[0], outs[1], words[1], key }, e) &&
	     nonblock(ins[1], e) && nonblock(outs[0], e) && nonblock(words[0], e);
	fd_auto(&ins[0]);
	fd_auto(&outs[1]);
	fd_auto(&words[1]);
	p->in = ins[1];
	p->out = outs[0];
	p->words = words[0];
	p->take = out;
	p->self = self;
	if (!ok)
		pgp_free(&p);
	return p;
}

void
pgp_free(struct pgp **pp)
{
	struct pgp *p = *pp;

	*pp = NULL;
	if (p == NULL)
		return;
	if (p->child > 0) {
		kill(p->child, SIGKILL);
		while (waitpid(p->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	fd_auto(&p->in);
	fd_auto(&p->out);
	fd_auto(&p->words);
	free(p);
}

/* ---- bytes ---- */

static void
shut(int *fd)
{
	fd_auto(fd);
	*fd = -1;
}

/* Waits for what can go on. */
static bool
wait_for(struct pgp *p, bool write_too, bool *readable, bool *writable, struct err *e)
{
	struct pollfd fds[2] = { { p->out, POLLIN, 0 },
		{ write_too ? p->in : -1, POLLOUT, 0 } };
	int n;

	do
		n = poll(fds, 2, PGP_STALL_S * 1000);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(e, ERR_BUG, "cannot wait for gpg");
	if (n == 0)
		return err(e, ERR_TIMEOUT, "gpg made no progress for %d s", PGP_STALL_S);
	*readable = fds[0].revents != 0;
	*writable = fds[1].revents != 0;
	return true;
}

/* What gpg has written; *end at its end. */
static bool
take_out(struct pgp *p, bool *end, struct err *e)
{
	ssize_t n = read(p->out, p->buffer, sizeof p->buffer);

	*end = n == 0;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ||
		       err_errno(e, ERR_IO, "cannot read from gpg");
	return n == 0 || p->take(p->self, p->buffer, (size_t)n, e);
}

/* Waits for the end of the child, which has closed its output. */
static bool
reap(struct pgp *p, struct err *e)
{
	ssize_t n = read(p->words, p->said, sizeof p->said - 1);
	struct str said = str_trim((struct str){ p->said, n > 0 ? (size_t)n : 0 });
	int status = -1;

	while (waitpid(p->child, &status, 0) < 0 && errno == EINTR)
		;
	p->child = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return err(e, ERR_BAD_INPUT, "gpg did not encrypt: " STR_FMT,
	    STR_ARG(said.len > 0 ? said : STR("it was ended")));
}

bool
pgp_add(struct pgp *p, const void *bytes, size_t len, struct err *e)
{
	const unsigned char *from = bytes;

	while (len > 0) {
		bool readable, writable, end = false;
		ssize_t n;

		if (!wait_for(p, true, &readable, &writable, e) ||
		    (readable && !take_out(p, &end, e)))
			return false;
		if (end)
			return reap(p, e) && err(e, ERR_IO, "gpg ended before its input");
		if (!writable)
			continue;
		n = write(p->in, from, len);
		if (n < 0 && errno == EPIPE)
			continue; /* its output ends next */
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(e, ERR_IO, "cannot write to gpg");
		if (n > 0) {
			from += n;
			len -= (size_t)n;
		}
	}
	return true;
}

bool
pgp_end(struct pgp *p, struct err *e)
{
	bool readable, writable, end = false;

	shut(&p->in);
	while (!end)
		if (!wait_for(p, false, &readable, &writable, e) || !take_out(p, &end, e))
			return false;
	return reap(p, e);
}

struct pgp *
pgp_begin(struct str key, pgp_out *out, void *self, struct err *e)
{
	AUTO_FD file = key_file(key, e);

	return file < 0 ? NULL : begin(encrypting, file, out, self, e);
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
 * a trust database, which is empty. */
struct home {
	char path[32];
};

static void
home_auto(struct home *h)
{
	char file[64];

	(void)snprintf(file, sizeof file, "%s/trustdb.gpg", h->path);
	unlink(file);
	rmdir(h->path);
}

static bool
show(struct str armoured, struct shown *s, struct err *e)
{
	AUTO(buf) b = BUF(COLONS_MOST);
	AUTO(home) home = { "/tmp/busbar-key-XXXXXX" };
	const char *const argv[] = { "gpg", "--homedir", home.path, QUIET, "--with-colons",
		"--show-keys", NULL };
	struct err why = { .code = ERR_NONE };
	struct str line, rest;
	AUTO_PTR(pgp) p = NULL;

	if (mkdtemp(home.path) == NULL)
		return err_errno(e, ERR_BUSY, "cannot make a folder in /tmp");
	p = begin(argv, -1, keep, &b, e);
	if (p == NULL)
		return false;
	if (!pgp_add(p, armoured.at, armoured.len, &why) || !pgp_end(p, &why))
		return why.code == ERR_BAD_INPUT
			   ? err(e, ERR_BAD_INPUT, "the key is damaged or cut off")
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
