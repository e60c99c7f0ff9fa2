/* Lists: LIST, NLST, MLSD over a data connection; MLST and STAT in a reply. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/civil.h"
#include "commands.h"
#include "rt/loop.h"
#include "transfer.h"

enum { ROW_SIZE = 640, DAY_S = 86400, HALF_YEAR_S = 182 * DAY_S, STAT_ROWS_MOST = 1000 };

typedef void row_fn(const struct session *s, const struct box_entry *x, char to[ROW_SIZE]);

/* Where a listing goes: to the data connection, or into a reply. */
struct listing {
	struct session *s;
	row_fn *row;
	char path[BOX_PATH_MOST];
	char pattern[256]; /* of names; "" is all */
	struct buf *reply; /* NULL: the data connection */
	unsigned rows;
};

/* ---- rows ---- */

static const char *
month_name(int m)
{
	static const char names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };

	return m >= 1 && m <= 12 ? names[m - 1] : names[0];
}

/* As `ls -l` in UTC: time within half a year, else the year. */
static void
row_long(const struct session *s, const struct box_entry *x, char to[ROW_SIZE])
{
	int64_t at_s = x->modified_s > 0 ? x->modified_s : 0, now_s = (int64_t)time(NULL);
	bool near = at_s > now_s - HALF_YEAR_S && at_s < now_s + DAY_S;
	char clock[8];
	int y, m, d, minute = (int)(at_s % DAY_S / 60);

	(void)s;
	civil_ymd((int32_t)(at_s / DAY_S), &y, &m, &d);
	if (near)
		snprintf(clock, sizeof clock, "%02d:%02d", minute / 60 % 24, minute % 60);
	else
		snprintf(clock, sizeof clock, " %04d", y % 10000);
	snprintf(to, ROW_SIZE, "%s 1 busbar busbar %12" PRId64 " %s %2d %s %s\r\n",
	    !x->folder	 ? "-r--r-----"
	    : x->can_put ? "drwxrwx---"
			 : "dr-xr-x---",
	    x->size, month_name(m), d, clock, x->name);
}

static void
row_name(const struct session *s, const struct box_entry *x, char to[ROW_SIZE])
{
	(void)s;
	snprintf(to, ROW_SIZE, "%s\r\n", x->name);
}

/* "20261122070809" */
static void
stamp_14(char to[CIVIL_STAMP_SIZE], int64_t utc_s)
{
	char text[CIVIL_STAMP_SIZE];
	size_t n = 0;

	civil_stamp(text, utc_s);
	for (const char *c = text; *c != '\0'; c++)
		if (*c >= '0' && *c <= '9')
			to[n++] = *c;
	to[n] = '\0';
}

/* RFC 3659 section 7 */
static void
facts_of(const struct session *s, const struct box_entry *x, struct buf *b)
{
	char modified[CIVIL_STAMP_SIZE];

	stamp_14(modified, x->modified_s);
	if ((s->facts & FACT_TYPE) != 0)
		buf_fmt(b, "type=%s;", x->folder ? "dir" : "file");
	if ((s->facts & FACT_SIZE) != 0 && !x->folder)
		buf_fmt(b, "size=%" PRId64 ";", x->size);
	if ((s->facts & FACT_MODIFY) != 0)
		buf_fmt(b, "modify=%s;", modified);
	if ((s->facts & FACT_PERM) != 0)
		buf_fmt(b, "perm=%s;",
		    x->folder ? (x->can_put ? "elc" : "el") : (x->can_remove ? "rdf" : "r"));
	if ((s->facts & FACT_UNIQUE) != 0 && !x->folder)
		buf_fmt(b, "unique=%" PRIx64 ";", x->entry);
	if ((s->facts & FACT_UNIQUE) != 0 && x->folder)
		buf_fmt(b, "unique=d%016" PRIx64 ";", code_hash64(x->name, strlen(x->name), 0));
}

static void
row_facts(const struct session *s, const struct box_entry *x, char to[ROW_SIZE])
{
	AUTO(buf) b = BUF(ROW_SIZE);

	facts_of(s, x, &b);
	snprintf(to, ROW_SIZE, STR_FMT " %s\r\n", STR_ARG(buf_view(&b)), x->name);
}

/* ---- walking ---- */

static bool
each(struct task *t, void *arg, const struct box_entry *x, struct err *e)
{
	struct listing *l = arg;
	char row[ROW_SIZE];

	if (l->pattern[0] != '\0' && fnmatch(l->pattern, x->name, 0) != 0)
		return true;
	l->row(l->s, x, row);
	l->rows++;
	if (l->reply == NULL)
		return data_write(t, l->s->data, row, strlen(row), e);
	buf_byte(l->reply, ' '); /* so that no name looks like the end of a reply */
	buf_c(l->reply, row);
	return l->rows < STAT_ROWS_MOST ||
	       err(e, ERR_TOO_BIG, "more than %d files; use MLSD", STAT_ROWS_MOST);
}

