/* Errors; see err.h. Texts are formatted beside e, so that one may quote e->text itself. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

const struct err_row err_rows[ERR_CODES] = {
#define X(code, http, ftp, exit, say) [code] = { #code, http, ftp, exit, say },
#include "base/err_table.h"
#undef X
};

/* Cleaned text into `to`. Cleaning at most halves it, so what fills `to` was not cut before. */
__attribute__((format(printf, 3, 0))) static void
say(char *to, size_t size, const char *fmt, va_list args)
{
	char raw[2 * sizeof(((struct err *)0)->text)];

	if (vsnprintf(raw, sizeof(raw), fmt, args) < 0)
		raw[0] = '\0';
	(void)str_plain(to, size, str_of(raw));
}

/* Appends what fits of ": " and more. */
static void
add(struct err *e, const char *more)
{
	size_t used = strlen(e->text);

	(void)str_copy(e->text + used, sizeof(e->text) - used, STR(": "));
	used = strlen(e->text);
	(void)str_copy(e->text + used, sizeof(e->text) - used, str_of(more));
}

bool
err(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list args;

	assert(code < ERR_CODES);
	if (e == NULL)
		return false;
	va_start(args, fmt);
	say(e->text, sizeof(e->text), fmt, args);
	va_end(args);
	e->code = code;
	return false;
}

bool
err_errno(struct err *e, enum err_code code, const char *fmt, ...)
{
	int why = errno;
	const char *reason = strerror(why);
	va_list args;

	assert(code < ERR_CODES);
	if (e == NULL)
		return false;
	va_start(args, fmt);
	/* a long text gives way: the reason matters more than its end */
	say(e->text, sizeof(e->text) - strlen(reason) - 2, fmt, args);
	va_end(args);
	add(e, reason);
	e->code = why == ENOSPC || why == EDQUOT   ? ERR_NO_SPACE
		  : why == EMFILE || why == ENFILE ? ERR_BUSY
						   : code;
	errno = why;
	return false;
}

bool
err_at(struct err *e, const char *fmt, ...)
{
	char was[sizeof(e->text)];
	va_list args;

	if (e == NULL)
		return false;
	memcpy(was, e->text, sizeof(was));
	va_start(args, fmt);
	say(e->text, sizeof(e->text), fmt, args);
	va_end(args);
	add(e, was);
	return false;
}

void
err_clear(struct err *e)
{
	if (e == NULL)
		return;
	e->code = ERR_NONE;
	e->text[0] = '\0';
}
