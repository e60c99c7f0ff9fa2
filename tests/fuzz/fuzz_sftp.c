/*
 * Packets of an SFTP client, against a box in memory that keeps one part and one file: nothing
 * a client sends may break the door, every reply is a whole packet, and what is open is closed
 * at the end.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/code.h"
#include "session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct box_put {
	int64_t size;
};

static int puts_open;
static int64_t part_bytes;

bool
box_path(char to[BOX_PATH_MOST], const char *at, struct str path, struct err *e)
{
	(void)at;
	if (path.len + 2 > BOX_PATH_MOST || !str_utf8(path))
		return err(e, ERR_BAD_INPUT, "no path");
	to[0] = '/';
	memcpy(to + 1, path.at, path.len);
	to[path.len + 1] = '\0';
	return true;
}

bool
box_find(struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e)
{
	(void)t, (void)b;
	*to = (struct box_entry){ .name = "x", .folder = path[1] != 'f', .can_put = true };
	return path[1] != 'n' || err(e, ERR_NOT_FOUND, "nothing");
}

bool
box_list(struct task *t, struct box *b, const char *folder,
    bool (*each)(struct task *t, void *arg, const struct box_entry *x, struct err *e),
    void *arg, struct err *e)
{
	struct box_entry x = { .name = "file", .size = 7, .modified_s = 1795331289 };

	(void)b, (void)folder;
	for (int i = 0; i < 600; i++)
		if (!each(t, arg, &x, e))
			return false;
	return true;
}

int
box_open(struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e)
{
	return box_find(t, b, path, to, e) ? open("/dev/zero", O_RDONLY | O_CLOEXEC) : -1;
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

struct box_put *
box_put_begin(struct task *t, struct box *b, const char *path, int64_t offset, struct err *e)
{
	struct box_put *p = NULL;

	(void)t, (void)b;
	if (path[1] == 'r')
		err(e, ERR_FORBIDDEN, "not there");
	else
		p = calloc(1, sizeof *p);
	if (p != NULL) {
		p->size = offset == 0 ? 0 : part_bytes;
		puts_open++;
	}
	return p;
}

bool
box_put_add(struct box_put *p, const void *bytes, size_t len, struct err *e)
{
	volatile char last = len > 0 ? ((const char *)bytes)[len - 1] : 0;

	(void)last;
	p->size += (int64_t)len;
	return p->size < 1 << 20 || err(e, ERR_TOO_BIG, "over");
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
	puts_open--;
	free(*p);
	*p = NULL;
}

bool
box_put_end(struct task *t, struct box_put **p, struct box_receipt *r, struct err *e)
{
	bool ok = (*p)->size % 7 != 6;

	*r = (struct box_receipt){ .entry = 1 };
	box_put_leave(t, p);
	return ok || err(e, ERR_IO, "the disk");
}

bool
box_part_size(struct task *t, struct box *b, const char *path, int64_t *size, struct err *e)
{
	(void)t, (void)b, (void)path;
	*size = part_bytes;
	return part_bytes > 0 || err(e, ERR_NOT_FOUND, "none");
}

bool
box_part_drop(struct task *t, struct box *b, const char *path, struct err *e)
{
	(void)t, (void)b, (void)path;
	if (part_bytes == 0)
		return err(e, ERR_NOT_FOUND, "none");
	part_bytes = 0;
	return true;
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
	assert(modified_s >= 0 && modified_s <= UINT32_MAX);
	return box_remove(t, b, path, e);
}

/* A fuzzer cannot guess random handles: here they are 0, 1, 2, … */
static void
plain_handles(struct sftp *s)
{
	for (size_t i = 0; i < FILES_MOST; i++) {
		memset(s->files[i].id, 0, ID_BYTES);
		s->files[i].id[ID_BYTES - 1] = (unsigned char)i;
	}
}

static void
whole_replies(struct str out)
{
	while (out.len > 0) {
		uint32_t len;

		assert(out.len >= 5);
		len = get_be32(out.at);
		assert(len >= 5 && len <= out.len - 4 && len <= PACKET_MOST);
		out.at += 4 + len;
		out.len -= 4 + len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct sftp s;
	struct str left = { (const char *)bytes, size };
	struct err e = { 0 };

	s = (struct sftp){ .out = BUF(REPLIES_MOST) };
	part_bytes = 0;
	while (left.len >= 4) {
		uint32_t len = get_be32(left.at);
		char *packet;
		bool on;

		left = (struct str){ left.at + 4, left.len - 4 };
		if (len == 0 || len > left.len)
			break;
		packet = malloc(len); /* of its own, so that a read behind it is seen */
		assert(packet != NULL);
		memcpy(packet, left.at, len);
		on = sftp_take(NULL, &s, (struct str){ packet, len }, &e);
		free(packet);
		left = (struct str){ left.at + len, left.len - len };
		whole_replies(buf_view(&s.out));
		buf_reset(&s.out);
		plain_handles(&s);
		if (!on)
			break;
	}
	sftp_end(NULL, &s);
	assert(puts_open == 0);
	return 0;
}
