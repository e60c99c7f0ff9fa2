/*
 * One error, told once, where it happens: what was found, where, and what was expected. Callers
 * may only add place (err_at). Functions that can fail return bool (or NULL) and take
 * `struct err *e` last; e may be NULL when the caller does not care. One table (err_table.h)
 * maps each code to HTTP status, FTP reply, exit code and the words a person is told first.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/str.h"

enum err_code {
#define X(code, http, ftp, exit, say) code,
#include "base/err_table.h"
#undef X
	ERR_CODES
};

struct err {
	enum err_code code;
	char text[480];
};

struct err_row {
	const char *name; /* "ERR_BAD_FILE" */
	int http, ftp, exit;
	const char *say;
};

extern const struct err_row err_rows[ERR_CODES];

/* Fills e, with control bytes replaced by '?', and returns false: return err(e, ERR_BAD_FILE,
 * …). */
bool err(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Same, with ": strerror(errno)" behind it. ENOSPC and EDQUOT become ERR_NO_SPACE, no
 * more descriptors ERR_BUSY. */
bool err_errno(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Puts "where: " before the text; returns false. */
bool err_at(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
void err_clear(struct err *e);

#endif
