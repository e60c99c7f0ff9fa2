/* Tokens that the hub makes; see token.h. */
#include "sys/token.h"

#include <assert.h>
#include <string.h>

#include "sys/secret.h"

void
token_draw(struct token *to, const char *prefix)
{
	unsigned char drawn[TOKEN_RANDOM_BYTES];

	assert(strlen(prefix) == TOKEN_PREFIX_LEN);
	memcpy(to->text, prefix, TOKEN_PREFIX_LEN);
	secret_random(drawn, sizeof drawn);
	code_b64u(to->text + TOKEN_PREFIX_LEN, drawn, sizeof drawn);
	secret_wipe(drawn, sizeof drawn);
	digest_of(to->text, strlen(to->text), to->sha256);
}
