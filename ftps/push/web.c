/*
 * libcurl, held short: the checked address is the only one that it may open a socket to, for
 * FTP's data connections too; no proxy, no redirect, no netrc, no cookie, no other protocol; a
 * pinned certificate; an end to every wait.
 */
#include "web.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pin.h"
#include "talk.h"

enum { FTP_REFUSED = 400 };
enum {
	BODY_MOST = 64 * 1024,
	FIRST_DATA_PORT = 1024,
	UPLOAD_BUFFER = 512 * 1024,
	COMPARE_BYTES = 4096,
	GOODBYE_MS = 2000
};

/* ---- what libcurl asks for ---- */

static bool
same_address(const struct sockaddr *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->sa_family != b->ss_family)
		return false;
	if (a->sa_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return a->sa_family == AF_INET6 &&
	       memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0;
}

static int
port_of(const struct sockaddr *a)
{
	return ntohs(a->sa_family == AF_INET
			 ? ((const struct sockaddr_in *)(const void *)a)->sin_port
			 : ((const struct sockaddr_in6 *)(const void *)a)->sin6_port);
}

/* Control and data connections: to the address that was checked, and for data to a port that
 * is nobody's service. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct web *w = arg;
	int port = port_of(&a->addr);

	if (purpose == CURLSOCKTYPE_IPCXN && same_address(&a->addr, &w->p->place.at) &&
	    (port == (int)w->p->job.port ||
		(w->p->job.kind == EGRESS_FTPS && port >= FIRST_DATA_PORT)))
		return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	w->told = !fail(w->p, PUSH_ADDRESS, w->e,
	    "the server leads to another address or port (%d) than its own", port);
	return CURL_SOCKET_BAD;
}

/*
 * A socket that is closed with bytes unread resets the connection, and what was sent last may
 * be lost with it: TLS 1.3 sends tickets when an upload is over and libcurl does not read any
 * more. So the server is told that nothing more comes, and is listened to until it hangs up
 * too, for two seconds at most (IIS never says goodbye).
 */
static int
close_socket(void *arg, curl_socket_t fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int64_t end = now_ms() + GOODBYE_MS, left;
	char piece[4096];
	ssize_t n = 1;

	(void)arg;
	if (shutdown(fd, SHUT_WR) == 0)
		while (n > 0 && (left = end - now_ms()) > 0 && poll(&wait, 1, (int)left) > 0)
			n = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
	return close(fd);
}

static CURLcode
tls_context(CURL *curl, void *ctx, void *arg)
{
	struct web *w = arg;

	(void)curl;
	pin_context(w->p, ctx);
	return CURLE_OK;
}

/* Called at least once a second, also while nothing moves. */
static int
progress(void *arg, curl_off_t down, curl_off_t downs, curl_off_t up, curl_off_t ups)
{
	struct web *w = arg;

	(void)down, (void)downs, (void)up, (void)ups;
	if (push_moved(w->p, 0, w->e))
		return 0;
	w->told = true;
	return 1;
}

/* Replies of FTP and headers of HTTP: the last line of text is the receipt. libcurl takes its
 * leave after a refusal (ABOR, QUIT), so the last reply is not the one that tells. */
static size_t
hear(char *line, size_t size, size_t n, void *arg)
{
	struct web *w = arg;
	struct str s = str_trim((struct str){ line, size * n }), name, value;
	bool ftp = w->p->job.kind == EGRESS_FTPS;
	int64_t code;

	if (s.len > 0 && (ftp || str_starts(s, "HTTP/")))
		str_plain(w->p->said, sizeof w->p->said, s);
	if (ftp && s.len > 3 && s.at[3] == ' ' && str_int64((struct str){ s.at, 3 }, &code) &&
	    code >= FTP_REFUSED) {
		w->refused = (long)code;
		str_plain(w->refusal, sizeof w->refusal, s);
	}
	if (str_cut(s, ':', &name, &value) && str_ieq(name, STR("upload-offset")) &&
	    !str_int64(str_trim(value), &w->offset))
		w->offset = -1;
	return size * n;
}

static size_t
swallow(char *bytes, size_t size, size_t n, void *arg)
{
	struct web *w = arg;

	(void)bytes;
	w->body += size * n;
	return w->body > BODY_MOST ? 0 : size * n;
}

static size_t
compare(char *bytes, size_t size, size_t n, void *arg)
{
	struct web *w = arg;
	size_t len = size * n;
	char ours[COMPARE_BYTES];

	for (size_t at = 0; at < len && w->same;) {
		size_t piece = len - at < sizeof ours ? len - at : sizeof ours;

		if (w->at + (int64_t)piece > w->to) {
			w->same = false;
			break;
		}
		if (!push_read(w->p, w->f, w->at, ours, piece, w->e)) {
			w->told = true;
			return 0;
		}
		w->same = memcmp(ours, bytes + at, piece) == 0;
		w->at += (int64_t)piece;
		at += piece;
	}
	if (!push_moved(w->p, (int64_t)len, w->e)) {
		w->told = true;
		return 0;
	}
	w->p->moved -= (int64_t)len; /* came, did not go */
	return len;
}

bool
web_ask(struct web *w)
{
	enum talk_word word = talk_ask(w->p->talk);

	w->asked = word == TALK_PUBLISH;
	w->withdrawn = word == TALK_WITHDRAW;
	if (!w->asked) {
		fail(w->p, PUSH_OURS, w->e, "the hub did not say publish");
		w->told = true;
	}
	pace_begin(&w->p->pace); /* the waiting was ours */
	return w->asked;
}

