/* What stands in the entries of the customer feed. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "customer.h"

enum { OPEN_MOST = 1024, PLACE_MOST = 64 };

static void
put(struct people *p, const char *name, struct str text)
{
	if (text.len == 0)
		return;
	buf_fmt(p->out.to, "<%s>", name);
	espi_text(p->out.to, str_first(text, 256));
	buf_fmt(p->out.to, "</%s>\n", name);
}

/* A sealed text; empty when there is none, or it does not open. Wipe it afterwards. */
static struct str
opened(const struct people *p, char to[OPEN_MOST], const char *column, struct str sealed)
{
	char place[PLACE_MOST + INDEX_BYTES];
	size_t n = strlen(column), len;

	if (sealed.at == NULL || sealed.len > OPEN_MOST || p->row.index.len > INDEX_BYTES)
		return STR("");
	memcpy(place, column, n);
	memcpy(place + n, p->row.index.at, p->row.index.len);
	if (!unseal(p->keys, to, &len, sealed, (struct str){ place, n + p->row.index.len }))
		return STR("");
	return (struct str){ to, len };
}

static void
put_sealed(struct people *p, const char *name, const char *column, struct str sealed)
{
	char text[OPEN_MOST];

	put(p, name, opened(p, text, column, sealed));
	secret_wipe(text, sizeof text);
}

/* Ten digits are an area code and the rest; what is otherwise is left as it is. */
static void
put_phone(struct people *p)
{
	char text[OPEN_MOST];
	struct str phone = opened(p, text, "contact.phone", p->row.phone_sealed);
	bool ten = phone.len == 10;

	for (size_t i = 0; i < phone.len; i++)
		ten = ten && isdigit((unsigned char)phone.at[i]);
	if (phone.len > 0) {
		buf_c(p->out.to, "<phone1>");
		if (ten)
			put(p, "areaCode", (struct str){ phone.at, 3 });
		put(p, "localNumber",
		    ten ? (struct str){ phone.at + 3, phone.len - 3 } : phone);
		buf_c(p->out.to, "</phone1>\n");
	}
	secret_wipe(text, sizeof text);
}

void
customer_put(struct people *p)
{
	struct buf *b = p->out.to;
	bool business = str_is(p->row.kind, "BUSINESS");

	buf_c(b, "<Organisation>\n");
	if (p->row.address_sealed.at != NULL) {
		buf_c(b, "<postalAddress><streetDetail>");
		put_sealed(p, "addressGeneral", "customer.address", p->row.address_sealed);
		buf_c(b, "</streetDetail></postalAddress>\n");
	}
	put_phone(p);
	if (p->row.email_sealed.at != NULL) {
		buf_c(b, "<electronicAddress>");
		put_sealed(p, "email1", "contact.email", p->row.email_sealed);
		buf_c(b, "</electronicAddress>\n");
	}
	if (business)
		put_sealed(p, "organisationName", "customer.name", p->row.name_sealed);
	buf_fmt(b, "</Organisation>\n<kind>%s</kind>\n",
	    business ? "commercialIndustrial" : "residential");
	put(p, "locale", str_is(p->row.language, "ES") ? STR("es-US") : STR("en-US"));
	put_sealed(p, "customerName", "customer.name", p->row.name_sealed);
}

void
account_put(struct people *p)
{
	put_sealed(p, "accountId", "customer.account", p->row.account_sealed);
}

void
agreement_put(struct people *p)
{
	buf_fmt(p->out.to,
	    "<signDate>%" PRId64 "</signDate>\n<validityInterval><duration>%" PRId64
	    "</duration><start>%" PRId64 "</start></validityInterval>\n",
	    p->row.signed_at, p->row.ends_at - p->row.starts_at, p->row.starts_at);
	put(p, "agreementId", p->row.esiid);
}

void
supplier_put(struct people *p)
{
	buf_c(p->out.to, "<Organisation>");
	put(p, "organisationName", p->row.supplier);
	buf_c(p->out.to, "</Organisation>\n<kind>utility</kind>\n");
}

/* It names its usage point by the address that the usage feed gives it. */
void
location_put(struct people *p)
{
	struct espi_point point = { .zone = NULL };
	struct buf *b = p->out.to;

	str_copy(point.esiid, sizeof point.esiid, p->row.esiid);
	espi_named(&p->out, point.id, "UsagePoint/%s", point.esiid);
	buf_c(b, "<mainAddress>\n");
	if (p->row.street.len > 0) {
		buf_c(b, "<streetDetail>");
		put(p, "addressGeneral", p->row.street);
		buf_c(b, "</streetDetail>\n");
	}
	if (p->row.city.len > 0 || p->row.state.len > 0) {
		buf_c(b, "<townDetail>");
		put(p, "name", p->row.city);
		put(p, "stateOrProvince", p->row.state);
		buf_c(b, "</townDetail>\n");
	}
	put(p, "postalCode", p->row.zip);
	buf_c(b, "</mainAddress>\n");
	buf_fmt(b, "<UsagePoints><UsagePoint>%s", p->out.root);
	if (p->row.subscription.len > 0)
		buf_fmt(b, "/Subscription/" STR_FMT, STR_ARG(p->row.subscription));
	buf_fmt(b, "/UsagePoint/%s</UsagePoint></UsagePoints>\n", point.id);
}

void
meter_put(struct people *p)
{
	put(p, "serialNumber", p->row.meter);
	if (p->row.interval_s > 0)
		buf_fmt(
		    p->out.to, "<intervalLength>%d</intervalLength>\n", (int)p->row.interval_s);
}

/* Its document is the summary of the bill. */
void
statement_put(struct people *p, const struct statement_row *s)
{
	struct espi_point point = { .zone = NULL };
	struct espi_bill bill = { .first = s->first_day, .last = s->last_day };
	char id[UUID_SIZE], first[CIVIL_DATE_SIZE], last[CIVIL_DATE_SIZE];

	str_copy(point.esiid, sizeof point.esiid, s->esiid);
	espi_named(&p->out, point.id, "UsagePoint/%s", point.esiid);
	espi_bill_named(&p->out, id, &point, &bill);
	civil_date(first, s->first_day);
	civil_date(last, s->last_day);
	buf_fmt(p->out.to,
	    "<issueDateTime>%" PRId64 "</issueDateTime>\n<statementRef><fileName>%s_%s.xml"
	    "</fileName><mediaType>application/atom+xml</mediaType><statementURL>%s"
	    "/Subscription/" STR_FMT "/UsagePoint/%s/UsageSummary/%s</statementURL>"
	    "</statementRef>\n",
	    s->issued_at, first, last, p->out.root, STR_ARG(s->subscription), point.id, id);
}
