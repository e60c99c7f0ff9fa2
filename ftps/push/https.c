/*
 * HTTPS: PUT of each file to its own URL. There is no name to rename, so the last byte is held
 * back until dropd has said publish: a server that shows a file before all of it has come is
 * none to deliver to. A server that tells by Upload-Offset how much of an upload it keeps, as
 * the hub's own box does, is gone on with from there (Content-Range); any other gets the whole.
 */
#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "talk.h"
#include "web.h"

enum { URL_MOST = 4096, HEADER_SIZE = 160 };

static bool
begin(struct web *w, const struct job_file *f, struct err *e)
{
	const struct job *j = &w->p->job;
	AUTO(buf) url = BUF(URL_MOST);
	struct str rest = str_of(j->path), word;
	bool v6 = strchr(j->host, ':') != NULL, more;

	web_reset(w, "https");
	buf_fmt(
	    &url, "https://%s%s%s:%d/", v6 ? "[" : "", j->host, v6 ? "]" : "", (int)j->port);
	if (str_starts(rest, "/"))
		rest = (struct str){ rest.at + 1, rest.len - 1 };
	for (more = rest.len > 0; more;) {
		char one[EGRESS_PATH_SIZE];

		more = str_cut(rest, '/', &word, &rest);
		str_copy(one, sizeof one, word);
		if (!web_quote(w, &url, one))
			return fail(w->p, PUSH_OURS, e, "out of memory");
		buf_byte(&url, '/');
	}
	if (!web_quote(w, &url, f->name))
		return fail(w->p, PUSH_OURS, e, "out of memory");
	buf_byte(&url, '\0');
	if (!buf_ok(&url))
		return fail(w->p, PUSH_OURS, e, "the URL is too long");
	curl_easy_setopt(w->curl, CURLOPT_URL, url.at);
	/* one request at a time: streams would only add their windows */
	curl_easy_setopt(w->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	if (j->login[0] != '\0') {
		curl_easy_setopt(w->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(w->curl, CURLOPT_USERNAME, j->login);
		curl_easy_setopt(w->curl, CURLOPT_PASSWORD, j->secret);
	} else {
		curl_easy_setopt(w->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl_easy_setopt(w->curl, CURLOPT_XOAUTH2_BEARER, j->secret);
	}
	return true;
}

static bool
good(struct web *w, const char *what, struct err *e)
{
	enum push_reason why = PUSH_REMOTE;

	if (w->code >= 200 && w->code < 300)
		return true;
	if (w->code == 401 || w->code == 403)
		why = PUSH_LOGIN;
	if (w->code == 507 || w->code == 413)
		why = PUSH_SPACE;
	return fail(w->p, why, e, "%s: the server said %s", what, w->p->said);
}

/* What the server has: *size of a file of that name or -1, *offset of an upload or -1. */
static bool
look(struct web *w, struct job_file *f, int64_t *size, int64_t *offset, struct err *e)
{
	curl_off_t found = -1;

	if (!begin(w, f, e))
		return false;
	curl_easy_setopt(w->curl, CURLOPT_NOBODY, 1L);
	if (!web_run(w, "HEAD", e))
		return false;
	if (w->code == 401 && !good(w, "HEAD", e))
		return false;
	curl_easy_getinfo(w->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &found);
	*size = w->code == 200 ? found : -1;
	*offset = w->offset;
	return true;
}

/* An attempt before this one may have had its receipt, and died before it could say so. */
static bool
look_published(struct web *w, struct job_file *f, int64_t size, struct err *e)
{
	if (size != f->size)
		return true;
	if (!begin(w, f, e))
		return false;
	curl_easy_setopt(w->curl, CURLOPT_HTTPGET, 1L);
	web_compare_file(w);
	w->f = f;
	w->to = f->size;
	if (!web_run(w, "reading back", e))
		return false;
	/* one that gives nothing back: its size, after we were told to publish, is the proof */
	f->done = w->code != 200 || (w->same && w->at == f->size);
	return true;
}

static struct curl_slist *
add(struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(list, line);

	return longer != NULL ? longer : list;
}

static bool
put(struct web *w, struct job_file *f, int64_t from, bool *withdrawn, struct err *e)
{
	char line[HEADER_SIZE], hex[65];
	struct curl_slist *headers;
	bool ok;

	if (!begin(w, f, e))
		return false;
	w->e = e;
	web_send_file(w);
	w->f = f;
	w->at = from;
	w->to = f->size;
	code_hex(hex, f->sha256, sizeof f->sha256);
	snprintf(line, sizeof line, "X-SHA256: %s", hex);
	headers = add(NULL, line);
	headers = add(headers, "Content-Type: application/octet-stream");
	if (from > 0) {
		snprintf(line, sizeof line, "Content-Range: bytes %lld-%lld/%lld",
		    (long long)from, (long long)f->size - 1, (long long)f->size);
		headers = add(headers, line);
	}
	curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(w->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)(f->size - from));
	/* nothing to hold back of an empty file */
	ok = f->size > 0 || web_ask(w);
	w->hold = true;
	ok = ok && web_run(w, "PUT", e) && good(w, "PUT", e);
	if (ok && !w->asked)
		ok = fail(w->p, PUSH_REMOTE, e, "the server answered before all had come: %s",
		    w->p->said);
	*withdrawn = w->withdrawn;
	curl_slist_free_all(headers);
	return ok;
}

static bool
send_file(struct web *w, struct job_file *f, bool *withdrawn, struct err *e)
{
	int64_t size, offset;

	if (!look(w, f, &size, &offset, e) ||
	    (w->p->job.publishing && !look_published(w, f, size, e)))
		return false;
	if (f->done)
		return true;
	/* the last byte must be ours to hold back, so of a whole part it is sent anew */
	if (offset <= 0 || offset >= f->size)
		offset = 0;
	if (offset > 0)
		talk_say(w->p->talk, "resumed %lld", (long long)offset);
	return put(w, f, offset, withdrawn, e);
}

bool
push_https(struct push *p, struct err *e)
{
	char receipt[sizeof p->said] = "there under its name, with its size";
	bool ok = true, withdrawn = false;
	int64_t total = 0;
	struct web w;

	if (p->job.action == JOB_CLEAN) { /* what was never whole is the server's to forget */
		talk_say(p->talk, "withdrawn");
		return true;
	}
	if (p->job.key)
		return fail(p, PUSH_OURS, e, "HTTPS logs in with a password or a token");
	if (!web_open(&w, p, e))
		return false;
	for (size_t i = 0; ok && i < p->job.files; i++) {
		ok = send_file(&w, &p->job.file[i], &withdrawn, e);
		if (ok && !p->job.file[i].done)
			str_copy(receipt, sizeof receipt, str_of(p->said));
		total += p->job.file[i].size;
	}
	web_close(&w);
	if (withdrawn) {
		talk_say(p->talk, "withdrawn");
		return true;
	}
	if (ok)
		talk_say(p->talk, "sent %lld %s", (long long)total, receipt);
	return ok;
}
