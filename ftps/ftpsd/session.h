/*
 * One FTPS session: the dialogue on the control connection. A task of its own reads a command,
 * runs it and replies; while a transfer runs, that task is in the transfer and a second one
 * (the ear, transfer.c) reads the control connection, so that ABOR and STAT are answered at
 * once and other commands wait in a short queue.
 */
#ifndef FTPSD_SESSION_H
#define FTPSD_SESSION_H

#include "door.h"
#include "line.h"
#include "rt/gate.h"

/* clang-format off */
enum ftp_phase { FTP_NONE, FTP_CLEAR, FTP_SECURE, FTP_NAMED, FTP_READY, FTP_CLOSED, FTP_PHASES };
enum ftp_event { EV_SECURED, EV_USER, EV_REFUSED, EV_LOGGED_IN, EV_QUIT, FTP_EVENTS };
/* clang-format on */

enum {
	QUEUE_MOST = 16, /* commands that wait for a transfer; then none are read */
	CLIENT_SIZE = 64,
	SAY_MS = 60000, /* for the client to take a reply */
	ASK_MS = 30000	/* for the database, in a command that is no transfer */
};

/* Facts of MLSD and MLST. */
enum {
	FACT_TYPE = 1,
	FACT_SIZE = 2,
	FACT_MODIFY = 4,
	FACT_PERM = 8,
	FACT_UNIQUE = 16,
	FACTS_ALL = 31
};

struct session {
	struct door *door;
	struct stream *control; /* NULL when it is gone */
	struct visitor *visitor;
	struct gate speaking; /* one reply at a time */
	struct box box;	      /* box.door NULL: not logged in */
	enum ftp_phase phase;
	bool implicit, secured;	  /* TLS from the first byte; TLS stands */
	bool gone;		  /* the control connection is of no use any more */
	bool closing;		  /* after the reply that is being made */
	bool buffered, protected; /* PBSZ, PROT P */
	bool epsv_all, ascii;
	unsigned failures, strikes; /* logins refused; nonsense before a login */
	unsigned facts;
	int64_t rest;
	struct data *data;	   /* from EPSV or PASV on */
	struct transfer *transfer; /* that runs */
	struct held *held;	   /* uploads that wait for their names */
	struct line queue[QUEUE_MOST];
	unsigned queued;
	char from[FROM_SIZE], client[CLIENT_SIZE], user[72];
	char at[BOX_PATH_MOST]; /* working folder */
	char put_folder[72];	/* in which we know that files may be put; "" none */
	bool put_fixed;		/* ... and keep their names */
	char *renames;		/* RNFR's path, owned */
};

/* Where a phase goes; FTP_NONE when that is not possible. */
bool phase_step(enum ftp_phase *p, enum ftp_event ev, struct err *e);

/* The whole life of one; owns s, fd and the place that door_enter() gave. */
struct session *session_new(
    struct door *d, int fd, struct visitor *v, const char *from, bool implicit, struct err *e);
void session_run(struct task *t, void *session);
void session_drop(struct session *s); /* one that was never run */

/* The next line of the control connection, within the task's deadline. */
enum io_got session_line(struct task *t, struct session *s, struct line *l, struct err *e);
/* Runs one command and replies. */
void session_command(struct task *t, struct session *s, const struct line *l);

/* "CODE text". False when the client is gone. 421 closes the session. */
bool say(struct task *t, struct session *s, int code, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* "CODE-first", the lines (each with CRLF), "CODE last". */
bool say_lines(struct task *t, struct session *s, int code, const char *first, struct str lines,
    const char *last);
/* What a stranger may know of e, with this code, or 0: that of the error table. */
bool say_err(struct task *t, struct session *s, int code, const struct err *e);
/* A path that the client gave, made absolute. */
bool session_path(
    const struct session *s, struct str arg, char to[BOX_PATH_MOST], struct err *e);

#endif
