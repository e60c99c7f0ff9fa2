/*
 * An SFTP server (libssh2), on a socket of our own that is never waited on for longer than the
 * pace allows. Of SSH's host keys the one that was pinned is asked for by trying each kind in
 * turn: a server has several, and libssh2 would take the one that it likes best.
 */
#include <errno.h>
#include <fcntl.h>
#include <libssh2.h>
#include <libssh2_sftp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "push.h"

/* libssh2 cuts a write in packets and sends all of them before it waits for answers. */
enum { PIECE_BYTES = 1 << 20, PATH_SIZE = 600, FOUND_SIZE = 64 };

struct peer {
	struct push *p;
	int fd;
	LIBSSH2_SESSION *ssh;
	LIBSSH2_SFTP *sftp;
	char *piece;
};

/* ---- waiting ---- */

/* Until the socket is ready for what libssh2 wants. */
static bool
ready(struct peer *s, struct err *e)
{
	int way = libssh2_session_block_directions(s->ssh), rc;
	struct pollfd wait = { .fd = s->fd };

	if (way & LIBSSH2_SESSION_BLOCK_OUTBOUND)
		wait.events |= POLLOUT;
	if ((way & LIBSSH2_SESSION_BLOCK_INBOUND) || way == 0)
		wait.events |= POLLIN;
	do
		rc = poll(&wait, 1, (int)s->p->pace.stall_ms);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		return fail(s->p, PUSH_STALL, e, "the server said nothing for %lld s",
		    (long long)s->p->pace.stall_ms / 1000);
	return rc > 0 || fail(s->p, PUSH_OURS, e, "poll failed");
}

/* Runs a call of libssh2 until it is done; false when waiting failed. */
#define WAITING(s, rc, call, e)                                          \
	({                                                               \
		bool go_on = true;                                       \
		while (((rc) = (call)) == LIBSSH2_ERROR_EAGAIN && go_on) \
			go_on = ready(s, e);                             \
		go_on;                                                   \
	})
/* The same of a call that gives a pointer. */
#define WAITING_FOR(s, x, call, e)                                                   \
	({                                                                           \
		bool go_on = true;                                                   \
		while (((x) = (call)) == NULL && go_on &&                            \
		       libssh2_session_last_errno((s)->ssh) == LIBSSH2_ERROR_EAGAIN) \
			go_on = ready(s, e);                                         \
		go_on;                                                               \
	})

/* What libssh2 says, in which a connection that broke is told apart. */
static bool
broke(struct peer *s, enum push_reason why, const char *what, struct err *e)
{
	char *text = NULL;
	int code = libssh2_session_last_error(s->ssh, &text, NULL, 0);

	if (code == LIBSSH2_ERROR_SOCKET_SEND || code == LIBSSH2_ERROR_SOCKET_RECV ||
	    code == LIBSSH2_ERROR_SOCKET_DISCONNECT)
		why = PUSH_RESET;
	return fail(s->p, why, e, "%s: %s", what, text != NULL ? text : "no reason given");
}

static bool
sftp_broke(struct peer *s, const char *what, struct err *e)
{
	static const struct {
		unsigned long code;
		enum push_reason why;
		const char *text;
	} told[] = {
		{ LIBSSH2_FX_NO_SUCH_FILE, PUSH_REMOTE, "no such file or folder" },
		{ LIBSSH2_FX_PERMISSION_DENIED, PUSH_REMOTE, "permission denied" },
		{ LIBSSH2_FX_FAILURE, PUSH_REMOTE, "the server failed and does not say why" },
		{ LIBSSH2_FX_OP_UNSUPPORTED, PUSH_REMOTE, "the server cannot do that" },
		{ LIBSSH2_FX_NO_SPACE_ON_FILESYSTEM, PUSH_SPACE, "no space left" },
		{ LIBSSH2_FX_QUOTA_EXCEEDED, PUSH_SPACE, "over the quota" },
	};
	unsigned long code = libssh2_sftp_last_error(s->sftp);

	if (libssh2_session_last_errno(s->ssh) != LIBSSH2_ERROR_SFTP_PROTOCOL)
		return broke(s, PUSH_REMOTE, what, e);
	for (size_t i = 0; i < nitems(told); i++)
		if (told[i].code == code)
			return fail(s->p, told[i].why, e, "%s: %s", what, told[i].text);
	return fail(s->p, PUSH_REMOTE, e, "%s: status %lu", what, code);
}

