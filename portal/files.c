/* Templates, style, script and icon: built in, from views/ and static/. */
#include <string.h>

#include "base/code.h"
#include "portal.h"
#include "sys/digest.h"

static struct portal_file files[] = {
#include "portal_files.inc"
};

static const char *
type_of(const char *name)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
	};

	for (size_t i = 0; i < nitems(types); i++)
		if (str_ends(str_of(name), types[i].end))
			return types[i].type;
	return NULL; /* a template: nobody gets it */
}

void
files_start(void)
{
	unsigned char sha256[DIGEST_BYTES];

	for (size_t i = 0; i < nitems(files); i++) {
		files[i].type = type_of(files[i].name);
		digest_of(files[i].text, strlen(files[i].text), sha256);
		code_hex(files[i].tag, sha256, 8);
	}
}

struct portal_file *
file_named(struct str name)
{
	for (size_t i = 0; i < nitems(files); i++)
		if (str_is(name, files[i].name))
			return &files[i];
	return NULL;
}

bool
file_get(struct task *t, struct call *c, struct err *e)
{
	const struct portal_file *f = file_named(str_of(c->param[1]));

	/* an address of another version is not this file */
	if (f == NULL || f->type == NULL || strcmp(f->tag, c->param[0]) != 0)
		return page_unknown(t, c->who, c, e);
	http_header(c->http, "Cache-Control", "public, max-age=31536000, immutable");
	return http_reply(t, c->http, 200, f->type, str_of(f->text), e);
}
