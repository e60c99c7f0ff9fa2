/* What the parts of secret.h share: keys in memory, and the form of their files. */
#ifndef SYS_SECRET_IN_H
#define SYS_SECRET_IN_H

#include "sys/secret.h"

enum {
	KEY_BYTES = 32,
	KEY_LINE = 1 + 2 * KEY_BYTES + 1, /* '+' or nothing, hex, LF */
	KEYS_MOST = 8,
};

struct pii_key {
	unsigned char id, key[KEY_BYTES];
};

struct keys {
	unsigned n;
	struct pii_key pii[2 * KEYS_MOST]; /* of two files at most; the first seals */
	unsigned char index[KEY_BYTES], seed[KEY_BYTES], next_seed[KEY_BYTES], link[KEY_BYTES];
	bool has_next;
};

/* A key file as it stands: the first `used` keys are in use, the newest first; behind them
 * comes one at most that was added and is not used yet. */
struct key_file {
	unsigned n, used;
	unsigned char key[KEYS_MOST][KEY_BYTES];
};
bool key_file_read(struct key_file *f, const char *folder, const char *name, struct err *e);
unsigned char key_id(const unsigned char key[KEY_BYTES]);

#endif
