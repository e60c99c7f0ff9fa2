/* What the client is told. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rt/log.h"
#include "session.h"

enum { REPLY_SIZE = 1024, CLOSING = 421 };

/* Whole, before anybody else speaks: the ear may have something to say too. */
static bool
put(struct task *t, struct session *s, const char *text, size_t len)
{
	struct err e = { 0 };
	uint64_t was;
	bool ok;

	if (s->control == NULL || s->gone)
		return false;
	was = task_deadline(t, SAY_MS);
	ok = gate_enter(t, &s->speaking, &e);
	if (ok) {
		ok = stream_write(t, s->control, text, len, &e);
		gate_leave(&s->speaking);
	}
	task_deadline(t, was);
	s->gone = s->gone || !ok;
	return ok;
}

bool
say(struct task *t, struct session *s, int code, const char *fmt, ...)
{
	char text[REPLY_SIZE];
	int len = snprintf(text, sizeof text, "%d ", code);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, sizeof text - (size_t)len - 2, fmt, ap);
	va_end(ap);
	strcat(text, "\r\n");
	if (code == CLOSING)
		s->closing = true;
	return put(t, s, text, strlen(text));
}

bool
say_lines(struct task *t, struct session *s, int code, const char *first, struct str lines,
    const char *last)
{
	AUTO(buf) b = BUF(1 << 20);

	buf_fmt(&b, "%d-%s\r\n", code, first);
	buf_str(&b, lines);
	buf_fmt(&b, "%d %s\r\n", code, last);
	if (!buf_ok(&b))
		return say(t, s, 552, "That is too much for one reply.");
	return put(t, s, b.at, b.len);
}

bool
say_err(struct task *t, struct session *s, int code, const struct err *e)
{
	static const bool ours[ERR_CODES] = {
		[ERR_UNAVAILABLE] = true,
		[ERR_UNCERTAIN] = true,
		[ERR_IO] = true,
		[ERR_CONF] = true,
		[ERR_BUG] = true,
	};
	const struct err_row *row = &err_rows[e->code];
	char why[LOG_TEXT_SIZE];

	if (ours[e->code])
		log_error(t, "ftps.failed", "code=%s says=%s", row->name,
		    log_text(why, str_of(e->text)));
	code = code != 0 ? code : row->ftp;
	return ours[e->code] || e->text[0] == '\0'
		   ? say(t, s, code, "%s", row->say)
		   : say(t, s, code, "%s %c%s.", row->say,
			 e->text[0] >= 'a' && e->text[0] <= 'z' ? e->text[0] - 32 : e->text[0],
			 e->text + 1);
}

bool
session_path(const struct session *s, struct str arg, char to[BOX_PATH_MOST], struct err *e)
{
	return box_path(to, s->at, arg, e);
}
