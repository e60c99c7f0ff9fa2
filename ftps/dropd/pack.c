/*
 * Two buffers: the caller fills one while the work pool hashes, compresses and encrypts the
 * other. The layers push: piece → packer (libarchive) → gpg → out.
 */
#include "pack.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack_archive.h"

enum { PIECE_BYTES = 256 * 1024, NAME_MOST = 200 };
#define ZIP_PLAIN_MOST (INT64_C(4) * 1024 * 1024 * 1024 - 1024 * 1024)

enum step { STEP_BEGIN, STEP_MEMBER, STEP_BYTES, STEP_END };

struct pack {
	struct task *t;
	struct pack_job job;
	struct work work;
	bool begun; /* a work that was not joined yet */
	/* the caller's */
	unsigned char *filling;
	size_t filled;
	int64_t member_bytes;
	unsigned members;
	/* the work's, while one is begun */
	enum step step;
	unsigned char *piece;
	size_t piece_len;
	char name[NAME_MOST];
	struct packer *packer;
	struct pgp *pgp;
	struct digest *member;
	struct pack_sums sums;
	bool failed;
	struct err why;
	unsigned char buffer[2][PIECE_BYTES];
};

static const struct {
	const char *name, *suffix;
	bool many;
} kinds[PACK_KINDS] = {
	[PACK_NONE] = { "NONE", "", false },
	[PACK_GZIP] = { "GZIP", ".gz", false },
	[PACK_ZIP] = { "ZIP", ".zip", true },
	[PACK_ZSTD] = { "ZSTD", ".zst", false },
};

bool
pack_kind_of(struct str name, enum pack_kind *kind)
{
	for (unsigned i = 0; i < PACK_KINDS; i++)
		if (str_is(name, kinds[i].name)) {
			*kind = (enum pack_kind)i;
			return true;
		}
	return false;
}

void
pack_suffix(char to[16], enum pack_kind kind, bool encrypted)
{
	(void)snprintf(to, 16, "%s%s", kinds[kind].suffix, encrypted ? ".asc" : "");
}

/* ---- in the work pool ---- */

static bool
out_plain(void *self, const void *bytes, size_t len, struct err *e)
{
	struct pack *p = self;

	p->sums.packed_bytes += (int64_t)len;
	return p->job.out(p->job.self, bytes, len, e);
}

static bool
out_packed(void *self, const void *bytes, size_t len, struct err *e)
{
	struct pack *p = self;

	return p->pgp != NULL ? pgp_add(p->pgp, bytes, len, e) : out_plain(p, bytes, len, e);
}

static bool
do_begin(struct pack *p, struct err *e)
{
	const struct pack_job *j = &p->job;
	bool zip64 = j->member_most_bytes == 0 || j->member_most_bytes > ZIP_PLAIN_MOST;

	if (j->key.at != NULL && (p->pgp = pgp_begin(j->key, out_plain, p, e)) == NULL)
		return false;
	if (j->kind == PACK_NONE)
		return true;
	p->packer = packer_new(j->kind, zip64, out_packed, p, e);
	return p->packer != NULL;
}

static bool
do_bytes(struct pack *p, struct err *e)
{
	if (p->piece_len == 0)
		return true;
	digest_add(p->member, p->piece, p->piece_len);
	p->sums.member.bytes += (int64_t)p->piece_len;
	p->sums.plain_bytes += (int64_t)p->piece_len;
	return p->packer != NULL ? packer_add(p->packer, p->piece, p->piece_len, e)
				 : out_packed(p, p->piece, p->piece_len, e);
}

static bool
do_member(struct pack *p, struct err *e)
{
	return p->packer == NULL || packer_member(p->packer, p->name, p->job.made_s, e);
}

static bool
do_end(struct pack *p, struct err *e)
{
	return (p->packer == NULL || packer_end(p->packer, e)) &&
	       (p->pgp == NULL || pgp_end(p->pgp, e));
}

static void
run(void *arg)
{
	static bool (*const steps[])(struct pack * p, struct err * e) = {
		[STEP_BEGIN] = do_begin,
		[STEP_MEMBER] = do_member,
		[STEP_BYTES] = do_bytes,
		[STEP_END] = do_end,
	};
	struct pack *p = arg;

	p->failed = !steps[p->step](p, &p->why);
}

