/* Uploads that wait for their final name; see held.h. */
#include "held.h"

#include <stdlib.h>
#include <string.h>

#include "rt/log.h"

struct held *
held_called(const struct session *s, const char *called)
{
	struct held *h = s->held;

	while (h != NULL && strcmp(h->called, called) != 0)
		h = h->next;
	return h;
}

struct held *
held_for(const struct session *s, const char *path)
{
	struct held *h = s->held;

	while (h != NULL && strcmp(h->path, path) != 0)
		h = h->next;
	return h;
}

static void
forget(struct session *s, struct held *h)
{
	struct held **at = &s->held;

	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
	free(h->called);
	free(h->path);
	free(h);
}

bool
held_add(struct session *s, const char *called, const char *path, struct box_put **put,
    struct err *e)
{
	unsigned n = 0;
	struct held *h;

	for (h = s->held; h != NULL; h = h->next)
		n++;
	if (n >= HELD_MOST)
		return err(e, ERR_BUSY, "%u files wait for their final names: RNTO first", n);
	h = calloc(1, sizeof *h);
	if (h == NULL)
		return err(e, ERR_BUSY, "no memory for a name");
	h->called = strdup(called);
	h->path = strdup(path);
	h->next = s->held;
	s->held = h;
	if (h->called == NULL || h->path == NULL) {
		forget(s, h);
		return err(e, ERR_BUSY, "no memory for a name");
	}
	h->put = *put;
	*put = NULL;
	return true;
}

bool
held_end(
    struct task *t, struct session *s, struct held *h, struct box_receipt *r, struct err *e)
{
	char path[BOX_PATH_MOST], why[LOG_TEXT_SIZE];
	int64_t modified_s = h->modified_s;
	struct box_put *put = h->put;
	struct err late = { 0 };

	str_copy(path, sizeof path, str_of(h->path));
	forget(s, h);
	if (!box_put_end(t, &put, r, e))
		return false;
	/* the receipt stands without it */
	if (modified_s > 0 && !box_touch(t, &s->box, path, modified_s, &late))
		log_info(t, "ftps.untouched", "says=%s", log_text(why, str_of(late.text)));
	return true;
}

void
held_leave(struct task *t, struct session *s, struct held *h)
{
	struct box_put *put = h->put;

	forget(s, h);
	box_put_leave(t, &put);
}

void
held_leave_all(struct task *t, struct session *s)
{
	while (s->held != NULL)
		held_leave(t, s, s->held);
}