static size_t
give(char *to, size_t size, size_t n, void *arg)
{
	struct web *w = arg;
	size_t len = size * n;

	if ((int64_t)len > w->to - w->at)
		len = (size_t)(w->to - w->at);
	if (len > 0 && w->hold && !w->asked) {
		if (w->to - w->at > 1)
			len = (int64_t)len < w->to - w->at ? len : len - 1;
		else if (!web_ask(w))
			return CURL_READFUNC_ABORT;
	}
	if (len == 0)
		return 0;
	if (!push_read(w->p, w->f, w->at, to, len, w->e) ||
	    !push_moved(w->p, (int64_t)len, w->e)) {
		w->told = true;
		return CURL_READFUNC_ABORT;
	}
	w->at += (int64_t)len;
	return len;
}

static int
seek(void *arg, curl_off_t offset, int origin)
{
	struct web *w = arg;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_FAIL;
	w->at = offset;
	return CURL_SEEKFUNC_OK;
}

/* ---- one request ---- */

bool
web_open(struct web *w, struct push *p, struct err *e)
{
	memset(w, 0, sizeof *w);
	w->p = p;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (w->curl = curl_easy_init()) == NULL)
		return fail(p, PUSH_OURS, e, "libcurl does not start");
	return true;
}

void
web_close(struct web *w)
{
	curl_easy_cleanup(w->curl);
	w->curl = NULL;
}

void
web_reset(struct web *w, const char *protocols)
{
	const struct push *p = w->p;
	CURL *c = w->curl;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, w->why);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols);
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, w);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETDATA, w);
	curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION, tls_context);
	curl_easy_setopt(c, CURLOPT_SSL_CTX_DATA, w);
	/* the pin is the rule (pin.c), the name in the certificate is not */
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)p->conf->push_connect_ms);
	curl_easy_setopt(
	    c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(p->pace.stall_ms + 999) / 1000);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, w);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, w);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, w);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER);
	w->at = w->to = 0;
	w->body = 0;
	w->f = NULL;
	w->same = true;
	w->told = w->hold = w->asked = w->withdrawn = false;
	w->offset = -1;
	w->why[0] = '\0';
}

void
web_send_file(struct web *w)
{
	curl_easy_setopt(w->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(w->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(w->curl, CURLOPT_READDATA, w);
	curl_easy_setopt(w->curl, CURLOPT_SEEKFUNCTION, seek);
	curl_easy_setopt(w->curl, CURLOPT_SEEKDATA, w);
}

void
web_compare_file(struct web *w)
{
	curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, compare);
}

bool
web_quote(struct web *w, struct buf *url, const char *text)
{
	char *quoted = curl_easy_escape(w->curl, text, 0);

	if (quoted == NULL)
		return false;
	buf_c(url, quoted);
	curl_free(quoted);
	return true;
}

/* ---- what its failures mean ---- */

static enum push_reason
reason_of(CURLcode rc, long code)
{
	static const struct {
		CURLcode rc;
		enum push_reason why;
	} told[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, PUSH_CONNECT },
		{ CURLE_COULDNT_CONNECT, PUSH_CONNECT },
		{ CURLE_SSL_CONNECT_ERROR, PUSH_CONNECT },
		{ CURLE_USE_SSL_FAILED, PUSH_CONNECT },
		{ CURLE_WEIRD_SERVER_REPLY, PUSH_CONNECT },
		{ CURLE_LOGIN_DENIED, PUSH_LOGIN },
		{ CURLE_REMOTE_DISK_FULL, PUSH_SPACE },
		{ CURLE_OPERATION_TIMEDOUT, PUSH_STALL },
		{ CURLE_FTP_ACCEPT_TIMEOUT, PUSH_STALL },
		{ CURLE_SEND_ERROR, PUSH_RESET },
		{ CURLE_RECV_ERROR, PUSH_RESET },
		{ CURLE_GOT_NOTHING, PUSH_RESET },
		{ CURLE_PARTIAL_FILE, PUSH_RESET },
		{ CURLE_OUT_OF_MEMORY, PUSH_OURS },
	};

	if (code == 452 || code == 552 || code == 507)
		return PUSH_SPACE;
	if (code == 530 || code == 401)
		return PUSH_LOGIN;
	for (size_t i = 0; i < nitems(told); i++)
		if (told[i].rc == rc)
			return told[i].why;
	return PUSH_REMOTE;
}

/* RETR, STOR or a command of ours was, so the refusal is the answer to it. */
static bool
was_refused(CURLcode rc)
{
	return rc == CURLE_REMOTE_FILE_NOT_FOUND || rc == CURLE_FTP_COULDNT_RETR_FILE ||
	       rc == CURLE_UPLOAD_FAILED || rc == CURLE_QUOTE_ERROR;
}

bool
web_run(struct web *w, const char *what, struct err *e)
{
	CURLcode rc;

	w->e = e;
	w->refused = 0;
	w->p->said[0] = '\0';
	w->p->reason = PUSH_OURS;
	pace_begin(&w->p->pace);
	rc = curl_easy_perform(w->curl);
	w->code = 0;
	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &w->code);
	if (w->refused != 0 && was_refused(rc)) {
		w->code = w->refused;
		str_copy(w->p->said, sizeof w->p->said, str_of(w->refusal));
	}
	if (rc == CURLE_OK)
		return true;
	if (w->told)
		return false; /* a callback has said why */
	if (w->p->reason == PUSH_PIN)
		return fail(w->p, PUSH_PIN, e, "%s", w->p->said);
	return fail(w->p, reason_of(rc, w->code), e, "%s: %s%s%s", what,
	    w->why[0] != '\0' ? w->why : curl_easy_strerror(rc),
	    w->p->said[0] != '\0' ? "; the server said: " : "", w->p->said);
}
