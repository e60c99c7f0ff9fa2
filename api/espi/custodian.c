/* What is the same in every answer. */
#include <stdio.h>
#include <string.h>

#include "espi.h"

#define BASE "/DataCustodian" ESPI_ROOT

bool
custodian_read(struct task *t, struct call *c, struct custodian *to, struct err *e)
{
	struct row {
		struct str space, company, certificate;
		int64_t sync_days;
		int32_t keep_days;
	} row;
	static const struct db_field fields[] = {
		DB_TEXT(row, space),
		DB_TEXT(row, company),
		DB_TEXT(row, certificate),
		DB_INT8(row, sync_days),
		DB_INT4(row, keep_days),
	};
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) conn = call_lease(t, c, e);

	if (conn == NULL || db_one(t, conn, SQL_ESPI_CUSTODIAN, NO_ARGS, fields, nitems(fields),
				&row, &keep, e) != DB_FOUND)
		return false;
	*to = (struct custodian){ .sync_days = row.sync_days, .keep_days = row.keep_days };
	str_copy(to->company, sizeof to->company, row.company);
	str_copy(to->certificate, sizeof to->certificate, row.certificate);
	snprintf(to->root, sizeof to->root, "%s" BASE, call_api(c)->conf.api_url);
	return uuid_read(row.space, &to->space) || err(e, ERR_BUG, "the space of ids is none");
}

struct str
espi_tail(const struct call *c)
{
	static const struct str word = { "/resource", 9 };
	struct str path = c->http->path;

	for (size_t i = 0; i + word.len <= path.len; i++)
		if (memcmp(path.at + i, word.at, word.len) == 0)
			return (struct str){ path.at + i + word.len, path.len - i - word.len };
	return path;
}

void
espi_feed_begin(struct espi_out *o, const struct custodian *dc, struct str tail,
    struct str query, const char *kind, const char *title, int64_t updated_s)
{
	AUTO(buf) href = BUF(16 * 1024);
	char id[UUID_SIZE], type[64];

	buf_str(&href, tail);
	if (query.len > 0) {
		buf_byte(&href, '?');
		buf_str(&href, query);
	}
	uuid_write(id, uuid_of(o->space, buf_view(&href)));
	espi_feed_open(o, id, title, updated_s);
	snprintf(type, sizeof type, "espi-feed/%s", kind);
	buf_reset(&href);
	buf_fmt(&href, "%s" STR_FMT "%s" STR_FMT, dc->root, STR_ARG(tail),
	    query.len > 0 ? "?" : "", STR_ARG(query));
	espi_link_text(o, "self", type, buf_view(&href));
	if (dc->certificate[0] != '\0')
		buf_fmt(o->to,
		    "<link rel=\"related\" type=\"text/html\" "
		    "href=\"https://cert.greenbuttonalliance.org/certificate/%s\"/>\n",
		    dc->certificate);
}

bool
espi_is_custodian(const struct call *c)
{
	return strcmp(call_class(c), "CUSTODIAN") == 0;
}

/* Company_Service_Type_start_end.XML: letters, digits and '-' alone. */
void
espi_file_name(
    struct http *r, const struct custodian *dc, const char *type, int32_t first, int32_t last)
{
	char company[ESPI_CODE_SIZE], from[CIVIL_DATE_SIZE] = "", to[CIVIL_DATE_SIZE] = "";
	size_t n = 0;

	for (const char *p = dc->company; *p != '\0'; p++)
		if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		    (*p >= '0' && *p <= '9'))
			company[n++] = *p;
	company[n] = '\0';
	if (first != DAY_NONE) {
		civil_date(from, first);
		civil_date(to, last);
	}
	http_header(r, "Content-Disposition",
	    "attachment; filename=\"%s_Electric_%s%s%s%s%s.XML\"", company, type,
	    first != DAY_NONE ? "_" : "", from, first != DAY_NONE ? "_" : "", to);
}
