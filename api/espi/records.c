/* The records of a client: the service's status, its application, what was granted to it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "espi.h"

enum { RECORD_MOST = 256 * 1024 };

/* ---- small parts ---- */

/* An element with text of others; none without a text. */
static void
put_text(struct buf *b, const char *name, struct str text)
{
	if (text.len == 0)
		return;
	buf_fmt(b, "<%s>", name);
	espi_text(b, text);
	buf_fmt(b, "</%s>\n", name);
}

static void
put_lines(struct buf *b, const char *name, struct str lines)
{
	struct str one;
	bool more = lines.len > 0;

	while (more) {
		more = str_cut(lines, '\n', &one, &lines);
		put_text(b, name, one);
	}
}

static void
put_period(struct buf *b, const char *name, int64_t start_s, int64_t end_s)
{
	if (start_s == DB_STAMP_NONE)
		return;
	buf_fmt(b, "<%s><duration>%" PRId64 "</duration><start>%" PRId64 "</start></%s>\n",
	    name, end_s == DB_STAMP_NONE || end_s < start_s ? 0 : end_s - start_s, start_s,
	    name);
}

static bool
id_is(const struct call *c, int param, const char *id)
{
	struct uuid u;
	char text[UUID_SIZE];

	if (!uuid_read(str_of(c->param[param]), &u))
		return false;
	uuid_write(text, u);
	return strcmp(text, id) == 0;
}

static void
certificate_link(struct espi_out *o, const struct custodian *dc)
{
	if (dc->certificate[0] != '\0')
		buf_fmt(o->to,
		    "<link rel=\"related\" type=\"text/html\" "
		    "href=\"https://cert.greenbuttonalliance.org/certificate/%s\"/>\n",
		    dc->certificate);
}

/* ---- status ---- */

