/* What /v1 is, for programs and for people: openapi.yaml as it is, and as a page. Both are part
 * of the program, so they are those of the routes beside them. */
#include "reference.h"

#include <string.h>

#include "base/code.h"
#include "sys/digest.h"

enum { TAG_SIZE = 2 * 8 + 3 };

static const struct reference_file {
	const char *name, *text;
} files[] = {
#include "reference_files.inc"
};

static bool
reply(struct task *t, struct call *c, const char *name, const char *type, struct err *e)
{
	unsigned char sha256[DIGEST_BYTES];
	const char *text = NULL;
	char tag[TAG_SIZE] = "\"";

	if (!call_only(c, "", e))
		return false;
	for (size_t i = 0; i < nitems(files); i++)
		if (strcmp(files[i].name, name) == 0)
			text = files[i].text;
	if (text == NULL)
		return err(e, ERR_BUG, "%s was not built in", name);
	digest_of(text, strlen(text), sha256);
	code_hex(tag + 1, sha256, 8);
	tag[TAG_SIZE - 2] = '"';
	tag[TAG_SIZE - 1] = '\0';
	http_header(c->http, "Cache-Control", "public, max-age=300");
	http_header(c->http, "ETag", "%s", tag);
	if (http_var(c->http, SCGI_IF_NONE_MATCH).at != NULL &&
	    http_tag_in(http_var(c->http, SCGI_IF_NONE_MATCH), str_of(tag), true))
		return http_begin(t, c->http, 304, NULL, -1, e);
	return http_reply(t, c->http, 200, type, str_of(text), e);
}

bool
reference_yaml(struct task *t, struct call *c, struct err *e)
{
	return reply(t, c, "openapi.yaml", "application/yaml", e);
}

bool
reference_page(struct task *t, struct call *c, struct err *e)
{
	return reply(t, c, "reference.html", "text/html; charset=utf-8", e);
}

bool
reference_style(struct task *t, struct call *c, struct err *e)
{
	return reply(t, c, "reference.css", "text/css; charset=utf-8", e);
}