/* ---- the caller ---- */

/* Until the step that is under way is done; false with what it said. */
static bool
settle(struct pack *p, struct err *e)
{
	if (p->begun)
		work_join(p->t, &p->work);
	p->begun = false;
	return !p->failed || err(e, p->why.code, "%s", p->why.text);
}

static bool
start(struct pack *p, enum step step, struct err *e)
{
	if (!settle(p, e))
		return false;
	p->step = step;
	p->work = (struct work){ 0 };
	p->begun = work_begin(p->t, &p->work, run, p, e);
	return p->begun;
}

static bool
start_bytes(struct pack *p, struct err *e)
{
	unsigned char *piece = p->filling;

	if (!settle(p, e))
		return false;
	p->filling = p->piece;
	p->piece = piece;
	p->piece_len = p->filled;
	p->filled = 0;
	return start(p, STEP_BYTES, e);
}

struct pack *
pack_open(struct task *t, const struct pack_job *job, struct err *e)
{
	AUTO_PTR(pack) p = calloc(1, sizeof *p);
	struct pack *made;

	assert(job->kind < PACK_KINDS);
	if (p == NULL || (p->member = digest_new()) == NULL) {
		err(e, ERR_BUSY, "no memory to pack");
		return NULL;
	}
	p->t = t;
	p->job = *job;
	p->filling = p->buffer[0];
	p->piece = p->buffer[1];
	if (!start(p, STEP_BEGIN, e) || !settle(p, e))
		return NULL;
	made = p;
	p = NULL;
	return made;
}

/* All of the open member is packed; its sum goes to sums.member. */
static bool
end_member(struct pack *p, struct err *e)
{
	if (!start_bytes(p, e) || !settle(p, e))
		return false;
	digest_end(p->member, p->sums.member.sha256);
	return true;
}

bool
pack_member(struct pack *p, const char *name, struct pack_sum *before, struct err *e)
{
	if (p->members > 0 && !kinds[p->job.kind].many)
		return err(e, ERR_BUG, "a second member in a file that is not a zip");
	if (strlen(name) >= sizeof p->name)
		return err(e, ERR_BUG, "the name of a member is too long");
	if (p->members > 0 && !end_member(p, e))
		return false;
	if (before != NULL)
		*before = p->sums.member;
	if (!settle(p, e))
		return false;
	p->members++;
	p->member_bytes = 0;
	p->sums.member.bytes = 0;
	str_copy(p->name, sizeof p->name, str_of(name));
	return start(p, STEP_MEMBER, e) && settle(p, e);
}

bool
pack_add(struct pack *p, struct str bytes, struct err *e)
{
	assert(p->members > 0);
	p->member_bytes += (int64_t)bytes.len;
	if (p->job.member_most_bytes != 0 && p->member_bytes > p->job.member_most_bytes)
		return err(e, ERR_TOO_BIG,
		    "a member is larger than the %lld bytes that were said",
		    (long long)p->job.member_most_bytes);
	while (bytes.len > 0) {
		size_t room = PIECE_BYTES - p->filled;
		size_t n = bytes.len < room ? bytes.len : room;

		memcpy(p->filling + p->filled, bytes.at, n);
		p->filled += n;
		bytes = (struct str){ bytes.at + n, bytes.len - n };
		if (p->filled == PIECE_BYTES && !start_bytes(p, e))
			return false;
	}
	return true;
}

bool
pack_end(struct pack *p, struct pack_sums *sums, struct err *e)
{
	assert(p->members > 0);
	if (!end_member(p, e) || !start(p, STEP_END, e) || !settle(p, e))
		return false;
	*sums = p->sums;
	return true;
}

void
pack_free(struct pack **pp)
{
	struct pack *p = *pp;

	*pp = NULL;
	if (p == NULL)
		return;
	(void)settle(p, NULL);
	packer_free(&p->packer);
	pgp_free(&p->pgp);
	digest_free(&p->member);
	free(p);
}