/* ---- begin and end ---- */

static void
peer_close(struct peer **ps)
{
	struct peer *s = *ps;

	*ps = NULL;
	/* a server that does not answer a goodbye is not waited for */
	if (s->sftp != NULL)
		libssh2_sftp_shutdown(s->sftp);
	if (s->ssh != NULL) {
		libssh2_session_disconnect(s->ssh, "done");
		libssh2_session_free(s->ssh);
	}
	fd_auto(&s->fd);
	free(s->piece);
	free(s);
}

static struct peer *
peer_new(struct push *p, const char *host_key, struct err *e)
{
	struct peer *s = calloc(1, sizeof *s);

	if (s == NULL || (s->piece = malloc(PIECE_BYTES)) == NULL ||
	    (s->ssh = libssh2_session_init()) == NULL) {
		fail(p, PUSH_OURS, e, "out of memory");
		goto no;
	}
	s->p = p;
	s->fd = push_connect(p, e);
	if (s->fd < 0)
		goto no;
	libssh2_session_set_blocking(s->ssh, 0);
	libssh2_session_method_pref(s->ssh, LIBSSH2_METHOD_HOSTKEY, host_key);
	return s;
no:
	if (s != NULL) {
		if (s->ssh != NULL)
			libssh2_session_free(s->ssh);
		free(s->piece);
		free(s);
	}
	return NULL;
}

/* 1 the pinned key; 0 another one; -1 no handshake. */
static int
shake(struct peer *s, char found[FOUND_SIZE], struct err *e)
{
	const char *sha256;
	int rc;

	if (!WAITING(s, rc, libssh2_session_handshake(s->ssh, s->fd), e))
		return -1;
	if (rc != 0) {
		broke(s, PUSH_CONNECT, "the SSH handshake failed", e);
		s->p->reason = PUSH_CONNECT;
		return -1;
	}
	sha256 = libssh2_hostkey_hash(s->ssh, LIBSSH2_HOSTKEY_HASH_SHA256);
	if (sha256 == NULL) {
		fail(s->p, PUSH_CONNECT, e, "the server showed no host key");
		return -1;
	}
	code_hex(found, sha256, 24); /* enough to tell them apart */
	return code_same(sha256, s->p->job.pin, JOB_PIN_BYTES);
}

