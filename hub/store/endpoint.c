#include "store/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "sys/digest.h"

void
endpoint_place(char to[ENDPOINT_PLACE_SIZE], const struct endpoint_door *d)
{
	AUTO_PTR(digest) all = digest_new();
	unsigned char sha256[DIGEST_BYTES];
	char port[16];
	int n = snprintf(port, sizeof port, "%d", (int)d->port);

	/* NULs between, so that no two doors read the same */
	digest_add(all, d->kind.at, d->kind.len);
	digest_add(all, "", 1);
	digest_add(all, d->host.at, d->host.len);
	digest_add(all, "", 1);
	digest_add(all, port, (size_t)n + 1);
	digest_add(all, d->login.at, d->login.len);
	digest_add(all, "", 1);
	digest_add(all, d->pin, ENDPOINT_PIN_BYTES);
	digest_end(all, sha256);
	memcpy(to, "endpoint:", 9);
	code_hex(to + 9, sha256, sizeof sha256);
}

static bool
hex_read(unsigned char pin[ENDPOINT_PIN_BYTES], struct str text)
{
	char hex[2 * ENDPOINT_PIN_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == ':')
			continue;
		if (n == sizeof hex)
			return false;
		hex[n++] = text.at[i];
	}
	return code_unhex(pin, ENDPOINT_PIN_BYTES, (struct str){ hex, n });
}

/* ssh-keygen writes base64 with '+' and '/', without padding. */
static bool
base64_read(unsigned char pin[ENDPOINT_PIN_BYTES], struct str text)
{
	char url[code_b64u_size(ENDPOINT_PIN_BYTES)];

	while (str_ends(text, "="))
		text.len--;
	if (!str_copy(url, sizeof url, text))
		return false;
	for (char *c = url; *c != '\0'; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	return code_unb64u(pin, ENDPOINT_PIN_BYTES, str_of(url));
}

bool
endpoint_pin_read(unsigned char pin[ENDPOINT_PIN_BYTES], struct str text, struct err *e)
{
	static const char ssh[] = "SHA256:";
	struct str head, tail;
	bool ok;

	text = str_trim(text);
	if (!str_starts(text, ssh) && str_cut(text, '=', &head, &tail) && tail.len > 0)
		text = str_trim(tail);
	ok = str_starts(text, ssh) ? base64_read(pin, (struct str){ text.at + sizeof ssh - 1,
							  text.len - (sizeof ssh - 1) })
				   : hex_read(pin, text);
	return ok || err(e, ERR_BAD_INPUT,
			 "the pin is not a SHA-256: expected SHA256:… as ssh-keygen -l prints "
			 "it, or 64 hex digits");
}
