/* busbar agreement list, show, funnel: what customers were asked and what they said. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column columns[] = {
	{ "id", "NUMBER", CELL_INT },
	{ "csp", "CSP", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "kind", "KIND", CELL_TEXT },
	{ "premises", "PREMISES", CELL_INT },
	{ "months", "MONTHS", CELL_INT },
	{ "invited_at", "INVITED", CELL_STAMP },
	{ "dies_at", "LAPSES", CELL_STAMP },
	{ "decided_at", "DECIDED", CELL_STAMP },
	{ "ends_at", "ENDS", CELL_STAMP },
	{ "ended_at", "ENDED", CELL_STAMP },
	{ "reason", "WHY", CELL_TEXT },
	{ "reference", "REFERENCE", CELL_TEXT },
	{ "reads", NULL, CELL_TEXT },
	{ "history_months", NULL, CELL_INT },
	{ "language", NULL, CELL_TEXT },
	{ "accepted_at", NULL, CELL_STAMP },
	{ "opened_at", NULL, CELL_STAMP },
	{ "starts_at", NULL, CELL_STAMP },
	{ "reads_from", NULL, CELL_STAMP },
	{ "by", NULL, CELL_TEXT },
	{ "renews", NULL, CELL_DIGITS },
};

#define STATES                                                                            \
	"pending|active|held|rejected|reported|lapsed|withdrawn|undeliverable|completed|" \
	"terminated|suspended"
enum { LIST_PRESET = 100, LIST_LIMIT = 100000, SHOW_MOST_BYTES = 64 * 1024 * 1024 };

/* A party's number, or null for all. */
static bool
csp_or_all(struct task *t, struct conn *c, struct str code, struct param *to, struct err *e)
{
	struct party csp;

	*to = (struct param)P_NULL();
	if (code.at == NULL)
		return true;
	if (!party_get(t, c, code, "CSP", &csp, e))
		return false;
	*to = (struct param)P_INT4(csp.party);
	return true;
}

/* ---- list ---- */

struct list_args {
	struct str as, state, reference;
	int64_t most;
};

static const struct option list_options[] = {
	OPT_TEXT(list_args, as, "--as", "CSP", OPTION_OPTIONAL, "of this third party only"),
	OPT_WORD(list_args, state, "--state", "STATE", OPTION_OPTIONAL, STATES,
	    "only those: pending, active, held, rejected, reported, lapsed, withdrawn, "
	    "undeliverable, completed, terminated, suspended"),
	OPT_TEXT(list_args, reference, "--reference", "TEXT", OPTION_OPTIONAL,
	    "only those that the third party has given this reference"),
	OPT_INT(list_args, most, "--most", "N", OPTION_OPTIONAL, 1, LIST_LIMIT,
	    "how many, newest first (default: 100)"),
};

static bool
agreement_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct param csp;

	return c != NULL && csp_or_all(t, c, a->as, &csp, e) &&
	       list_rows(&l, t, c, SQL_AGREEMENT_LIST,
		   ARGS(csp, P_STR(a->state),
		       P_INT4(a->most == INT64_MIN ? LIST_PRESET : (int32_t)a->most),
		       P_STR(a->reference)),
		   e) &&
	       list_print(&l, cli, e);
}

/* ---- show ---- */

struct show_args {
	int64_t number;
};

