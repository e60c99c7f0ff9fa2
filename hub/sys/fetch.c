#include "sys/fetch.h"

#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rt/aside.h"
#include "rt/loop.h"

enum { IDLE_S = 30, HEAD_MOST = 64 * 1024, WAIT_MOST_MS = 1000, LOOKUP_MS = 10000 };

struct fetch {
	const struct fetch_rules *rules;
	CURLM *multi;
	CURL *curl;
	/* of the request under way */
	struct loop *loop;
	struct egress_place place;
	int port;
	int fd; /* that libcurl waits for, or -1 */
	unsigned want;
	bool timer, strange; /* a timer is set; it wanted to connect elsewhere */
	uint64_t timer_at_ms;
	size_t head;
	struct fetch_got *got;
	char why[CURL_ERROR_SIZE];
};

static const char *const names[FETCH_RESULTS] = {
	[FETCH_ANSWERED] = "ok",
	[FETCH_ADDRESS] = "address",
	[FETCH_NAME] = "name",
	[FETCH_CONNECT] = "connect",
	[FETCH_TLS] = "tls",
	[FETCH_TIMEOUT] = "timeout",
	[FETCH_RESET] = "reset",
	[FETCH_TOO_BIG] = "too-big",
	[FETCH_OURS] = "ours",
};

const char *
fetch_result_name(enum fetch_result r)
{
	return names[r];
}

void
fetch_got_auto(struct fetch_got *g)
{
	buf_auto(&g->answer);
}

/* ---- what libcurl asks for and tells ---- */

static int
tell_socket(CURL *curl, curl_socket_t fd, int what, void *arg, void *socket)
{
	struct fetch *f = arg;

	(void)curl, (void)socket;
	if (what == CURL_POLL_REMOVE) {
		if (f->fd == fd)
			f->fd = -1;
		return 0;
	}
	f->fd = fd;
	f->want =
	    (what & CURL_POLL_IN ? TASK_READ : 0) | (what & CURL_POLL_OUT ? TASK_WRITE : 0);
	return 0;
}

static int
tell_timer(CURLM *multi, long ms, void *arg)
{
	struct fetch *f = arg;

	(void)multi;
	f->timer = ms >= 0;
	if (f->timer && f->loop != NULL)
		f->timer_at_ms = loop_now_ms(f->loop) + (uint64_t)ms;
	return 0;
}

/* The last word on where it connects to: the address that was checked, and no other. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct fetch *f = arg;
	struct sockaddr_storage at = { 0 };

	if (purpose == CURLSOCKTYPE_IPCXN && a->addrlen <= sizeof at) {
		memcpy(&at, &a->addr, a->addrlen);
		if (a->addrlen == f->place.len && memcmp(&at, &f->place.at, f->place.len) == 0)
			return socket(
			    a->family, a->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->protocol);
	}
	f->strange = true;
	return CURL_SOCKET_BAD;
}

static size_t
hear_head(char *line, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;

	(void)line;
	f->head += size * n;
	return f->head > HEAD_MOST ? 0 : size * n;
}

static size_t
hear_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;

	buf_add(&f->got->answer, bytes, size * n);
	return buf_ok(&f->got->answer) ? size * n : 0;
}

/* ---- making one ---- */

bool
fetch_start(struct err *e)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == 0 ||
	       err(e, ERR_BUG, "libcurl does not start");
}

struct fetch *
fetch_new(const struct fetch_rules *r, struct err *e)
{
	struct fetch *f = calloc(1, sizeof *f);

	if (f == NULL || (f->multi = curl_multi_init()) == NULL ||
	    (f->curl = curl_easy_init()) == NULL) {
		err(e, ERR_BUSY, "no memory for a connection");
		if (f != NULL)
			fetch_free(&f);
		return NULL;
	}
	f->rules = r;
	f->fd = -1;
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, tell_socket);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, tell_timer);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, 1L);
	return f;
}

void
fetch_free(struct fetch **f)
{
	if (*f == NULL)
		return;
	(*f)->loop = NULL; /* its clock is not needed for what libcurl tells now */
	curl_easy_cleanup((*f)->curl);
	curl_multi_cleanup((*f)->multi);
	free(*f);
	*f = NULL;
}

/* ---- the name, looked up aside ---- */

struct look {
	struct egress_rules rules;
	char host[EGRESS_HOST_SIZE];
	int port;
	egress_lookup *lookup;
	struct egress_place place;
	bool ok;
	struct err e;
};

static void
look_up(void *arg)
{
	struct look *l = arg;

	l->ok = egress_find(&l->place, &l->rules, l->host, l->port, l->lookup, &l->e);
}

