/* Settings, database and output that every command shares; the program around them. */
#include "cli/cli.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "rt/log.h"
#include "rt/loop.h"

enum { CLI_CONNECTIONS = 4, HELP_MOST = 512 * 1024, PROGRESS_EVERY_MS = 100, ARGS_MOST = 64 };

bool
cli_conf(struct cli *c, struct err *e)
{
	char path[sizeof c->conf.file];

	conf_presets(&c->conf);
	return conf_find(c->conf_given, path, sizeof path, e) && conf_read(&c->conf, path, e);
}

struct db *
cli_db(struct cli *c, struct err *e)
{
	if (c->db == NULL)
		c->db = db_open(
		    c->conf.db_conninfo, c->conf.operator_role, "busbar", CLI_CONNECTIONS, e);
	return c->db;
}

struct conn *
cli_lease(struct task *t, struct cli *c, struct err *e)
{
	struct db *db = cli_db(c, e);

	return db == NULL ? NULL : cli_lease_from(t, db, e);
}

struct conn *
cli_lease_from(struct task *t, struct db *db, struct err *e)
{
	uint64_t before = task_deadline(t, CONNECT_MS);
	struct conn *conn = db_lease(t, db, e);

	task_deadline(t, before);
	if (conn == NULL && e->code == ERR_TIMEOUT)
		e->code = ERR_UNAVAILABLE;
	return conn;
}

void
cli_actor(char *to, size_t size)
{
	const char *by = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	/* root by sudo is the person who asked: two of them are two, where two must agree */
	const struct passwd *p = by != NULL ? getpwnam(by) : NULL;

	if (p == NULL)
		p = getpwuid(getuid());
	if (p != NULL)
		snprintf(to, size, "operator %s", p->pw_name);
	else
		snprintf(to, size, "operator uid %u", (unsigned)getuid());
}

