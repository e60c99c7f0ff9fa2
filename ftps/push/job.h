/*
 * A job, as dropd writes it: one line of JSON, with the files' descriptors (SCM_RIGHTS) at its
 * first byte, in the order of "files".
 *
 *	{"action":"send","kind":"SFTP","implicit":false,"host":"sftp.example","port":22,
 *	 "path":"/in","login":"hub","password":"…"|"key":"…","pin":"64 hex digits",
 *	 "publishing":false,"resume":false,"files":[{"name":"a.csv","size":1,"sha256":"…"}]}
 *
 * action "clean" takes the temporary names of a withdrawn delivery away and needs no
 *descriptor. publishing: an earlier attempt was told to publish, so the final names may be
 *there already. resume: an earlier attempt of this delivery sent bytes.
 */
#ifndef PUSH_JOB_H
#define PUSH_JOB_H

#include "sys/egress.h"

enum { JOB_LINE_MOST = 96 * 1024, JOB_FILES_MOST = 64, JOB_NAME_SIZE = 201 };
enum { JOB_SECRET_SIZE = 16 * 1024, JOB_PIN_BYTES = 32 };
enum job_action { JOB_SEND, JOB_CLEAN };

struct job_file {
	char name[JOB_NAME_SIZE];
	int64_t size;
	unsigned char sha256[32];
	int fd;
	bool done; /* stands under its final name */
};

struct job {
	enum job_action action;
	enum egress_kind kind;
	bool implicit, publishing, resume, key; /* key: the secret is a private key */
	char host[EGRESS_HOST_SIZE];
	int64_t port;
	char path[EGRESS_PATH_SIZE], login[EGRESS_LOGIN_SIZE];
	char secret[JOB_SECRET_SIZE];
	unsigned char pin[JOB_PIN_BYTES];
	size_t files;
	struct job_file file[JOB_FILES_MOST];
};

/* Strict: what a partner or an operator could have slipped into a name or path is refused. */
bool job_read(struct job *j, struct str line, struct err *e);
/* The line and its descriptors from a connection; gives each file its own. */
bool job_receive(struct job *j, int connection, struct err *e);
/* The temporary name of a file. */
enum { JOB_PART_SIZE = JOB_NAME_SIZE + 8 };
void job_part_name(char to[JOB_PART_SIZE], const struct job_file *f);

#endif
