/* Tokens that the hub makes: a prefix that says of which class one is, and 256 random bits. */
#ifndef SYS_TOKEN_H
#define SYS_TOKEN_H

#include "base/code.h"
#include "sys/digest.h"

enum {
	TOKEN_PREFIX_LEN = 4,
	TOKEN_RANDOM_BYTES = 32,
	TOKEN_SIZE = TOKEN_PREFIX_LEN + code_b64u_size(TOKEN_RANDOM_BYTES)
};

struct token { /* what is given out, and what the database gets of it */
	char text[TOKEN_SIZE];
	unsigned char sha256[DIGEST_BYTES];
};

/* prefix: "bba_". Who gives it out wipes it then. */
void token_draw(struct token *to, const char *prefix);

#endif
