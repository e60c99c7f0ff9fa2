/* Values of HTTP's headers and addresses; see http.h. */
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/code.h"
#include "sys/http.h"

static const struct {
	int status;
	const char *text;
} statuses[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 308, "Resume Incomplete" }, /* what resumable uploads call it */
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 499, "Client Closed Request" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 507, "Insufficient Storage" },
};

const char *
http_status_text(int status)
{
	for (size_t i = 0; i < nitems(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].text;
	return "Unknown";
}

void
http_date(char to[HTTP_DATE_SIZE], int64_t utc_s)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t of_day = (utc_s % 86400 + 86400) % 86400;
	int32_t day = (int32_t)((utc_s - of_day) / 86400);
	int year, month, dom;

	civil_ymd(day, &year, &month, &dom);
	snprintf(to, HTTP_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT",
	    days[civil_weekday(day)], (unsigned)dom % 100, months[month - 1],
	    (unsigned)year % 10000, (unsigned)(of_day / 3600) % 100,
	    (unsigned)(of_day / 60 % 60), (unsigned)(of_day % 60));
}

bool
http_unescape(char *to, size_t size, struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (n + 1 >= size)
			return false;
		if (c == '%') {
			if (s.len - i < 3 ||
			    !code_unhex(&c, 1, (struct str){ s.at + i + 1, 2 }) || c == '\0')
				return false;
			i += 2;
		}
		to[n++] = c;
	}
	to[n] = '\0';
	return true;
}

void
http_escape(struct buf *to, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~')
			buf_byte(to, (char)c);
		else
			buf_fmt(to, "%%%02X", c);
	}
}

void
http_html(struct buf *to, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c == '<')
			buf_c(to, "&lt;");
		else if (c == '>')
			buf_c(to, "&gt;");
		else if (c == '&')
			buf_c(to, "&amp;");
		else if (c == '"')
			buf_c(to, "&quot;");
		else if (c == '\'')
			buf_c(to, "&#39;");
		else
			buf_byte(to, c);
	}
}

static bool
after(struct str *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->len < n || !str_ieq((struct str){ s->at, n }, str_of(prefix)))
		return false;
	*s = (struct str){ s->at + n, s->len - n };
	return true;
}

/* The last `n` bytes. */
static enum http_range
suffix(struct str digits, int64_t size, int64_t *first, int64_t *len)
{
	int64_t n;

	if (!str_int64(digits, &n))
		return HTTP_WHOLE;
	if (n == 0 || size == 0)
		return HTTP_OUTSIDE;
	*len = n < size ? n : size;
	*first = size - *len;
	return HTTP_PART;
}

enum http_range
http_range_of(struct str s, int64_t size, int64_t *first, int64_t *len)
{
	struct str from, to;
	int64_t last = INT64_MAX;

	*first = 0;
	*len = size;
	if (!after(&s, "bytes=") || memchr(s.at, ',', s.len) != NULL)
		return HTTP_WHOLE;
	s = str_trim(s);
	if (!str_cut(s, '-', &from, &to))
		return HTTP_WHOLE;
	if (from.len == 0)
		return suffix(to, size, first, len);
	if (!str_int64(from, first) ||
	    (to.len > 0 && (!str_int64(to, &last) || last < *first))) {
		*first = 0;
		return HTTP_WHOLE;
	}
	if (*first >= size)
		return HTTP_OUTSIDE;
	*len = (last < size ? last + 1 : size) - *first;
	return HTTP_PART;
}

bool
http_content_range(struct str s, int64_t *first, int64_t *last, int64_t *total)
{
	struct str range, whole, from, to;

	*first = *last = -1;
	if (!after(&s, "bytes ") || !str_cut(s, '/', &range, &whole) ||
	    !str_int64(whole, total))
		return false;
	if (str_is(range, "*"))
		return true;
	return str_cut(range, '-', &from, &to) && str_int64(from, first) &&
	       str_int64(to, last) && *first <= *last && *last < *total;
}

bool
http_tag_in(struct str list, struct str tag, bool weak)
{
	bool more = list.len > 0;

	while (more) {
		struct str one;

		more = str_cut(list, ',', &one, &list);
		one = str_trim(one);
		if (str_starts(one, "W/")) {
			if (!weak)
				continue;
			one = (struct str){ one.at + 2, one.len - 2 };
		}
		if (str_eq(one, tag))
			return true;
	}
	return false;
}

/* A dictionary of structured fields (RFC 8941): "sha-256=:BASE64:, sha-512=:…:". */
bool
http_digest(struct str s, unsigned char sha256[32])
{
	bool more = s.len > 0;
	size_t len;

	while (more) {
		struct str one;

		more = str_cut(s, ',', &one, &s);
		one = str_trim(one);
		if (!after(&one, "sha-256=:") || !str_ends(one, ":"))
			continue;
		one.len--;
		return code_unb64(sha256, 32, &len, one) && len == 32;
	}
	return false;
}