bool
cli_out(struct str bytes, struct err *e)
{
	if (fwrite(bytes.at, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0)
		return true;
	if (errno == EPIPE)
		return err(e, ERR_GONE, "nobody reads the output any more");
	return err_errno(e, ERR_IO, "writing the output");
}

void
cli_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* ---- progress ---- */

static int64_t
monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct progress
progress_start(const struct cli *c, const char *what, const char *unit, int64_t total)
{
	return (
	    struct progress){ .what = what, .unit = unit, .total = total, .on = c->progress };
}

void
progress_tell(struct progress *p, int64_t done)
{
	char text[120];
	int64_t now;
	int len;

	if (!p->on)
		return;
	now = monotonic_ms();
	if (now - p->told_ms < PROGRESS_EVERY_MS)
		return;
	p->told_ms = now;
	if (p->total > 0)
		len = snprintf(text, sizeof text, "%s %lld of %lld %s (%lld %%)", p->what,
		    (long long)done, (long long)p->total, p->unit,
		    (long long)(done * 100 / p->total));
	else
		len = snprintf(
		    text, sizeof text, "%s %lld %s", p->what, (long long)done, p->unit);
	fprintf(stderr, "\r%s%*s\r", text, len < (int)p->width ? (int)p->width - len : 0, "");
	p->width = (unsigned)len;
	fflush(stderr);
}

void
progress_end(struct progress *p)
{
	if (p->on && p->width > 0)
		fprintf(stderr, "\r%*s\r", (int)p->width, "");
	p->width = 0;
}

/* ---- the program ---- */

struct call {
	struct cli cli;
	const struct command *command;
	const void *args;
};

static bool
call_task(struct task *t, void *arg, struct err *e)
{
	struct call *call = arg;
	bool ok = call->command->run(t, &call->cli, call->args, e);

	db_close(&call->cli.db);
	return ok;
}

static unsigned
terminal_columns(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
		return w.ws_col;
	return 80;
}

/* What stands anywhere on the line and means the same for every command. */
struct global {
	const char *conf;
	bool json, help;
	int argc;
	char *argv[ARGS_MOST + 1]; /* the rest */
};

static bool
read_global(struct global *g, int argc, char *const *argv, struct err *e)
{
	bool names_ended = false;

	for (int i = 1; i < argc; i++) {
		if (names_ended || argv[i][0] != '-') {
			/* a word of the command */
		} else if (strcmp(argv[i], "--") == 0) {
			names_ended = true;
		} else if (strcmp(argv[i], "--json") == 0) {
			g->json = true;
			continue;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			g->help = true;
			continue;
		} else if (strcmp(argv[i], "-c") == 0) {
			if (++i == argc)
				return err(e, ERR_USAGE, "-c needs a value: FILE");
			g->conf = argv[i];
			continue;
		}
		if (g->argc == ARGS_MOST)
			return err(e, ERR_USAGE, "there are more than %d arguments", ARGS_MOST);
		g->argv[g->argc++] = argv[i];
	}
	return true;
}

static bool
prepare(struct call *call, const struct global *g, struct err *e)
{
	struct cli *c = &call->cli;

	c->json = g->json;
	c->to_screen = isatty(STDOUT_FILENO) == 1;
	c->colour = c->to_screen && getenv("NO_COLOR") == NULL && !g->json;
	c->progress = isatty(STDERR_FILENO) == 1 && !g->json;
	c->columns = terminal_columns();
	c->conf_given = g->conf;
	return (call->command->needs & NEEDS_CONF) == 0 || cli_conf(c, e);
}

/* The words for a failure, and the exit status. What a person can mend says what it is; for the
 * rest the table has the advice. */
static int
tell(const struct err *e)
{
	const struct err_row *row = &err_rows[e->code];

	/* busbar ... | head: the reader has what it wanted */
	if (e->code == ERR_GONE)
		return row->exit;
	if (e->code == ERR_FINDINGS)
		cli_say("%s", e->text);
	else if (e->code == ERR_USAGE)
		cli_say("busbar: %s\nTry: busbar --help", e->text);
	else if (row->exit == err_rows[ERR_BAD_INPUT].exit)
		cli_say("busbar: %s", e->text);
	else
		cli_say("busbar: %s\n%s", e->text, row->say);
	return row->exit;
}

static bool
show_help(const struct global *g, const struct command *command)
{
	AUTO(buf) b = BUF(HELP_MOST);

	if (command != NULL)
		help_one(&b, command);
	else
		help_all(&b, g->argc > 0 ? g->argv[0] : NULL);
	return buf_ok(&b) && cli_out(buf_view(&b), NULL);
}

/* "file" of "file list": a word that begins commands but is none. */
static bool
is_group(const struct global *g)
{
	AUTO(buf) b = BUF(256);

	if (g->argc == 0)
		return true;
	if (g->argc > 1)
		return false;
	buf_c(&b, g->argv[0]);
	buf_byte(&b, ' ');
	buf_byte(&b, '\0');
	for (size_t i = 0; buf_ok(&b) && commands[i] != NULL; i++)
		if (str_starts(str_of(commands[i]->name), b.at))
			return true;
	return false;
}

static bool
run(struct call *call, struct global *g, int words, struct err *e)
{
	void *args = calloc(1, call->command->args_bytes + 1);
	bool ok;

	if (args == NULL)
		return err(e, ERR_BUSY, "there is no memory left");
	call->args = args;
	ok = options_read(call->command->options, call->command->option_count, g->argc - words,
		 g->argv + words, args, e) &&
	     prepare(call, g, e) && loop_once(call_task, call, e);
	if (!ok && e->code == ERR_USAGE)
		err_at(e, "%s", call->command->name);
	free(args);
	return ok;
}

int
cli_main(int argc, char *const *argv)
{
	struct global g = { 0 };
	static struct call call; /* the settings in it are more than a frame may have */
	struct err e = { 0 };
	int words = 0;

	memset(&call, 0, sizeof call);
	signal(SIGPIPE, SIG_IGN);
	log_start("busbar", LOG_ERROR_);
	if (!read_global(&g, argc, argv, &e))
		return tell(&e);
	call.command = g.argc == 0 ? NULL : command_find(g.argc, g.argv, &words, &e);
	if (call.command == NULL && (g.help || g.argc == 0) && is_group(&g)) {
		show_help(&g, NULL);
		return g.help ? 0 : err_rows[ERR_USAGE].exit;
	}
	if (call.command == NULL)
		return tell(&e);
	if (g.help)
		return show_help(&g, call.command) ? 0 : err_rows[ERR_IO].exit;
	return run(&call, &g, words, &e) ? 0 : tell(&e);
}
