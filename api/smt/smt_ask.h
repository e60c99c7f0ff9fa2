/*
 * What a request of the Smart Meter Texas family asks. Its members are found whatever their
 * capitals, and so are its words ("api", "y"); what is missing takes what its clients mean by
 * leaving it out. Nothing here waits.
 */
#ifndef API_SMT_ASK_H
#define API_SMT_ASK_H

#include "sys/json_in.h"

enum smt_fault {
	SMT_FINE,
#define X(name, http, code, words) name,
#include "smt_fault_table.h"
#undef X
	SMT_FAULTS
};
struct smt_fault_row {
	int http;
	const char *code, *words;
};
extern const struct smt_fault_row smt_faults[SMT_FAULTS];

struct smt_why { /* the reason of a no */
	enum smt_fault fault;
	char text[200];
};
/* Fills it; always false. */
bool smt_say(struct smt_why *w, enum smt_fault fault, const char *fmt, ...) PRINTF_LIKE(3, 4);

enum smt_delivery { SMT_API, SMT_FTP, SMT_EML };
enum smt_format { SMT_JSON, SMT_CSV, SMT_XML, SMT_LSE };
enum { SMT_ESIIDS_MOST = 200, SMT_TRANS_MOST = 64, SMT_ROOM = 24 };

struct smt_ask {
	const struct json_value *root;
	struct str trans_id, requestor;
	char trans_room[SMT_ROOM], requestor_room[SMT_ROOM];
	enum smt_delivery delivery;
	enum smt_format format;
	bool all_versions, consumption, generation;
	bool extended; /* says more than Smart Meter Texas does: "extended": "Y" */
	int32_t from, to;
	struct str esiids[SMT_ESIIDS_MOST];
	size_t n;
};

/* trans_id and requestorID, and that the terms were accepted: if they must be, or are named. */
bool smt_ask_head(
    struct smt_ask *a, const struct json_value *root, bool terms, struct smt_why *w);
/* The ESI IDs: `esiid` (a list or one), or the items of ESIIDMeterList. */
bool smt_ask_esiids(struct smt_ask *a, struct smt_why *w);
/* How it is to be answered: deliveryMode, reportFormat. */
bool smt_ask_how(struct smt_ask *a, struct smt_why *w);
/* Which reads: startDate, endDate, version, readingType; and the two above. Without a
 * readingType both channels where each row says which it is of, else consumption. */
bool smt_ask_reads(struct smt_ask *a, bool rows_say, struct smt_why *w);

/* A member as text, be it a text or a whole number; false when it is not there, or too long. */
bool smt_ask_text(const struct json_value *v, const char *name, char room[SMT_ROOM],
    size_t most, struct str *to);

#endif
