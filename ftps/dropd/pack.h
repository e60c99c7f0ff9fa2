/*
 * The packing of a drop's file: plain bytes in, packed and perhaps encrypted bytes out, in one
 * pass and with the same memory for a kilobyte and for a terabyte. A zip may have several
 * members; the other kinds have one. OpenPGP is the outermost layer, as Smart Meter Texas has
 * it: an armoured message around a zip around CSVs.
 *
 *	struct pack_job job = { .kind = PACK_ZIP, .out = to_part, .self = part, .made_s = now };
 *	AUTO_PTR(pack) p = pack_open(t, &job, e);
 *	p != NULL && pack_member(p, "IntervalData.csv", e) && pack_add(p, bytes, e) && … &&
 *	    pack_end(p, &sums, e)
 *
 * Compression, hashing and gpg run in the work pool, a piece ahead of the caller, who may make
 * the next piece meanwhile. All calls are by the task that opened it, and may wait.
 */
#ifndef DROPD_PACK_H
#define DROPD_PACK_H

#include "rt/work.h"
#include "sys/digest.h"
#include "sys/pgp.h"

enum pack_kind { PACK_NONE, PACK_GZIP, PACK_ZIP, PACK_ZSTD, PACK_KINDS };

/* Takes what is packed: in the work pool, never two calls at once, not outside of the calls
 * below. part_add() is one (hub/store/objects.h) and hashes what it gets. */
typedef bool pack_out(void *self, const void *bytes, size_t len, struct err *e);

struct pack_job {
	enum pack_kind kind;
	struct str key; /* armoured public key to encrypt for; at == NULL: none */
	int64_t made_s; /* time of a zip's members */
	/* What a member cannot be larger than, 0 when that is not known. Below 4 GiB a zip is
	 * written without the zip64 extension, which some readers of streams do not know. */
	int64_t member_most_bytes;
	pack_out *out;
	void *self;
};

struct pack_sum { /* of a member's plain bytes */
	int64_t bytes;
	unsigned char sha256[DIGEST_BYTES];
};

struct pack_sums {
	struct pack_sum member; /* the last one */
	int64_t plain_bytes;	/* of all members */
	int64_t packed_bytes;	/* given to `out` */
};

bool pack_kind_of(struct str name, enum pack_kind *kind); /* "NONE", "GZIP", "ZIP", "ZSTD" */
/* What goes behind a file's name: ".zip.asc". Does not wait. */
void pack_suffix(char to[16], enum pack_kind kind, bool encrypted);

struct pack;
struct pack *pack_open(struct task *t, const struct pack_job *job, struct err *e);
/* Begins a member, and ends the one before, whose sum goes to *before when that is not NULL.
 * ERR_BUG for a second one where the kind has but one. */
bool pack_member(struct pack *p, const char *name, struct pack_sum *before, struct err *e);
/* ERR_TOO_BIG over member_most_bytes; else what compression, gpg or `out` says, now or at the
 * next call. */
bool pack_add(struct pack *p, struct str bytes, struct err *e);
bool pack_end(struct pack *p, struct pack_sums *sums, struct err *e);
void pack_free(struct pack **p); /* without pack_end: what `out` got is of no use */

#endif
