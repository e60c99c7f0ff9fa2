/*
 * The customer feed: who is behind a grant, for grants that say so. Names and addresses stand
 * sealed in the database; here they are opened, for what is written now and for nothing else.
 * Usage never stands beside them.
 *
 * Every entry's address is made as the rows come, and what is asked for is found by comparing
 * addresses: an entry by its own, a feed by that of its entries' collection.
 */
#include <stdio.h>
#include <string.h>

#include "customer.h"

static const struct db_field fields[] = {
	DB_TEXT(customer_row, esiid),
	DB_TEXT(customer_row, zone),
	DB_TEXT(customer_row, subscription),
	DB_TEXT(customer_row, retail_customer),
	DB_TEXT(customer_row, kind),
	DB_TEXT(customer_row, language),
	DB_TEXT(customer_row, street),
	DB_TEXT(customer_row, city),
	DB_TEXT(customer_row, state),
	DB_TEXT(customer_row, zip),
	DB_TEXT(customer_row, supplier),
	DB_TEXT(customer_row, meter),
	DB_BYTES(customer_row, index),
	DB_BYTES(customer_row, account_sealed),
	DB_BYTES(customer_row, name_sealed),
	DB_BYTES(customer_row, address_sealed),
	DB_BYTES(customer_row, phone_sealed),
	DB_BYTES(customer_row, email_sealed),
	DB_INT4(customer_row, customer),
	DB_INT4(customer_row, interval_s),
	DB_STAMP(customer_row, made_at),
	DB_STAMP(customer_row, signed_at),
	DB_STAMP(customer_row, starts_at),
	DB_STAMP(customer_row, ends_at),
	DB_BOOL(customer_row, agreement),
	DB_BOOL(customer_row, location),
};

/* ---- which entry ---- */

/* Whether the address is the collection that the path lies in. */
static bool
is_above(struct str tail, const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_eq(tail, (struct str){ path, (size_t)(slash - path) });
}

/* Whether the address is what stands at the end of the path, before `until`. */
static bool
is_end_of(const char *path, const char *until, struct str tail)
{
	size_t len = (size_t)(until - path);

	return len >= tail.len && memcmp(until - tail.len, tail.at, tail.len) == 0;
}

static bool
wanted(struct people *p, const char *path)
{
	size_t len = strlen(path);

	if (p->all)
		return true;
	if (p->root) {
		bool is =
		    is_end_of(path, p->one ? path + strlen(path) : strrchr(path, '/'), p->tail);

		p->found = p->found || is;
		return is;
	}
	/* what is below it is there, if it has anything or not */
	if (p->tail.len > len && memcmp(p->tail.at, path, len) == 0 && p->tail.at[len] == '/' &&
	    memchr(p->tail.at + len + 1, '/', p->tail.len - len - 1) == NULL)
		p->found = true;
	if (str_is(p->tail, path)) {
		p->found = true;
		return p->one;
	}
	if (!p->one && is_above(p->tail, path)) {
		p->found = true;
		return true;
	}
	return false;
}

static void
link_below(struct people *p, const char *path, const char *kind)
{
	char type[64];

	snprintf(type, sizeof type, "cust-feed/%s", kind);
	espi_link(&p->out, "related", type, "%s/%s", path, kind);
}

/* The entry of a path up to its content, when it is wanted. below, besides: collections below
 * it, or NULL. */
static bool
begin(struct people *p, const char *path, const char *kind, const char *below,
    const char *besides)
{
	struct espi_stamps at = { p->row.made_at, p->row.made_at };
	char type[64];
	const char *slash = strrchr(path, '/');
	char id[UUID_SIZE];

	if (!wanted(p, path))
		return false;
	uuid_write(id, uuid_of(p->out.space, str_of(path)));
	if (!espi_entry_open(&p->out, id))
		return false;
	snprintf(type, sizeof type, "cust-entry/%s", kind);
	espi_link(&p->out, "self", type, "%s", path);
	snprintf(type, sizeof type, "cust-feed/%s", kind);
	espi_link(&p->out, "up", type, "%.*s", (int)(slash - path), path);
	if (below != NULL)
		link_below(p, path, below);
	if (besides != NULL)
		link_below(p, path, besides);
	espi_entry_content(&p->out, kind, &at);
	buf_fmt(p->out.to, "<%s " CUSTOMER_NS ">\n", kind);
	return true;
}

static void
end(struct people *p, const char *kind)
{
	buf_fmt(p->out.to, "</%s>", kind);
	espi_entry_close(&p->out);
}

/* ---- rows ---- */

