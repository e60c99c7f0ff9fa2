/* What sshd is told of a key. Nothing here waits. */
#ifndef SFTP_KEYS_LINE_H
#define SFTP_KEYS_LINE_H

#include "base/err.h"

enum { KEY_MOST = 16 * 1024, KEY_LINE_MOST = KEY_MOST * 2 };

/* The SHA-256 of the key that `text` is in Base64, as sshd's %k gives it; its type as in %t.
 * ERR_BAD_INPUT. */
bool key_sha256(unsigned char sha256[32], struct str type, struct str text, struct err *e);
/* A line as in authorized_keys. ERR_CONF when a path has characters that a shell or sshd would
 * take for something else. */
bool key_line(struct buf *to, const char *program, const char *conf, struct str handle,
    struct str type, struct str text, struct err *e);

#endif