/* A connection whose server has proven the pinned key. */
static struct peer *
pinned(struct push *p, struct err *e)
{
	static const char *const kinds[] = { "ssh-ed25519",
		"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "ssh-rsa" };
	char found[FOUND_SIZE] = "", other[FOUND_SIZE] = "";

	for (size_t i = 0; i < nitems(kinds); i++) {
		struct peer *s = peer_new(p, kinds[i], e);
		int is = s == NULL ? -1 : shake(s, found, e);

		if (is == 1)
			return s;
		if (is == 0 && other[0] == '\0')
			str_copy(other, sizeof other, str_of(found));
		if (s == NULL || (is < 0 && p->reason != PUSH_CONNECT)) {
			if (s != NULL)
				peer_close(&s);
			return NULL;
		}
		peer_close(&s);
	}
	if (other[0] != '\0')
		fail(p, PUSH_PIN, e,
		    "the server has another host key (SHA-256 in hex begins %s) than the one "
		    "that "
		    "was pinned",
		    other);
	return NULL;
}

/* libssh2 gives a line that broke within the login a number of its own. */
static bool
line_is_gone(const struct peer *s)
{
	char one;
	ssize_t n = recv(s->fd, &one, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno != EAGAIN);
}

static bool
login(struct peer *s, struct err *e)
{
	const struct job *j = &s->p->job;
	size_t name = strlen(j->login);
	bool went;
	int rc;

	if (j->key)
		went = WAITING(s, rc,
		    libssh2_userauth_publickey_frommemory(
			s->ssh, j->login, name, NULL, 0, j->secret, strlen(j->secret), NULL),
		    e);
	else
		went = WAITING(s, rc,
		    libssh2_userauth_password_ex(s->ssh, j->login, (unsigned)name, j->secret,
			(unsigned)strlen(j->secret), NULL),
		    e);
	if (!went)
		return false;
	if (rc != 0 && rc != LIBSSH2_ERROR_AUTHENTICATION_FAILED && line_is_gone(s))
		return broke(s, PUSH_RESET, "the line broke within the login", e);
	return rc == 0 || broke(s, PUSH_LOGIN, "the server refused the login", e);
}

static struct peer *
peer_open(struct push *p, struct err *e)
{
	struct peer *s;

	if (libssh2_init(0) != 0) {
		fail(p, PUSH_OURS, e, "libssh2 does not start");
		return NULL;
	}
	s = pinned(p, e);
	if (s == NULL)
		return NULL;
	if (!login(s, e) || !WAITING_FOR(s, s->sftp, libssh2_sftp_init(s->ssh), e)) {
		peer_close(&s);
		return NULL;
	}
	if (s->sftp == NULL) {
		broke(s, PUSH_REMOTE, "the server has no SFTP", e);
		peer_close(&s);
	}
	return s;
}

/* ---- files ---- */

static bool
peer_size(struct peer *s, const char *name, int64_t *size, struct err *e)
{
	LIBSSH2_SFTP_ATTRIBUTES a = { 0 };
	char path[PATH_SIZE];
	int rc;

	*size = -1;
	if (!push_path(s->p, path, sizeof path, name, e) ||
	    !WAITING(s, rc,
		libssh2_sftp_stat_ex(
		    s->sftp, path, (unsigned)strlen(path), LIBSSH2_SFTP_STAT, &a),
		e))
		return false;
	if (rc != 0 && libssh2_session_last_errno(s->ssh) == LIBSSH2_ERROR_SFTP_PROTOCOL &&
	    libssh2_sftp_last_error(s->sftp) == LIBSSH2_FX_NO_SUCH_FILE)
		return true;
	if (rc != 0)
		return sftp_broke(s, name, e);
	*size = a.flags & LIBSSH2_SFTP_ATTR_SIZE ? (int64_t)a.filesize : 0;
	return true;
}

static LIBSSH2_SFTP_HANDLE *
handle(struct peer *s, const char *name, unsigned long flags, struct err *e)
{
	LIBSSH2_SFTP_HANDLE *h = NULL;
	char path[PATH_SIZE];

	if (push_path(s->p, path, sizeof path, name, e) &&
	    WAITING_FOR(s, h,
		libssh2_sftp_open_ex(
		    s->sftp, path, (unsigned)strlen(path), flags, 0640, LIBSSH2_SFTP_OPENFILE),
		e) &&
	    h == NULL)
		sftp_broke(s, name, e);
	return h;
}

/* OpenSSH says no more than "failure" of a disk that is full. */
static void
look_for_space(struct peer *s, LIBSSH2_SFTP_HANDLE *h, struct err *e)
{
	LIBSSH2_SFTP_STATVFS st;
	struct err ignored;
	int rc;

	if (s->p->reason == PUSH_REMOTE &&
	    libssh2_session_last_errno(s->ssh) == LIBSSH2_ERROR_SFTP_PROTOCOL &&
	    libssh2_sftp_last_error(s->sftp) == LIBSSH2_FX_FAILURE &&
	    WAITING(s, rc, libssh2_sftp_fstatvfs(h, &st), &ignored) && rc == 0 &&
	    st.f_bavail * st.f_frsize < PIECE_BYTES)
		fail(s->p, PUSH_SPACE, e, "the server has no space left: %llu bytes free",
		    (unsigned long long)(st.f_bavail * st.f_frsize));
}

static bool
write_piece(struct peer *s, LIBSSH2_SFTP_HANDLE *h, size_t len, struct err *e)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = libssh2_sftp_write(h, s->piece + at, len - at);

		if (n == LIBSSH2_ERROR_EAGAIN) {
			/* the pace is looked at while waiting too: a byte a second keeps a
			 * socket busy for ever */
			if (!ready(s, e) || !push_moved(s->p, 0, e))
				return false;
			continue;
		}
		if (n < 0)
			return sftp_broke(s, "writing", e);
		at += (size_t)n;
		if (!push_moved(s->p, n, e))
			return false;
	}
	return true;
}

static bool
close_written(struct peer *s, LIBSSH2_SFTP_HANDLE *h, bool ok, struct err *e)
{
	struct err ignored;
	int rc;

	/* servers without fsync@openssh.com refuse it, and are as durable as they are */
	if (ok)
		ok = WAITING(s, rc, libssh2_sftp_fsync(h), e);
	if (!WAITING(s, rc, libssh2_sftp_close_handle(h), ok ? e : &ignored))
		return false;
	return ok && (rc == 0 || sftp_broke(s, "closing the file", e));
}

