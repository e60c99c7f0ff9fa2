/* Finding a command, and every text about commands: all from the one table. */
#include "cli/command.h"

#include <string.h>

enum { NEAR_MOST = 3, WORD_MOST = 40 };

static const char exits[] =
    "Exit status: 0 done, 1 done with findings, 64 not understood, 65 bad input,\n"
    "69 not available, 70 our bug, 75 try again.\n";

static const struct option globals[] = {
	{ "-c", "FILE", OPTION_TEXT, OPTION_OPTIONAL, 0,
	    "settings; else $BUSBAR_CONF, var/busbar.conf, /etc/busbar/busbar.conf", NULL, 0,
	    0 },
	{ "--json", NULL, OPTION_FLAG, OPTION_OPTIONAL, 0,
	    "data as one JSON object; lists as {\"items\":[...]}", NULL, 0, 0 },
	{ "--help", NULL, OPTION_FLAG, OPTION_OPTIONAL, 0, "about the command", NULL, 0, 0 },
};

/* Letters to change, add or drop to make one word of the other. */
static unsigned
distance(struct str a, struct str b)
{
	unsigned row[WORD_MOST + 1];

	if (a.len > WORD_MOST || b.len > WORD_MOST)
		return WORD_MOST;
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned best = corner + (a.at[i - 1] != b.at[j - 1]);

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.len];
}

static struct str
first_word(const char *name)
{
	struct str head, tail;

	str_cut(str_of(name), ' ', &head, &tail);
	return head;
}

static bool
not_found(int argc, char *const *argv, struct err *e)
{
	AUTO(buf) b = BUF(256);
	struct str asked = str_of(argv[0]), before = { NULL, 0 };
	unsigned near = 0;

	for (size_t i = 0; commands[i] != NULL; i++) {
		struct str first = first_word(commands[i]->name);

		/* a known group without its second word: all of it is near */
		if (str_eq(first, asked)) {
			buf_c(&b, near++ > 0 ? ", " : "");
			buf_c(&b, commands[i]->name);
		} else if (near < NEAR_MOST && distance(first, asked) <= 2 &&
			   !str_eq(first, before)) {
			buf_c(&b, near++ > 0 ? ", " : "");
			buf_str(&b, first);
		}
		before = first;
	}
	buf_byte(&b, '\0');
	return err(e, ERR_USAGE, "there is no command \"%s%s%s\"%s%s", argv[0],
	    argc > 1 && argv[1][0] != '-' ? " " : "",
	    argc > 1 && argv[1][0] != '-' ? argv[1] : "", near > 0 ? "; there is: " : "",
	    near > 0 && buf_ok(&b) ? b.at : "");
}

const struct command *
command_find(int argc, char *const *argv, int *words, struct err *e)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		struct str first, second;
		bool two = str_cut(str_of(commands[i]->name), ' ', &first, &second);

		if (!str_is(first, argv[0]) || (two && (argc < 2 || !str_is(second, argv[1]))))
			continue;
		*words = two ? 2 : 1;
		return commands[i];
	}
	not_found(argc, argv, e);
	return NULL;
}

/* ---- texts ---- */

static size_t
label(struct buf *b, const struct option *o)
{
	size_t before = b->len;

	buf_c(b, o->name);
	if (o->value != NULL && !option_is_positional(o)) {
		buf_byte(b, ' ');
		buf_c(b, o->value);
	}
	if (o->type == OPTION_TEXTS)
		buf_c(b, " ...");
	return b->len - before;
}

static void
usage_line(struct buf *b, const struct command *c)
{
	buf_fmt(b, "busbar %s", c->name);
	for (size_t i = 0; i < c->option_count; i++) {
		bool must = c->options[i].need == OPTION_REQUIRED;

		buf_c(b, must ? " " : " [");
		label(b, &c->options[i]);
		buf_c(b, must ? "" : "]");
	}
}

static void
option_lines(struct buf *b, const struct option *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t width;

		buf_c(b, "  ");
		width = label(b, &o[i]);
		buf_fmt(b, "%*s  ", width < 18 ? (int)(18 - width) : 0, "");
		buf_c(b, o[i].help);
		if (o[i].words != NULL)
			buf_fmt(b, " (%s)", o[i].words);
		buf_byte(b, '\n');
	}
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool
in_group(const struct command *c, const char *group)
{
	return group == NULL || str_is(first_word(c->name), group);
}

void
help_all(struct buf *to, const char *group)
{
	buf_fmt(to, "usage: busbar [-c FILE] [--json] %s%sCOMMAND [ARGUMENTS]\n\n",
	    group != NULL ? group : "", group != NULL ? " " : "");
	for (size_t i = 0; commands[i] != NULL; i++)
		if (in_group(commands[i], group))
			buf_fmt(to, "  %-18s  %s\n", commands[i]->name, commands[i]->help);
	buf_c(to, "\n\"busbar COMMAND --help\" tells about one.\n");
	buf_c(to, exits);
}

void
help_one(struct buf *to, const struct command *c)
{
	buf_c(to, "usage: ");
	usage_line(to, c);
	buf_fmt(to, "\n\n%c%s.\n", upper(c->help[0]), c->help + 1);
	if (c->about != NULL)
		buf_fmt(to, "\n%s\n", c->about);
	if (c->option_count > 0) {
		buf_byte(to, '\n');
		option_lines(to, c->options, c->option_count);
	}
	buf_c(to, "\nfor every command:\n");
	option_lines(to, globals, nitems(globals));
	buf_byte(to, '\n');
	buf_c(to, exits);
}

static void
markdown_option(struct buf *b, const struct option *o)
{
	buf_c(b, "- `");
	label(b, o);
	buf_fmt(b, "`%s: %s", o->need == OPTION_REQUIRED ? " (required)" : "", o->help);
	if (o->words != NULL)
		buf_fmt(b, " (`%s`)", o->words);
	buf_byte(b, '\n');
}

void
help_markdown(struct buf *to)
{
	buf_c(to, "# Commands\n\nWritten by `busbar help --markdown` from the table of "
		  "commands.\n\n");
	buf_c(to, exits);
	buf_c(to, "\nFor every command:\n\n");
	for (size_t i = 0; i < nitems(globals); i++)
		markdown_option(to, &globals[i]);
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *c = commands[i];

		buf_fmt(to, "\n## busbar %s\n\n%c%s.\n\n```text\n", c->name, upper(c->help[0]),
		    c->help + 1);
		usage_line(to, c);
		buf_c(to, "\n```\n");
		if (c->about != NULL)
			buf_fmt(to, "\n%s\n", c->about);
		if (c->option_count > 0)
			buf_byte(to, '\n');
		for (size_t k = 0; k < c->option_count; k++)
			markdown_option(to, &c->options[k]);
	}
}
