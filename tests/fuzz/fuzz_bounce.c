/* What a mail server pipes to busbar-bounce. */
#include <assert.h>
#include <string.h>

#include "dsn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str message = { (const char *)data, size },
		   to = { (const char *)data, size / 8 };
	struct dsn d;

	dsn_read(&d, message, "bounce@hub.example", to);
	assert(strlen(d.verp) == 0 || strlen(d.verp) == DSN_VERP_SIZE - 1);
	assert(strspn(d.verp, "0123456789abcdef") == strlen(d.verp));
	assert(strlen(d.says) < sizeof d.says && str_utf8(str_of(d.says)));
	/* it goes to the log and to the database: one line, no address */
	assert(strpbrk(d.says, "\r\n@") == NULL);
	assert(d.found || (!d.permanent && d.says[0] == '\0'));
	return 0;
}