/* False: cancelled. Whether there is a place is in *result. */
static bool
find(struct task *t, struct fetch *f, const struct egress_url *u, enum fetch_result *result,
    struct err *e)
{
	struct look *l = calloc(1, sizeof *l);
	uint64_t ms = f->rules->total_ms < LOOKUP_MS ? f->rules->total_ms : LOOKUP_MS;
	struct err why = { 0 };

	*result = FETCH_OURS;
	if (l == NULL)
		return true;
	l->rules = f->rules->egress;
	l->port = u->port;
	l->lookup = f->rules->lookup != NULL ? f->rules->lookup : getaddrinfo;
	str_copy(l->host, sizeof l->host, str_of(u->host));
	if (!aside_run(t, look_up, l, free, ms, &why)) {
		*result = why.code == ERR_TIMEOUT ? FETCH_NAME : FETCH_OURS;
		str_copy(f->got->says, sizeof f->got->says,
		    why.code == ERR_TIMEOUT ? STR("the name was not looked up in time")
					    : str_of(why.text));
		if (!task_cancelled(t))
			return true;
		*e = why;
		return false;
	}
	f->place = l->place;
	f->port = l->port;
	*result = l->ok				 ? FETCH_ANSWERED
		  : l->e.code == ERR_UNAVAILABLE ? FETCH_NAME
						 : FETCH_ADDRESS;
	if (l->ok)
		str_copy(f->got->address, sizeof f->got->address, str_of(l->place.text));
	else
		str_copy(f->got->says, sizeof f->got->says, str_of(l->e.text));
	free(l);
	return true;
}

/* ---- one request ---- */

/* The URL anew out of its checked parts and the path as it stood, so that libcurl cannot read
 * another host out of it than we did. */
static bool
set_url(struct fetch *f, const struct egress_url *u, struct str url)
{
	bool v6 = strchr(u->host, ':') != NULL;
	struct str path = { url.at + url.len, 0 };
	AUTO(buf) b = BUF(FETCH_URL_MOST + 2 * EGRESS_HOST_SIZE);
	size_t at = sizeof "https://" - 1;

	while (at < url.len && url.at[at] != '/')
		at++;
	path = (struct str){ url.at + at, url.len - at };
	buf_fmt(&b, "https://%s%s%s:%d", v6 ? "[" : "", u->host, v6 ? "]" : "", u->port);
	buf_str(&b, path.len == 0 ? STR("/") : path);
	buf_byte(&b, '\0');
	return buf_ok(&b) && curl_easy_setopt(f->curl, CURLOPT_URL, b.at) == CURLE_OK;
}

static void
set_rules(struct fetch *f)
{
	const struct fetch_rules *r = f->rules;
	CURL *c = f->curl;
	struct stat st;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->why);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, f);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Busbar/" BUSBAR_VERSION);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (stat(r->ca, &st) == 0 && S_ISDIR(st.st_mode)) {
		curl_easy_setopt(c, CURLOPT_CAINFO, NULL);
		curl_easy_setopt(c, CURLOPT_CAPATH, r->ca);
	} else {
		curl_easy_setopt(c, CURLOPT_CAINFO, r->ca);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_ms);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
	curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, (long)IDLE_S);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear_head);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
}

static bool
add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

static bool
set_headers(struct fetch *f, const struct fetch_ask *a, struct curl_slist **headers)
{
	char type[120];
	bool ok;

	snprintf(type, sizeof type, "Content-Type: %s", a->type);
	ok = add_line(headers, type) && add_line(headers, "Expect:");
	for (size_t i = 0; ok && i < a->header_count; i++)
		ok = add_line(headers, a->headers[i]);
	return ok && curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, *headers) == CURLE_OK;
}

/* "::HOST:PORT": whatever the URL says, the connection goes there. */
static bool
set_place(struct fetch *f, struct curl_slist **to)
{
	char text[120];
	bool v6 = f->place.at.ss_family == AF_INET6;

	snprintf(text, sizeof text, "::%s%s%s:%d", v6 ? "[" : "", f->place.text, v6 ? "]" : "",
	    f->port);
	return add_line(to, text) &&
	       curl_easy_setopt(f->curl, CURLOPT_CONNECT_TO, *to) == CURLE_OK;
}

