/*
 * busbar-unpack MODE [--max BYTES] [--ratio N] [--xml BYTES]: stdin to stdout, without rights.
 *
 * The parent gives three descriptors and its own time limit. What the libraries load on first
 * use is loaded first, then sandbox_compute_only() leaves computing, reading and writing; only
 * after that is the first byte of the input read.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "meter/xml.h"
#include "sys/sandbox.h"
#include "unpack/espi.h"
#include "unpack/unpack.h"

enum { MEMORY_MOST_BYTES = 512 * 1024 * 1024, MESSAGE_BYTES = 1024 };

struct options {
	struct unpack_caps caps;
	int64_t xml_most_bytes;
};

/* ---- output ---- */

static bool
write_piece(void *self, struct str bytes, struct err *e)
{
	(void)self;
	while (bytes.len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes.at, bytes.len);

		if (n < 0 && errno != EINTR)
			return err_errno(e, ERR_IO, "writing the output");
		if (n > 0)
			bytes = (struct str){ bytes.at + n, bytes.len - (size_t)n };
	}
	return true;
}

static const struct unpack_sink to_stdout = { NULL, write_piece };

/* One line, in one write; straight out, since exit handlers have no place in the sandbox. */
static void
leave(const struct err *e)
{
	char line[MESSAGE_BYTES];
	int n = snprintf(line, sizeof(line), "busbar-unpack: %s\n", e->text);

	if (e->code != ERR_NONE && n > 0)
		(void)!write(STDERR_FILENO, line, strlen(line));
	_exit(err_rows[e->code].exit);
}

/* ---- modes ---- */

static bool
mode_plain(const struct options *o, struct err *e)
{
	return unpack_stream(STDIN_FILENO, false, &o->caps, &to_stdout, e);
}

static bool
mode_espi(const struct options *o, struct err *e)
{
	AUTO_PTR(espi) s = espi_new(o->xml_most_bytes, e);
	struct unpack_sink sink = { s, espi_piece };

	return s != NULL && unpack_stream(STDIN_FILENO, true, &o->caps, &sink, e) &&
	       espi_write(s, &to_stdout, e);
}

static const struct {
	const char *name;
	bool (*run)(const struct options *o, struct err *e);
} modes[] = {
	{ "plain", mode_plain },
	{ "espi", mode_espi },
};

/* ---- command line ---- */

static const char usage[] =
    "usage: busbar-unpack plain|espi [--max BYTES] [--ratio N] [--xml BYTES]; stdin to stdout\n"
    "  plain  gzip, zstd or a zip with one member to its plain bytes\n"
    "  espi   Green Button XML, compressed or not, to lines\n"
    "exit: 0 done, 64 bad command line, 65 bad input, 70 our mistake, 75 try again\n";

static bool
option(struct options *o, const char *name, const char *value)
{
	const struct {
		const char *name;
		int64_t *to;
	} options[] = {
		{ "--max", &o->caps.most_bytes },
		{ "--ratio", &o->caps.ratio },
		{ "--xml", &o->xml_most_bytes },
	};

	for (size_t i = 0; i < nitems(options); i++)
		if (strcmp(name, options[i].name) == 0)
			return value != NULL && str_int64(str_of(value), options[i].to) &&
			       *options[i].to > 0;
	return false;
}

int
main(int argc, char **argv)
{
	struct options o = {
		.caps = { .most_bytes = INT64_C(16) << 30, .ratio = 200 },
		.xml_most_bytes = ESPI_XML_PRESET_BYTES,
	};
	struct err e = { .code = ERR_NONE };
	size_t mode = 0;

	while (argc > 1 && mode < nitems(modes) && strcmp(argv[1], modes[mode].name) != 0)
		mode++;
	bool ok = argc > 1 && mode < nitems(modes);
	for (int i = 2; ok && i < argc; i += 2)
		ok = option(&o, argv[i], argv[i + 1]);
	if (!ok) {
		(void)!write(STDERR_FILENO, usage, sizeof(usage) - 1);
		_exit(err_rows[ERR_USAGE].exit);
	}
	xml_prepare();
	unpack_prepare();
	if (sandbox_compute_only(MEMORY_MOST_BYTES, &e))
		(void)modes[mode].run(&o, &e);
	leave(&e);
}