/* "…/Customer/ID": the last word is the kind, the id is about the name. */
static void
name_below(struct people *p, char to[ESPI_HREF_SIZE], const char *above, const char *kind,
    const char *name)
{
	char id[UUID_SIZE];

	espi_named(&p->out, id, "%s/%s/" STR_FMT, kind, name, STR_ARG(p->row.retail_customer));
	snprintf(to, ESPI_HREF_SIZE, "%s/%s/%s", above, kind, id);
}

static void
put_customer(struct people *p, bool first)
{
	char name[16], root[64];

	snprintf(name, sizeof name, "%d", (int)p->row.customer);
	snprintf(
	    root, sizeof root, "/RetailCustomer/" STR_FMT, STR_ARG(p->row.retail_customer));
	name_below(p, p->customer, root, "Customer", name);
	name_below(p, p->account, p->customer, "CustomerAccount", name);
	if (first && begin(p, p->customer, "Customer", "CustomerAccount", "Statement")) {
		customer_put(p);
		end(p, "Customer");
	}
	if (first && p->row.account_sealed.at != NULL &&
	    begin(p, p->account, "CustomerAccount", "CustomerAgreement", NULL)) {
		account_put(p);
		end(p, "CustomerAccount");
	}
}

static void
put_premise(struct people *p)
{
	char agreement[ESPI_HREF_SIZE], path[ESPI_HREF_SIZE], location[ESPI_HREF_SIZE],
	    esiid[ESIID_SIZE];

	str_copy(esiid, sizeof esiid, p->row.esiid);
	name_below(p, agreement, p->account, "CustomerAgreement", esiid);
	if (p->row.agreement &&
	    begin(p, agreement, "CustomerAgreement", p->row.location ? "ServiceLocation" : NULL,
		p->row.supplier.at != NULL ? "ServiceSupplier" : NULL)) {
		agreement_put(p);
		end(p, "CustomerAgreement");
	}
	name_below(p, path, agreement, "ServiceSupplier", esiid);
	if (p->row.supplier.at != NULL && begin(p, path, "ServiceSupplier", NULL, NULL)) {
		supplier_put(p);
		end(p, "ServiceSupplier");
	}
	name_below(p, location, agreement, "ServiceLocation", esiid);
	if (p->row.location && begin(p, location, "ServiceLocation",
				   p->row.meter.at != NULL ? "Meter" : NULL, NULL)) {
		location_put(p);
		end(p, "ServiceLocation");
	}
	name_below(p, path, location, "Meter", esiid);
	if (p->row.meter.at != NULL && begin(p, path, "Meter", NULL, NULL)) {
		meter_put(p);
		end(p, "Meter");
	}
}

/* ---- statements ---- */

static void
put_statement(struct people *p, const struct statement_row *s)
{
	char name[64], root[64], path[ESPI_HREF_SIZE];

	/* its customer's address, as put_customer() makes it */
	p->row.retail_customer = s->retail_customer;
	p->row.made_at = s->made_at;
	snprintf(name, sizeof name, "%d", (int)s->customer);
	snprintf(root, sizeof root, "/RetailCustomer/" STR_FMT, STR_ARG(s->retail_customer));
	name_below(p, p->customer, root, "Customer", name);
	snprintf(name, sizeof name, STR_FMT "/%d/%d", STR_ARG(s->esiid), (int)s->first_day,
	    (int)s->last_day);
	name_below(p, path, p->customer, "Statement", name);
	if (begin(p, path, "Statement", NULL, NULL)) {
		statement_put(p, s);
		end(p, "Statement");
	}
}

static bool
put_statements(struct task *t, struct call *c, struct people *p, const char *customer,
    struct answer *a, struct err *e)
{
	static const struct db_field of[] = {
		DB_TEXT(statement_row, retail_customer),
		DB_TEXT(statement_row, subscription),
		DB_TEXT(statement_row, esiid),
		DB_INT4(statement_row, customer),
		DB_DATE(statement_row, first_day),
		DB_DATE(statement_row, last_day),
		DB_STAMP(statement_row, issued_at),
		DB_STAMP(statement_row, made_at),
	};
	struct statement_row row;
	AUTO_PTR(rows) rows = NULL;
	AUTO_PTR(conn) conn = call_lease(t, c, e);

	if (conn == NULL || (rows = db_rows(t, conn, SQL_ESPI_STATEMENTS,
				 ARGS(P_SHOWN(c), P_TEXT(customer)), e)) == NULL)
		return false;
	while (ROWS_NEXT(rows, of, &row)) {
		put_statement(p, &row);
		if (!answer_more(a, e))
			return false;
	}
	return true;
}

