/* See says.h. */
#include "says.h"

#include <stdio.h>
#include <string.h>

enum { SAYS_MOST = 2000, FILLED_MOST = 8, FAMILY_CODE_MOST = 80 };

static const struct {
	const char *english, *spanish;
} refusals[] = {
#define X(en, es) { en, es },
#include "says_es_table.h"
#undef X
}, sheets[] = {
#define X(en, es) { en, es },
#include "sheet_es_table.h"
#undef X
};

static const struct {
	const char *code, *english, *spanish;
} kinds[] = {
#define X(code, en, es) { code, en, es },
#include "kinds_table.h"
#undef X
};

static bool
spanish(const struct page *p)
{
	return str_is(text_of(p->language, TEXT_LANG), "es");
}

/* ---- what is refused ---- */

/* Where a piece of a pattern stands in what is left; the last piece ends it. */
static const char *
find(struct str in, struct str piece, bool last)
{
	if (last && piece.len <= in.len &&
	    memcmp(in.at + in.len - piece.len, piece.at, piece.len) == 0)
		return in.at + in.len - piece.len;
	return last || piece.len == 0 ? NULL : memmem(in.at, in.len, piece.at, piece.len);
}

/* Does the text fit the pattern? What stands for its "%s", in order; n: how many. */
static bool
fits(struct str text, const char *pattern, struct str filled[FILLED_MOST], size_t *n)
{
	const char *next = strstr(pattern, "%s");
	size_t len = next == NULL ? strlen(pattern) : (size_t)(next - pattern);

	*n = 0;
	if (text.len < len || memcmp(text.at, pattern, len) != 0)
		return false;
	text = (struct str){ text.at + len, text.len - len };
	while (next != NULL && *n < FILLED_MOST) {
		const char *from = next + 2, *at;
		struct str piece;

		next = strstr(from, "%s");
		piece =
		    (struct str){ from, next == NULL ? strlen(from) : (size_t)(next - from) };
		at = find(text, piece, next == NULL);
		if (at == NULL)
			return false;
		filled[(*n)++] = (struct str){ text.at, (size_t)(at - text.at) };
		text.len -= (size_t)(at - text.at) + piece.len;
		text.at = at + piece.len;
	}
	return next == NULL && text.len == 0;
}

static struct str
fill(struct page *p, const char *pattern, const struct str filled[FILLED_MOST], size_t n)
{
	AUTO(buf) b = BUF(SAYS_MOST);
	const char *next;

	for (size_t i = 0; i < n && (next = strstr(pattern, "%s")) != NULL; i++) {
		buf_add(&b, pattern, (size_t)(next - pattern));
		buf_str(&b, filled[i]);
		pattern = next + 2;
	}
	buf_c(&b, pattern);
	return page_keep(p, buf_view(&b));
}

struct str
says_refused(struct page *p, struct str english, bool *in_english)
{
	struct str filled[FILLED_MOST];
	size_t n;

	*in_english = true;
	if (!spanish(p))
		return page_keep(p, english);
	for (size_t i = 0; i < nitems(refusals); i++)
		if (fits(english, refusals[i].english, filled, &n)) {
			*in_english = false;
			return fill(p, refusals[i].spanish, filled, n);
		}
	return page_keep(p, english);
}

void
says_set(struct page *p, const char *name, const char *name_en, struct str english)
{
	bool in_english;

	view_set(&p->view, name, says_refused(p, english, &in_english));
	view_c(&p->view, name_en, in_english ? "1" : "");
}

/* ---- what is wrong in a spreadsheet ---- */

struct str
says_sheet(struct page *p, struct str english)
{
	struct str filled[FILLED_MOST];
	size_t n;

	for (size_t i = 0; spanish(p) && i < nitems(sheets); i++)
		if (fits(english, sheets[i].english, filled, &n)) {
			/* shorter with each turn, since a pattern has text of its own */
			for (size_t k = 0; k < n; k++)
				filled[k] = says_sheet(p, filled[k]);
			return fill(p, sheets[i].spanish, filled, n);
		}
	return page_keep(p, english);
}

void
says_sheet_line(
    struct page *p, uint64_t line, uint32_t column, struct str found, struct str expected)
{
	view_set(&p->view, "line", page_number(p, (int64_t)line));
	view_set(&p->view, "place", page_number(p, column));
	view_set(&p->view, "found", says_sheet(p, found));
	view_set(&p->view, "expected", says_sheet(p, expected));
	view_set(&p->view, "detail", page_text(p, TEXT_SHEET_WRONG_LINE));
}

/* ---- kinds ---- */

struct str
says_kind(const struct page *p, struct str code)
{
	size_t best = SIZE_MAX, longest = 0;

	for (size_t i = 0; i < nitems(kinds); i++) {
		size_t len = strlen(kinds[i].code);
		bool family = strchr("._", kinds[i].code[len - 1]) != NULL;

		if (str_is(code, kinds[i].code) ||
		    (family && len > longest && str_starts(code, kinds[i].code))) {
			best = i;
			longest = str_is(code, kinds[i].code) ? SIZE_MAX : len;
		}
	}
	return best == SIZE_MAX
		   ? code
		   : str_of(spanish(p) ? kinds[best].spanish : kinds[best].english);
}

struct str
says_one_of(const struct page *p, const char *family, struct str code)
{
	char name[FAMILY_CODE_MOST];
	struct str words;

	if (snprintf(name, sizeof name, "%s." STR_FMT, family, STR_ARG(code)) >=
	    (int)sizeof name)
		return code;
	words = says_kind(p, str_of(name));
	return words.at == name ? code : words;
}
