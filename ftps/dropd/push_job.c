#include "push_job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/code.h"
#include "base/json.h"
#include "store/endpoint.h"
#include "sys/secret.h"

enum { LINE_MOST = 96 * 1024, CHALLENGE_MOST = 400, NAME_SIZE = 64 };

const struct db_field push_fields[] = {
	DB_INT8(push_row, push),
	DB_INT8(push_row, drop),
	DB_INT8(push_row, endpoint),
	DB_INT8(push_row, bytes),
	DB_INT8(push_row, files),
	DB_INT4(push_row, port),
	DB_INT4(push_row, attempts),
	DB_BOOL(push_row, implicit),
	DB_BOOL(push_row, publishing),
	DB_BOOL(push_row, resume),
	DB_TEXT(push_row, token),
	DB_TEXT(push_row, action),
	DB_TEXT(push_row, kind),
	DB_TEXT(push_row, host),
	DB_TEXT(push_row, path),
	DB_TEXT(push_row, login),
	DB_TEXT(push_row, secret_kind),
	DB_BYTES(push_row, secret),
	DB_BYTES(push_row, pin),
	DB_TEXT(push_row, challenge),
};
const size_t push_field_count = nitems(push_fields);

/* ---- files ---- */

static void
file_told(struct json *j, struct str name, int64_t size, const void *sha256)
{
	char hex[DIGEST_HEX];

	code_hex(hex, sha256, DIGEST_BYTES);
	json_open(j, NULL);
	json_text(j, "name", name);
	json_int(j, "size", size);
	json_text(j, "sha256", str_of(hex));
	json_end(j);
}

struct file_row {
	struct str name, sha256;
	int64_t size;
};

static const struct db_field file_fields[] = { DB_TEXT(file_row, name), DB_INT8(file_row, size),
	DB_BYTES(file_row, sha256) };

static bool
files_of_drop(struct task *t, struct push_job *j, struct json *to, struct pushes *p,
    struct conn *c, bool open, struct err *e)
{
	AUTO_PTR(rows)
	rows = db_rows(t, c, SQL_PUSH_FILES, ARGS(P_INT8(j->push), P_TEXT(j->token)), e);
	struct file_row row;

	if (rows == NULL)
		return false;
	if (rows_count(rows) > PUSH_FILES_MOST)
		return err(e, ERR_TOO_BIG, "a drop of %zu files, at most %d are pushed",
		    rows_count(rows), PUSH_FILES_MOST);
	while (ROWS_NEXT(rows, file_fields, &row)) {
		if (row.sha256.len != DIGEST_BYTES)
			return err(e, ERR_BUG, "a digest of %zu bytes", row.sha256.len);
		if (open) {
			j->fd[j->fds] = object_open(
			    p->objects, OBJECT_OUT, (const unsigned char *)row.sha256.at, e);
			if (j->fd[j->fds] < 0)
				return false;
			j->fds++;
		}
		file_told(to, row.name, row.size, row.sha256.at);
		j->bytes += row.size;
	}
	return true;
}

/* The name has a part of the code, so that an old file is not taken for the new one. */
static bool
challenge_file(struct push_job *j, struct json *to, const struct push_row *row, struct err *e)
{
	unsigned char sha256[DIGEST_BYTES];
	char text[CHALLENGE_MOST], name[NAME_SIZE];
	int len, fd;

	if (row->challenge.len < 8)
		return err(e, ERR_SEQUENCE, "the challenge is void");
	len = snprintf(text, sizeof text,
	    "Busbar will deliver files here.\n"
	    "\n"
	    "If you have asked for that, tell the hub's operator this code:\n"
	    "\n"
	    "    " STR_FMT "\n"
	    "\n"
	    "If you have not, tell nobody, and nothing more will come.\n",
	    STR_ARG(row->challenge));
	digest_of(text, (size_t)len, sha256);
	snprintf(name, sizeof name, "busbar-challenge-%02x%02x%02x%02x.txt", sha256[0],
	    sha256[1], sha256[2], sha256[3]);
	fd = memfd_create("challenge", MFD_CLOEXEC);
	if (fd < 0 || write(fd, text, (size_t)len) != len) {
		fd_auto(&fd);
		return err_errno(e, ERR_BUSY, "making the challenge file");
	}
	j->fd[j->fds++] = fd;
	j->bytes = len;
	file_told(to, str_of(name), len, sha256);
	return true;
}