/* ---- all of it ---- */

static bool
put_rows(struct people *p, struct rows *rows, struct answer *a, struct err *e)
{
	int32_t customer = 0;

	while (ROWS_NEXT(rows, fields, &p->row)) {
		put_customer(p, p->row.customer != customer);
		customer = p->row.customer;
		put_premise(p);
		if (!answer_more(a, e))
			return false;
	}
	return true;
}

/* Whether the address ends in an id, and so is of one entry: /RetailCustomer/ID and pairs. */
static bool
of_one(struct str tail)
{
	unsigned slashes = 0;

	for (size_t i = 0; i < tail.len; i++)
		slashes += tail.at[i] == '/';
	return slashes % 2 == 0;
}

static struct rows *
ask(struct task *t, struct call *c, const struct people *p, const char *customer, struct err *e)
{
	AUTO_PTR(conn) conn = call_lease(t, c, e);

	if (conn == NULL)
		return NULL;
	if (customer[0] == '\0' && !p->file && !p->root &&
	    db_exec(t, conn, SQL_ESPI_BULK, ARGS(P_SHOWN(c), P_TEXT(c->param[0])), NULL, e) !=
		DB_FOUND)
		return NULL;
	return db_rows(t, conn, SQL_ESPI_CUSTOMERS,
	    ARGS(P_SHOWN(c), P_TEXT(customer), P_STR(espi_tail(c))), e);
}

static bool
write_all(struct task *t, struct call *c, struct people *p, const char *customer,
    struct answer *a, struct err *e)
{
	struct custodian dc;
	struct espi_ask ask_of;
	AUTO_PTR(rows) rows = NULL;

	if (!espi_ask_read(&call_of(c)->query, &ask_of, e) || !custodian_read(t, c, &dc, e) ||
	    (rows = ask(t, c, p, customer, e)) == NULL)
		return false;
	p->keys = call_api(c)->keys;
	p->out = espi_to(answer_to(a), dc.space, dc.root);
	p->out.alone = p->one;
	p->out.first = ask_of.start;
	p->out.most = ask_of.most;
	if (!p->one)
		espi_feed_begin(&p->out, &dc, espi_tail(c), c->http->query, "Customer",
		    "Green Button customer", time_now_s());
	if (!put_rows(p, rows, a, e) || !put_statements(t, c, p, customer, a, e))
		return false;
	if (!p->all && !p->found)
		return err(e, ERR_NOT_FOUND, "there is no such resource");
	if (!p->one)
		espi_feed_close(&p->out);
	if (p->file)
		espi_file_name(c->http, &dc, "Customer", DAY_NONE, DAY_NONE);
	http_header(c->http, "Cache-Control", "no-store");
	return answer_send(t, a, 200, e);
}

static bool
answer_people(
    struct task *t, struct call *c, struct people *p, const char *customer, struct err *e)
{
	struct answer a;
	struct uuid u;
	bool ok;

	p->tail = espi_tail(c);
	p->one = !p->all && of_one(p->tail);
	p->found = p->root && !p->one; /* none of a kind is an empty feed */
	if (!p->file && (!p->root || p->one) && !uuid_read(str_of(c->param[0]), &u))
		return err(e, ERR_NOT_FOUND, "there is no such resource");
	answer_begin(&a, c, ESPI_TYPE);
	ok = write_all(t, c, p, customer, &a, e);
	answer_wipe(&a);
	answer_auto(&a);
	return ok;
}

bool
espi_customer_batch(struct task *t, struct call *c, struct err *e)
{
	struct people p = { .all = true };

	return answer_people(t, c, &p, c->param[0], e);
}

bool
espi_customer_bulk(struct task *t, struct call *c, struct err *e)
{
	struct people p = { .all = true };

	/* a custodian's token has no client of its own: the bulk says which */
	return answer_people(t, c, &p, espi_is_custodian(c) ? c->param[0] : "", e);
}

bool
espi_customer(struct task *t, struct call *c, struct err *e)
{
	struct people p = { .all = false };

	return answer_people(t, c, &p, c->param[0], e);
}

/* What a customer downloads of itself; its address has no parameter. */
bool
espi_customer_file(struct task *t, struct call *c, struct err *e)
{
	struct people p = { .all = true, .file = true };

	return answer_people(t, c, &p, "", e);
}

/* For the custodian: entries of one kind, of all grants that give them. */
bool
espi_customer_root(struct task *t, struct call *c, struct err *e)
{
	struct people p = { .root = true };

	return answer_people(t, c, &p, "", e);
}
