/*
 * An FTPS server (libcurl): one handle, so one control connection and its TLS sessions, which
 * servers want data connections to resume. Commands are given whole paths; the server's answers
 * are the words of a failure and of the receipt.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web.h"

enum { URL_MOST = 4096, COMMAND_SIZE = 700 };

struct peer {
	struct web w;
	bool tls13; /* see peer_open() */
};

/* "ftp://host:port/%2Fin/NAME": %2F begins at the root. */
static bool
begin(struct peer *s, const char *name, struct err *e)
{
	const struct job *j = &s->w.p->job;
	AUTO(buf) url = BUF(URL_MOST);
	struct str rest = str_of(j->path), word;
	bool v6 = strchr(j->host, ':') != NULL, more;

	web_reset(&s->w, "ftp,ftps");
	buf_fmt(&url, "%s://%s%s%s:%d/", j->implicit ? "ftps" : "ftp", v6 ? "[" : "", j->host,
	    v6 ? "]" : "", (int)j->port);
	if (str_starts(rest, "/")) {
		buf_c(&url, "%2F");
		rest = (struct str){ rest.at + 1, rest.len - 1 };
	}
	for (more = rest.len > 0; more;) {
		char one[EGRESS_PATH_SIZE];

		more = str_cut(rest, '/', &word, &rest);
		str_copy(one, sizeof one, word);
		if (!web_quote(&s->w, &url, one))
			return fail(s->w.p, PUSH_OURS, e, "out of memory");
		buf_byte(&url, '/');
	}
	if (name != NULL && !web_quote(&s->w, &url, name))
		return fail(s->w.p, PUSH_OURS, e, "out of memory");
	buf_byte(&url, '\0');
	if (!buf_ok(&url))
		return fail(s->w.p, PUSH_OURS, e, "the URL is too long");
	curl_easy_setopt(s->w.curl, CURLOPT_URL, url.at);
	curl_easy_setopt(s->w.curl, CURLOPT_USERNAME, j->login);
	curl_easy_setopt(s->w.curl, CURLOPT_PASSWORD, j->secret);
	curl_easy_setopt(s->w.curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(s->w.curl, CURLOPT_FTPSSLAUTH, (long)CURLFTPAUTH_TLS);
	curl_easy_setopt(s->w.curl, CURLOPT_FTP_FILEMETHOD, (long)CURLFTPMETHOD_NOCWD);
	curl_easy_setopt(s->w.curl, CURLOPT_FTP_SKIP_PASV_IP, 1L);
	if (!s->tls13)
		curl_easy_setopt(s->w.curl, CURLOPT_SSLVERSION,
		    (long)CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2);
	return true;
}

static bool
login(struct peer *s, struct err *e)
{
	if (!begin(s, NULL, e))
		return false;
	curl_easy_setopt(s->w.curl, CURLOPT_NOBODY, 1L);
	return web_run(&s->w, "logging in", e);
}

/*
 * TLS 1.2 first, although 1.3 is newer: FTP's data connections have two troubles with 1.3. Its
 * tickets are good once, and those of an upload come when nobody reads any more, so servers
 * that want sessions to be resumed run out of them (vsftpd: 522). And a socket that is closed
 * with such a ticket unread resets the connection, which a server may take for a cut (426, or
 * a file that lacks its end). Sessions of 1.2 are resumed again and again, and nothing comes
 * unasked. A server that has 1.3 alone gets it, and another login for each data connection that
 * it refuses.
 */
static struct peer *
peer_open(struct push *p, struct err *e)
{
	struct peer *s;

	if (p->job.key) {
		fail(p, PUSH_OURS, e, "FTPS logs in with a password, not with a key");
		return NULL;
	}
	s = calloc(1, sizeof *s);
	if (s == NULL || !web_open(&s->w, p, e)) {
		free(s);
		return NULL;
	}
	if (login(s, e))
		return s;
	if (p->reason == PUSH_CONNECT) {
		s->tls13 = true;
		if (login(s, e))
			return s;
	}
	web_close(&s->w);
	free(s);
	return NULL;
}

static void
peer_close(struct peer **s)
{
	web_close(&(*s)->w);
	free(*s);
	*s = NULL;
}

static bool
peer_size(struct peer *s, const char *name, int64_t *size, struct err *e)
{
	curl_off_t found = -1;

	*size = -1;
	if (!begin(s, name, e))
		return false;
	curl_easy_setopt(s->w.curl, CURLOPT_NOBODY, 1L);
	if (!web_run(&s->w, name, e))
		return s->w.code == 550; /* SIZE: there is none */
	curl_easy_getinfo(s->w.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &found);
	*size = found;
	return true;
}

/* Out of tickets: as another login, which has new ones. True when it is worth it. */
static bool
again(struct peer *s)
{
	struct push *p = s->w.p;
	struct err ignored;

	if (!s->tls13 || (s->w.code != 522 && s->w.code != 425))
		return false;
	web_close(&s->w);
	return web_open(&s->w, p, &ignored);
}

static bool
put_once(struct peer *s, const char *name, struct job_file *f, int64_t from, struct err *e)
{
	if (!begin(s, name, e))
		return false;
	web_send_file(&s->w);
	s->w.f = f;
	s->w.at = from;
	s->w.to = f->size;
	curl_easy_setopt(s->w.curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)f->size);
	curl_easy_setopt(s->w.curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)from);
	return web_run(&s->w, "sending", e);
}

