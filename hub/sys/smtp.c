#include "sys/smtp.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/civil.h"
#include "base/code.h"

enum {
	CONNECT_MS = 20000,
	TOTAL_MS = 120000, /* a relay may look long at a mail before it takes it */
	IDLE_S = 30,	   /* a connection that rested longer is not trusted */
	WORD_BYTES = 42,   /* of text in one encoded word: 56 of base64 in lines of 75 */
	HEADER_MOST = 4096,
	TEXT_MOST = 1024 * 1024,
	ADDRESS_SIZE = 254 + 1,
	REFUSED = 500,
	DEFERRED = 400,
	BODY_MOST_S = 10 /* how long an end waits for a mail whose text is on its way */
};

struct smtp {
	const struct smtp_relay *relay;
	CURL *curl;
	atomic_bool stop;
	/* of the send under way */
	bool to_mail; /* the recipient was named: what is said from here on is about the mail */
	bool leaving; /* we said goodbye: what is said to that is not */
	bool body;    /* its text is on its way: from here on the server may have taken it */
	time_t told;  /* when we were told to end meanwhile (monotonic); 0: not */
	long code;    /* of the last reply */
	char said[SMTP_REPLY_SIZE], why[CURL_ERROR_SIZE];
};

/* ---- parts ---- */

bool
smtp_loopback(const char *host)
{
	struct str s = str_of(host);

	return str_is(s, "localhost") || str_is(s, "::1") || str_starts(s, "127.");
}

void
smtp_date(char to[40], int64_t utc_s)
{
	static const char days[7][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t day = utc_s / 86400, s = utc_s % 86400;
	int year, month, dom;

	civil_ymd((int32_t)day, &year, &month, &dom);
	snprintf(to, 40, "%s, %d %s %d %02d:%02d:%02d +0000", days[civil_weekday((int32_t)day)],
	    dom, months[month - 1], year, (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < 0x20 || (unsigned char)s.at[i] >= 0x7f)
			return false;
	return !str_has(s, STR("=?")) && s.len <= 70;
}

void
smtp_encoded(struct buf *to, struct str text)
{
	char word[code_b64_size(WORD_BYTES)];
	struct str rest = text, piece;

	if (is_plain(text)) {
		buf_str(to, text);
		return;
	}
	while (rest.len > 0) {
		piece = str_first(rest, WORD_BYTES);
		if (piece.len == 0) /* not UTF-8: a byte is a byte */
			piece = (struct str){ rest.at, 1 };
		code_b64(word, piece.at, piece.len);
		buf_fmt(to, "%s=?UTF-8?B?%s?=", rest.at == text.at ? "" : "\r\n ", word);
		rest = (struct str){ rest.at + piece.len, rest.len - piece.len };
	}
}

static bool
one_line(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return true;
}

/* One name@domain, and nothing that could be more in a header or in the dialogue. */
static bool
one_mailbox(const char *address)
{
	struct str s = str_of(address), local, domain;

	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] >= 0x7f ||
		    strchr("<>()[],;:\\\"", s.at[i]) != NULL)
			return false;
	return s.len < ADDRESS_SIZE && str_cut(s, '@', &local, &domain) && local.len > 0 &&
	       domain.len > 0 && memchr(domain.at, '@', domain.len) == NULL;
}

/* What is said may name the mailbox: words with an @ are left out. */
static void
without_addresses(char to[SMTP_REPLY_SIZE], const char *text)
{
	char plain[SMTP_REPLY_SIZE];
	struct str word, rest;
	AUTO(buf) b = BUF(2 * SMTP_REPLY_SIZE);
	bool more = true;

	str_plain(plain, sizeof plain, str_trim(str_of(text)));
	rest = str_of(plain);
	while (more) {
		more = str_cut(rest, ' ', &word, &rest);
		buf_c(&b, b.len > 0 ? " " : "");
		buf_str(&b, memchr(word.at, '@', word.len) != NULL ? STR("<…>") : word);
	}
	str_copy(to, SMTP_REPLY_SIZE, buf_view(&b));
}

