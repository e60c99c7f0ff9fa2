/*
 * The log. A line is built on the stack and leaves with one write(2), so lines of several
 * processes on one pipe do not mix. Floods are counted in a small table of events, a row for
 * each name seen within the present second; a row with something to tell is told as soon as its
 * second is over and any line is written.
 */
#include "rt/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/civil.h"

enum { LINE_MOST = 1000, EVENTS_MOST = 64, EVENT_NAME_SIZE = 48, PER_SECOND_MOST = 50 };

struct flood {
	char event[EVENT_NAME_SIZE];
	unsigned lines, hidden;
};

static int64_t system_ms(void);

static struct {
	char process[32];
	enum log_level least;
	int fd;
	int64_t (*clock_ms)(void);
	int64_t second;
	unsigned events;
	struct flood flood[EVENTS_MOST];
} the = { .process = "busbar", .least = LOG_INFO_, .fd = STDERR_FILENO, .clock_ms = system_ms };

static const char ellipsis[] = "\xe2\x80\xa6";
enum { ELLIPSIS_BYTES = sizeof ellipsis - 1 };

static int64_t
system_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
log_start(const char *process, enum log_level least)
{
	str_copy(the.process, sizeof the.process, str_of(process));
	the.least = least;
}

void
log_to(int fd, int64_t (*clock_ms)(void))
{
	the.fd = fd;
	the.clock_ms = clock_ms != NULL ? clock_ms : system_ms;
	the.events = 0;
}

