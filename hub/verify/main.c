/* The command line of busbar-verify. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/code.h"
#include "base/json.h"
#include "verify.h"

enum { PATH_SIZE = 4096, EXIT_USAGE = 64 };

static const char usage_text[] =
    "usage: busbar-verify [--key KEY]... [--json] FOLDER [CHECKPOINT...]\n"
    "       busbar-verify --key KEY... [--json] FILE [CHECKPOINT...]\n"
    "\n"
    "Checks an exported audit log (a folder), a consent receipt, the proof of an entry, the\n"
    "proof that one checkpoint continues another, or a checkpoint. Needs no network and no "
    "hub.\n"
    "\n"
    "  --key KEY    a public key you were given: NAME+ID+KEY, or a file with such lines.\n"
    "               Without one, a folder's own is used, which proves less.\n"
    "  CHECKPOINT   kept from earlier: what it was signed for must still be there\n"
    "  --witness KEY  a witness's public key, or a file with such: its signature must be "
    "there\n"
    "  --quorum N   of so many of the witnesses (default: of each)\n"
    "  --json       say the result as JSON\n"
    "\n"
    "Of a folder that is as it was signed, shows entries (all that is given must fit):\n"
    "  --kind KIND  of this kind, or of those that begin so: reads.released, agreement.\n"
    "  --from DAY --before DAY  of that time, UTC: 2026-11-01, 2026-11-01T06:00:00\n"
    "  --event N, --entry N, --party N, --premise N\n"
    "  --with TEXT  whose row has this text, as it is written there; several times: all of "
    "them\n"
    "  --file FILE  whose row names the SHA-256 of this file: a report, a receipt\n"
    "  --count      only how many there are\n"
    "\n"
    "exit: 0 all is as it was signed, 1 it is not (the first bad entry is named), 64 bad "
    "command\n"
    "line, 65 a file cannot be read\n";

void
text_auto(struct text *t)
{
	if (t->s.len > 0)
		munmap((void *)(uintptr_t)t->s.at, t->s.len);
	t->s = STR("");
}

bool
text_open(struct text *t, const char *folder, const char *name, struct err *e)
{
	char path[PATH_SIZE];
	AUTO_FD fd = -1;
	struct stat st;
	void *at;

	snprintf(path, sizeof path, "%s%s%s", folder, *folder != '\0' ? "/" : "", name);
	t->s = STR("");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, *folder != '\0' ? ERR_FINDINGS : ERR_NOT_FOUND, "%s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return err(e, ERR_NOT_FOUND, "%s is no file", path);
	if (st.st_size == 0)
		return true;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return err_errno(e, ERR_NOT_FOUND, "%s", path);
	madvise(at, (size_t)st.st_size, MADV_SEQUENTIAL);
	t->s = (struct str){ at, (size_t)st.st_size };
	return true;
}

static bool
add_key(struct verify *v, struct str line, bool witness, struct err *e)
{
	size_t *n = witness ? &v->witness_count : &v->key_count;
	struct note_key *k = &(witness ? v->witness : v->keys)[*n];

	if (*n == KEYS_MOST)
		return err(e, ERR_USAGE, "more than %d keys", KEYS_MOST);
	if (!note_key_read(k, line, e))
		return false;
	if ((k->type == NOTE_WITNESS) != witness)
		return err(e, ERR_USAGE, "%s is a key of a %s: give it with %s", k->name,
		    witness ? "log" : "witness", witness ? "--key" : "--witness");
	++*n;
	return true;
}

static bool
add_keys(struct verify *v, struct str lines, bool witness, struct err *e)
{
	struct str line;

	while (lines.len > 0) {
		str_cut(lines, '\n', &line, &lines);
		if (line.len == 0 && lines.len == 0)
			break;
		if (!add_key(v, line, witness, e))
			return false;
	}
	return true;
}

/* A key itself, or a file that has some. */
static bool
give_key(struct verify *v, const char *given, bool witness, struct err *e)
{
	AUTO(text) t = { 0 };

	if (access(given, F_OK) != 0 && strchr(given, '+') != NULL)
		return add_keys(v, str_of(given), witness, e);
	return text_open(&t, "", given, e) && add_keys(v, t.s, witness, e);
}

