/*
 * A file in the making, in memory up to a piece and then on disk. CSV sheets are cut into parts
 * of at most SHEET_PART_BYTES, each with its header: 00-02-premise-20250901-001.csv, -002 … A
 * failed write is kept and told by sheet_close.
 */
#ifndef SYNTH_SHEET_H
#define SYNTH_SHEET_H

#include "base/err.h"

enum {
	SHEET_PART_BYTES = 48 << 20,
	SHEET_PIECE = 1 << 20,
	SHEET_LINE_MOST = 64 << 10,
	PATH_MOST = 512
};

struct sheet {
	const char *dir;  /* of the utility; must outlive the sheet */
	char stem[128];	  /* "00-02-premise-20250901"; a part number and ".csv" follow */
	const char *head; /* lines 1 and 2; NULL: one file whose name is the stem */
	char *piece;	  /* SHEET_PIECE bytes */
	size_t used;
	int fd;
	unsigned part;
	uint64_t part_bytes, part_records;
	/* all parts */
	uint64_t bytes, records;
	unsigned files;
	/* one line a file goes here when not NULL: "name,records" */
	void (*done)(void *self, const char *name, uint64_t records);
	void *self;
	bool bad;
	struct err e;
};

/* False: no memory. */
bool sheet_open(struct sheet *s, const char *dir, const char *head, struct err *e);
/* Where the next record goes, at most `most` <= SHEET_LINE_MOST bytes; sheet_add then. */
char *sheet_room(struct sheet *s, size_t most);
void sheet_add(struct sheet *s, size_t len);	  /* one record */
bool sheet_close(struct sheet *s, struct err *e); /* a sheet without records leaves no file */

#endif
