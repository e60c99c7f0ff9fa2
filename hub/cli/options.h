/*
 * What stands behind a command's name: one table of options per command fills one struct of the
 * command's own, so a handler never looks at text.
 *
 *	struct show_args { struct str file; bool raw; };
 *	static const struct option show_options[] = {
 *		ARG_TEXT(show_args, file, "FILE", OPTION_REQUIRED, "its number"),
 *		OPT_FLAG(show_args, raw, "--raw", "as it was sent"),
 *	};
 *
 * "--name value" and "--name=value" are the same; "--" ends the options. What is not given
 *keeps the preset of its type: false, empty text (at == NULL), INT64_MIN, DAY_NONE. A fault is
 *ERR_USAGE and says what was found and what was expected.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/civil.h"

enum option_type {
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_INT,
	OPTION_DATE,  /* YYYY-MM-DD */
	OPTION_STAMP, /* RFC 3339; kept as text, so that its fraction of a second is kept too */
	OPTION_SPAN,  /* 9d, 36h, 1d12h: seconds */
	OPTION_WORD,  /* one of `words`, kept as text */
	OPTION_TEXTS, /* may be given again and again */
};

enum option_need { OPTION_OPTIONAL, OPTION_REQUIRED };

enum { OPTION_TEXTS_MOST = 64 };
struct texts {
	size_t n;
	struct str at[OPTION_TEXTS_MOST];
};

struct option {
	const char *name;  /* "--from"; a positional one has its value's name, "FILE" */
	const char *value; /* what help shows for the value: "DATE" */
	enum option_type type;
	enum option_need need;
	size_t offset;
	const char *help;
	const char *words;   /* OPTION_WORD: "csv|json|lse" */
	int64_t least, most; /* OPTION_INT; both 0: no limits */
};

#define OPTION_(s, m, ct)                                                                    \
	offsetof(struct s, m) +                                                              \
	    0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((struct s *)0)->m), ct) \
				? 1                                                          \
				: -1])
/* clang-format off */
#define OPT_FLAG(s, m, n, h)		{ n, NULL, OPTION_FLAG, OPTION_OPTIONAL, OPTION_(s, m, bool), h, NULL, 0, 0 }
#define OPT_TEXT(s, m, n, v, need, h)	{ n, v, OPTION_TEXT, need, OPTION_(s, m, struct str), h, NULL, 0, 0 }
#define OPT_INT(s, m, n, v, need, lo, hi, h) { n, v, OPTION_INT, need, OPTION_(s, m, int64_t), h, NULL, lo, hi }
#define OPT_DATE(s, m, n, need, h)	{ n, "DATE", OPTION_DATE, need, OPTION_(s, m, int32_t), h, NULL, 0, 0 }
#define OPT_STAMP(s, m, n, need, h)	{ n, "TIME", OPTION_STAMP, need, OPTION_(s, m, struct str), h, NULL, 0, 0 }
#define OPT_SPAN(s, m, n, v, need, h)	{ n, v, OPTION_SPAN, need, OPTION_(s, m, int64_t), h, NULL, 0, 0 }
#define OPT_WORD(s, m, n, v, need, w, h) { n, v, OPTION_WORD, need, OPTION_(s, m, struct str), h, w, 0, 0 }
#define OPT_TEXTS(s, m, n, v, need, h)	{ n, v, OPTION_TEXTS, need, OPTION_(s, m, struct texts), h, NULL, 0, 0 }
/* Positional: in the order of the table; an OPTION_TEXTS one takes all that are left. */
#define ARG_TEXT(s, m, v, need, h)	OPT_TEXT(s, m, v, v, need, h)
#define ARG_INT(s, m, v, need, lo, hi, h) OPT_INT(s, m, v, v, need, lo, hi, h)
#define ARG_DATE(s, m, v, need, h)	{ v, v, OPTION_DATE, need, OPTION_(s, m, int32_t), h, NULL, 0, 0 }
#define ARG_SPAN(s, m, v, need, h)	OPT_SPAN(s, m, v, v, need, h)
#define ARG_WORD(s, m, v, need, w, h)	OPT_WORD(s, m, v, v, need, w, h)
#define ARG_TEXTS(s, m, v, need, h)	OPT_TEXTS(s, m, v, v, need, h)
/* clang-format on */

bool option_is_positional(const struct option *o);

/* argv: what follows the command's name. args: the command's struct, set to presets first; its
 * texts point into argv. */
bool options_read(
    const struct option *o, size_t n, int argc, char *const *argv, void *args, struct err *e);

/* "1d12h" → 129600. Units s, m, h, d, w; a sign in front; at most 3650 days. */
bool span_read(struct str s, int64_t *seconds);

#endif
