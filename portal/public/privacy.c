/* What is kept of whom, who sees it, and what people read before they say yes. */
#include "public.h"

enum { PRIVACY_KEEP_S = 300 };

static const enum text told[] = { TEXT_DISCLOSE_1, TEXT_DISCLOSE_2, TEXT_DISCLOSE_3,
	TEXT_DISCLOSE_4, TEXT_DISCLOSE_5, TEXT_DISCLOSE_6, TEXT_DISCLOSE_7 };

static const struct {
	const char *id;
	enum text title, says;
} parts[] = {
	{ "kept", TEXT_PRIVATE_KEPT, TEXT_PRIVATE_KEPT_SAYS },
	{ "who", TEXT_PRIVATE_WHO, TEXT_PRIVATE_WHO_SAYS },
	{ "shared", TEXT_PRIVATE_SHARED, TEXT_PRIVATE_SHARED_SAYS },
	{ "written", TEXT_PRIVATE_WRITTEN, TEXT_PRIVATE_WRITTEN_SAYS },
	{ "long", TEXT_PRIVATE_LONG, TEXT_PRIVATE_LONG_SAYS },
	{ "browser", TEXT_PRIVATE_BROWSER, TEXT_PRIVATE_BROWSER_SAYS },
	{ "yours", TEXT_PRIVATE_YOURS, TEXT_PRIVATE_YOURS_SAYS },
};

static bool
fill(struct task *t, struct page *p, void *arg, struct err *e)
{
	struct view *items = page_items(p, nitems(told), 1, e);
	struct view *sections = page_items(p, nitems(parts), 3, e);

	(void)t;
	(void)arg;
	if (items == NULL || sections == NULL)
		return false;
	/* of no company in particular */
	view_set(&p->view, "csp", text_of(p->language, TEXT_PRIVATE_COMPANY));
	view_c(&p->view, "version", DISCLOSURE_VERSION);
	for (size_t i = 0; i < nitems(told); i++)
		view_set(&items[i], "disclosure", page_text(p, told[i]));
	for (size_t i = 0; i < nitems(parts); i++) {
		view_c(&sections[i], "id", parts[i].id);
		view_set(&sections[i], "title", text_of(p->language, parts[i].title));
		view_set(&sections[i], "says", page_text(p, parts[i].says));
	}
	view_list(&p->view, "disclosures", items, nitems(told));
	view_list(&p->view, "parts", sections, nitems(parts));
	return true;
}

static bool
privacy(struct task *t, struct page *p, struct err *e)
{
	struct public_page page = {
		.view = "privacy.html", .keep_s = PRIVACY_KEEP_S, .fill = fill
	};

	return public_send(t, p, &page, e);
}

bool
privacy_get(struct task *t, struct call *c, struct err *e)
{
	return public_open(t, c, privacy, e);
}
