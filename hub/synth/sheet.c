#include "synth/sheet.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
sheet_open(struct sheet *s, const char *dir, const char *head, struct err *e)
{
	*s = (struct sheet){ .dir = dir, .head = head, .fd = -1 };
	s->piece = malloc(SHEET_PIECE);
	return s->piece != NULL || err(e, ERR_TOO_BIG, "no memory for a file's piece");
}

static void
sheet_name(const struct sheet *s, char to[PATH_MOST], const char *dir)
{
	int len = s->head != NULL
		      ? snprintf(to, PATH_MOST, "%s%s-%03u.csv", dir, s->stem, s->part)
		      : snprintf(to, PATH_MOST, "%s%s", dir, s->stem);

	assert(len > 0);
}

static void
flush(struct sheet *s)
{
	size_t at = 0;

	while (!s->bad && at < s->used) {
		ssize_t n = write(s->fd, s->piece + at, s->used - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			s->bad = true;
			err_errno(&s->e, ERR_IO, "cannot write in %s", s->dir);
			return;
		}
		at += (size_t)n;
	}
	s->bytes += s->used;
	s->used = 0;
}

static void
begin_part(struct sheet *s)
{
	char dir[PATH_MOST], path[PATH_MOST];

	s->part++;
	s->part_bytes = s->part_records = 0;
	s->files++;
	snprintf(dir, sizeof dir, "%s/", s->dir);
	sheet_name(s, path, dir);
	s->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (s->fd < 0) {
		s->bad = true;
		err_errno(&s->e, ERR_IO, "cannot make %s", path);
	}
	if (s->head != NULL) {
		size_t len = strlen(s->head);

		assert(len < SHEET_LINE_MOST);
		memcpy(s->piece + s->used, s->head, len);
		s->used += len;
	}
}

static void
end_part(struct sheet *s)
{
	char name[PATH_MOST];

	flush(s);
	if (s->fd >= 0 && close(s->fd) != 0 && !s->bad) {
		s->bad = true;
		err_errno(&s->e, ERR_IO, "cannot close a file in %s", s->dir);
	}
	s->fd = -1;
	sheet_name(s, name, "");
	if (s->done != NULL && !s->bad)
		s->done(s->self, name, s->part_records);
}

char *
sheet_room(struct sheet *s, size_t most)
{
	assert(most <= SHEET_LINE_MOST);
	if (s->fd >= 0 && s->head != NULL && s->part_bytes + most > SHEET_PART_BYTES)
		end_part(s);
	if (s->fd < 0 && !s->bad)
		begin_part(s);
	if (s->used + most > SHEET_PIECE)
		flush(s);
	if (s->bad)
		s->used = 0; /* what comes is thrown away; sheet_close tells */
	return s->piece + s->used;
}

void
sheet_add(struct sheet *s, size_t len)
{
	s->used += len;
	s->part_bytes += len;
	s->part_records++;
	s->records++;
}

bool
sheet_close(struct sheet *s, struct err *e)
{
	if (s->fd >= 0)
		end_part(s);
	free(s->piece);
	s->piece = NULL;
	if (s->bad && e != NULL)
		*e = s->e;
	return !s->bad;
}
