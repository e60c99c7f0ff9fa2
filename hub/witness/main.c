/* The command line of busbar-witness. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/code.h"
#include "witness.h"

enum { EXIT_USAGE = 64 };

static const char usage_text[] =
    "usage: busbar-witness make --key FILE --memory FILE NAME\n"
    "       busbar-witness size --log KEY... --memory FILE\n"
    "       busbar-witness sign --key FILE --log KEY... --memory FILE <REQUEST >SIGNATURE\n"
    "\n"
    "Signs checkpoints of an audit log that somebody else runs, each only if it continues the\n"
    "one that was signed last (C2SP tlog-witness). Needs no network and no hub.\n"
    "\n"
    "  make     a new key and a memory that has signed nothing; shows the public key, which\n"
    "           is for whoever verifies, and for the hub (busbar witness add)\n"
    "  size     shows how many entries the last checkpoint has that was signed\n"
    "  sign     reads a request (\"old N\", the proof, a checkpoint; of /v1/audit/checkpoint)\n"
    "\n"
    "  --key FILE     the witness's private key\n"
    "  --log KEY      the log's public key: NAME+ID+KEY, or a file with such lines\n"
    "  --memory FILE  the last checkpoint\n"
    "\n"
    "exit: 0 done, 1 it contradicts what was signed or is not the log's word, 64 bad command\n"
    "line, 65 bad request, 75 the request begins at another size (which is shown)\n";

struct given {
	const char *key, *memory, *name;
	struct witness w;
};

static bool
add_logs(struct witness *w, struct str lines, struct err *e)
{
	struct str line;

	while (lines.len > 0) {
		str_cut(lines, '\n', &line, &lines);
		if (line.len == 0)
			break;
		if (w->log_count == LOGS_MOST)
			return err(e, ERR_USAGE, "more than %d keys", LOGS_MOST);
		if (!note_key_read(&w->log[w->log_count], line, e))
			return false;
		if (w->log[w->log_count++].type != NOTE_LOG)
			return err(
			    e, ERR_USAGE, "--log is a witness's key, expected the log's");
	}
	return true;
}

/* The key itself, or a file that has some. */
static bool
give_log(struct witness *w, const char *given, struct err *e)
{
	static char bytes[LOGS_MOST * 512];
	AUTO_FD fd = -1;
	ssize_t got;

	if (access(given, F_OK) != 0 && strchr(given, '+') != NULL)
		return add_logs(w, str_of(given), e);
	fd = open(given, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
	if (got < 0)
		return err_errno(e, ERR_NOT_FOUND, "%s", given);
	return add_logs(w, (struct str){ bytes, (size_t)got }, e);
}

static bool
make(struct given *g, struct err *e)
{
	AUTO(buf) out = BUF(1024);

	if (g->key == NULL || g->name == NULL)
		return err(e, ERR_USAGE,
		    "expected --key, --memory and a name, as regulator.example/witness");
	if (!key_make(g->key, g->name, &out, e) || !memory_begin(g->memory, e))
		return false;
	printf("%.*s\n", (int)out.len, out.at);
	return true;
}

static bool
size(struct given *g, struct err *e)
{
	if (!memory_open(&g->w, e))
		return false;
	printf("%" PRIu64 "\n", g->w.size);
	return true;
}

static bool
sign(struct given *g, struct err *e)
{
	static char request[REQUEST_MOST + 1];
	AUTO(buf) line = BUF(NOTE_BYTES_MOST);
	size_t len = fread(request, 1, sizeof request, stdin);

	if (g->key == NULL || g->w.log_count == 0)
		return err(e, ERR_USAGE, "expected --key and --log");
	if (len > REQUEST_MOST)
		return err(e, ERR_TOO_BIG, "the request is longer than %d bytes", REQUEST_MOST);
	if (!key_read(&g->w, g->key, e) || !memory_open(&g->w, e))
		return false;
	if (!witness_sign(&g->w, (struct str){ request, len }, &line, e)) {
		if (e->code == ERR_CONFLICT)
			printf("%" PRIu64 "\n", g->w.size);
		return false;
	}
	printf("%.*s", (int)line.len, line.at);
	return true;
}

static bool
options(struct given *g, int argc, char **argv, struct err *e)
{
	for (int i = 2; i < argc; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		if (strncmp(argv[i], "--", 2) != 0) {
			g->name = argv[i];
			continue;
		}
		i++;
		if (next != NULL && strcmp(argv[i - 1], "--key") == 0)
			g->key = next;
		else if (next != NULL && strcmp(argv[i - 1], "--memory") == 0)
			g->memory = next;
		else if (next == NULL || strcmp(argv[i - 1], "--log") != 0)
			return err(e, ERR_USAGE, "what is %s?", argv[i - 1]);
		else if (!give_log(&g->w, next, e))
			return false;
	}
	g->w.memory = g->memory;
	return g->memory != NULL || err(e, ERR_USAGE, "expected --memory");
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*run)(struct given *g, struct err *e);
	} commands[] = { { "make", make }, { "size", size }, { "sign", sign } };
	static struct given g;
	struct err e = { 0 };

	for (size_t i = 0; argc > 1 && i < nitems(commands); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		if (options(&g, argc, argv, &e) && commands[i].run(&g, &e) &&
		    fflush(stdout) == 0)
			return 0;
		fflush(stdout);
		fprintf(stderr, "busbar-witness: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	fputs(usage_text, argc > 1 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
	return argc > 1 && strcmp(argv[1], "--help") == 0 ? 0 : EXIT_USAGE;
}
