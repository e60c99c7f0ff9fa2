/*
 * Signatures that ssh-keygen makes (OpenSSH's PROTOCOL.sshsig), checked by ssh-keygen as a
 * child: all kinds of keys that sshd takes, and nothing parsed here.
 */
#ifndef SYS_SSHSIG_H
#define SYS_SSHSIG_H

#include "sys/child.h"

enum { SSHSIG_MOST = 16 * 1024 };

/* Whether `signature` (armoured) is by the key ("ssh-ed25519 AAAA…") over `message`, for that
 * namespace. ERR_BAD_INPUT when it is not. Blocks: for the work pool. */
bool sshsig_check(struct str key, struct str signature, const char *name_space,
    struct str message, struct err *e);

#endif