static bool
walk(struct task *t, struct listing *l, struct err *e)
{
	struct session *s = l->s;
	struct box_entry x;

	if (strcmp(l->path, "/") == 0 || l->pattern[0] != '\0')
		return box_list(t, &s->box, l->path, each, l, e);
	if (!box_find(t, &s->box, l->path, &x, e))
		return false;
	return x.folder ? box_list(t, &s->box, l->path, each, l, e) : each(t, l, &x, e);
}

/* "-la FOLDER" as clients send it; a name with * or ? is a pattern of the names in its folder.
 */
static bool
listing_of(struct listing *l, struct str arg, struct err *e)
{
	char *slash;

	while (l->row != row_facts && arg.len > 0 && arg.at[0] == '-') {
		struct str option;

		if (!str_cut(arg, ' ', &option, &arg))
			arg = STR("");
	}
	if (!session_path(l->s, arg, l->path, e))
		return false;
	slash = strrchr(l->path, '/');
	if (l->row != row_facts && strpbrk(slash, "*?") != NULL) {
		if (!str_copy(l->pattern, sizeof l->pattern, str_of(slash + 1)))
			return err(e, ERR_BAD_INPUT, "the pattern is too long");
		slash[slash == l->path] = '\0';
	}
	return true;
}

/* ---- over a data connection ---- */

static bool
send_list(struct task *t, struct session *s, struct transfer *x, struct err *e)
{
	struct listing *l = x->arg;

	if (!walk(t, l, e) || !data_finish(t, s->data, e))
		return false;
	snprintf(x->done, sizeof x->done, "%u listed.", l->rows);
	return true;
}

/* A folder that is not there is told before anybody connects. */
static bool
is_there(struct task *t, struct listing *l, struct err *e)
{
	uint64_t was = task_deadline(t, ASK_MS);
	struct box_entry x;
	bool ok = strcmp(l->path, "/") == 0 || box_find(t, &l->s->box, l->path, &x, e);

	task_deadline(t, was);
	if (ok && l->row == row_facts && strcmp(l->path, "/") != 0 && !x.folder)
		return err(e, ERR_USAGE, "MLSD lists folders; MLST tells of a file");
	return ok;
}

static bool
list(struct task *t, struct session *s, const char *verb, row_fn *row, struct str arg,
    struct err *e)
{
	struct listing l = { .s = s, .row = row };
	struct transfer x = { .verb = verb, .run = send_list, .arg = &l };

	if (!listing_of(&l, arg, e) || !is_there(t, &l, e))
		return false;
	x.path = l.path;
	str_copy(x.opening, sizeof x.opening, STR("Here it comes."));
	transfer_run(t, s, &x);
	return true;
}

bool
cmd_list(struct task *t, struct session *s, struct str arg, struct err *e)
{
	return list(t, s, "LIST", row_long, arg, e);
}

bool
cmd_nlst(struct task *t, struct session *s, struct str arg, struct err *e)
{
	return list(t, s, "NLST", row_name, arg, e);
}

bool
cmd_mlsd(struct task *t, struct session *s, struct str arg, struct err *e)
{
	return list(t, s, "MLSD", row_facts, arg, e);
}

/* ---- in a reply ---- */

bool
cmd_mlst(struct task *t, struct session *s, struct str arg, struct err *e)
{
	AUTO(buf) b = BUF(2048);
	char path[BOX_PATH_MOST];
	struct box_entry x;

	if (!session_path(s, arg, path, e) || !box_find(t, &s->box, path, &x, e))
		return false;
	buf_c(&b, " ");
	facts_of(s, &x, &b);
	buf_fmt(&b, " %s\r\n", path);
	return say_lines(t, s, 250, "Facts", buf_view(&b), "End");
}

static void
say_transfer(struct task *t, const struct session *s, struct buf *b)
{
	const struct transfer *x = s->transfer;

	if (x != NULL)
		buf_fmt(b, " %s %s: %" PRId64 " bytes in %" PRId64 " ms\r\n", x->verb, x->path,
		    data_bytes(s->data), data_ms(s->data, t));
	else
		buf_c(b, " No transfer runs.\r\n");
}

static bool
say_state(struct task *t, struct session *s)
{
	AUTO(buf) b = BUF(4096);

	if (s->phase == FTP_READY)
		buf_fmt(&b, " Logged in as %s, from %s, by %s\r\n", s->box.login, s->from,
		    tls_version(s->control));
	else
		buf_c(&b, " Not logged in\r\n");
	buf_fmt(&b, " TYPE %s, STRU F, MODE S; data connections are %s\r\n",
	    s->ascii ? "A" : "I", s->protected ? "protected" : "not yet possible: PROT P");
	say_transfer(t, s, &b);
	return say_lines(t, s, 211, "Busbar", buf_view(&b), "End");
}

bool
cmd_stat(struct task *t, struct session *s, struct str arg, struct err *e)
{
	AUTO(buf) b = BUF(768 * 1024);
	struct listing l = { .s = s, .row = row_long, .reply = &b };

	if (arg.len == 0)
		return say_state(t, s);
	if (s->phase != FTP_READY)
		return say(t, s, 530, "Log in first: USER, then PASS.");
	if (!listing_of(&l, arg, e) || !walk(t, &l, e))
		return false;
	return say_lines(t, s, 213, "Status", buf_view(&b), "End");
}
