/* Answers that SQL has made as a whole, and what asks for them: pages, numbers, members. */
#ifndef API_V1_BODY_H
#define API_V1_BODY_H

#include "v1.h"

/* The `body` of the one row that q gives. */
bool v1_body(
    struct task *t, struct call *c, enum sql q, struct args a, int status, struct err *e);
/* The same of what was made, which is at `at` ("/v1/drops/") with the row's `number`. */
bool v1_made(struct task *t, struct call *c, enum sql q, struct args a, int status,
    const char *at, struct err *e);

/* The number in the path; 0, which is nobody's, for what is none. Does not wait. */
int64_t v1_number(const struct call *c);
/* A number of the address, or null when it is not there; ERR_USAGE. Does not wait. */
bool v1_query_number(const struct call *c, const char *name, struct param *to, struct err *e);
/* A parameter of the address; at == NULL when it is not there. Does not wait. */
struct str v1_query(const struct call *c, const char *name);

/* Members that need not be there: null then. None of these waits. */
bool v1_text_or(const struct json_value *v, const char *name, struct str *to, struct err *e);
bool v1_int_or(const struct json_value *v, const char *name, int64_t least, int64_t most,
    struct param *to, struct err *e); /* of SQL's int4 */
bool v1_texts_or(const struct json_value *v, const char *name, size_t most, struct str *to,
    size_t *n, struct err *e);

#endif
