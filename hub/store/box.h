/*
 * The box: what a partner's account sees as a folder, whichever door it came through (FTPS,
 * SFTP, HTTPS). Files are rows and bytes are objects of the store, so a path cannot lead
 * anywhere else. Every call shows the session's handle to the database, which says what it may
 * do at this moment: a right that has ended, or an account that was closed, ends at the next
 * call.
 *
 * Paths are absolute ("/in/a.lse"), UTF-8, one folder deep, normal (box_path makes them so).
 * All calls wait, but those that say otherwise.
 */
#ifndef STORE_BOX_H
#define STORE_BOX_H

#include "store/objects.h"
#include "sys/db.h"

enum { BOX_HANDLE_BYTES = 32, BOX_PATH_MOST = 512, BOX_PASSWORD_MOST = 256 };
enum box_tls {
	BOX_TLS_REQUIRE,
	BOX_TLS_PREFER,
	BOX_TLS_OFF
}; /* resumption on data connections */

/* What a door keeps for its process. */
struct box_door {
	struct db *db;
	struct objects *objects;
	const char *name; /* "FTPS", "SFTP" or "HTTPS" */
};

struct box { /* a session */
	const struct box_door *door;
	unsigned char handle[BOX_HANDLE_BYTES];
	int32_t account, party;
	char code[40], login[72]; /* of the party; of the account */
	char kind[12];		  /* "TDU", "REP", "CSP", "REGULATOR" */
	enum box_tls data_tls;
};

/* ERR_LOGIN for all that is wrong with name or password, in the same words and about the same
 * time; ERR_WAIT (*wait_s seconds) while the defender makes this network wait. `from` is the
 * peer's address as text. argon2id runs in the work pool, at most two at a time in a process.
 */
bool box_login(struct task *t, const struct box_door *d, struct str login, struct str password,
    const char *from, struct box *b, int *wait_s, struct err *e);
/* By the SHA-256 of a client certificate that TLS has proven; login "" when none was given. */
bool box_login_certificate(struct task *t, const struct box_door *d,
    const unsigned char sha256[32], struct str login, const char *from, struct box *b,
    int *wait_s, struct err *e);
/* By a bearer token. */
bool box_login_token(struct task *t, const struct box_door *d, struct str token,
    const char *from, struct box *b, int *wait_s, struct err *e);
/* The box of an organisation, by the secret of a session of the portal; to look and no more. */
bool box_login_portal(struct task *t, const struct box_door *d, struct str secret,
    const char *from, struct box *b, struct err *e);
/* By a one-use handle in hex (SFTP). */
bool box_login_once(struct task *t, const struct box_door *d, struct str hex, const char *from,
    struct box *b, struct err *e);
/* Says once a minute which sessions this process holds, until t is cancelled: those of a door
 * that died are soon not counted against their account any more. A task of its own, one a
 * process. */
void box_beat(struct task *t, void *door);
/* Ends the session; errors are only logged. */
void box_end(struct task *t, struct box *b);

/* Joins `path` to `at` ("/" or a folder), resolves "." and ".." (never above the root). Does
 * not wait. ERR_BAD_INPUT: NUL, control characters, not UTF-8, too long; ERR_NOT_FOUND: more
 * than two names deep. */
bool box_path(char to[BOX_PATH_MOST], const char *at, struct str path, struct err *e);

struct box_entry {
	char name[256];
	bool folder, can_put, can_remove; /* of a folder: files in it */
	int64_t size, modified_s, entry;  /* modified: UTC */
	unsigned char sha256[32];
	enum object_side side;
	uint64_t asked_ms; /* after box_open(): when its right was last looked at */
};

/* The root, a folder or a file. ERR_NOT_FOUND. Hidden parts are not found. */
bool box_find(
    struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e);
/* All of a folder in order of name; `each` may wait, and ends the walk by false. At most
 * BOX_LIST_MOST entries: then ERR_TOO_BIG after them. */
enum { BOX_LIST_MOST = 100000 };
bool box_list(struct task *t, struct box *b, const char *folder,
    bool (*each)(struct task *t, void *arg, const struct box_entry *x, struct err *e),
    void *arg, struct err *e);

/* Opens a file for reading: a descriptor of the caller's, or -1. The audit event is committed.
 */
int box_open(
    struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e);
/* While its bytes go out, as often as one likes: whether they still may, which the database is
 * asked every BOX_STILL_MS. ERR_FORBIDDEN: a right, the account or the session has ended since.
 * A database that does not answer ends nothing: it had said yes. */
enum { BOX_STILL_MS = 800 };
bool box_still(struct task *t, struct box *b, struct box_entry *x, struct err *e);
/* Says how much went through a descriptor of box_open(): on record a moment later, at the
 * latest when box_end() has returned; errors are only logged. */
void box_sent(struct task *t, struct box *b, const struct box_entry *x, int64_t bytes,
    bool whole, int64_t ms);

/* An upload: hidden until box_put_end(), resumable after box_put_leave(). */
struct box_put;
/* offset 0: anew; > 0: goes on with the part at that offset, which must be its size
 * (ERR_BAD_INPUT says the size); BOX_APPEND: goes on at its end, or begins. ERR_FORBIDDEN where
 * nothing may be put, ERR_TOO_BIG over the quota, ERR_CONFLICT while the same name is being put
 * by this process. */
enum { BOX_APPEND = -1 };
struct box_put *box_put_begin(
    struct task *t, struct box *b, const char *path, int64_t offset, struct err *e);
/* Does not wait: hashes and fills the page cache. ERR_TOO_BIG, ERR_NO_SPACE. */
bool box_put_add(struct box_put *p, const void *bytes, size_t len, struct err *e);
int64_t box_put_size(const struct box_put *p); /* with what was there before; does not wait */
/* Durable, named, entered into the ledger where the folder loads: after true the receipt may be
 * given. After false it is to be sent anew. p is freed in both cases.
 */
struct box_receipt {
	int64_t entry, file; /* file: of the ledger, 0 when the folder does not load */
	bool repeated;
	int64_t size;
	unsigned char sha256[32];
};
/* What the sender says the whole is: when it is not, box_put_end() drops the part and is
 * ERR_BAD_FILE. Does not wait. */
void box_put_expect(struct box_put *p, const unsigned char sha256[32]);
bool box_put_end(struct task *t, struct box_put **p, struct box_receipt *r, struct err *e);
/* The sender went away: what arrived stays, to be resumed within a day. */
void box_put_leave(struct task *t, struct box_put **p);
/* How much of an upload that was cut is here; ERR_NOT_FOUND when there is none. */
bool box_part_size(
    struct task *t, struct box *b, const char *path, int64_t *size, struct err *e);

/* Gives up an upload that was cut, with its bytes. ERR_NOT_FOUND; ERR_CONFLICT while somebody
 * writes it. */
bool box_part_drop(struct task *t, struct box *b, const char *path, struct err *e);

bool box_remove(struct task *t, struct box *b, const char *path, struct err *e);
bool box_rename(struct task *t, struct box *b, const char *from, const char *to, struct err *e);
bool box_touch(
    struct task *t, struct box *b, const char *path, int64_t modified_s, struct err *e);

#endif
