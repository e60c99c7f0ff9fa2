/* What pages of partners share; see partner.h. */
#include "partner.h"

enum text
partner_word(const struct partner_word *rows, struct str word)
{
	while (rows->word[0] != '\0' && !str_is(word, rows->word))
		rows++;
	return rows->text;
}

int64_t
partner_number(const struct form *asked, const char *name, int64_t otherwise)
{
	int64_t n;

	return asked != NULL && str_int64(form_get(asked, name), &n) ? n : otherwise;
}

int32_t
partner_day(const struct form *asked, const char *name)
{
	int32_t day;

	return asked != NULL && civil_read_date(form_get(asked, name), &day) ? day : DAY_NONE;
}

struct str
partner_text(const struct form *asked, const char *name)
{
	struct str s = asked == NULL ? STR("") : str_trim(form_get(asked, name));

	return s.len > 0 ? s : (struct str){ NULL, 0 };
}

bool
partner_choices(struct page *p, struct field_choices *to, const char *field, enum text all,
    const struct partner_word *rows, struct err *e)
{
	struct field_choice *at;
	size_t n = 1;

	for (const struct partner_word *r = rows; r->word[0] != '\0'; r++)
		n++;
	at = arena_get(p->memory, n * sizeof *at);
	if (at == NULL)
		return err(e, ERR_BUSY, "no memory for choices");
	at[0] = (struct field_choice){ STR(""), text_of(p->language, all) };
	for (size_t i = 1; i < n; i++)
		at[i] = (struct field_choice){ str_of(rows[i - 1].word),
			text_of(p->language, rows[i - 1].text) };
	*to = (struct field_choices){ field, at, n };
	return true;
}
