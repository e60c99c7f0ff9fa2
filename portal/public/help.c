/* Answers, and the guides of docs/, which are pages made when the hub is built
 * (hub/tools/guide_pages.py). */
#include <stdio.h>
#include <string.h>

#include "public.h"

enum { HELP_KEEP_S = 300, QUESTION_VALUES = 3, GUIDE_VALUES = 3, GUIDE_NAME_MOST = 40 };

static const struct {
	const char *id;
	enum text question, answer;
} questions[] = {
	{ "find", TEXT_Q_FIND, TEXT_A_FIND },
	{ "mail", TEXT_Q_MAIL, TEXT_A_MAIL },
	{ "access", TEXT_Q_ACCESS, TEXT_A_ACCESS },
	{ "stop", TEXT_Q_STOP, TEXT_A_STOP },
	{ "password", TEXT_Q_PASSWORD, TEXT_A_PASSWORD },
	{ "locked", TEXT_Q_LOCKED, TEXT_A_LOCKED },
	{ "name", TEXT_Q_NAME, TEXT_A_NAME },
	{ "other", TEXT_Q_OTHER, TEXT_A_OTHER },
	{ "gone", TEXT_Q_GONE, TEXT_A_GONE },
	{ "estimated", TEXT_Q_ESTIMATED, TEXT_A_ESTIMATED },
	{ "today", TEXT_Q_TODAY, TEXT_A_TODAY },
};

static const struct {
	const char *name;
	enum text title, says;
} guides[] = {
	{ "customer", TEXT_GUIDE_CUSTOMER, TEXT_GUIDE_CUSTOMER_SAYS },
	{ "customer-script", TEXT_GUIDE_SCRIPT, TEXT_GUIDE_SCRIPT_SAYS },
	{ "csp", TEXT_GUIDE_CSP, TEXT_GUIDE_CSP_SAYS },
	{ "csp-quick-start", TEXT_GUIDE_QUICK, TEXT_GUIDE_QUICK_SAYS },
	{ "green-button-third-party", TEXT_GUIDE_GREEN, TEXT_GUIDE_GREEN_SAYS },
	{ "rep", TEXT_GUIDE_REP, TEXT_GUIDE_REP_SAYS },
	{ "utility", TEXT_GUIDE_UTILITY, TEXT_GUIDE_UTILITY_SAYS },
	{ "regulator", TEXT_GUIDE_REGULATOR, TEXT_GUIDE_REGULATOR_SAYS },
	{ "operator", TEXT_GUIDE_OPERATOR, TEXT_GUIDE_OPERATOR_SAYS },
	{ "auditor", TEXT_GUIDE_AUDITOR, TEXT_GUIDE_AUDITOR_SAYS },
};

static bool
fill(struct task *t, struct page *p, void *arg, struct err *e)
{
	struct view *asked = page_items(p, nitems(questions), QUESTION_VALUES, e);
	struct view *items = page_items(p, nitems(guides), GUIDE_VALUES, e);

	(void)t;
	(void)arg;
	if (asked == NULL || items == NULL)
		return false;
	for (size_t i = 0; i < nitems(questions); i++) {
		view_c(&asked[i], "id", questions[i].id);
		view_set(&asked[i], "question", text_of(p->language, questions[i].question));
		view_set(&asked[i], "answer", page_text(p, questions[i].answer));
	}
	for (size_t i = 0; i < nitems(guides); i++) {
		view_c(&items[i], "name", guides[i].name);
		view_set(&items[i], "title", text_of(p->language, guides[i].title));
		view_set(&items[i], "says", text_of(p->language, guides[i].says));
	}
	view_list(&p->view, "questions", asked, nitems(questions));
	view_list(&p->view, "guides", items, nitems(guides));
	return true;
}

static bool
help(struct task *t, struct page *p, struct err *e)
{
	struct public_page page = { .view = "help.html", .keep_s = HELP_KEEP_S, .fill = fill };

	return public_send(t, p, &page, e);
}

bool
help_get(struct task *t, struct call *c, struct err *e)
{
	return public_open(t, c, help, e);
}

/* ---- a guide ---- */

/* The guide in the language of the page, else in English; NULL: there is none. */
static const struct portal_file *
guide_of(const char *name, enum language l)
{
	char file[GUIDE_NAME_MOST + 24];

	if (strlen(name) > GUIDE_NAME_MOST || strchr(name, '.') != NULL)
		return NULL;
	if (l == LANGUAGE_ES) {
		snprintf(file, sizeof file, "guide_%s.es.html", name);
		if (file_named(str_of(file)) != NULL)
			return file_named(str_of(file));
	}
	snprintf(file, sizeof file, "guide_%s.html", name);
	return file_named(str_of(file));
}

static bool
guide(struct task *t, struct page *p, struct err *e)
{
	const struct portal_file *f = guide_of(p->call->param[0], p->language);
	struct public_page page = { .keep_s = HELP_KEEP_S };

	if (f == NULL)
		return page_unknown(t, p->portal, p->call, e);
	page.view = f->name;
	view_c(&p->view, "foreign",
	    p->language == LANGUAGE_ES && !str_ends(str_of(f->name), ".es.html") ? "1" : "");
	return public_send(t, p, &page, e);
}

bool
guide_get(struct task *t, struct call *c, struct err *e)
{
	return public_open(t, c, guide, e);
}
