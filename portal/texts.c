/* Texts; see texts.h. */
#include "texts.h"

const char *const text_names[TEXTS] = {
#define X(name, text) [TEXT_##name] = #name,
#include "text_en_table.h"
#undef X
};

/* A name that only one of them has does not compile, or is NULL: tests/unit/portal finds it. */
static const char *const texts[LANGUAGES][TEXTS] = {
	[LANGUAGE_EN] = {
#define X(name, text) [TEXT_##name] = text,
#include "text_en_table.h"
#undef X
	},
	[LANGUAGE_ES] = {
#define X(name, text) [TEXT_##name] = text,
#include "text_es_table.h"
#undef X
	},
};

static const char *const codes[LANGUAGES] = { "EN", "ES" };

struct str
text_of(enum language l, enum text which)
{
	return str_of(texts[l][which]);
}

struct str
text_named(enum language l, struct str name)
{
	for (size_t i = 0; i < TEXTS; i++)
		if (str_is(name, text_names[i]))
			return text_of(l, (enum text)i);
	return (struct str){ NULL, 0 };
}

enum language
language_of(struct str code, enum language otherwise)
{
	for (int i = 0; i < LANGUAGES; i++)
		if (str_ieq(code, str_of(codes[i])))
			return (enum language)i;
	return otherwise;
}

enum language
language_accepted(struct str header)
{
	struct str rest = header, one;
	bool more = header.len > 0;

	while (more) {
		struct str tag, weight;

		more = str_cut(rest, ',', &one, &rest);
		(void)str_cut(str_trim(one), ';', &tag, &weight);
		tag = str_trim(tag);
		weight = str_trim(weight);
		if (str_is(weight, "q=0") || str_is(weight, "q=0.0"))
			continue;
		/* "es-MX" is es, "esperanto" is none */
		if (tag.len > 2 && tag.at[2] != '-')
			continue;
		tag.len = tag.len < 2 ? tag.len : 2;
		for (int i = 0; i < LANGUAGES; i++)
			if (str_ieq(tag, str_of(codes[i])))
				return (enum language)i;
	}
	return LANGUAGE_EN;
}

const char *
language_code(enum language l)
{
	return codes[l];
}
