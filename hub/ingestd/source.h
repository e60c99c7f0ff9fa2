/*
 * The plain bytes of a stored file. Plain formats are read from the object itself; what is
 * compressed or XML comes through a pipe from busbar-unpack, which reads it without any rights.
 */
#ifndef INGESTD_SOURCE_H
#define INGESTD_SOURCE_H

#include "ingest.h"

struct source;

/* Opens the object, recognises it and starts the unpacker where needed. *format is NULL with
 * ERR_BAD_FILE in e when nothing is known of that kind. Other errors: passing. */
struct source *source_open(struct task *t, struct ingest *in, const struct waiting *w,
    const struct format **format, struct err *e);
void source_free(struct source **s); /* kills an unpacker that still runs */

/* For the work pool: the next piece, at most 64 KB. IO_OK with *len 0: nothing yet, wait by
 * source_wait(). IO_END once all was read. */
enum io_got source_piece(struct source *s, struct str *piece, struct err *e);
bool source_wait(struct task *t, struct source *s, struct err *e);
/* After IO_END: whether the unpacker was content. ERR_BAD_FILE with its words when not. */
bool source_done(struct task *t, struct source *s, struct err *e);

#endif