bool
espi_status(struct task *t, struct call *c, struct err *e)
{
	struct status {
		int32_t status;
	} row;
	static const struct db_field fields[] = { DB_INT4(status, status) };
	AUTO_PTR(conn) conn = call_lease(t, c, e);
	AUTO(buf) b = BUF(RECORD_MOST);

	if (conn == NULL || db_one(t, conn, SQL_ESPI_SERVICE_STATUS, ARGS(P_SHOWN(c)), fields,
				nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	buf_fmt(&b,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ServiceStatus " ESPI_NS
	    "><currentStatus>%d</currentStatus></ServiceStatus>\n",
	    (int)row.status);
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, 200, "application/xml", buf_view(&b), e);
}

/* ---- authorizations ---- */

struct authorization {
	struct str kind, authorization_id, information, scope, subscription, retail_customer,
	    bulk;
	bool active;
	int64_t starts_at, ends_at, reads_from, expires_at, made_at, changed_at;
};

static const struct db_field authorization_fields[] = {
	DB_TEXT(authorization, kind),
	DB_TEXT(authorization, authorization_id),
	DB_TEXT(authorization, information),
	DB_TEXT(authorization, scope),
	DB_TEXT(authorization, subscription),
	DB_TEXT(authorization, retail_customer),
	DB_TEXT(authorization, bulk),
	DB_BOOL(authorization, active),
	DB_STAMP(authorization, starts_at),
	DB_STAMP(authorization, ends_at),
	DB_STAMP(authorization, reads_from),
	DB_STAMP(authorization, expires_at),
	DB_STAMP(authorization, made_at),
	DB_STAMP(authorization, changed_at),
};

/* What the addresses call it. */
static void
authorization_id(char to[UUID_SIZE], const struct espi_out *o, const struct authorization *a)
{
	if (a->authorization_id.len == UUID_SIZE - 1)
		str_copy(to, UUID_SIZE, a->authorization_id);
	else
		espi_named(o, to, "Authorization/" STR_FMT "/" STR_FMT, STR_ARG(a->kind),
		    STR_ARG(a->information));
}

static void
put_addresses(struct espi_out *o, const struct authorization *a, const char *id)
{
	struct buf *b = o->to;

	if (str_is(a->kind, "GRANT"))
		buf_fmt(b, "<resourceURI>%s/Batch/Subscription/" STR_FMT "</resourceURI>\n",
		    o->root, STR_ARG(a->subscription));
	else if (str_is(a->kind, "CLIENT"))
		buf_fmt(b, "<resourceURI>%s/Batch/Bulk/" STR_FMT "</resourceURI>\n", o->root,
		    STR_ARG(a->bulk));
	else
		buf_fmt(b, "<resourceURI>%s/ApplicationInformation/" STR_FMT "</resourceURI>\n",
		    o->root, STR_ARG(a->information));
	buf_fmt(b, "<authorizationURI>%s/Authorization/%s</authorizationURI>\n", o->root, id);
	if (a->retail_customer.len > 0)
		buf_fmt(b,
		    "<customerResourceURI>%s/Batch/RetailCustomer/" STR_FMT
		    "</customerResourceURI>\n",
		    o->root, STR_ARG(a->retail_customer));
}

static void
put_authorization(struct espi_out *o, const struct custodian *dc, const struct authorization *a)
{
	struct espi_stamps at = { a->made_at, a->changed_at };
	bool grant = str_is(a->kind, "GRANT");
	char id[UUID_SIZE], entry[UUID_SIZE];

	authorization_id(id, o, a);
	espi_named(o, entry, "Authorization/%s", id);
	if (!espi_entry_open(o, entry))
		return;
	espi_link(o, "self", "espi-entry/Authorization", "/Authorization/%s", id);
	espi_link(o, "up", "espi-feed/Authorization", "/Authorization");
	certificate_link(o, dc);
	espi_entry_content(o, "Authorization", &at);
	buf_c(o->to, "<Authorization " ESPI_NS ">\n");
	put_period(o->to, "authorizedPeriod", a->starts_at, a->ends_at);
	put_period(o->to, "publishedPeriod", a->reads_from, a->ends_at);
	buf_fmt(o->to,
	    "<status>%d</status>\n<expires_at>%" PRId64 "</expires_at>\n"
	    "<grant_type>%s</grant_type>\n",
	    a->active, a->expires_at == DB_STAMP_NONE ? 0 : a->expires_at,
	    grant ? "authorization_code" : "client_credentials");
	put_text(o->to, "scope", a->scope);
	buf_c(o->to, "<token_type>Bearer</token_type>\n");
	put_addresses(o, a, id);
	buf_c(o->to, "</Authorization>");
	espi_entry_close(o);
}

/* The feed of all, or with a parameter the one of that id. */
static bool
put_authorizations(struct task *t, struct call *c, struct answer *a, bool one, struct err *e)
{
	struct custodian dc;
	struct espi_ask ask;
	struct authorization row;
	struct espi_out o;
	AUTO_PTR(rows) rows = NULL;
	AUTO_PTR(conn) conn = call_lease(t, c, e);

	if (conn == NULL || !espi_ask_read(&call_of(c)->query, &ask, e) ||
	    !custodian_read(t, c, &dc, e) ||
	    (rows = db_rows(t, conn, SQL_ESPI_AUTHORIZATIONS, ARGS(P_SHOWN(c)), e)) == NULL)
		return false;
	o = espi_to(answer_to(a), dc.space, dc.root);
	o.alone = one;
	o.first = ask.start;
	o.most = ask.most;
	if (!one)
		espi_feed_begin(&o, &dc, espi_tail(c), c->http->query, "Authorization",
		    "Authorizations", time_now_s());
	while (ROWS_NEXT(rows, authorization_fields, &row)) {
		struct espi_stamps at = { row.made_at, row.changed_at };
		char id[UUID_SIZE];

		authorization_id(id, &o, &row);
		if (one ? id_is(c, 0, id) : espi_asked(&ask, &at))
			put_authorization(&o, &dc, &row);
		if (!answer_more(a, e))
			return false;
	}
	if (one && o.put == 0)
		return err(e, ERR_NOT_FOUND, "there is no such authorization");
	if (!one)
		espi_feed_close(&o);
	return true;
}

static bool
answer_authorizations(struct task *t, struct call *c, bool one, struct err *e)
{
	AUTO(answer) a;

	answer_begin(&a, c, ESPI_TYPE);
	return put_authorizations(t, c, &a, one, e) && answer_send(t, &a, 200, e);
}

bool
espi_authorizations(struct task *t, struct call *c, struct err *e)
{
	return answer_authorizations(t, c, false, e);
}

bool
espi_authorization(struct task *t, struct call *c, struct err *e)
{
	return answer_authorizations(t, c, true, e);
}

/* It ends as if its customer had stopped it. Its last state is the answer. */
bool
espi_authorization_end(struct task *t, struct call *c, struct err *e)
{
	struct uuid u;
	AUTO_PTR(conn) conn = NULL;

	if (!uuid_read(str_of(c->param[0]), &u))
		return err(e, ERR_NOT_FOUND, "there is no such authorization");
	conn = call_lease(t, c, e);
	if (conn == NULL || db_exec(t, conn, SQL_ESPI_REVOKE,
				ARGS(P_SHOWN(c), P_TEXT(c->param[0])), NULL, e) != DB_FOUND)
		return false;
	db_release(&conn);
	return answer_authorizations(t, c, true, e);
}

/* ---- the application ---- */

struct information {
	struct str information, bulk, client_id, name, state, description, redirect_uris,
	    scopes, grant_types, notify_uri, portal_uri, scope_uri, logo_uri, client_uri,
	    tos_uri, policy_uri, software_id, software_version;
	bool sandbox;
	int64_t issued_at, changed_at;
};

static const struct db_field information_fields[] = {
	DB_TEXT(information, information),
	DB_TEXT(information, bulk),
	DB_TEXT(information, client_id),
	DB_TEXT(information, name),
	DB_TEXT(information, state),
	DB_TEXT(information, description),
	DB_TEXT(information, redirect_uris),
	DB_TEXT(information, scopes),
	DB_TEXT(information, grant_types),
	DB_TEXT(information, notify_uri),
	DB_TEXT(information, portal_uri),
	DB_TEXT(information, scope_uri),
	DB_TEXT(information, logo_uri),
	DB_TEXT(information, client_uri),
	DB_TEXT(information, tos_uri),
	DB_TEXT(information, policy_uri),
	DB_TEXT(information, software_id),
	DB_TEXT(information, software_version),
	DB_BOOL(information, sandbox),
	DB_STAMP(information, issued_at),
	DB_STAMP(information, changed_at),
};

static int
state_number(struct str state)
{
	static const char *const states[] = { "REVIEW", "PRODUCTION", "ON_HOLD", "REVOKED" };

	for (unsigned i = 0; i < nitems(states); i++)
		if (str_is(state, states[i]))
			return (int)i + 1;
	return 1;
}

/* What the hub is to the client: its addresses. */
static void
put_custodian(struct buf *b, const struct call *c, const struct custodian *dc,
    const struct information *x)
{
	const char *url = call_api(c)->conf.api_url;

	buf_fmt(b, "<authorizationServerUri>%s</authorizationServerUri>\n", url);
	/* the schema wants it, also of who takes no notifications */
	if (x->notify_uri.len > 0)
		put_text(b, "thirdPartyNotifyUri", x->notify_uri);
	else
		buf_c(b, "<thirdPartyNotifyUri/>\n");
	buf_fmt(b,
	    "<authorizationServerAuthorizationEndpoint>%s/DataCustodian/oauth/authorize"
	    "</authorizationServerAuthorizationEndpoint>\n"
	    "<authorizationServerTokenEndpoint>%s/DataCustodian/oauth/token"
	    "</authorizationServerTokenEndpoint>\n"
	    "<dataCustodianBulkRequestURI>%s/Batch/Bulk/" STR_FMT
	    "</dataCustodianBulkRequestURI>\n"
	    "<dataCustodianResourceEndpoint>%s</dataCustodianResourceEndpoint>\n",
	    url, url, dc->root, STR_ARG(x->bulk), dc->root);
}

/* Secrets are kept as digests alone, so none can be told again. */
static void
put_client(struct buf *b, const struct custodian *dc, const struct information *x)
{
	put_text(b, "thirdPartyScopeSelectionScreenURI", x->scope_uri);
	put_text(b, "thirdPartyUserPortalScreenURI", x->portal_uri);
	buf_c(b, "<client_secret>not kept</client_secret>\n");
	put_text(b, "logo_uri", x->logo_uri);
	put_text(b, "client_name", x->name);
	put_text(b, "client_uri", x->client_uri);
	if (x->redirect_uris.len > 0)
		put_lines(b, "redirect_uri", x->redirect_uris);
	else /* the schema wants one, and who takes by its own token has none */
		buf_c(b, "<redirect_uri></redirect_uri>\n");
	put_text(b, "client_id", x->client_id);
	put_text(b, "tos_uri", x->tos_uri);
	put_text(b, "policy_uri", x->policy_uri);
	put_text(b, "software_id", x->software_id);
	put_text(b, "software_version", x->software_version);
	buf_fmt(b,
	    "<client_id_issued_at>%" PRId64 "</client_id_issued_at>\n"
	    "<client_secret_expires_at>0</client_secret_expires_at>\n"
	    "<token_endpoint_auth_method>client_secret_basic</token_endpoint_auth_method>\n",
	    x->issued_at);
	put_lines(b, "scope", x->scopes);
	put_lines(b, "grant_types", x->grant_types);
	buf_fmt(b,
	    "<response_types>code</response_types>\n"
	    "<registration_client_uri>%s/ApplicationInformation/" STR_FMT
	    "</registration_client_uri>\n"
	    "<registration_access_token>not kept</registration_access_token>\n",
	    dc->root, STR_ARG(x->information));
}

static void
put_information(struct espi_out *o, const struct call *c, const struct custodian *dc,
    const struct information *x)
{
	struct espi_stamps at = { x->issued_at, x->changed_at };
	char entry[UUID_SIZE];

	espi_named(o, entry, "ApplicationInformation/" STR_FMT, STR_ARG(x->information));
	if (!espi_entry_open(o, entry))
		return;
	espi_link(o, "self", "espi-entry/ApplicationInformation",
	    "/ApplicationInformation/" STR_FMT, STR_ARG(x->information));
	certificate_link(o, dc);
	espi_entry_content(o, "Application", &at);
	buf_c(o->to, "<ApplicationInformation " ESPI_NS ">\n");
	put_text(o->to, "dataCustodianId", str_of(dc->company));
	buf_fmt(o->to, "<dataCustodianApplicationStatus>%d</dataCustodianApplicationStatus>\n",
	    state_number(x->state));
	put_text(o->to, "thirdPartyApplicationDescription", str_first(x->description, 256));
	buf_fmt(o->to,
	    "<thirdPartyApplicationStatus>%d</thirdPartyApplicationStatus>\n"
	    "<thirdPartyApplicationType>1</thirdPartyApplicationType>\n",
	    x->sandbox ? 2 : 3);
	put_custodian(o->to, c, dc, x);
	put_client(o->to, dc, x);
	buf_c(o->to, "</ApplicationInformation>");
	espi_entry_close(o);
}

static bool
put_informations(struct task *t, struct call *c, struct answer *a, bool one, struct err *e)
{
	struct custodian dc;
	struct espi_ask ask;
	struct information row;
	struct espi_out o;
	AUTO_PTR(rows) rows = NULL;
	AUTO_PTR(conn) conn = call_lease(t, c, e);

	if (conn == NULL || !espi_ask_read(&call_of(c)->query, &ask, e) ||
	    !custodian_read(t, c, &dc, e) ||
	    (rows = db_rows(t, conn, SQL_ESPI_INFORMATION,
		 ARGS(P_SHOWN(c), P_TEXT(one ? c->param[0] : "")), e)) == NULL)
		return false;
	o = espi_to(answer_to(a), dc.space, dc.root);
	o.alone = one;
	o.first = ask.start;
	o.most = ask.most;
	if (!one)
		espi_feed_begin(&o, &dc, espi_tail(c), c->http->query, "ApplicationInformation",
		    "Applications", time_now_s());
	while (ROWS_NEXT(rows, information_fields, &row)) {
		put_information(&o, c, &dc, &row);
		if (!answer_more(a, e))
			return false;
	}
	if (!one)
		espi_feed_close(&o);
	return true;
}

bool
espi_information(struct task *t, struct call *c, struct err *e)
{
	struct uuid u;
	AUTO(answer) a;

	answer_begin(&a, c, ESPI_TYPE);
	if (!uuid_read(str_of(c->param[0]), &u))
		return err(e, ERR_NOT_FOUND, "there is no such record");
	return put_informations(t, c, &a, true, e) && answer_send(t, &a, 200, e);
}

bool
espi_informations(struct task *t, struct call *c, struct err *e)
{
	AUTO(answer) a;

	answer_begin(&a, c, ESPI_TYPE);
	return put_informations(t, c, &a, false, e) && answer_send(t, &a, 200, e);
}