/* ---- what libcurl tells ---- */

static void
hear(struct smtp *s, struct str line)
{
	int64_t code;

	line = str_trim(line);
	if (s->leaving || line.len < 3 || !str_int64((struct str){ line.at, 3 }, &code))
		return;
	s->code = (long)code;
	str_copy(s->said, sizeof s->said, line);
}

static int
debug(CURL *curl, curl_infotype type, char *bytes, size_t len, void *arg)
{
	struct str line = { bytes, len };
	struct smtp *s = arg;

	(void)curl;
	if (type == CURLINFO_HEADER_IN)
		hear(s, line);
	if (type == CURLINFO_DATA_OUT)
		s->body = true;
	if (type == CURLINFO_HEADER_OUT) {
		s->to_mail = s->to_mail || str_starts(line, "RCPT");
		s->leaving = str_starts(line, "QUIT");
		if (!s->leaving)
			s->code = 0;
	}
	return 0;
}

static int
progress(void *arg, curl_off_t down, curl_off_t downs, curl_off_t up, curl_off_t ups)
{
	struct smtp *s = arg;
	struct timespec now;

	(void)down, (void)downs, (void)up, (void)ups;
	if (!atomic_load(&s->stop))
		return 0;
	/* broken off now it would go again, though the server may have it: so it is waited for
	 */
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (s->told == 0)
		s->told = now.tv_sec;
	return s->body && now.tv_sec < s->told + BODY_MOST_S ? 0 : 1;
}

static size_t
swallow(char *bytes, size_t size, size_t n, void *arg)
{
	(void)bytes, (void)arg;
	return size * n;
}

/* ---- one mail ---- */

