/* Customer accounts. What identifies a person is sealed by the loader before it is stored. */
#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "account",  COL_TEXT, true,  40, NULL, "account number" },
	{ "name",     COL_TEXT, true, 120, NULL, "name of the person or company" },
	{ "kind",     COL_CHOICE, true, 0, "RESIDENTIAL|BUSINESS", "kind of customer" },
	{ "phones",   COL_LIST, false, 20, NULL, "telephone numbers" },
	{ "emails",   COL_LIST, false, 254, NULL, "e-mail addresses" },
	{ "billing_address", COL_TEXT, false, 200, NULL, "address of the bill" },
	{ "language", COL_CHOICE, false, 0, "EN|ES", "language of letters" },
	{ "esiids",   COL_LIST, false, 22, NULL, "ESI IDs of the account's premises" },
	{ "created",  COL_STAMP, false, 0, NULL, "when the source said so; preset receipt" },
};
/* clang-format on */
enum { ESIIDS = 7 };

static bool
customer_finish(struct csv_format *c, struct row *r)
{
	struct str rest = r->value[ESIIDS].text, item;

	while (list_next(&rest, &item)) {
		char found[FAULT_FOUND];
		struct esiid id;

		if (esiid_read(item, &id))
			continue;
		str_copy(found, sizeof(found), item);
		return csv_format_refuse(
		    c, ESIIDS, RULE_ESIID, found, "17 or 22 digits that begin with 10");
	}
	return true;
}

CSV_FORMAT(customer, "customer accounts: names, contacts, premises", customer_finish);
