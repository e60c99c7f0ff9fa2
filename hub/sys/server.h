/*
 * What takes nginx's connections: each is one request and its reply, in a task of its own. A
 * process fills in a struct server, listens, and keeps server_run() as a task.
 */
#ifndef SYS_SERVER_H
#define SYS_SERVER_H

#include "sys/http.h"

struct server {
	const char *name;  /* of its log events: "api" gives api.broken */
	int listener;	   /* -1: not yet */
	unsigned peer;	   /* nginx's user: nobody else is answered */
	uint64_t grace_ms; /* of http.h; 0: its presets */
	int64_t rate_least;
	unsigned connections; /* under way */
	struct connection *first;
	bool shared; /* the socket stays when this process ends; the next takes from it */
	struct task *drains; /* waits until there are none */
	/* Replies to a request whose head was read. It has no deadline yet. */
	void (*answer)(struct task *t, struct http *r, void *arg);
	void *arg;
};

/* The user of nginx's workers becomes the peer. ERR_CONF when there is no such user. */
bool server_peer(struct server *s, const char *user, struct err *e);
/* Listens at FOLDER/PROCESS/NUMBER.sock, or takes the socket that it was handed at its start
 * and that several processes may share. e is ERR_NONE before. */
bool server_listen(
    struct server *s, const char *folder, const char *process, int number, struct err *e);
/* Task, until it is cancelled; then it takes no more (of a socket of its own those that wait
 * already) and ends when all are answered, which a few seconds limit. */
void server_run(struct task *t, void *server);

#endif
