/*
 * What a browser's form sends (application/x-www-form-urlencoded), and cookies. Strict: a name
 * twice, a bad escape, a NUL or another character of control (but tabs and ends of lines), text
 * that is not UTF-8, more fields or bytes than fit, and the whole form is refused. Nothing here
 * waits but form_take().
 */
#ifndef SYS_FORM_H
#define SYS_FORM_H

#include "sys/http.h"

enum { FORM_FIELDS_MOST = 48, FORM_BYTES_MOST = 4096 };

struct form {
	char text[FORM_BYTES_MOST + FORM_FIELDS_MOST * 2]; /* what the slices point into */
	size_t used, n;
	struct {
		struct str name, value;
	} at[FORM_FIELDS_MOST];
};

/* ERR_BAD_INPUT. */
bool form_parse(struct form *f, struct str text, struct err *e);
bool form_plain(struct str value); /* what a value may hold, as said above */
/* The body of a request; ERR_BAD_INPUT also for one of another type, ERR_TOO_BIG. A body of
 * `multipart/form-data` is not taken apart: it is given as it came, in f->text, with n 0. */
bool form_take(struct task *t, struct http *r, struct form *f, struct err *e);
/* A type of `multipart/form-data`: *boundary then is what stands between its parts. */
bool form_is_parts(struct str type, struct str *boundary);
/* Such a body: values point into it. A file is a field too, its bytes as they came ("" when
 * none was chosen); all else is as strict as above. ERR_BAD_INPUT. */
bool form_parts(struct form *f, struct str body, struct str boundary, struct err *e);
/* The value of a field, "" when it is not there. */
struct str form_get(const struct form *f, const char *name);

/* The value of a cookie, at == NULL when there is none or more than one. */
struct str cookie_get(struct str header, const char *name);
/* Of who is signed in at the portal; apid knows it too. */
#define PORTAL_SESSION_COOKIE "__Host-busbar-session"

#endif
