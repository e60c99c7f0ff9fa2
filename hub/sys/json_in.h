/*
 * Reading JSON (jansson): one document of a known size, strictly. A member twice (capitals or
 * not make no difference: what reads it after us may not see one), more than JSON_IN_DEPTH
 * values in each other, more than JSON_IN_MEMBERS members of one object, bytes after the end,
 * text that is not UTF-8 are errors; so is a member of another type than asked for. Slices live
 * until json_in_free().
 */
#ifndef SYS_JSON_IN_H
#define SYS_JSON_IN_H

#include "base/err.h"

enum { JSON_IN_DEPTH = 32, JSON_IN_MEMBERS = 256 };

struct json_in; /* AUTO_PTR(json_in) j = json_in_read(text, &e); */
struct json_value;

/* An object; ERR_USAGE tells where it stops being one, ERR_BAD_INPUT what is twice in it. */
struct json_in *json_in_read(struct str text, struct err *e);
void json_in_free(struct json_in **j); /* wipes nothing: who has secrets wipes its text */
const struct json_value *json_in_root(const struct json_in *j);

/* A member that must be there, but with `or`: then what it is when it is not (or null). */
bool json_in_text(const struct json_value *v, const char *name, struct str *to, struct err *e);
bool json_in_text_or(const struct json_value *v, const char *name, const char *preset,
    struct str *to, struct err *e);
bool json_in_int(const struct json_value *v, const char *name, int64_t least, int64_t most,
    int64_t *to, struct err *e);
bool json_in_bool_or(
    const struct json_value *v, const char *name, bool preset, bool *to, struct err *e);
/* A list: how many; each item is an object, taken by json_in_item(). */
bool json_in_list(const struct json_value *v, const char *name, size_t most,
    const struct json_value **list, size_t *n, struct err *e);
/* The same of texts: all of them, copied nowhere. */
bool json_in_texts(const struct json_value *v, const char *name, size_t most, struct str *to,
    size_t *n, struct err *e);
bool json_in_has(const struct json_value *v, const char *name); /* there, and not null */
/* A member that must be an object; *to is NULL when it is not there (or null). */
bool json_in_object_or(
    const struct json_value *v, const char *name, const struct json_value **to, struct err *e);
/* Whether each member is one of `names` ("from to as_of"); ERR_BAD_INPUT names the first that
 * is not. */
bool json_in_only(const struct json_value *v, const char *names, struct err *e);
/* The same for who tells it in words of its own: the first member that is not. */
bool json_in_other(const struct json_value *v, const char *names, struct str *name);
const struct json_value *json_in_item(const struct json_value *list, size_t i);

/* For bodies whose members may have any capitals, and items that are not objects. */
/* NULL when it is not there, or null, or v is no object. */
const struct json_value *json_in_fold(const struct json_value *v, const char *name);
bool json_in_is_list(const struct json_value *v, size_t *n);
/* A text; false for all else, also for v NULL. */
bool json_in_text_of(const struct json_value *v, struct str *to);
/* A text, or a whole number as text, which stands in `room` then. */
bool json_in_scalar(const struct json_value *v, char *room, size_t size, struct str *to);

#endif