static bool
peer_put(struct peer *s, const char *name, struct job_file *f, int64_t from, struct err *e)
{
	unsigned long flags = LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT;
	LIBSSH2_SFTP_HANDLE *h =
	    handle(s, name, from == 0 ? flags | LIBSSH2_FXF_TRUNC : flags, e);
	bool ok = h != NULL;

	if (!ok)
		return false;
	libssh2_sftp_seek64(h, (libssh2_uint64_t)from);
	for (int64_t at = from; ok && at < f->size;) {
		size_t len = f->size - at < PIECE_BYTES ? (size_t)(f->size - at) : PIECE_BYTES;

		ok = push_read(s->p, f, at, s->piece, len, e) && write_piece(s, h, len, e);
		at += (int64_t)len;
	}
	if (!ok)
		look_for_space(s, h, e);
	/* a connection that stalls does not answer a close either */
	if (!ok && (s->p->reason == PUSH_STALL || s->p->reason == PUSH_RESET))
		return false;
	return close_written(s, h, ok, e);
}

static bool
compare(struct peer *s, LIBSSH2_SFTP_HANDLE *h, const struct job_file *f, int64_t size,
    bool *same, struct err *e)
{
	char *ours = malloc(PIECE_BYTES);
	bool ok = ours != NULL || fail(s->p, PUSH_OURS, e, "out of memory");

	*same = true;
	for (int64_t at = 0; ok && *same && at < size;) {
		ssize_t n;

		ok = WAITING(s, n, libssh2_sftp_read(h, s->piece, PIECE_BYTES), e);
		if (!ok)
			break;
		if (n < 0)
			ok = sftp_broke(s, "reading back", e);
		else if (n == 0 || at + n > size)
			*same = false;
		else if (push_read(s->p, f, at, ours, (size_t)n, e))
			*same = memcmp(ours, s->piece, (size_t)n) == 0;
		else
			ok = false;
		at += n;
	}
	free(ours);
	return ok;
}

static bool
peer_same(struct peer *s, const char *name, struct job_file *f, int64_t size, bool *same,
    struct err *e)
{
	LIBSSH2_SFTP_HANDLE *h = handle(s, name, LIBSSH2_FXF_READ, e);
	struct err ignored;
	bool ok;
	int rc;

	*same = false;
	if (h == NULL) {
		if (s->p->reason == PUSH_REMOTE)
			e->code = ERR_FORBIDDEN;
		return false;
	}
	ok = compare(s, h, f, size, same, e);
	if (ok || s->p->reason == PUSH_REMOTE)
		WAITING(s, rc, libssh2_sftp_close_handle(h), &ignored);
	return ok;
}

static bool
peer_remove(struct peer *s, const char *name, struct err *e)
{
	char path[PATH_SIZE];
	int rc;

	return push_path(s->p, path, sizeof path, name, e) &&
	       WAITING(
		   s, rc, libssh2_sftp_unlink_ex(s->sftp, path, (unsigned)strlen(path)), e) &&
	       (rc == 0 || sftp_broke(s, name, e));
}

/* SFTP version 3 does not rename over a file; one of an earlier day is in the way then. */
static bool
peer_rename(struct peer *s, const char *from, const char *to, struct err *e)
{
	char was[PATH_SIZE], is[PATH_SIZE];
	int64_t size;
	int rc;

	if (!peer_size(s, to, &size, e) || (size >= 0 && !peer_remove(s, to, e)) ||
	    !push_path(s->p, was, sizeof was, from, e) ||
	    !push_path(s->p, is, sizeof is, to, e) ||
	    !WAITING(s, rc,
		libssh2_sftp_rename_ex(s->sftp, was, (unsigned)strlen(was), is,
		    (unsigned)strlen(is),
		    LIBSSH2_SFTP_RENAME_OVERWRITE | LIBSSH2_SFTP_RENAME_ATOMIC |
			LIBSSH2_SFTP_RENAME_NATIVE),
		e))
		return false;
	return rc == 0 || sftp_broke(s, "renaming", e);
}

const struct peer_kind peer_sftp = {
	.open = peer_open,
	.close = peer_close,
	.size = peer_size,
	.put = peer_put,
	.same = peer_same,
	.rename = peer_rename,
	.remove = peer_remove,
};