static const struct option show_options[] = {
	ARG_INT(show_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the agreement"),
};

static const struct list_column premise_columns[] = {
	{ "esiid", "PREMISE", CELL_TEXT },
	{ "ended_at", "ENDED", CELL_STAMP },
	{ "reason", "WHY", CELL_TEXT },
};

static const struct list_column step_columns[] = {
	{ "at", "WHEN", CELL_STAMP },
	{ "was", "WAS", CELL_TEXT },
	{ "event", "EVENT", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "by", "BY", CELL_TEXT },
	{ "actor", "ACTOR", CELL_TEXT },
	{ "why", "WHY", CELL_TEXT },
};

static const struct list_column mail_columns[] = {
	{ "mail", "MAIL", CELL_INT },
	{ "kind", "KIND", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "queued_at", "QUEUED", CELL_STAMP },
	{ "accepted_at", "TAKEN", CELL_STAMP },
};

struct shown {
	struct str doc;
};
static const struct db_field shown_fields[] = { DB_TEXT(shown, doc) };

static bool
draw_lists(struct task *t, struct conn *c, int64_t number, struct buf *to, struct err *e)
{
	AUTO(list) premises = LIST(premise_columns);
	AUTO(list) steps = LIST(step_columns);
	AUTO(list) mails = LIST(mail_columns);

	if (!list_rows(&premises, t, c, SQL_AGREEMENT_PREMISES, ARGS(P_INT8(number)), e) ||
	    !list_rows(&steps, t, c, SQL_AGREEMENT_STEPS, ARGS(P_INT8(number)), e) ||
	    !list_rows(&mails, t, c, SQL_AGREEMENT_MAILS, ARGS(P_INT8(number)), e))
		return false;
	buf_byte(to, '\n');
	list_draw(&premises, false, false, to);
	buf_byte(to, '\n');
	list_draw(&steps, false, false, to);
	buf_byte(to, '\n');
	list_draw(&mails, false, false, to);
	return true;
}

static bool
draw(struct task *t, struct conn *c, int64_t number, struct buf *to, struct err *e)
{
	AUTO(list) one = LIST(columns);

	if (!list_rows(&one, t, c, SQL_AGREEMENT_ONE, ARGS(P_INT8(number)), e))
		return false;
	list_draw_one(&one, false, to);
	return draw_lists(t, c, number, to, e);
}

/* The database gives it whole, as JSON; people see the same as lines. */
static bool
agreement_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct show_args *a = args;
	AUTO(buf) b = BUF(SHOW_MOST_BYTES);
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct shown row = { 0 };

	if (c == NULL || db_one(t, c, SQL_AGREEMENT_SHOW, ARGS(P_INT8(a->number)), shown_fields,
			     nitems(shown_fields), &row, &keep, e) > DB_NONE)
		return false;
	if (row.doc.at == NULL)
		return err(
		    e, ERR_NOT_FOUND, "there is no agreement %lld", (long long)a->number);
	if (!cli->json)
		return draw(t, c, a->number, &b, e) && cli_out(buf_view(&b), e);
	buf_str(&b, row.doc);
	buf_byte(&b, '\n');
	return cli_out(buf_view(&b), e);
}

/* ---- funnel ---- */

static const struct list_column funnel_columns[] = {
	{ "csp", "CSP", CELL_TEXT },
	{ "invited", "INVITED", CELL_INT },
	{ "sent", "SENT", CELL_INT },
	{ "delivered", "DELIVERED", CELL_INT },
	{ "opened", "OPENED", CELL_INT },
	{ "affirmed", "AFFIRMED", CELL_INT },
	{ "declined", "DECLINED", CELL_INT },
	{ "reported", "REPORTED", CELL_INT },
	{ "lapsed", "LAPSED", CELL_INT },
	{ "undeliverable", "UNDELIVERABLE", CELL_INT },
	{ "withdrawn", "WITHDRAWN", CELL_INT },
};

struct funnel_args {
	struct str as;
	int32_t from, to;
};

static const struct option funnel_options[] = {
	OPT_TEXT(funnel_args, as, "--as", "CSP", OPTION_OPTIONAL, "of this third party only"),
	OPT_DATE(funnel_args, from, "--from", OPTION_OPTIONAL,
	    "invited on this day in Chicago or later (default: ever)"),
	OPT_DATE(funnel_args, to, "--to", OPTION_OPTIONAL, "or up to this day, inclusive"),
};

static bool
agreement_funnel(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct funnel_args *a = args;
	AUTO(list) l = LIST(funnel_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct param csp;

	if (a->from != DAY_NONE && a->to != DAY_NONE && a->to < a->from)
		return err(e, ERR_USAGE, "--to must not be before --from");
	return c != NULL && csp_or_all(t, c, a->as, &csp, e) &&
	       list_rows(&l, t, c, SQL_AGREEMENT_FUNNEL,
		   ARGS(csp, P_DATE(a->from), P_DATE(a->to)), e) &&
	       list_print(&l, cli, e);
}

const struct command cmd_agreement_list = {
	.name = "agreement list",
	.help = "list what customers were asked, and what became of it",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = agreement_list,
};

const struct command cmd_agreement_show = {
	.name = "agreement show",
	.help = "show one agreement with its premises and what happened to it",
	COMMAND_OPTIONS(show_options),
	.args_bytes = sizeof(struct show_args),
	.needs = NEEDS_CONF,
	.run = agreement_show,
};

const struct command cmd_agreement_funnel = {
	.name = "agreement funnel",
	.help = "count invitations by how far they came",
	.about =
	    "Each invitation stands in one column beside INVITED, so they add up to it:\n"
	    "SENT, no mail server has taken the mail yet; DELIVERED, taken and not opened;\n"
	    "OPENED, the page was looked at; then what the customer, the clock, the mail\n"
	    "server or the third party made of it. AFFIRMED counts those that ended since, "
	    "too.",
	COMMAND_OPTIONS(funnel_options),
	.args_bytes = sizeof(struct funnel_args),
	.needs = NEEDS_CONF,
	.run = agreement_funnel,
};
