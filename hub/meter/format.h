/*
 * File formats in: one row here and one file each. A format is recognised by its first bytes,
 * never by the name of the file. Readers take the bytes in pieces of any size, keep constant
 * memory, and give what they find, in the order of the file, to a sink; a bad record is a fault
 * and reading goes on behind it.
 */
#ifndef METER_FORMAT_H
#define METER_FORMAT_H

#include "base/uuid.h"
#include "meter/rule.h"

enum { SNIFF_BYTES = 4096, LINE_MOST_BYTES = 64 * 1024, COLUMNS_MOST = 32 };

enum format_gives { GIVES_DAYS, GIVES_ROWS };

/* Types of a column of a CSV that we define; how the text is checked and what the value is. */
enum column_type {
	COL_TEXT,   /* text: UTF-8 without control characters, at most `most` bytes */
	COL_ESIID,  /* text */
	COL_METER,  /* text: meter number in normal form */
	COL_DIGITS, /* text of digits, at most `most` */
	COL_CHOICE, /* text: one of `choices`, upper case */
	COL_DATE,   /* number: days since 1970; YYYY-MM-DD */
	COL_STAMP,  /* number: seconds UTC; RFC 3339 */
	COL_TIME,   /* number: minutes since local midnight, 00:00 to 24:00 */
	COL_INT,    /* number: 0 to `most` */
	COL_KWH,    /* number: kWh * 1000, not negative */
	COL_MILLI,  /* number: decimal * 1000 (kW, kVA), not negative */
	COL_MONEY,  /* number: decimal * 10000, may be negative */
	COL_PRICE,  /* number: decimal * 1000000 a kWh, may be negative */
	COL_LIST,   /* text: items between semicolons, each at most `most` bytes */
};

struct column {
	const char *name;
	enum column_type type;
	bool required;
	int64_t most;
	const char *choices; /* "LOAD|GENERATION" */
	const char *help;
};

struct value {
	bool null;
	struct str text;
	int64_t number;
};

struct row { /* of a CSV that we define; values in the order of format.columns */
	uint64_t line;
	size_t n;
	struct value value[COLUMNS_MOST];
};

struct sink {
	void *self;
	/* Called from within reader_feed; the pointed-to things live during the call. They must
	 * not wait: who needs bounded memory feeds small pieces and looks between them. */
	void (*day)(void *self, const struct day *d);
	void (*row)(void *self, const struct row *r);
	void (*fault)(void *self, const struct fault *f);
};

struct reading {		 /* what a reader must know */
	const struct zone *zone; /* of the utility */
	const struct rules *rules;
	int32_t today;	    /* hub's local date there */
	int64_t received_s; /* stands in where a record has no creation time */
};

struct format {
	const char *name; /* "lse", "register" … */
	const char *help;
	enum format_gives gives;
	bool (*sniff)(struct str head);
	const char
	    *unpack; /* mode of busbar-unpack that the bytes must pass first; NULL: none */
	const char
	    *suffix; /* for file-name rule: ".lse" must be in the name, ".csv" must not */
	const struct column *columns; /* GIVES_ROWS */
	size_t column_count;
	size_t state_bytes;
	void (*open)(void *state, const struct reading *r, const struct sink *s);
	void (*feed)(void *state, struct str bytes, bool last);
	void (*close)(void *state);
};

extern const struct format *const formats[]; /* NULL at the end */

/* By content; NULL with ERR_BAD_FILE that says what the first bytes are. */
const struct format *format_sniff(struct str head, struct err *e);
const struct format *format_named(const char *name);
/* "gzip", "zip", "zstd" by magic number, or NULL for plain. */
const char *format_compression(struct str head);

struct reader;
struct reader *reader_new(
    const struct format *f, const struct reading *r, const struct sink *s, struct err *e);
void reader_free(struct reader **r);
/* Bytes of the file in pieces; `last` once, possibly with an empty piece. */
void reader_feed(struct reader *r, struct str bytes, bool last);

/* ---- out ---- */
struct out_day { /* a stored day with what is known around it */
	const struct day *d;
	char esiid[ESIID_SIZE];
	const struct zone *zone;
	const char *tdu;
	int64_t loaded_s; /* when the hub took this version in */
	int32_t load;	  /* ledger number of the load */
};

enum { OUT_ZONES_MOST = 8 };

/* A file being written, for the functions of its format: zero it and set the first four. What
 * is behind them is out_espi.c's: what the file has said so far, so that it says it once. */
struct out_file {
	struct buf *to;
	const char *name; /* what it is a file of; the same name gives the same Atom id */
	int64_t made_s;
	struct uuid space;		  /* of the ids of Green Button: the hub's own */
	char esiid[ESIID_SIZE];		  /* of the premise whose days are being written */
	uint32_t series_said, types_said; /* a bit for each channel and length of interval */
	const struct zone *zones_said[OUT_ZONES_MOST];
	unsigned zones;
};

struct out_format {
	const char *name, *help, *media_type;
	/* All days of a premise must follow each other, and a channel's day come once. */
	bool by_premise;
	void (*begin)(struct out_file *f); /* header */
	void (*day)(
	    struct out_file *f, const struct out_day *d); /* at most OUT_DAY_MOST bytes */
	void (*end)(struct out_file *f);
};
enum { OUT_DAY_MOST = 256 * 1024 };
extern const struct out_format *const out_formats[]; /* NULL at the end */
const struct out_format *out_format_named(const char *name);

#endif
