/* Folders watched by inotify; see io.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "rt/io.h"

enum { EVENTS_BYTES = 4096 }; /* at least one event with the longest name */

struct watch {
	int fd;
	size_t at, len; /* what was read and not yet told */
	char events[EVENTS_BYTES] __attribute__((aligned(__alignof__(struct inotify_event))));
};

struct watch *
watch_new(struct err *e)
{
	struct watch *w = malloc(sizeof *w);

	if (w == NULL) {
		err(e, ERR_BUSY, "no memory to watch folders");
		return NULL;
	}
	w->at = w->len = 0;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0) {
		err_errno(e, ERR_IO, "cannot watch folders");
		free(w);
		return NULL;
	}
	return w;
}

void
watch_free(struct watch **w)
{
	if (*w == NULL)
		return;
	close((*w)->fd);
	free(*w);
	*w = NULL;
}

int
watch_folder(struct watch *w, const char *path, struct err *e)
{
	int id = inotify_add_watch(w->fd, path, IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR);

	if (id < 0)
		err_errno(e, ERR_CONF, "cannot watch folder %s", path);
	return id;
}

static bool
read_events(struct task *t, struct watch *w, struct err *e)
{
	for (;;) {
		ssize_t n = read(w->fd, w->events, sizeof w->events);

		if (n > 0) {
			w->at = 0;
			w->len = (size_t)n;
			return true;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(e, ERR_IO, "cannot read what happened in folders");
		if (!task_wait_fd(t, w->fd, TASK_READ, e))
			return false;
	}
}

bool
watch_next(struct task *t, struct watch *w, int *id, char *name, size_t size, struct err *e)
{
	for (;;) {
		struct inotify_event *v;

		if (w->at == w->len && !read_events(t, w, e))
			return false;
		v = (struct inotify_event *)(void *)(w->events + w->at);
		w->at += sizeof *v + v->len;
		if ((v->mask & IN_ISDIR) != 0)
			continue;
		*id = (v->mask & IN_Q_OVERFLOW) != 0 ? -1 : v->wd;
		if (!str_copy(name, size, str_of(v->len > 0 ? v->name : "")))
			name[0] = 0;
		return true;
	}
}
