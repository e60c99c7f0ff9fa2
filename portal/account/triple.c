/* ESI ID, meter and retailer of a form; see triple.h. */
#include "triple.h"

#include "meter/ids.h"

/* Bills print long numbers in groups. */
static struct str
without_blanks(struct page *p, struct str typed)
{
	char text[TRIPLE_TYPED_MOST + 1];
	size_t n = 0;

	for (size_t i = 0; i < typed.len && n < TRIPLE_TYPED_MOST; i++)
		if (typed.at[i] != ' ')
			text[n++] = typed.at[i];
	return typed.len > TRIPLE_TYPED_MOST ? STR("") : page_keep(p, (struct str){ text, n });
}

static bool
digits(struct str s, size_t n)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.len == n;
}

bool
triple_read(
    struct page *p, const struct form *f, struct triple *to, enum text wrong[TRIPLE_FIELDS])
{
	char meter[METER_NUMBER_MOST + 1];
	struct esiid id;

	*to = (struct triple){ .esiid = without_blanks(p, form_get(f, "esiid")),
		.meter = without_blanks(p, form_get(f, "meter")),
		.rep = str_trim(form_get(f, "rep")) };
	if (!esiid_read(to->esiid, &id))
		wrong[TRIPLE_ESIID] = TEXT_WRONG_ESIID;
	if (!meter_number_normal(to->meter, meter))
		wrong[TRIPLE_METER] = TEXT_WRONG_METER;
	if (!digits(to->rep, 5))
		wrong[TRIPLE_REP] = TEXT_WRONG_REP;
	return wrong[TRIPLE_ESIID] == TEXTS && wrong[TRIPLE_METER] == TEXTS &&
	       wrong[TRIPLE_REP] == TEXTS;
}
