/* The command line of busbar-verify. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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
    "  --json       say the result as JSON\n"
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
add_keys(struct verify *v, struct str lines, struct err *e)
{
	struct str line;

	while (lines.len > 0) {
		str_cut(lines, '\n', &line, &lines);
		if (line.len == 0 && lines.len == 0)
			break;
		if (v->key_count == KEYS_MOST)
			return err(e, ERR_USAGE, "more than %d keys", KEYS_MOST);
		if (!note_key_read(&v->keys[v->key_count], line, e))
			return false;
		v->key_count++;
	}
	return true;
}

/* A key itself, or a file that has some. */
static bool
give_key(struct verify *v, const char *given, struct err *e)
{
	AUTO(text) t = { 0 };

	if (access(given, F_OK) != 0 && strchr(given, '+') != NULL)
		return add_keys(v, str_of(given), e);
	return text_open(&t, "", given, e) && add_keys(v, t.s, e);
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

	if (!text_open(&t, folder, "key", e) || !add_keys(v, t.s, e))
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

int
main(int argc, char **argv)
{
	static struct verify v = { .entry = -1, .says = BUF(RECEIPT_BYTES_MOST) };
	struct err e = { 0 };
	int at = 1;

	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--json") == 0) {
			v.json = true;
		} else if (strcmp(argv[at], "--key") == 0 && at + 1 < argc) {
			if (!give_key(&v, argv[++at], &e))
				return told(&v, false, &e);
		} else {
			bool help = strcmp(argv[at], "--help") == 0;

			fputs(usage_text, help ? stdout : stderr);
			return help ? 0 : EXIT_USAGE;
		}
	}
	if (at == argc) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	return told(&v, verify(&v, argv + at, argc - at, &e), &e);
}