/* Until libcurl is through; false: cancelled or out of time. */
static bool
drive(struct task *t, struct fetch *f, struct err *e)
{
	int running = 1;

	curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	while (running > 0) {
		uint64_t now = loop_now_ms(f->loop), ms = WAIT_MOST_MS, was;
		struct err why = { 0 };
		bool ready;

		if (f->timer)
			ms = f->timer_at_ms > now ? f->timer_at_ms - now : 1;
		ms = ms < WAIT_MOST_MS ? ms : WAIT_MOST_MS;
		was = task_deadline(t, ms);
		ready = f->fd >= 0 ? task_wait_fd(t, f->fd, f->want, &why)
				   : task_sleep(t, (uint32_t)ms, &why);
		task_deadline(t, was);
		if (!ready && (task_cancelled(t) || task_left_ms(t) == 0)) {
			if (e != NULL)
				*e = why;
			return false;
		}
		if (ready && f->fd >= 0)
			curl_multi_socket_action(f->multi, f->fd, 0, &running);
		else
			curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	return true;
}

static enum fetch_result
result_of(const struct fetch *f, CURLcode rc)
{
	static const struct {
		CURLcode rc;
		enum fetch_result is;
	} rows[] = {
		{ CURLE_OK, FETCH_ANSWERED },
		{ CURLE_COULDNT_CONNECT, FETCH_CONNECT },
		{ CURLE_SSL_CONNECT_ERROR, FETCH_TLS },
		{ CURLE_PEER_FAILED_VERIFICATION, FETCH_TLS },
		{ CURLE_SSL_CACERT_BADFILE, FETCH_OURS },
		{ CURLE_OPERATION_TIMEDOUT, FETCH_TIMEOUT },
		{ CURLE_WRITE_ERROR, FETCH_TOO_BIG },
		{ CURLE_SEND_ERROR, FETCH_RESET },
		{ CURLE_RECV_ERROR, FETCH_RESET },
		{ CURLE_GOT_NOTHING, FETCH_RESET },
		{ CURLE_PARTIAL_FILE, FETCH_RESET },
		{ CURLE_OUT_OF_MEMORY, FETCH_OURS },
	};

	if (f->strange)
		return FETCH_ADDRESS;
	for (size_t i = 0; i < nitems(rows); i++)
		if (rows[i].rc == rc)
			return rows[i].is;
	return FETCH_RESET; /* whatever it was, it was no answer of HTTP */
}

static void
take_result(struct fetch *f)
{
	CURLMsg *m;
	int left;
	long status = 0;

	while ((m = curl_multi_info_read(f->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE) {
			f->got->result = result_of(f, m->data.result);
			if (m->data.result != CURLE_OK)
				str_plain(f->got->says, sizeof f->got->says,
				    str_of(f->why[0] != '\0'
					       ? f->why
					       : curl_easy_strerror(m->data.result)));
		}
	curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	f->got->status = (int)status;
	if (f->got->result == FETCH_TOO_BIG)
		snprintf(f->got->says, sizeof f->got->says,
		    "the answer has more than %zu bytes", f->rules->answer_most);
}

static bool
run(struct task *t, struct fetch *f, const struct fetch_ask *a, const struct egress_url *u,
    struct err *e)
{
	struct curl_slist *headers = NULL, *to = NULL;
	bool ok = true;

	set_rules(f);
	f->head = 0;
	f->strange = false;
	f->why[0] = '\0';
	f->got->result = FETCH_OURS;
	if (set_url(f, u, a->url) && set_headers(f, a, &headers) && set_place(f, &to)) {
		curl_easy_setopt(f->curl, CURLOPT_POST, 1L);
		curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, a->body.at);
		curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)a->body.len);
		curl_multi_add_handle(f->multi, f->curl);
		ok = drive(t, f, e);
		if (ok)
			take_result(f);
		curl_multi_remove_handle(f->multi, f->curl);
	}
	curl_slist_free_all(headers);
	curl_slist_free_all(to);
	return ok;
}

bool
fetch_post(struct task *t, struct fetch *f, const struct fetch_ask *a, struct fetch_got *got,
    struct err *e)
{
	struct egress_url u;
	struct err why = { 0 };
	uint64_t begun;
	bool ok;

	*got =
	    (struct fetch_got){ .result = FETCH_ADDRESS, .answer = BUF(f->rules->answer_most) };
	f->got = got;
	f->loop = task_loop(t);
	begun = loop_now_ms(f->loop);
	if (a->url.len > FETCH_URL_MOST || !egress_url_read(&u, a->url, &why) ||
	    u.kind != EGRESS_HTTPS || u.login[0] != '\0') {
		str_copy(got->says, sizeof got->says,
		    why.text[0] != '\0' ? str_of(why.text)
					: STR("expected https:// without a login"));
		return true;
	}
	ok = find(t, f, &u, &got->result, e) &&
	     (got->result != FETCH_ANSWERED || run(t, f, a, &u, e));
	got->ms = loop_now_ms(f->loop) - begun;
	f->got = NULL;
	return ok;
}
