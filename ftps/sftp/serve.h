/* The loop of a session: packets from one stream, replies to the other. */
#ifndef SFTP_SERVE_H
#define SFTP_SERVE_H

#include "rt/io.h"
#include "session.h"

/* Until the client ends the session (true), breaks the protocol, goes away, or says nothing for
 * idle_ms. Replies are sent together when no whole request is left to answer. */
bool sftp_serve(struct task *t, struct sftp *s, struct stream *in, struct stream *out,
    int64_t idle_ms, struct err *e);

#endif
