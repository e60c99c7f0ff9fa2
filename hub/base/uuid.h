/*
 * UUIDs made from names (RFC 9562, version 5): the same name in the same space is the same
 * UUID, in every file and after every restart. Who knows the space and can guess the name can
 * make the UUID, so what must not be guessed needs a space that is secret. The standard fixes
 * SHA-1 for them; nothing else here uses it.
 */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/str.h"

struct uuid {
	unsigned char at[16];
};

#define UUID_SIZE 37 /* 2ed6657d-e927-568b-95e1-2665a8aea6a2 and a NUL */

struct uuid uuid_of(struct uuid space, struct str name);
void uuid_write(char to[UUID_SIZE], struct uuid u);
bool uuid_read(struct str s, struct uuid *u); /* in that form, either case */

#endif
