/*
 * Time zones: which there are, and what their clocks show; see civil.h. zone_file.c reads them.
 *
 * A zone is a table of changes. A lookup between 1970 and 2100 starts from an index with a cell
 * for each 48.5 days, so that it takes a load and a comparison or two; other instants are
 * searched for. Instants behind the table are moved back by whole periods of 400 years first.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/zone_parts.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"

enum { ZONES_MOST = 1024 };

/* The only state in base: what was read stays, so that a zone may be kept by pointer. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *newest;
static size_t zones;

/* Moves an instant into the table's time; returns by how much. */
static int64_t
move_back(const struct zone *z, int64_t *at)
{
	int64_t by = 0;

	if (__builtin_expect(*at >= z->repeat_s || *at > FARTHEST_S || *at < -FARTHEST_S, 0)) {
		*at = *at > FARTHEST_S ? FARTHEST_S : *at < -FARTHEST_S ? -FARTHEST_S : *at;
		if (*at >= z->repeat_s)
			by = ((*at - z->repeat_s) / PERIOD_S + 1) * PERIOD_S;
		*at -= by;
	}
	return by;
}

/* The change that holds at an instant of the table's time. */
static size_t
find(const struct zone *z, int64_t at)
{
	size_t low = 0, high = z->n, i;

	if (at >= 0 && at >> STEP_BITS < STEPS) {
		for (i = z->step[at >> STEP_BITS]; z->change[i + 1].at <= at;)
			i++;
		return i;
	}
	while (high - low > 1) {
		i = low + (high - low) / 2;
		if (z->change[i].at <= at)
			low = i;
		else
			high = i;
	}
	return low;
}

int32_t
zone_offset_s(const struct zone *z, int64_t utc_s)
{
	(void)move_back(z, &utc_s);
	return z->change[find(z, utc_s)].offset_s;
}

int64_t
zone_local_s(const struct zone *z, int64_t utc_s)
{
	int64_t by = move_back(z, &utc_s);

	return utc_s + by + z->change[find(z, utc_s)].offset_s;
}

int32_t
zone_day_of(const struct zone *z, int64_t utc_s)
{
	int64_t local_s = zone_local_s(z, utc_s);

	return (int32_t)(local_s / DAY_S - (local_s % DAY_S < 0));
}

/*
 * The first instant at which the clock shows local_s. When it never does, what it would be
 * without the change that skips it, and *skip is the instant of that change; otherwise *skip is
 * left alone.
 */
static int64_t
wall(const struct zone *z, int64_t local_s, bool *twice, int64_t *skip)
{
	int64_t by = move_back(z, &local_s), at;
	/* the last change that is before local_s on any clock */
	const struct change *c = &z->change[find(z, local_s - OFFSET_MOST_S)], *over = NULL;

	*twice = false;
	for (;; c++) {
		at = local_s - c->offset_s;
		if (at >= c[1].at)
			continue;
		if (at >= c->at)
			break;
		if (over == NULL)
			over = c;
		/* no change so late can show it any more */
		if (c[1].at > local_s - OFFSET_LEAST_S) {
			*skip = over->at + by;
			return local_s - over[-1].offset_s + by;
		}
	}
	if (c[1].at != INT64_MAX)
		*twice = local_s - c[1].offset_s >= c[1].at;
	return at + by;
}

int64_t
zone_utc_s(const struct zone *z, int64_t local_s, bool *twice)
{
	int64_t skip;
	bool again;
	int64_t at = wall(z, local_s, &again, &skip);

	if (twice != NULL)
		*twice = again;
	return at;
}

/* Where midnight is skipped, the day starts with the change. */
static int64_t
day_start(const struct zone *z, int64_t day)
{
	int64_t skip = INT64_MIN, at;
	bool twice;

	at = wall(z, day * DAY_S, &twice, &skip);
	return skip != INT64_MIN ? skip : at;
}

int64_t
zone_day_start(const struct zone *z, int32_t day)
{
	return day_start(z, day);
}

int
zone_day_s(const struct zone *z, int32_t day)
{
	return (int)(day_start(z, (int64_t)day + 1) - day_start(z, day));
}

const char *
zone_name(const struct zone *z)
{
	return z->name;
}

/* Letters, digits and _ + - /; a dot is not among them, so no name leads out of the folder. */
static bool
is_name(const char *name)
{
	static const char allowed[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t len = strlen(name);

	return len > 0 && len <= ZONE_NAME_MOST && name[0] != '/' &&
	       strspn(name, allowed) == len;
}

/* Reads up to size bytes; a file that has more is not a zone. */
static bool
read_whole(int fd, char *to, size_t size, size_t *len)
{
	ssize_t n;

	for (*len = 0; *len < size; *len += (size_t)n) {
		n = read(fd, to + *len, size - *len);
		if (n < 0)
			return false;
		if (n == 0)
			return true;
	}
	return true;
}

static struct zone *
load(const char *name, struct err *e)
{
	AUTO(buf) b = BUF(ZONE_FILE_MOST_BYTES + 1);
	char path[sizeof(ZONE_FOLDER) + ZONE_NAME_MOST + 1];
	AUTO_FD fd = -1;
	struct stat st;
	size_t len;

	(void)snprintf(path, sizeof(path), ZONE_FOLDER "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err(e, ERR_CONF,
		    "no zone \"%s\" in " ZONE_FOLDER
		    ", expected a name such as America/Chicago",
		    name);
		return NULL;
	}
	if (buf_room(&b, b.max) == NULL || !read_whole(fd, b.at, b.max, &len)) {
		err_errno(e, ERR_CONF, "zone \"%s\" cannot be read", name);
		return NULL;
	}
	return zone_parse(name, (struct str){ b.at, len }, e);
}

static const struct zone *
get_locked(const char *name, struct err *e)
{
	struct zone *z;

	for (z = newest; z != NULL; z = z->older)
		if (strcmp(z->name, name) == 0)
			return z;
	if (zones >= ZONES_MOST) {
		err(e, ERR_CONF, "zone \"%s\" is one too many, at most %d are kept", name,
		    ZONES_MOST);
		return NULL;
	}
	z = load(name, e);
	if (z == NULL)
		return NULL;
	z->older = newest;
	newest = z;
	zones++;
	return z;
}

const struct zone *
zone_get(const char *name, struct err *e)
{
	const struct zone *z;

	if (!is_name(name)) {
		err(e, ERR_CONF, "zone is \"%.*s\", expected a name such as America/Chicago",
		    ZONE_NAME_MOST, name);
		return NULL;
	}
	(void)pthread_mutex_lock(&lock);
	z = get_locked(name, e);
	(void)pthread_mutex_unlock(&lock);
	return z;
}