/* ---- the job ---- */

static bool
secret_told(struct json *j, struct pushes *p, const struct push_row *row, struct err *e)
{
	char secret[ENDPOINT_SECRET_MOST + SEAL_EXTRA], place[ENDPOINT_PLACE_SIZE];
	size_t len = 0;
	bool ok;

	endpoint_place(place, &(struct endpoint_door){ .kind = row->kind,
				  .host = row->host,
				  .login = row->login,
				  .port = row->port,
				  .pin = (const unsigned char *)row->pin.at });
	ok = row->secret.len <= sizeof secret &&
	     unseal(p->keys, secret, &len, row->secret, str_of(place));
	if (ok)
		json_text(j, str_is(row->secret_kind, "KEY") ? "key" : "password",
		    (struct str){ secret, len });
	secret_wipe(secret, sizeof secret);
	return ok || err(e, ERR_BUG,
			 "the secret of endpoint %lld was not sealed for that server and by "
			 "this push.key",
			 (long long)row->endpoint);
}

static bool
job_told(struct task *t, struct push_job *j, struct pushes *p, struct conn *c,
    const struct push_row *row, struct err *e)
{
	struct json to = json_to(&j->line);
	bool send = str_is(row->action, "send");
	char pin[2 * ENDPOINT_PIN_BYTES + 1];

	if (row->pin.len != ENDPOINT_PIN_BYTES)
		return err(e, ERR_BUG, "a pin of %zu bytes", row->pin.len);
	code_hex(pin, row->pin.at, row->pin.len);
	json_open(&to, NULL);
	json_text(&to, "action", row->action);
	json_text(&to, "kind", row->kind);
	json_bool(&to, "implicit", row->implicit);
	json_text(&to, "host", row->host);
	json_int(&to, "port", row->port);
	json_text(&to, "path", row->path);
	json_text(&to, "login", row->login);
	json_text(&to, "pin", str_of(pin));
	json_bool(&to, "publishing", row->publishing);
	json_bool(&to, "resume", row->resume);
	if (!secret_told(&to, p, row, e))
		return false;
	json_list(&to, "files");
	if (!(j->challenge ? challenge_file(j, &to, row, e)
			   : files_of_drop(t, j, &to, p, c, send, e)))
		return false;
	json_end(&to);
	json_end(&to);
	buf_byte(&j->line, '\n');
	return buf_ok(&j->line) || err(e, ERR_TOO_BIG, "the job is too long");
}

bool
push_job_make(struct task *t, struct push_job *j, struct pushes *p, struct conn *c,
    const struct push_row *row, struct err *e)
{
	*j = (struct push_job){ .push = row->push,
		.challenge = row->challenge.at != NULL && row->drop == 0,
		.line = BUF(LINE_MOST) };
	str_copy(j->token, sizeof j->token, row->token);
	/* so that the secret is never in memory that growing has given back */
	return buf_room(&j->line, LINE_MOST) != NULL && job_told(t, j, p, c, row, e);
}

void
push_job_free(struct push_job *j)
{
	for (size_t i = 0; i < j->fds; i++)
		fd_auto(&j->fd[i]);
	j->fds = 0;
	if (j->line.at != NULL)
		secret_wipe(j->line.at, j->line.cap);
	buf_auto(&j->line);
}

static ssize_t
send_first(const struct push_job *j, int to)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * PUSH_FILES_MOST)];
	} control = { 0 };
	struct iovec from = { j->line.at, j->line.len };
	struct msghdr m = { .msg_iov = &from, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (j->fds > 0) {
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * j->fds);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * j->fds);
		memcpy(CMSG_DATA(c), j->fd, sizeof(int) * j->fds);
	}
	return sendmsg(to, &m, MSG_NOSIGNAL);
}

bool
push_job_send(struct task *t, const struct push_job *j, int to, struct err *e)
{
	for (size_t at = 0; at < j->line.len;) {
		ssize_t n = at == 0 ? send_first(j, to)
				    : send(to, j->line.at + at, j->line.len - at, MSG_NOSIGNAL);

		if (n > 0) {
			at += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return err_errno(e, ERR_GONE, "handing a job to busbar-push");
		if (!task_wait_fd(t, to, TASK_WRITE, e))
			return false;
	}
	return true;
}
