/* See box_stand_in.h. */
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "box_stand_in.h"

enum { PUT_MOST = 1 << 20 };

struct box_put {
	int64_t size;
};

int box_puts_open, box_entries = 20;
const char *box_bytes = "/dev/null";
int64_t box_touched_s;
static int64_t part_bytes;

void
box_stand_in_reset(void)
{
	part_bytes = 0;
	box_touched_s = 0;
	assert(box_puts_open == 0);
}

bool
box_path(char to[BOX_PATH_MOST], const char *at, struct str path, struct err *e)
{
	(void)at;
	if (path.len + 2 > BOX_PATH_MOST || !str_utf8(path))
		return err(e, ERR_BAD_INPUT, "no path");
	to[0] = '/';
	for (size_t i = 0; i < path.len; i++) {
		to[1 + i] = path.at[i];
		if ((unsigned char)path.at[i] < ' ')
			return err(e, ERR_BAD_INPUT, "a control character");
	}
	to[path.len + 1] = '\0';
	return true;
}

/* f…: a file; r…: nothing may be put there; n…: there is none */
bool
box_find(struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e)
{
	(void)t, (void)b;
	*to = (struct box_entry){
		.name = "x", .folder = path[1] != 'f', .can_put = path[1] != 'r', .size = 70000
	};
	return path[1] != 'n' || err(e, ERR_NOT_FOUND, "nothing is there");
}

bool
box_list(struct task *t, struct box *b, const char *folder,
    bool (*each)(struct task *t, void *arg, const struct box_entry *x, struct err *e),
    void *arg, struct err *e)
{
	struct box_entry x = { .name = "file", .size = 7, .modified_s = 1795331289 };

	(void)b, (void)folder;
	for (int i = 0; i < box_entries; i++)
		if (!each(t, arg, &x, e))
			return false;
	return true;
}

int
box_open(struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e)
{
	return box_find(t, b, path, to, e) ? open(box_bytes, O_RDONLY | O_CLOEXEC) : -1;
}

bool
box_still(struct task *t, struct box *b, struct box_entry *x, struct err *e)
{
	(void)t, (void)b, (void)x, (void)e;
	return true;
}

void
box_sent(struct task *t, struct box *b, const struct box_entry *x, int64_t bytes, bool whole,
    int64_t ms)
{
	(void)t, (void)b, (void)x, (void)whole, (void)ms;
	assert(bytes >= 0);
}

/* b…: somebody else writes it; r…: not there */
struct box_put *
box_put_begin(struct task *t, struct box *b, const char *path, int64_t offset, struct err *e)
{
	struct box_put *p = NULL;

	(void)t, (void)b;
	assert(offset >= BOX_APPEND);
	if (path[1] == 'b')
		err(e, ERR_CONFLICT, "somebody writes it");
	else if (path[1] == 'r')
		err(e, ERR_FORBIDDEN, "not there");
	else
		p = calloc(1, sizeof *p);
	if (p != NULL) {
		p->size = offset == 0 ? 0 : part_bytes;
		box_puts_open++;
	}
	return p;
}

bool
box_put_add(struct box_put *p, const void *bytes, size_t len, struct err *e)
{
	volatile char last = len > 0 ? ((const char *)bytes)[len - 1] : 0;

	(void)last;
	p->size += (int64_t)len;
	return p->size < PUT_MOST || err(e, ERR_TOO_BIG, "over");
}

int64_t
box_put_size(const struct box_put *p)
{
	return p->size;
}

void
box_put_leave(struct task *t, struct box_put **p)
{
	(void)t;
	part_bytes = (*p)->size;
	box_puts_open--;
	free(*p);
	*p = NULL;
}

/* A disk that fails for some sizes. */
bool
box_put_end(struct task *t, struct box_put **p, struct box_receipt *r, struct err *e)
{
	bool ok = (*p)->size % 7 != 6;

	*r = (struct box_receipt){ .entry = 1, .size = (*p)->size };
	box_put_leave(t, p);
	return ok || err(e, ERR_IO, "the disk");
}

/* p…: a part of eleven bytes is there; else what was left */
bool
box_part_size(struct task *t, struct box *b, const char *path, int64_t *size, struct err *e)
{
	(void)t, (void)b;
	*size = path[1] == 'p' ? 11 : part_bytes;
	return *size > 0 || err(e, ERR_NOT_FOUND, "no part is there");
}

bool
box_part_drop(struct task *t, struct box *b, const char *path, struct err *e)
{
	int64_t size;
	bool there = box_part_size(t, b, path, &size, e);

	part_bytes = 0;
	return there;
}

bool
box_remove(struct task *t, struct box *b, const char *path, struct err *e)
{
	struct box_entry x;

	return box_find(t, b, path, &x, e);
}

bool
box_rename(struct task *t, struct box *b, const char *from, const char *to, struct err *e)
{
	(void)to;
	return box_remove(t, b, from, e);
}

bool
box_touch(struct task *t, struct box *b, const char *path, int64_t modified_s, struct err *e)
{
	box_touched_s = modified_s;
	return box_remove(t, b, path, e);
}