/* Steps back from `at` to where a UTF-8 character begins. */
static size_t
character_start(const char *s, size_t at)
{
	while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* What a control byte looks like in a line; 0 when c may stand as it is. */
static size_t
escape(char to[5], unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	if (c >= 0x20 && c != 0x7f)
		return 0;
	to[0] = '\\';
	if (c == '\n' || c == '\r' || c == '\t') {
		to[1] = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
		return 2;
	}
	to[1] = 'x';
	to[2] = hex[c >> 4];
	to[3] = hex[c & 15];
	return 4;
}

struct line {
	size_t len;
	bool cut;
	char at[LINE_MOST];
};

static void
line_add(struct line *l, const char *s)
{
	const size_t most = LINE_MOST - 1; /* and LF */
	char as[5];

	for (; *s != 0 && !l->cut; s++) {
		size_t n = escape(as, (unsigned char)*s);

		if (n == 0) {
			as[0] = *s;
			n = 1;
		}
		if (l->len + n > most) {
			l->cut = true;
			break;
		}
		memcpy(l->at + l->len, as, n);
		l->len += n;
	}
}

static void
line_end(struct line *l)
{
	const size_t kept = LINE_MOST - 1 - ELLIPSIS_BYTES;

	if (l->cut) {
		l->len = l->len > kept ? character_start(l->at, kept) : l->len;
		memcpy(l->at + l->len, ellipsis, ELLIPSIS_BYTES);
		l->len += ELLIPSIS_BYTES;
	}
	l->at[l->len++] = '\n';
}

static void
tell(enum log_level level, int64_t now_ms, const char *event, const char *label,
    const char *text)
{
	struct line l = { 0 };
	char head[80], stamp[CIVIL_STAMP_SIZE];

	civil_stamp(stamp, now_ms / 1000);
	stamp[strlen(stamp) - 1] = 0; /* the Z comes behind the ms */
	snprintf(head, sizeof head, "<%d>%s.%03dZ ", (int)level, stamp, (int)(now_ms % 1000));
	line_add(&l, head);
	line_add(&l, the.process);
	line_add(&l, " ");
	line_add(&l, event);
	for (const char *const *s = (const char *const[]){ label, text, NULL }; *s != NULL; s++)
		if (**s != 0) {
			line_add(&l, " ");
			line_add(&l, *s);
		}
	line_end(&l);
	if (write(the.fd, l.at, l.len) < 0)
		return; /* nowhere to tell it */
}

static void
tell_hidden(int64_t now_ms)
{
	char text[EVENT_NAME_SIZE + 40];

	for (unsigned i = 0; i < the.events; i++)
		if (the.flood[i].hidden > 0) {
			snprintf(text, sizeof text, "suppressed=%s lines=%u",
			    the.flood[i].event, the.flood[i].hidden);
			tell(LOG_WARN_, now_ms, "log.suppressed", "", text);
		}
	the.events = 0;
}

/* Counts; true when the event has had its lines for this second. When the table is full, events
 * beyond it are not counted: 64 kinds within a second are no flood of one kind. */
static bool
hidden(int64_t now_ms, const char *event)
{
	struct flood *f = the.flood;
	struct flood *end;

	if (now_ms / 1000 != the.second) {
		tell_hidden(now_ms);
		the.second = now_ms / 1000;
	}
	for (end = f + the.events; f < end; f++)
		if (strncmp(f->event, event, EVENT_NAME_SIZE - 1) == 0)
			break;
	if (f == end) {
		if (the.events == EVENTS_MOST)
			return false;
		the.events++;
		*f = (struct flood){ 0 };
		str_copy(f->event, sizeof f->event, str_of(event));
	}
	if (f->lines < PER_SECOND_MOST) {
		f->lines++;
		return false;
	}
	f->hidden++;
	return true;
}

void
log_line(const struct task *t, enum log_level level, const char *event, const char *fmt, ...)
{
	char text[LINE_MOST + 1];
	int errno_was = errno;
	int64_t now_ms;
	va_list ap;

	if (level > the.least)
		return;
	now_ms = the.clock_ms();
	if (!hidden(now_ms, event)) {
		errno = errno_was;
		va_start(ap, fmt);
		vsnprintf(text, sizeof text, fmt, ap);
		va_end(ap);
		tell(level, now_ms, event, t != NULL ? task_label_text(t) : "", text);
	}
	errno = errno_was;
}

void
log_flush(void)
{
	tell_hidden(the.clock_ms());
}

static char
plain(char c)
{
	return c > 0x20 && c < 0x7f && strchr("\"\\=", c) == NULL ? c : '?';
}

const char *
log_id(char to[LOG_ID_SIZE], struct str id)
{
	size_t shown = id.len / 3 < 4 ? id.len / 3 : 4; /* of a short one not even four */
	char *p = to;

	for (size_t i = 0; i < shown; i++)
		*p++ = plain(id.at[i]);
	memcpy(p, ellipsis, ELLIPSIS_BYTES);
	p += ELLIPSIS_BYTES;
	for (size_t i = id.len - shown; i < id.len; i++)
		*p++ = plain(id.at[i]);
	*p = 0;
	return to;
}

const char *
log_mail(char to[LOG_ID_SIZE], struct str address)
{
	struct str name, host = { 0 };
	bool whole = str_cut(address, '@', &name, &host);
	char first[2] = "", after[3] = "";

	if (name.len > 0)
		first[0] = plain(name.at[0]);
	if (whole) {
		after[0] = '@';
		after[1] = (char)(host.len > 0 ? plain(host.at[0]) : 0);
	}
	snprintf(to, LOG_ID_SIZE, "%s%s%s%s", first, ellipsis, after, whole ? ellipsis : "");
	return to;
}

/* One character of s at *i, as it may stand in a value: *n bytes put into `as`. */
static void
text_step(struct str s, size_t *i, bool utf8, char as[8], size_t *n)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c = (unsigned char)s.at[*i];
	size_t len = !utf8 || c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	bool c1 = len == 2 && c == 0xc2 && (unsigned char)s.at[*i + 1] < 0xa0;

	if (len > 1 && !c1) {
		memcpy(as, s.at + *i, len);
		*n = len;
	} else if (c == '"' || c == '\\') {
		as[0] = '\\';
		as[1] = (char)c;
		*n = 2;
	} else if (c >= 0x80) { /* not UTF-8, or a control character beyond ASCII */
		c = (unsigned char)s.at[*i + len - 1];
		memcpy(as, (char[]){ '\\', 'x', hex[c >> 4], hex[c & 15] }, 4);
		*n = 4;
	} else if ((*n = escape(as, c)) == 0) {
		as[0] = (char)c;
		*n = 1;
	}
	*i += len;
}

/* An escape in a value, a blank or '=' calls for quotes. */
static bool
wants_quotes(struct str s, bool utf8)
{
	size_t n;
	char as[8];

	for (size_t i = 0, at = 0; i < s.len; at = i) {
		text_step(s, &i, utf8, as, &n);
		if (n != i - at || as[0] == ' ' || as[0] == '=')
			return true;
	}
	return s.len == 0;
}

const char *
log_text(char to[LOG_TEXT_SIZE], struct str s)
{
	const size_t most = LOG_TEXT_SIZE - 1 - 1 - ELLIPSIS_BYTES; /* NUL, quote, cut mark */
	bool utf8 = str_utf8(s), quoted = wants_quotes(s, utf8);
	size_t len = 0, n;
	char as[8];

	if (quoted)
		to[len++] = '"';
	for (size_t i = 0; i < s.len;) {
		text_step(s, &i, utf8, as, &n);
		if (len + n > most) {
			memcpy(to + len, ellipsis, ELLIPSIS_BYTES);
			len += ELLIPSIS_BYTES;
			break;
		}
		memcpy(to + len, as, n);
		len += n;
	}
	if (quoted)
		to[len++] = '"';
	to[len] = 0;
	return to;
}
