/* Keys and lines of authorized_keys; see line.h. */
#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "sys/digest.h"

static bool
only(struct str s, const char *also)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || (c != '\0' && strchr(also, c) != NULL)))
			return false;
	}
	return s.len > 0;
}

/* Base64 into Base64url without padding, which is what we can read; `url` takes that. */
static bool
unbase64(unsigned char *to, size_t *len, char *url, struct str text)
{
	while (text.len > 0 && text.at[text.len - 1] == '=')
		text.len--;
	if (text.len % 4 == 1)
		return false;
	for (size_t i = 0; i < text.len; i++)
		url[i] = text.at[i] == '+' ? '-' : text.at[i] == '/' ? '_' : text.at[i];
	*len = text.len * 3 / 4;
	return code_unb64u(to, *len, (struct str){ url, text.len });
}

bool
key_sha256(unsigned char sha256[32], struct str type, struct str text, struct err *e)
{
	unsigned char *blob = malloc(2 * KEY_MOST);
	size_t len;
	bool ok = blob != NULL && text.len < KEY_MOST && only(type, "-.@") &&
		  only(text, "+/=") && unbase64(blob, &len, (char *)blob + KEY_MOST, text);

	if (ok)
		digest_of(blob, len, sha256);
	free(blob);
	return ok || err(e, ERR_BAD_INPUT,
			 "the key is not a type and Base64 of up to %d characters", KEY_MOST);
}

bool
key_line(struct buf *to, const char *program, const char *conf, struct str handle,
    struct str type, struct str text, struct err *e)
{
	static const char path_also[] = "/._-";

	if (!only(str_of(program), path_also) || !only(str_of(conf), path_also) ||
	    program[0] != '/' || conf[0] != '/')
		return err(e, ERR_CONF,
		    "\"%s\" or \"%s\" is not a plain absolute path: letters, digits and /._- "
		    "only",
		    program, conf);
	if (handle.len != 64 || !only(handle, ""))
		return err(e, ERR_BUG, "the handle is not 64 hexadecimal digits");
	buf_fmt(to,
	    "restrict,command=\"%s -c %s --handle " STR_FMT "\" " STR_FMT " " STR_FMT "\n",
	    program, conf, STR_ARG(handle), STR_ARG(type), STR_ARG(text));
	return buf_ok(to) || err(e, ERR_TOO_BIG, "the key does not fit a line");
}
