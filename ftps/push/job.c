#include "job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/code.h"
#include "sys/json_in.h"
#include "sys/secret.h"

void
job_part_name(char to[JOB_PART_SIZE], const struct job_file *f)
{
	snprintf(to, JOB_PART_SIZE, ".%s.part", f->name);
}

/* ---- the line ---- */

/* A name that a line of FTP, a path and a URL can all hold. */
static bool
name_read(struct job_file *f, struct str name, struct err *e)
{
	bool ok = name.len > 0 && name.len < JOB_NAME_SIZE && name.at[0] != '.';

	for (size_t i = 0; ok && i < name.len; i++)
		ok = (unsigned char)name.at[i] > 0x20 && (unsigned char)name.at[i] < 0x7f &&
		     strchr("/\\%?#\"'*", name.at[i]) == NULL;
	if (!ok)
		return err(e, ERR_BAD_INPUT, "a file name that cannot be sent");
	return str_copy(f->name, sizeof f->name, name);
}

static bool
file_read(struct job_file *f, const struct json_value *v, struct err *e)
{
	struct str name, sha256;

	f->fd = -1;
	return json_in_text(v, "name", &name, e) && name_read(f, name, e) &&
	       json_in_int(v, "size", 0, INT64_C(1) << 50, &f->size, e) &&
	       json_in_text(v, "sha256", &sha256, e) &&
	       (code_unhex(f->sha256, sizeof f->sha256, sha256) ||
		   err(e, ERR_BAD_INPUT, "a digest that is none"));
}

static bool
files_read(struct job *j, const struct json_value *v, struct err *e)
{
	const struct json_value *list;

	if (!json_in_list(v, "files", JOB_FILES_MOST, &list, &j->files, e))
		return false;
	for (size_t i = 0; i < j->files; i++) {
		if (!file_read(&j->file[i], json_in_item(list, i), e))
			return false;
		for (size_t k = 0; k < i; k++)
			if (strcmp(j->file[k].name, j->file[i].name) == 0)
				return err(e, ERR_BAD_INPUT, "a file name twice");
	}
	return j->files > 0 || err(e, ERR_BAD_INPUT, "no files");
}

/* Which would begin a new line of FTP's dialogue. */
static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
			return true;
	return false;
}

static bool
server_read(struct job *j, const struct json_value *v, struct err *e)
{
	struct str kind, host, path, login, pin;

	return json_in_text(v, "kind", &kind, e) &&
	       (egress_kind_read(kind, &j->kind) ||
		   err(e, ERR_BAD_INPUT, "kind is not SFTP, FTPS or HTTPS")) &&
	       json_in_bool_or(v, "implicit", false, &j->implicit, e) &&
	       json_in_text(v, "host", &host, e) && egress_host_ok(host, e) &&
	       str_copy(j->host, sizeof j->host, host) &&
	       json_in_int(v, "port", 1, 65535, &j->port, e) &&
	       json_in_text(v, "path", &path, e) && egress_path_ok(path, e) &&
	       str_copy(j->path, sizeof j->path, path) && json_in_text(v, "login", &login, e) &&
	       ((str_utf8(login) && !has_control(login) &&
		    str_copy(j->login, sizeof j->login, login)) ||
		   err(e, ERR_BAD_INPUT, "a login that cannot be used")) &&
	       json_in_text(v, "pin", &pin, e) &&
	       (code_unhex(j->pin, sizeof j->pin, pin) ||
		   err(e, ERR_BAD_INPUT, "a pin that is no SHA-256"));
}

static bool
secret_read(struct job *j, const struct json_value *v, struct err *e)
{
	struct str password, key;

	if (!json_in_text_or(v, "password", "", &password, e) ||
	    !json_in_text_or(v, "key", "", &key, e))
		return false;
	j->key = key.len > 0;
	if (j->key == (password.len > 0))
		return err(e, ERR_BAD_INPUT, "expected a password or a key");
	if (has_control(password))
		return err(e, ERR_BAD_INPUT, "a password with control characters");
	return str_copy(j->secret, sizeof j->secret, j->key ? key : password) ||
	       err(e, ERR_TOO_BIG, "a secret of more than %d bytes", JOB_SECRET_SIZE - 1);
}

bool
job_read(struct job *j, struct str line, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;
	const struct json_value *v;
	struct str action;

	memset(j, 0, sizeof *j);
	for (size_t i = 0; i < JOB_FILES_MOST; i++)
		j->file[i].fd = -1;
	in = json_in_read(line, e);
	if (in == NULL)
		return false;
	v = json_in_root(in);
	if (!json_in_text(v, "action", &action, e))
		return false;
	if (!str_is(action, "send") && !str_is(action, "clean"))
		return err(e, ERR_BAD_INPUT, "action is neither send nor clean");
	j->action = str_is(action, "send") ? JOB_SEND : JOB_CLEAN;
	return server_read(j, v, e) && secret_read(j, v, e) &&
	       json_in_bool_or(v, "publishing", false, &j->publishing, e) &&
	       json_in_bool_or(v, "resume", false, &j->resume, e) && files_read(j, v, e);
}

/* ---- from the connection ---- */

struct received {
	char line[JOB_LINE_MOST];
	size_t len, fds;
	int fd[JOB_FILES_MOST];
};

static void
take_fds(struct received *r, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		size_t n = c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS
			       ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int)
			       : 0;

		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (r->fds < JOB_FILES_MOST)
				r->fd[r->fds++] = fd;
			else
				fd_auto(&fd);
		}
	}
}

static bool
receive_line(struct received *r, int connection, struct err *e)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * JOB_FILES_MOST)];
	} control;

	while (r->len == 0 || r->line[r->len - 1] != '\n') {
		struct iovec to = { r->line + r->len, sizeof r->line - r->len };
		struct msghdr m = { .msg_iov = &to,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof control };
		ssize_t got = recvmsg(connection, &m, MSG_CMSG_CLOEXEC);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "reading the job");
		take_fds(r, &m);
		if (got == 0)
			return err(e, ERR_GONE, "no job came");
		r->len += (size_t)got;
		if (r->len == sizeof r->line)
			return err(e, ERR_TOO_BIG, "the job is too long");
	}
	return true;
}

/* What was handed over must be what the job says: a regular file of that size. */
static bool
give_fds(struct job *j, struct received *r, struct err *e)
{
	struct stat st;

	if (r->fds != (j->action == JOB_SEND ? j->files : 0))
		return err(e, ERR_BAD_INPUT, "%zu descriptors for %zu files", r->fds, j->files);
	for (size_t i = 0; i < r->fds; i++) {
		if (fstat(r->fd[i], &st) != 0 || !S_ISREG(st.st_mode) ||
		    st.st_size != j->file[i].size)
			return err(e, ERR_BAD_INPUT, "%s is not a file of %lld bytes",
			    j->file[i].name, (long long)j->file[i].size);
		j->file[i].fd = r->fd[i];
		r->fd[i] = -1;
	}
	return true;
}

bool
job_receive(struct job *j, int connection, struct err *e)
{
	struct received *r = calloc(1, sizeof *r);
	bool ok;

	memset(j, 0, sizeof *j);
	if (r == NULL)
		return err(e, ERR_BUSY, "out of memory");
	ok = receive_line(r, connection, e) &&
	     job_read(j, (struct str){ r->line, r->len - 1 }, e) && give_fds(j, r, e);
	for (size_t i = 0; i < r->fds; i++)
		fd_auto(&r->fd[i]);
	secret_wipe(r, sizeof *r);
	free(r);
	return ok;
}