static void
set_relay(struct smtp *s, bool fresh)
{
	const struct smtp_relay *r = s->relay;
	bool v6 = strchr(r->host, ':') != NULL;
	char url[600];

	curl_easy_reset(s->curl); /* the connection stays */
	snprintf(url, sizeof url, "%s://%s%s%s:%d/%s",
	    r->port == 465 && r->tls ? "smtps" : "smtp", v6 ? "[" : "", r->host, v6 ? "]" : "",
	    (int)r->port, r->hello);
	curl_easy_setopt(s->curl, CURLOPT_URL, url);
	curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(s->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)TOTAL_MS / 1000);
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
	curl_easy_setopt(s->curl, CURLOPT_MAXAGE_CONN, (long)IDLE_S);
	curl_easy_setopt(s->curl, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->why);
	curl_easy_setopt(s->curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(s->curl, CURLOPT_DEBUGFUNCTION, debug);
	curl_easy_setopt(s->curl, CURLOPT_DEBUGDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(s->curl, CURLOPT_XFERINFOFUNCTION, progress);
	curl_easy_setopt(s->curl, CURLOPT_XFERINFODATA, s);
	curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, swallow);
	if (r->tls) {
		curl_easy_setopt(s->curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
		curl_easy_setopt(s->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
		if (r->ca[0] != '\0')
			curl_easy_setopt(s->curl, CURLOPT_CAINFO, r->ca);
	} else {
		curl_easy_setopt(s->curl, CURLOPT_USE_SSL, (long)CURLUSESSL_NONE);
	}
	if (r->user[0] != '\0') {
		curl_easy_setopt(s->curl, CURLOPT_USERNAME, r->user);
		curl_easy_setopt(s->curl, CURLOPT_PASSWORD, r->password);
	}
}

static bool
add_line(struct curl_slist **list, const char *name, const char *value)
{
	char line[HEADER_MOST];
	struct curl_slist *longer;
	int n = snprintf(line, sizeof line, "%s: %s", name, value);

	longer = n > 0 && (size_t)n < sizeof line ? curl_slist_append(*list, line) : NULL;
	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

static bool
add_encoded(struct curl_slist **list, const char *name, const char *text, const char *behind)
{
	AUTO(buf) b = BUF(HEADER_MOST);

	smtp_encoded(&b, str_of(text));
	buf_c(&b, behind);
	buf_byte(&b, '\0');
	return buf_ok(&b) && add_line(list, name, b.at);
}

static bool
add_from(struct curl_slist **list, const struct smtp_mail *m)
{
	char behind[ADDRESS_SIZE + 8];
	bool quoted = is_plain(str_of(m->from_name));
	char name[200];

	snprintf(behind, sizeof behind, " <%s>", m->from);
	if (!quoted)
		return add_encoded(list, "From", m->from_name, behind);
	if (strpbrk(m->from_name, "\"\\") != NULL)
		return false;
	snprintf(name, sizeof name, "\"%s\"", m->from_name);
	return add_encoded(list, "From", name, behind);
}

static bool
add_headers(struct curl_slist **list, const struct smtp_mail *m)
{
	char date[40], id[300], to[ADDRESS_SIZE + 8], url[1000];

	smtp_date(date, m->date_s);
	snprintf(id, sizeof id, "<%s>", m->message_id);
	snprintf(to, sizeof to, "<%s>", m->to);
	if (!add_line(list, "Date", date) || !add_from(list, m) || !add_line(list, "To", to) ||
	    !add_encoded(list, "Subject", m->subject, "") ||
	    !add_line(list, "Message-ID", id) ||
	    !add_line(list, "Auto-Submitted", "auto-generated") ||
	    !add_line(list, "Content-Type",
		m->file_name == NULL ? "multipart/alternative" : "multipart/mixed"))
		return false;
	if (m->unsubscribe == NULL)
		return true;
	snprintf(url, sizeof url, "<%s>", m->unsubscribe);
	return add_line(list, "List-Unsubscribe", url) &&
	       add_line(list, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
}

/* Lines of a mail end with CR and LF; libcurl would write a bare LF as =0A. */
static void
put_lines(struct buf *to, struct str text)
{
	struct str line, rest = text;

	while (str_cut(rest, '\n', &line, &rest)) {
		buf_str(to, line);
		buf_c(to, "\r\n");
	}
	buf_str(to, line);
}

static bool
add_part(curl_mime *mime, const char *type, struct str text)
{
	curl_mimepart *part = curl_mime_addpart(mime);
	AUTO(buf) b = BUF(TEXT_MOST);

	put_lines(&b, text);
	return part != NULL && buf_ok(&b) && curl_mime_data(part, b.at, b.len) == CURLE_OK &&
	       curl_mime_type(part, type) == CURLE_OK &&
	       curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
}

static bool
add_texts(curl_mime *mime, const struct smtp_mail *m)
{
	return add_part(mime, "text/plain; charset=utf-8", m->text) &&
	       add_part(mime, "text/html; charset=utf-8", m->html);
}

/* The texts; with a file, as one part of two. */
static bool
add_body(CURL *curl, curl_mime *mime, const struct smtp_mail *m)
{
	curl_mimepart *texts, *file;
	curl_mime *inner;

	if (m->file_name == NULL)
		return add_texts(mime, m);
	inner = curl_mime_init(curl);
	texts = curl_mime_addpart(mime);
	file = curl_mime_addpart(mime);
	if (inner == NULL || texts == NULL || file == NULL || !add_texts(inner, m) ||
	    curl_mime_subparts(texts, inner) != CURLE_OK) {
		curl_mime_free(inner);
		return false;
	}
	/* from here on it is freed with the outer one */
	return curl_mime_type(texts, "multipart/alternative") == CURLE_OK &&
	       curl_mime_data(file, m->file.at, m->file.len) == CURLE_OK &&
	       curl_mime_type(file, "application/octet-stream") == CURLE_OK &&
	       curl_mime_encoder(file, "base64") == CURLE_OK &&
	       curl_mime_filename(file, m->file_name) == CURLE_OK;
}

static CURLcode
run(struct smtp *s, const struct smtp_mail *m, bool fresh)
{
	struct curl_slist *headers = NULL, *to = curl_slist_append(NULL, m->to);
	curl_mime *mime;
	CURLcode rc = CURLE_OUT_OF_MEMORY;

	s->to_mail = s->leaving = s->body = false;
	s->told = 0;
	s->code = 0;
	s->said[0] = s->why[0] = '\0';
	set_relay(s, fresh);
	mime = curl_mime_init(s->curl);
	if (to != NULL && mime != NULL && add_headers(&headers, m) &&
	    add_body(s->curl, mime, m)) {
		curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, m->envelope_from);
		curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to);
		curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(s->curl, CURLOPT_MIMEPOST, mime);
		rc = curl_easy_perform(s->curl);
	}
	curl_mime_free(mime);
	curl_slist_free_all(to);
	curl_slist_free_all(headers);
	return rc;
}

static enum smtp_got
judge(const struct smtp *s, CURLcode rc)
{
	if (rc == CURLE_OK)
		return SMTP_ACCEPTED;
	/* we broke it off ourselves: that says nothing about the mail either */
	if (!s->to_mail || rc == CURLE_ABORTED_BY_CALLBACK)
		return SMTP_AWAY;
	return s->code >= REFUSED ? SMTP_REFUSED : SMTP_LATER;
}

static bool
headers_ok(const struct smtp_mail *m)
{
	const char *const lines[] = { m->from_name, m->subject, m->message_id,
		m->unsubscribe == NULL ? "" : m->unsubscribe };
	const char *const boxes[] = { m->envelope_from, m->to, m->from };

	for (size_t i = 0; i < nitems(lines); i++)
		if (!one_line(lines[i]))
			return false;
	for (size_t i = 0; i < nitems(boxes); i++)
		if (!one_mailbox(boxes[i]))
			return false;
	return true;
}

enum smtp_got
smtp_send(struct smtp *s, const struct smtp_mail *m, char reply[SMTP_REPLY_SIZE])
{
	enum smtp_got got;
	long connects = 0;
	CURLcode rc;

	if (!headers_ok(m)) {
		str_copy(reply, SMTP_REPLY_SIZE,
		    STR("a header or an address of it is not one line or not one mailbox"));
		return SMTP_REFUSED;
	}
	rc = run(s, m, false);
	got = judge(s, rc);
	curl_easy_getinfo(s->curl, CURLINFO_NUM_CONNECTS, &connects);
	if (got == SMTP_AWAY && connects == 0 && !atomic_load(&s->stop)) {
		/* a connection that was kept may have ended meanwhile: that is no news */
		rc = run(s, m, true);
		got = judge(s, rc);
	}
	if (s->said[0] != '\0' && (got == SMTP_ACCEPTED || s->code >= DEFERRED))
		without_addresses(reply, s->said);
	else
		without_addresses(reply, s->why[0] != '\0' ? s->why : curl_easy_strerror(rc));
	return got;
}

/* ---- life ---- */

struct smtp *
smtp_new(const struct smtp_relay *relay, struct err *e)
{
	struct smtp *s;

	if (!relay->tls && !smtp_loopback(relay->host)) {
		err(e, ERR_CONF,
		    "the mail relay %s is not on this machine, so TLS cannot be left out",
		    relay->host);
		return NULL;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		err(e, ERR_BUSY, "libcurl does not start");
		return NULL;
	}
	s = calloc(1, sizeof *s);
	if (s != NULL)
		s->curl = curl_easy_init();
	if (s == NULL || s->curl == NULL) {
		free(s);
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	s->relay = relay;
	return s;
}

void
smtp_free(struct smtp **s)
{
	if (*s == NULL)
		return;
	curl_easy_cleanup((*s)->curl);
	free(*s);
	*s = NULL;
}

void
smtp_stop(struct smtp *s)
{
	atomic_store(&s->stop, true);
}
