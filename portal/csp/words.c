/* States and kinds in words; see csp.h. */
#include "csp.h"

struct word {
	const char *is;
	enum text text;
};

static const struct word stages[] = {
	{ "sent", TEXT_STAGE_SENT },
	{ "delivered", TEXT_STAGE_DELIVERED },
	{ "opened", TEXT_STAGE_OPENED },
};

static const struct word states[] = {
	{ "PENDING", TEXT_STATE_PENDING },
	{ "ACTIVE", TEXT_STATE_ACTIVE },
	{ "HELD", TEXT_STATE_HELD },
	{ "SUSPENDED", TEXT_STATE_SUSPENDED },
	{ "REJECTED", TEXT_STATE_REJECTED },
	{ "REPORTED", TEXT_STATE_REPORTED },
	{ "LAPSED", TEXT_STATE_LAPSED },
	{ "UNDELIVERABLE", TEXT_STATE_UNDELIVERABLE },
	{ "WITHDRAWN", TEXT_STATE_WITHDRAWN },
	{ "COMPLETED", TEXT_STATE_COMPLETED },
	{ "TERMINATED", TEXT_STATE_TERMINATED },
};

static const struct word kinds[] = {
	{ "ENERGY", TEXT_ASK_ENERGY },
	{ "ENERGY_ONCE", TEXT_ASK_ONCE },
	{ "DEVICE", TEXT_ASK_DEVICE },
	{ "DEVICE_SERVICES", TEXT_ASK_SERVICES },
};

static const struct word reads[] = {
	{ "interval", TEXT_READS_INTERVAL },
	{ "register", TEXT_READS_REGISTER },
	{ "billing", TEXT_READS_BILLING },
};

static const struct word languages[] = {
	{ "EN", TEXT_LANGUAGE_EN },
	{ "ES", TEXT_LANGUAGE_ES },
};

static enum text
word_of(const struct word *rows, size_t n, struct str is, enum text otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(is, rows[i].is))
			return rows[i].text;
	return otherwise;
}

enum text
csp_state(struct str state, struct str stage)
{
	if (str_is(state, "PENDING"))
		return word_of(stages, nitems(stages), stage, TEXT_STATE_PENDING);
	return word_of(states, nitems(states), state, TEXT_STATE_TERMINATED);
}

enum text
csp_kind(struct str kind)
{
	return word_of(kinds, nitems(kinds), kind, TEXT_ASK_ENERGY);
}

struct str
csp_reads(struct page *p, struct str list)
{
	AUTO(buf) b = BUF(400);
	struct str one;
	bool more = list.len > 0;

	while (more) {
		more = str_cut(list, ',', &one, &list);
		if (b.len > 0)
			buf_c(&b, ", ");
		buf_str(&b, text_of(p->language,
				word_of(reads, nitems(reads), one, TEXT_READS_INTERVAL)));
	}
	return page_keep(p, buf_view(&b));
}

static bool
choices(struct page *p, struct field_choices *to, const char *field, const struct word *rows,
    size_t n, bool any, struct err *e)
{
	struct field_choice *at = arena_get(p->memory, (n + 1) * sizeof *at);
	size_t used = 0;

	if (at == NULL)
		return err(e, ERR_BUSY, "no memory for choices");
	if (any)
		at[used++] =
		    (struct field_choice){ STR(""), text_of(p->language, TEXT_FILTER_ANY) };
	for (size_t i = 0; i < n; i++)
		at[used++] = (struct field_choice){ str_of(rows[i].is),
			text_of(p->language, rows[i].text) };
	*to = (struct field_choices){ field, at, used };
	return true;
}

bool
csp_states(struct page *p, struct field_choices *to, struct err *e)
{
	return choices(p, to, "state", states, nitems(states), true, e);
}

bool
csp_kinds(struct page *p, struct field_choices *to, bool any, struct err *e)
{
	return choices(p, to, "kind", kinds, nitems(kinds), any, e);
}

bool
csp_kinds_of_reads(struct page *p, struct field_choices *to, struct err *e)
{
	return choices(p, to, "reads", reads, nitems(reads), false, e);
}

bool
csp_languages(struct page *p, struct field_choices *to, struct err *e)
{
	return choices(p, to, "language", languages, nitems(languages), false, e);
}