static bool
peer_put(struct peer *s, const char *name, struct job_file *f, int64_t from, struct err *e)
{
	int64_t size;

	if (put_once(s, name, f, from, e))
		return true;
	/* what was refused has put nothing there; if it has, the next attempt will see */
	return again(s) && peer_size(s, name, &size, e) &&
	       (from == 0 || size == from ||
		   fail(s->w.p, PUSH_REMOTE, e, "the size of the part has changed")) &&
	       put_once(s, name, f, from, e);
}

static bool
same_once(struct peer *s, const char *name, struct job_file *f, int64_t size, bool *same,
    struct err *e)
{
	*same = size == 0;
	if (size == 0)
		return true;
	if (!begin(s, name, e))
		return false;
	/* no range: libcurl would end it with ABOR and the connection with it */
	web_compare_file(&s->w);
	s->w.f = f;
	s->w.to = size;
	if (!web_run(&s->w, "reading back", e)) {
		if (s->w.code == 550 || s->w.code == 553 || s->w.code == 502)
			e->code = ERR_FORBIDDEN;
		return false;
	}
	*same = s->w.same && s->w.at == size;
	return true;
}

static bool
peer_same(struct peer *s, const char *name, struct job_file *f, int64_t size, bool *same,
    struct err *e)
{
	return same_once(s, name, f, size, same, e) ||
	       (again(s) && same_once(s, name, f, size, same, e));
}

/* Commands on the control connection, the reply to each of which must be good. */
static bool
command(
    struct peer *s, const char *const *verbs, const char *const *names, size_t n, struct err *e)
{
	struct curl_slist *list = NULL, *longer;
	char path[COMMAND_SIZE], line[COMMAND_SIZE + 8];
	bool ok = begin(s, NULL, e);

	for (size_t i = 0; ok && i < n; i++) {
		ok = push_path(s->w.p, path, sizeof path, names[i], e);
		snprintf(line, sizeof line, "%s %s", verbs[i], path);
		longer = ok ? curl_slist_append(list, line) : NULL;
		ok = longer != NULL;
		list = ok ? longer : list;
	}
	if (ok) {
		curl_easy_setopt(s->w.curl, CURLOPT_NOBODY, 1L);
		curl_easy_setopt(s->w.curl, CURLOPT_QUOTE, list);
		ok = web_run(&s->w, verbs[n - 1], e);
	}
	curl_slist_free_all(list);
	return ok;
}

static bool
peer_rename(struct peer *s, const char *from, const char *to, struct err *e)
{
	const char *const verbs[] = { "RNFR", "RNTO" };
	const char *const names[] = { from, to };
	const char *const dele[] = { "DELE" };
	struct err ignored = { 0 };

	if (command(s, verbs, names, nitems(verbs), e))
		return true;
	if (s->w.p->reason != PUSH_REMOTE)
		return false;
	/* some servers do not rename over a file: one of an earlier day is in the way then */
	return command(s, dele, &to, 1, &ignored) && command(s, verbs, names, nitems(verbs), e);
}

static bool
peer_remove(struct peer *s, const char *name, struct err *e)
{
	const char *const verbs[] = { "DELE" };

	return command(s, verbs, &name, 1, e);
}

const struct peer_kind peer_ftps = {
	.open = peer_open,
	.close = peer_close,
	.size = peer_size,
	.put = peer_put,
	.same = peer_same,
	.rename = peer_rename,
	.remove = peer_remove,
};
