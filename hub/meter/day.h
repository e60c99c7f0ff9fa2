/*
 * One channel of one premise on one local day: the unit in which reads are received, stored and
 * given out. Slots follow each other in true time from local midnight: 92, 96 or 100
 * quarter-hours by the zone's rules (23, 24, 25 hours). A slot is a value with a status;
 * missing is a status of its own, never a zero. Packed form in pack.h.
 */
#ifndef METER_DAY_H
#define METER_DAY_H

#include "base/civil.h"
#include "meter/ids.h"

enum { DAY_SLOTS_MOST = 300 }; /* 25 hours of 5 minutes */

/* How a source says that it estimated: ESPI QualityOfReading 8, 9, 12, 15, in this order. LSE
 * says nothing. */
enum { DAY_REASONS = 4 };
extern const uint8_t day_reason[DAY_REASONS];

/* Channels as stored; series = premise * 8 + channel. */
enum channel {
	CHANNEL_LOAD = 0,	/* delivered to the customer: LSE 4, SMT "C", ESPI flow 1 */
	CHANNEL_GENERATION = 1, /* received from the customer: LSE 1, SMT "G", ESPI flow 19 */
	CHANNELS = 8
};

#define STATUS_ACTUAL	 'A'
#define STATUS_ESTIMATED 'E'
#define STATUS_MISSING	 'M' /* ours: the source has no value for the slot */

struct day {
	struct esiid esiid;
	int32_t day;	   /* local date */
	int64_t created_s; /* when the source made this version, UTC */
	uint32_t interval_s;
	uint16_t n;	 /* slots */
	uint8_t channel; /* enum channel */
	bool has_start, has_stop;
	int64_t start_wh,
	    stop_wh; /* register readings at both ends, kWh * 1000, before the multiplier */
	/* Row-2 fields of LSE and their like that rarely change, as one text; see format_lse.h.
	 */
	struct str shape;
	uint64_t line; /* of the file, where the block begins */
	/* counts of the slots */
	uint16_t estimated, missing;
	int64_t total_wh;
	int64_t wh[DAY_SLOTS_MOST];  /* 0 where missing */
	char status[DAY_SLOTS_MOST]; /* as received; unknown letters are kept */
	uint8_t
	    method[DAY_SLOTS_MOST]; /* ESPI QualityOfReading, 0 when the source gives none */
};

/* How many slots of interval_s the local day has in the zone. */
unsigned day_slots(const struct zone *z, int32_t day, uint32_t interval_s);
void day_count(struct day *d); /* fills estimated, missing, total_wh from the slots */
/* Same values, statuses, methods, registers and shape: nothing a reader could tell apart. */
bool day_same(const struct day *a, const struct day *b);
/* Estimated slots by reason, those alone of which the source tells one. */
void day_reasons(const struct day *d, uint16_t of[DAY_REASONS]);
/* How many slots differ in value or status. */
unsigned day_changed(const struct day *a, const struct day *b);

#endif