static bool
keep(struct verify *v, const char *name, struct err *e)
{
	size_t i = v->kept_count;

	if (i == OLD_MOST)
		return err(e, ERR_USAGE, "more than %d checkpoints", OLD_MOST);
	if (!text_open(&v->old[i], "", name, e))
		return false;
	v->kept_count++;
	v->kept_name[i] = name;
	return checkpoint_open(&v->kept[i], v->old[i].s, v->keys, v->key_count, e) ||
	       err_at(e, "%s", name);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The folder's own key shows that the bundle is whole, not whose it is. */
static bool
borrow_key(struct verify *v, const char *folder, struct err *e)
{
	AUTO(text) t = { 0 };

	if (!text_open(&t, folder, "key", e) || !add_keys(v, t.s, false, e))
		return err_at(e, "the bundle's key");
	for (size_t i = 0; i < v->key_count; i++) {
		buf_c(&v->says,
		    "the key is the bundle's own; is it the one that you were given?\n  ");
		note_key_write(&v->says, &v->keys[i]);
		buf_byte(&v->says, '\n');
	}
	return true;
}

static bool
verify(struct verify *v, char *const *names, int n, struct err *e)
{
	bool folder = is_folder(names[0]);
	AUTO(text) t = { 0 };

	if (v->key_count == 0 && !folder)
		return err(e, ERR_USAGE, "whose is it? give the public key with --key");
	if (v->key_count == 0 && !borrow_key(v, names[0], e))
		return false;
	for (int i = 1; i < n; i++)
		if (!keep(v, names[i], e))
			return false;
	if (folder)
		return bundle_verify(v, names[0], e);
	return text_open(&t, "", names[0], e) && single_verify(v, t.s, e);
}

static int
told(struct verify *v, bool ok, const struct err *e)
{
	AUTO(buf) out = BUF(2 * RECEIPT_BYTES_MOST);
	struct json j = json_to(&out);

	if (v->json) {
		json_open(&j, NULL);
		json_bool(&j, "verified", ok);
		if (v->entry >= 0)
			json_int(&j, "entry", v->entry);
		if (ok && v->find.any)
			json_int(&j, "found", v->find.found);
		json_text(&j, "says", ok ? str_trim(buf_view(&v->says)) : str_of(e->text));
		json_end(&j);
		buf_byte(&out, '\n');
		fwrite(out.at, 1, out.len, stdout);
	} else if (ok) {
		fwrite(v->says.at, 1, v->says.len, stdout);
	} else {
		fprintf(stderr, "busbar-verify: %s\n", e->text);
	}
	if (fflush(stdout) != 0)
		return err_rows[ERR_IO].exit;
	return ok ? 0 : err_rows[e->code].exit;
}

/* ---- options ---- */

static bool
number(const char *text, int64_t *n, struct err *e)
{
	return (str_int64(str_of(text), n) && *n >= 0) ||
	       err(e, ERR_USAGE, "\"%s\" is no number", text);
}

/* The digest of a file that an entry must name. */
static bool
name_file(struct verify *v, const char *path, struct err *e)
{
	unsigned char sha256[DIGEST_BYTES];
	AUTO(text) t = { 0 };

	if (!text_open(&t, "", path, e))
		return false;
	digest_of(t.s.at, t.s.len, sha256);
	code_hex(v->find.file, sha256, sizeof sha256);
	return true;
}

static bool
word(struct verify *v, const char *given, struct err *e)
{
	if (v->find.word_n == WORDS_MOST)
		return err(e, ERR_USAGE, "more than %d texts", WORDS_MOST);
	v->find.word[v->find.word_n++] = str_of(given);
	return true;
}

/* One option and what is given with it. False with ERR_USAGE and no words: there is none. */
static bool
option(struct verify *v, const char *name, const char *given, struct err *e)
{
	const struct {
		const char *name;
		int64_t *n;
		struct str *text;
	} finds[] = {
		{ "--event", &v->find.event, NULL },
		{ "--entry", &v->find.entry, NULL },
		{ "--party", &v->find.party, NULL },
		{ "--premise", &v->find.premise, NULL },
		{ "--kind", NULL, &v->find.kind },
		{ "--from", NULL, &v->find.from },
		{ "--before", NULL, &v->find.before },
	};

	*e = (struct err){ .code = ERR_USAGE };
	if (given == NULL)
		return false;
	if (strcmp(name, "--key") == 0 || strcmp(name, "--witness") == 0)
		return give_key(v, given, name[2] == 'w', e);
	if (strcmp(name, "--quorum") == 0)
		return number(given, &v->quorum, e);
	v->find.any = true;
	if (strcmp(name, "--with") == 0)
		return word(v, given, e);
	if (strcmp(name, "--file") == 0)
		return name_file(v, given, e);
	for (size_t i = 0; i < nitems(finds); i++)
		if (strcmp(name, finds[i].name) == 0) {
			if (finds[i].n != NULL)
				return number(given, finds[i].n, e);
			*finds[i].text = str_of(given);
			return true;
		}
	return false;
}

static int
usage(bool asked)
{
	fputs(usage_text, asked ? stdout : stderr);
	return asked ? 0 : EXIT_USAGE;
}

/* What was found goes behind what is said; of JSON, only how much it is. */
static int
run(struct verify *v, char *const *names, int n)
{
	struct err e = { 0 };
	bool ok = verify(v, names, n, &e);
	int status;

	if (ok && v->find.any && !is_folder(names[0]))
		ok = err(&e, ERR_USAGE, "only a folder has entries to be found");
	if (ok && v->find.any && v->json)
		ok = find_run(v, names[0], NULL, &e);
	status = told(v, ok, &e);
	if (!ok || !v->find.any || v->json)
		return status;
	if (find_run(v, names[0], v->find.count ? NULL : stdout, &e)) {
		printf("%lld entries\n", (long long)v->find.found);
		return fflush(stdout) == 0 ? 0 : err_rows[ERR_IO].exit;
	}
	return told(v, false, &e);
}

int
main(int argc, char **argv)
{
	static struct verify v = { .entry = -1,
		.says = BUF(RECEIPT_BYTES_MOST),
		.find = { .event = -1, .entry = -1, .party = -1, .premise = -1 } };
	struct err e = { 0 };
	int at = 1;

	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--help") == 0)
			return usage(true);
		if (strcmp(argv[at], "--json") == 0)
			v.json = true;
		else if (strcmp(argv[at], "--count") == 0)
			v.find.any = v.find.count = true;
		else if (option(&v, argv[at], at + 1 < argc ? argv[at + 1] : NULL, &e))
			at++;
		else
			return e.text[0] != '\0' ? told(&v, false, &e) : usage(false);
	}
	return at == argc ? usage(false) : run(&v, argv + at, argc - at);
}
