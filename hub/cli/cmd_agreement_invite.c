/* busbar agreement invite: one customer is asked, for one premise or several. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "store/mailbox.h"

struct invite_args {
	struct str as, email, language, kind, reference;
	struct texts esiid, meter, rep, reads;
	int64_t months, history;
};

static const struct option options[] = {
	OPT_TEXT(invite_args, as, "--as", "CSP", OPTION_REQUIRED, "the third party that asks"),
	OPT_TEXTS(invite_args, esiid, "--esiid", "ESIID", OPTION_REQUIRED,
	    "a premise; again for each further one of the same agreement"),
	OPT_TEXTS(invite_args, meter, "--meter", "NUMBER", OPTION_REQUIRED,
	    "the meter there, as often as --esiid"),
	OPT_TEXTS(invite_args, rep, "--rep", "CERTIFICATE", OPTION_REQUIRED,
	    "five digits of its REP of record, as often as --esiid"),
	OPT_TEXT(invite_args, email, "--email", "ADDRESS", OPTION_REQUIRED,
	    "the customer's mailbox"),
	OPT_INT(invite_args, months, "--months", "N", OPTION_OPTIONAL, 1, 36,
	    "for how long; not with energy-once"),
	OPT_WORD(invite_args, kind, "--kind", "KIND", OPTION_OPTIONAL,
	    "energy|energy-once|device|device-services",
	    "energy, energy-once, device or device-services (default: energy)"),
	OPT_TEXTS(invite_args, reads, "--reads", "READS", OPTION_OPTIONAL,
	    "interval, register or billing; again for more (default: all; of devices none)"),
	OPT_INT(invite_args, history, "--history", "N", OPTION_OPTIONAL, 0, 24,
	    "months before the start that may be read too (default: 0)"),
	OPT_WORD(invite_args, language, "--language", "LANGUAGE", OPTION_OPTIONAL, "EN|ES",
	    "of the mail: EN or ES (default: EN)"),
	OPT_TEXT(invite_args, reference, "--reference", "TEXT", OPTION_OPTIONAL,
	    "the third party's own"),
};

struct fault_row {
	int64_t id;
	struct str state, code, message;
	int32_t row;
};
static const struct db_field fields[] = { DB_INT8(fault_row, id), DB_TEXT(fault_row, state),
	DB_INT4(fault_row, row), DB_TEXT(fault_row, code), DB_TEXT(fault_row, message) };

static bool
check(const struct invite_args *a, struct err *e)
{
	if (a->meter.n != a->esiid.n || a->rep.n != a->esiid.n)
		return err(e, ERR_USAGE,
		    "%zu --esiid, %zu --meter and %zu --rep are given, expected as many of "
		    "each",
		    a->esiid.n, a->meter.n, a->rep.n);
	if ((a->months == INT64_MIN) != str_is(a->kind, "energy-once"))
		return err(e, ERR_USAGE,
		    a->months == INT64_MIN
			? "--months N is missing: for how long"
			: "--months does not go with energy-once: reads are given once");
	return true;
}

/* "energy-once" as the database has it. */
static void
kind_word(char to[32], struct str kind)
{
	str_copy(to, 32, kind.at != NULL ? kind : STR("energy"));
	for (char *at = to; *at != '\0'; at++)
		*at = *at == '-' ? '_' : (char)(*at - 'a' + 'A');
}

static struct param
number_or_null(int64_t n)
{
	return n == INT64_MIN ? (struct param)P_NULL() : (struct param)P_INT4((int32_t)n);
}

static struct rows *
ask(struct task *t, struct cli *cli, const struct invite_args *a, const struct mailbox *m,
    struct err *e)
{
	static const struct str all[] = { { "interval", 8 }, { "register", 8 },
		{ "billing", 7 } };
	size_t all_count = str_starts(a->kind, "device") ? 0 : nitems(all);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE], kind[32];
	struct party csp;

	cli_actor(actor, sizeof actor);
	kind_word(kind, a->kind);
	if (c == NULL || !party_get(t, c, a->as, "CSP", &csp, e))
		return NULL;
	return db_rows(t, c, SQL_AGREEMENT_INVITE,
	    ARGS(P_INT4(csp.party), P_TEXTS(a->esiid.at, a->esiid.n),
		P_TEXTS(a->meter.at, a->meter.n), P_TEXTS(a->rep.at, a->rep.n), P_MAILBOX(*m),
		P_TEXT(kind),
		P_TEXTS(a->reads.n > 0 ? a->reads.at : all,
		    a->reads.n > 0 ? a->reads.n : all_count),
		number_or_null(a->months),
		P_INT4(a->history == INT64_MIN ? 0 : (int32_t)a->history),
		P_STR(a->language.at != NULL ? a->language : STR("EN")), P_STR(a->reference),
		P_TEXT(actor), P_BYTES(m->domain, sizeof m->domain)),
	    e);
}

static void
say_fault(const struct fault_row *row)
{
	if (row->row == 0)
		cli_say(STR_FMT, STR_ARG(row->message));
	else
		cli_say("premise %d: " STR_FMT, (int)row->row, STR_ARG(row->message));
}

/* One object with the list of faults in it, or lines of words. */
static bool
tell(struct cli *cli, struct rows *rows, struct err *e)
{
	AUTO(buf) b = BUF(1024 * 1024);
	struct json j = json_to(&b);
	struct fault_row row = { 0 };
	size_t faults = 0;
	int64_t id = 0;

	json_open(&j, NULL);
	while (ROWS_NEXT(rows, fields, &row)) {
		if (id == 0 && faults == 0) {
			id = row.id;
			if (id == 0)
				json_null(&j, "id");
			else
				json_int(&j, "id", id);
			json_text(&j, "state", row.state);
			json_list(&j, "faults");
		}
		if (row.code.at == NULL)
			continue;
		json_open(&j, NULL);
		json_int(&j, "row", row.row);
		json_text(&j, "code", row.code);
		json_text(&j, "message", row.message);
		json_end(&j);
		faults++;
		if (!cli->json)
			say_fault(&row);
	}
	json_end(&j);
	json_end(&j);
	buf_byte(&b, '\n');
	if (!cli->json) {
		buf_reset(&b);
		if (id != 0)
			buf_fmt(&b, "id     %lld\nstate  PENDING\n", (long long)id);
	}
	if (b.len > 0 && !cli_out(buf_view(&b), e))
		return false;
	if (id == 0)
		return err(e, ERR_BAD_INPUT, "Nobody was invited: %zu fault%s.", faults,
		    faults == 1 ? "" : "s");
	return true;
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct invite_args *a = args;
	AUTO_PTR(keys) k = NULL;
	AUTO_PTR(rows) rows = NULL;
	struct mailbox m;

	if (!check(a, e) || !secret_start(e) ||
	    (k = keys_open(cli->conf.keys_path, e)) == NULL ||
	    !mailbox_seal(&m, k, "agreement.email", a->email, e))
		return false;
	rows = ask(t, cli, a, &m, e);
	return rows != NULL && tell(cli, rows, e);
}

const struct command cmd_agreement_invite = {
	.name = "agreement invite",
	.help = "ask a customer, by mail, to let a third party read",
	.about =
	    "ESI ID, meter number and REP must belong together; whichever of them does not,\n"
	    "the answer is the same. The agreement is PENDING until the customer decides on "
	    "the\n"
	    "page that the mail leads to, and lapses at the end of the fifth weekday after "
	    "the\n"
	    "mail was taken. Nobody is invited unless all premises match.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct invite_args),
	.needs = NEEDS_CONF,
	.run = run,
};
