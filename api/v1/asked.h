/*
 * What a request for reads asks: parameters of the address, or members of a JSON body, which
 * have the same names. docs/api.md is for callers.
 */
#ifndef API_V1_ASKED_H
#define API_V1_ASKED_H

#include "reads.h"

enum read_kind { READ_INTERVAL, READ_REGISTER, READ_BILLING, READ_KINDS };
extern const char *const read_kinds[READ_KINDS]; /* "interval" … */

/* The forms in which reads are to be had. */
struct read_form {
	const char *name;	 /* for ?format= */
	const char *accepts;	 /* types of Accept that ask for it, with commas */
	const char *media_type;	 /* of the answer */
	const char *out;	 /* of out_formats; NULL: JSON of our own */
	bool lines;		 /* JSON: one object a line */
	bool brief;		 /* JSON: days as day_short.h has them */
	unsigned kinds;		 /* a bit for each kind that it can hold */
	uint32_t finest, widest; /* lengths of intervals that it can hold, in s */
};
extern const struct read_form read_forms[];
extern const size_t read_form_count;

struct asked { /* large: not for a frame */
	struct reads_ask ask;
	struct str esiids[READS_LIST_MOST];
	enum read_kind kind;
	const struct read_form *form;
	uint32_t by_s;	  /* 0: intervals as they are; COARSE_… */
	int64_t round_wh; /* values are multiples of; 1: as they are */
	bool cost;
};

/* The form that the caller wants: `format` by name, or by Accept. ERR_ACCEPT, ERR_USAGE. */
const struct read_form *read_form_of(
    struct str format, struct str accept, enum read_kind kind, struct err *e);

/* From the address; esiid: of the path, or at NULL. The slices live as long as the call. */
bool asked_query(const struct call *c, struct str esiid, struct asked *to, struct err *e);
/* From a body; its slices live as long as `body`. */
bool asked_json(
    const struct call *c, const struct json_value *body, struct asked *to, struct err *e);

#endif
