/*
 * libarchive reads through three callbacks of ours and sees gzip, zstd or zip only as the first
 * bytes say. Its gzip filter does not compare the check sum (3.6), and joins members; so the
 * last eight bytes of the input are kept and compared with what came out.
 */
#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "meter/format.h"
#include "unpack/crc.h"
#include "unpack/unpack.h"

enum { PIECE_BYTES = 64 * 1024, GZIP_TAIL_BYTES = 8 };

struct source { /* the input, its first bytes read ahead */
	int fd;
	size_t head_len;
	bool head_given;
	int64_t in_bytes; /* given to the reader so far */
	unsigned char tail[GZIP_TAIL_BYTES];
	struct err *e;
	char piece[PIECE_BYTES];
};

struct target {
	const struct unpack_caps *caps;
	const struct unpack_sink *sink;
	const struct source *from;
	const char *kind; /* NULL: plain */
	int64_t out_bytes;
	uint32_t crc;
	char piece[PIECE_BYTES];
};

/* ---- input ---- */

/* Up to `len` bytes; fewer only at the end of the input. -1: failed. */
static ssize_t
read_full(int fd, char *to, size_t len, struct err *e)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, to + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_errno(e, ERR_IO, "reading the input");
			return -1;
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static void
keep_tail(struct source *s, size_t len)
{
	size_t keep = len < GZIP_TAIL_BYTES ? len : GZIP_TAIL_BYTES;

	memmove(s->tail, s->tail + keep, GZIP_TAIL_BYTES - keep);
	memcpy(s->tail + GZIP_TAIL_BYTES - keep, s->piece + len - keep, keep);
}

/* The next bytes, in s->piece; 0 at the end, -1 when it failed. */
static ssize_t
source_next(struct source *s)
{
	ssize_t n = (ssize_t)s->head_len;

	if (s->head_given)
		n = read_full(s->fd, s->piece, sizeof(s->piece), s->e);
	s->head_given = true;
	if (n > 0) {
		s->in_bytes += n;
		keep_tail(s, (size_t)n);
	}
	return n;
}

static la_ssize_t
on_read(struct archive *a, void *self, const void **bytes)
{
	struct source *s = self;
	ssize_t n = source_next(s);

	if (n < 0)
		archive_set_error(a, EIO, "reading the input");
	*bytes = s->piece;
	return n;
}

/* ---- output ---- */

static bool
give(struct target *t, struct str bytes, struct err *e)
{
	if (t->out_bytes == 0 && t->kind != NULL && format_compression(bytes) != NULL)
		return err(e, ERR_BAD_FILE, "byte 0: %s within %s, expected plain content",
		    format_compression(bytes), t->kind);
	t->out_bytes += (int64_t)bytes.len;
	if (t->out_bytes > t->caps->most_bytes)
		return err(e, ERR_TOO_BIG,
		    "byte %" PRId64 ": more than %" PRId64 " bytes come out, which is the most",
		    t->from->in_bytes, t->caps->most_bytes);
	if (t->kind != NULL && t->out_bytes > RATIO_FREE_BYTES &&
	    t->out_bytes / t->caps->ratio > t->from->in_bytes)
		return err(e, ERR_TOO_BIG,
		    "byte %" PRId64 ": grows more than %" PRId64 " times, which is the most",
		    t->from->in_bytes, t->caps->ratio);
	if (t->kind != NULL && t->kind[0] == 'g')
		t->crc = crc_gzip(t->crc, bytes.at, bytes.len);
	return t->sink->piece(t->sink->self, bytes, e);
}

static bool
copy_plain(struct source *s, struct target *t, struct err *e)
{
	ssize_t n;

	while ((n = source_next(s)) > 0)
		if (!give(t, (struct str){ s->piece, (size_t)n }, e))
			return false;
	return n == 0;
}

/* ---- libarchive ---- */

static bool
broken(struct archive *a, const struct source *s, const char *kind, struct err *e)
{
	const char *words = archive_error_string(a);
	int64_t at = archive_filter_bytes(a, -1);

	if (archive_errno(a) == EIO)
		return false; /* already told */
	if (archive_errno(a) == ENOMEM)
		return err(e, ERR_TOO_BIG, "byte %" PRId64 ": %s needs too much memory",
		    s->in_bytes, kind);
	return err(e, ERR_BAD_FILE, "byte %" PRId64 ": damaged %s: %s",
	    at >= 0 ? at : s->in_bytes, kind, words != NULL ? words : "unexpected end");
}

static bool
set_up(struct archive *a, const char *kind)
{
	switch (kind[1]) {
	case 'i': /* zip, in the order of its bytes: what the directory at the end says is not
		     used */
		return archive_read_support_format_zip_streamable(a) == ARCHIVE_OK;
	case 'z': /* gzip */
		if (archive_read_support_filter_gzip(a) != ARCHIVE_OK)
			return false;
		break;
	default: /* zstd */
		if (archive_read_support_filter_zstd(a) != ARCHIVE_OK)
			return false;
	}
	return archive_read_support_format_raw(a) == ARCHIVE_OK &&
	       archive_read_support_format_empty(a) == ARCHIVE_OK;
}

