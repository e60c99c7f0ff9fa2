/* A drop under way, and its files. */
#ifndef DROPD_BUILD_H
#define DROPD_BUILD_H

#include "dropd.h"
#include "meter/out_rows.h"
#include "pack.h"

struct job {					     /* a row of delivery.build_take() */
	int64_t drop, subscription, due_at, made_at; /* both times by the hub's clock */
	int32_t revision, from_day, to_day, attempts;
	struct str token, label, login, party_code, period, kinds, format, packing, openpgp_key,
	    schedule, zone;
};

struct plan { /* a row of delivery.build_plan() */
	int32_t pages;
	int64_t premises;
	struct str kind, agreements, names;
};

struct made { /* a file that is durable in the store */
	char name[NAME_MOST];
	char kind[16];
	bool manifest;
	struct object_name object;
	unsigned char plain_sha256[DIGEST_BYTES];
	int64_t plain_size, rows, days;
	int64_t first_s, last_s; /* INT64_MIN: no rows */
};

struct build {
	struct dropd *d;
	struct job job;
	struct rows *keep; /* the job's texts */
	struct conn *conn;
	struct shapes shapes;
	struct uuid space; /* of the ids of Green Button */
	struct rows *plans, *marks;
	uint64_t beat_ms;
	struct made made[2 * KINDS_MOST];
	size_t mades;
};

/* Keeps the lease when it is time to; ERR_SEQUENCE: the drop is not this builder's any more. */
bool build_beat(struct task *t, struct build *b, struct err *e);

/* kinds.c: how a kind of reads is asked for and written in a format. */
struct file;
struct kind {
	const char *kind;   /* of the subscription */
	bool change;	    /* for on-change subscriptions */
	const char *prefix; /* of the file's name */
	enum sql page;
	/* All append to f->buf, in the work pool. */
	void (*begin)(struct file *f);
	enum io_got (*row)(struct file *f, struct rows *rows, struct err *e); /* the next one */
	void (*end)(struct file *f);
};
const struct kind *kind_of(struct str kind, bool change);

/* How the formats of subscriptions are written and named. */
struct form {
	const char *format, *suffix;
	const char *out; /* out_format of interval days */
	bool json;	 /* register reads, bills and changes as JSON lines, else as CSV */
	bool lines;	 /* a record is a line, else what the kind counts */
};
const struct form *form_of(struct str format, struct err *e);

/* pages.c: the rows of a kind's pages, fetched ahead by a task of its own. */
struct pages;
/* Both on the stack of the file's task; pages_end() must follow. */
struct pages *pages_begin(
    struct task *t, struct build *b, enum sql q, int32_t pages, struct err *e);
/* The next page, to be freed; IO_END after the last. */
enum io_got pages_next(struct task *t, struct pages *p, struct rows **rows, struct err *e);
void pages_end(struct task *t, struct pages **p);

/* file.c */
struct file {
	struct build *b;
	const struct kind *kind;
	const struct form *form;
	const struct out_format *format;
	struct part *part;
	struct pack *pack;
	struct buf buf; /* text that is not packed yet */
	struct out_file out;
	struct day day, was;
	int64_t counted; /* what the kind counts, where a line is no record */
	struct made *made;
};
bool file_make(struct task *t, struct build *b, const struct plan *p, struct err *e);
/* For kinds: the file has reads of that time. */
void file_span(struct file *f, int64_t first_s, int64_t past_s);

/* manifest.c */
bool manifest_make(struct task *t, struct build *b, const struct made *of, const struct plan *p,
    struct err *e);
/* All files, for delivery.build_end(). */
void manifest_list(struct buf *to, const struct build *b);

#endif
