/*
 * Normal forms, so that what is the same to a person has the same blind index. A change here
 * makes every index of that kind wrong: it needs a job that writes them anew.
 */
#include "sys/secret.h"

#include <string.h>

struct form {
	char *at;
	size_t len, size;
	bool over;
};

static void
put(struct form *f, unsigned char c)
{
	if (f->len + 1 >= f->size)
		f->over = true;
	else
		f->at[f->len++] = (char)c;
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static unsigned char
upper(unsigned char c)
{
	return c >= 'a' && c <= 'z' ? (unsigned char)(c - 'a' + 'A') : c;
}

static void
form_email(struct form *f, struct str s)
{
	s = str_trim(s);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		put(f, c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c);
	}
}

static void
form_phone(struct form *f, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_digit((unsigned char)s.at[i]))
			put(f, (unsigned char)s.at[i]);
	if (f->len == 11 && f->at[0] == '1')
		memmove(f->at, f->at + 1, --f->len);
}

/* à…þ and À…Þ of UTF-8 differ by 0x20 in the second byte: names in Texas have an ñ or an é. */
static unsigned char
upper_latin(unsigned char first, unsigned char c)
{
	return first == 0xC3 && c >= 0xA0 && c <= 0xBE && c != 0xB7 ? c - 0x20 : c;
}

static void
form_words(struct form *f, struct str s)
{
	bool gap = false;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];
		unsigned char before = i > 0 ? (unsigned char)s.at[i - 1] : 0;

		if (c == ' ' || (c >= '\t' && c <= '\r')) {
			gap = f->len > 0;
			continue;
		}
		if (c < 0x80 && !is_letter(c) && !is_digit(c))
			continue;
		if (gap)
			put(f, ' ');
		gap = false;
		put(f, c < 0x80 ? upper(c) : upper_latin(before, c));
	}
}

static void
form_account(struct form *f, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (is_digit(c) || is_letter(c) || c == '-')
			put(f, upper(c));
	}
}

static const struct {
	const char *kind;
	void (*form)(struct form *f, struct str s);
} forms[] = {
	{ "email", form_email },
	{ "phone", form_phone },
	{ "name", form_words },
	{ "address", form_words },
	{ "account", form_account },
};

bool
normal_form(const char *kind, struct str text, char *to, size_t size)
{
	struct form f = { .at = to, .size = size };

	for (size_t i = 0; i < nitems(forms); i++)
		if (strcmp(forms[i].kind, kind) == 0)
			forms[i].form(&f, text);
	if (f.over || f.len == 0)
		return false;
	to[f.len] = '\0';
	return true;
}