static bool
member_data(struct archive *a, const struct source *s, struct target *t, struct err *e)
{
	la_ssize_t n;

	while ((n = archive_read_data(a, t->piece, sizeof(t->piece))) > 0)
		if (!give(t, (struct str){ t->piece, (size_t)n }, e))
			return false;
	return n == 0 || broken(a, s, t->kind, e);
}

static bool
only_member(struct archive *a, const struct source *s, struct target *t, struct err *e)
{
	struct archive_entry *entry;
	int got = archive_read_next_header(a, &entry);

	if (got == ARCHIVE_EOF && strcmp(t->kind, "zip") == 0)
		return err(
		    e, ERR_BAD_FILE, "byte 0: a zip without member, expected exactly one");
	if (got == ARCHIVE_EOF)
		return true;
	if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
		return broken(a, s, t->kind, e);
	if (archive_filter_count(a) > 2)
		return err(e, ERR_BAD_FILE, "byte 0: %s within %s, expected plain content",
		    t->kind, t->kind);
	/* a header that does not end is no gzip to libarchive, and would pass as content */
	if (archive_filter_count(a) < 2 && strcmp(t->kind, "zip") != 0)
		return err(e, ERR_BAD_FILE,
		    "byte %" PRId64 ": damaged %s: its header is cut off", s->in_bytes,
		    t->kind);
	if (archive_entry_is_encrypted(entry))
		return err(e, ERR_BAD_FILE, "byte 0: an encrypted zip, expected an open one");
	if (archive_entry_filetype(entry) != AE_IFREG)
		return err(e, ERR_BAD_FILE, "byte 0: the zip's member is not a file");
	if (!member_data(a, s, t, e))
		return false;
	got = archive_read_next_header(a, &entry);
	if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
		return err(e, ERR_BAD_FILE,
		    "byte %" PRId64 ": a second member in the zip, expected exactly one",
		    archive_filter_bytes(a, -1));
	return got == ARCHIVE_EOF || broken(a, s, t->kind, e);
}

static uint32_t
le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* RFC 1952: the last eight bytes are the CRC-32 and the length of the content. */
static bool
gzip_sums(struct source *s, const struct target *t, struct err *e)
{
	ssize_t n;

	while ((n = source_next(s)) > 0)
		continue;
	if (n < 0)
		return false;
	if (le32(s->tail) == t->crc && le32(s->tail + 4) == (uint32_t)t->out_bytes)
		return true;
	return err(e, ERR_BAD_FILE,
	    "byte %" PRId64 ": the gzip check sum is not that of the content: damaged, or more "
	    "than one gzip member",
	    s->in_bytes);
}

static bool
unpack_archive(struct source *s, struct target *t, struct err *e)
{
	struct archive *a = archive_read_new();
	bool ok;

	if (a == NULL || !set_up(a, t->kind)) {
		archive_read_free(a);
		return err(e, ERR_BUG, "cannot set up the reading of %s", t->kind);
	}
	ok = (archive_read_open(a, s, NULL, on_read, NULL) == ARCHIVE_OK ||
		 broken(a, s, t->kind, e)) &&
	     only_member(a, s, t, e);
	archive_read_free(a);
	return ok && (strcmp(t->kind, "gzip") != 0 || gzip_sums(s, t, e));
}

bool
unpack_stream(int fd, bool plain_too, const struct unpack_caps *caps,
    const struct unpack_sink *sink, struct err *e)
{
	static struct source s; /* one stream a process; too large for the stack */
	static struct target t;
	ssize_t n;

	assert(caps->ratio > 0 && caps->most_bytes > 0);
	memset(&s, 0, sizeof(s));
	memset(&t, 0, sizeof(t));
	s.fd = fd;
	s.e = e;
	t.caps = caps;
	t.sink = sink;
	t.from = &s;
	n = read_full(fd, s.piece, sizeof(s.piece), e);
	if (n < 0)
		return false;
	s.head_len = (size_t)n;
	t.kind = format_compression((struct str){ s.piece, s.head_len });
	if (t.kind != NULL)
		return unpack_archive(&s, &t, e);
	if (!plain_too)
		return err(e, ERR_BAD_FILE, "byte 0: neither gzip, zip nor zstd");
	return copy_plain(&s, &t, e);
}

/* A zip of one empty member whose name is "é" in UTF-8 (general purpose bit 11). Reading its
 * header makes iconv load its tables, which it may not do in the sandbox. */
static const unsigned char zip_with_utf8_name[] = { 'P', 'K', 3, 4, 20, 0, 0, 8, 0, 0, 0, 0,
	0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0xc3, 0xa9 };

static void
read_utf8_name(void)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;

	if (a != NULL && archive_read_support_format_zip_streamable(a) == ARCHIVE_OK &&
	    archive_read_open_memory(a, zip_with_utf8_name, sizeof(zip_with_utf8_name)) ==
		ARCHIVE_OK)
		(void)archive_read_next_header(a, &entry);
	archive_read_free(a);
}

void
unpack_prepare(void)
{
	/* a zip's times go through mktime, which would look for the zone's file */
	setenv("TZ", "UTC0", 1);
	tzset();
	read_utf8_name();
	(void)crc_gzip(0, "", 0);
}
